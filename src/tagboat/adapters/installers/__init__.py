"""Trying packages as their users will."""

from tagboat.adapters.installers.uv import UvInstaller

__all__ = ["UvInstaller"]
