"""What is to happen to each file: what is ours and unedited is refreshed, nothing else is ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tagboat.workflows.writing.mark import is_ours, is_unedited
from tagboat.workflows.writing.pins import without_pins


class State(StrEnum):
    """How a file that is to be written is found."""

    NEW = "new"
    SAME = "same"
    REFRESHED = "refreshed"
    EDITED = "edited"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Change:
    """One file.

    Attributes:
        path: relative to the root.
        before: what it holds, None when it is absent.
        after: what it shall hold.
        state: how it was found.
    """

    path: str
    before: bytes | None
    after: bytes
    state: State

    @property
    def free(self) -> bool:
        """Whether it may be written without asking."""
        return self.state in (State.NEW, State.REFRESHED)


def changes(wanted: Mapping[str, str], found: Mapping[str, bytes]) -> list[Change]:
    """Compare what shall be with what is.

    Args:
        wanted: path to text.
        found: path to bytes, of those that exist.
    """
    return [_change(path, found.get(path), text) for path, text in wanted.items()]


def _change(path: str, before: bytes | None, text: str) -> Change:
    after = text.encode()
    if before is None:
        return Change(path, None, after, State.NEW)
    there = before.decode("utf-8", "replace")
    if there.replace("\r\n", "\n") == text:
        return Change(path, before, after, State.SAME)
    if is_unedited(there):
        return Change(path, before, after, State.REFRESHED)
    state = State.EDITED if is_ours(there) else State.FOREIGN
    # Where somebody took the diff over by hand without the mark, nothing is left to say.
    body = text.partition("\n")[2]
    return Change(path, before, after, State.SAME if without_pins(there) == without_pins(body) else state)
