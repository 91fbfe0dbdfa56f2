"""Tags on GitHub: read with what their objects say, and made through its git database."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from tagboat.adapters.forges.github_calls import Calls
from tagboat.adapters.shape import Shape
from tagboat.core.tag import odd_tag
from tagboat.errors import AnswerLostError, ConflictError, StepFailedError, UnavailableError
from tagboat.ports.forge import ForgeTag

_DEPTH: Final = 10
"""How many tags of tags are followed."""


def read(calls: Calls, root: str, name: str) -> ForgeTag | None:
    """Return the tag with its outermost object's message and date; ``commit`` is "" when it names no commit.

    Raises:
        UnavailableError: also for a tag that leads through too many others, or to an object that the forge does not show.
    """
    found = None if odd_tag(name) else calls.object(f"{root}/git/ref/tags/{quote(name)}")
    message, made = "", ""
    for depth in range(_DEPTH):
        if found is None and depth:
            raise UnavailableError(
                f"the tag {name} is there, and its object is not shown", remedy="try again later"
            )
        if found is None:
            return None
        target = found.inner("object")
        if depth == 1:
            message, made = found.maybe("message"), found.inner("tagger").maybe("date")
        if target.text("type") != "tag":
            commit = target.text("sha") if target.text("type") == "commit" else ""
            return ForgeTag(name, commit, message, made)
        found = calls.object(f"{root}/git/tags/{target.text('sha')}")
    raise UnavailableError(f"the tag {name} leads through more than {_DEPTH} other tags")


def create(calls: Calls, root: str, name: str, commit: str, message: str) -> None:
    """Make the tag's object, dated by GitHub as nobody says who made it when, and then the reference to it.

    An object without a reference is nobody's tag, so that a lost answer to the first call loses nothing.

    Raises:
        ConflictError: there is a tag of this name.
        UnavailableError: the object's answer was lost; there is no tag.
        AnswerLostError: the reference's answer was lost.
    """
    data = {"tag": name, "message": message, "object": commit, "type": "commit"}
    try:
        answer = calls.send("POST", f"{root}/git/tags", data)
        sha = Shape.of(answer.json(), answer.url).text("sha")
    except AnswerLostError as problem:
        raise UnavailableError(problem.cause, remedy="try again: there is no tag yet") from None
    try:
        calls.send("POST", f"{root}/git/refs", {"ref": f"refs/tags/{name}", "sha": sha})
    except StepFailedError as problem:
        if read(calls, root, name) is None:
            raise
        raise ConflictError(problem.cause, remedy="look where that tag leads") from None
