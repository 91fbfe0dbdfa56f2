"""How the forge says no: GitHub's statuses, messages and shapes of errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refusal(Exception):  # noqa: N818 - an answer on its way to a client, not an error of ours
    """A request that ends in an error answer."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, object] | str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def not_found() -> Refusal:
    """What does not exist, or what the caller must not know to exist."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str = "") -> Refusal:
    """A field of a request is missing or wrong (``missing_field``, ``invalid``, ``already_exists``, ``custom``)."""
    problem = {"resource": resource, "code": code, "field": field}
    return Refusal(422, "Validation Failed", errors=[{**problem, "message": message} if message else problem])


def no_commit(revision: str) -> Refusal:
    """A commit reference that leads nowhere (observed on ``commits/{ref}`` and below)."""
    return Refusal(422, f"No commit found for SHA: {revision}")


def empty_repository() -> Refusal:
    """A question about history where there is none."""
    return Refusal(409, "Git Repository is empty.")


def unauthenticated() -> Refusal:
    """A write without a credential."""
    return Refusal(401, "Requires authentication")


def not_permitted(kind: str, permission: str, level: str) -> Refusal:
    """A token that lacks a permission; the header names what would do, as GitHub's does."""
    bearer = "integration" if kind == "installation" else "personal access token"
    wanted = {"X-Accepted-GitHub-Permissions": f"{permission}={level}"}
    return Refusal(403, f"Resource not accessible by {bearer}", headers=wanted)
