"""The identities that places give to the process that runs there: one module for each product."""

from __future__ import annotations

from collections.abc import Mapping

from tagboat.adapters.http import HTTP
from tagboat.adapters.identity.github_actions import GitHubActions
from tagboat.adapters.identity.gitlab import GitLab
from tagboat.ports.identity import Absence, Identity, IdentityToken

__all__ = ["GitHubActions", "GitLab", "Nowhere", "ambient"]


class Nowhere:
    """A place that gives no identity: a laptop, a server, a CI that we do not know."""

    name = "this machine"

    def absence(self) -> Absence:
        """Say why there is none."""
        return Absence(
            "this machine is no job of GitHub Actions or GitLab, and so has no identity",
            "publish from a job there: docs/how-to/publish-without-a-token.md",
        )

    def token(self, audience: str) -> IdentityToken | Absence:  # noqa: ARG002 - the port's signature
        """Say why there is none."""
        return self.absence()


def ambient(http: HTTP, environment: Mapping[str, str]) -> Identity:
    """Return the identity of the place that the environment tells of."""
    if GitHubActions.here(environment):
        return GitHubActions(http, environment)
    if GitLab.here(environment):
        return GitLab(environment)
    return Nowhere()
