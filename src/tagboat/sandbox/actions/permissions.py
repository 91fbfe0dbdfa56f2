"""What the token of a job may do: the scopes of ``permissions``, how levels add up, and GitHub's refusals.

Source: GitHub's workflow syntax, "permissions", and "Reusing workflows" on how a caller limits what it calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEVELS: Final = ("none", "read", "write")
SCOPES: Final = {
    **dict.fromkeys(
        (
            "actions",
            "artifact-metadata",
            "attestations",
            "checks",
            "contents",
            "deployments",
            "discussions",
            "issues",
            "packages",
            "pages",
            "pull-requests",
            "repository-projects",
            "security-events",
            "statuses",
        ),
        LEVELS,
    ),
    "id-token": ("none", "write"),
    "models": ("none", "read"),
}
"""Each scope with the levels that exist for it."""
RESTRICTED: Final = {"contents": "read", "packages": "read"}
"""What a token may do when no ``permissions`` are written: GitHub's default for repositories made since 2023."""
_WIDE: Final = {
    "read-all": {scope: "read" for scope, levels in SCOPES.items() if "read" in levels},
    "write-all": {scope: levels[-1] for scope, levels in SCOPES.items()},
}


def named(word: str) -> dict[str, str] | None:
    """The permissions behind ``read-all`` and ``write-all``; None for any other word."""
    return dict(_WIDE[word]) if word in _WIDE else None


def limited(wanted: Mapping[str, str], limit: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What of the permissions a caller lets pass, and each that it does not, in GitHub's words."""
    beyond = [
        f"requesting '{scope}: {level}', but is only allowed '{scope}: {limit.get(scope, 'none')}'"
        for scope, level in wanted.items()
        if LEVELS.index(level) > LEVELS.index(limit.get(scope, "none"))
    ]
    passed = {
        scope: min(level, limit.get(scope, "none"), key=LEVELS.index) for scope, level in wanted.items()
    }
    return passed, beyond


def of_token(permissions: Mapping[str, str]) -> dict[str, str]:
    """The permissions of an installation token, in the names of the REST interface; metadata is always readable."""
    told = {scope.replace("-", "_"): level for scope, level in permissions.items() if scope != "id-token"}
    return {"metadata": "read", **{scope: level for scope, level in told.items() if level != "none"}}
