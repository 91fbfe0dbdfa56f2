"""Issues on GitHub: found without its search, whose index lags, and whose rate limit is a tenth of the others'."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from tagboat.adapters.forges import github_shapes as shapes
from tagboat.adapters.forges.github_calls import Calls
from tagboat.adapters.http import Answer
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.shape import Shape
from tagboat.core.canonical import JSON
from tagboat.errors import AnswerLostError, DeniedError, UnavailableError
from tagboat.ports.forge import Issue


def find(calls: Calls, root: str, mark: str, viewer: str) -> Issue | None:
    """Return the oldest open issue of ``viewer`` whose body begins with ``mark``; pull requests are none.

    Raises:
        DeniedError: nobody knows who we are; another's issue would be taken for ours.
    """
    if not viewer:
        raise DeniedError(
            "the forge does not tell whom our token stands for, so our own issues cannot be known",
            remedy="give a token: in GitHub Actions GH_TOKEN with the permission issues: write",
        )
    query = urlencode({"state": "open", "creator": viewer, "per_page": 100})
    listed = calls.pages(f"{root}/issues?{query}")
    found = [shapes.issue(shape) for shape in listed if shape.data.get("pull_request") is None]
    ours = [issue for issue in found if issue.author == viewer and issue.body.startswith(mark)]
    return min(ours, key=lambda issue: issue.number, default=None)


def opened(calls: Calls, root: str, title: str, body: str) -> Issue:
    """Open an issue."""
    return _read(calls.send("POST", f"{root}/issues", {"title": title, "body": body}), shapes.issue)


def changed(calls: Calls, root: str, issue: Issue, values: dict[str, JSON]) -> Issue:
    """Change an issue."""
    return _read(calls.send("PATCH", f"{root}/issues/{issue.number}", values), shapes.issue)


def commented(calls: Calls, root: str, issue: Issue, text: str) -> None:
    """Add a comment."""
    calls.send("POST", f"{root}/issues/{issue.number}/comments", {"body": text})


def _read(answer: Answer, read: Callable[[Shape], Issue]) -> Issue:
    try:
        return read(Shape.of(answer.json(), answer.url))
    except UnavailableError as problem:
        raise AnswerLostError(problem.cause, remedy=LOOK) from None
