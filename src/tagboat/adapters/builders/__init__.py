"""Building distributions."""

from tagboat.adapters.builders.frontend import FrontEnd

__all__ = ["FrontEnd"]
