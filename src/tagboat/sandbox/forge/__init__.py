"""A forge on this machine that speaks GitHub's REST interface and git over HTTP, for rehearsals and tests."""

from __future__ import annotations

from tagboat.sandbox.forge.service import forge_application

__all__ = ["forge_application"]
