"""Looking into built files."""

from tagboat.adapters.inspection.inspection import Inspection

__all__ = ["Inspection"]
