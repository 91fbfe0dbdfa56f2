"""An identity provider on this machine: what a forge's CI calls OpenID Connect, for rehearsals and tests."""

from __future__ import annotations

from tagboat.sandbox.identity.application import identity_application

__all__ = ["identity_application"]
