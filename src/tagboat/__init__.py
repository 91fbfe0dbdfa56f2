"""Tagboat takes Python packages from a known-good commit to every place where they are published."""

from tagboat._version import __version__

__all__ = ["__version__"]
