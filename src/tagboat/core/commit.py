"""A commit as planning reads it from a history."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tagboat.core.record import Record


class Commit(Record):
    """One commit of a range.

    Attributes:
        id: its full object id.
        parents: the object ids of its parents; two and more make it a merge.
        time: the committer's time, in seconds since 1970.
        author: the author's address and time as git keeps them; a cherry-pick has the author of its original.
        message: the whole message, decoded; what is no UTF-8 is replaced.
        paths: the files that it changed against its first parent, or None when nobody asked for them.
    """

    id: str
    parents: tuple[str, ...]
    time: int
    author: str
    message: str
    paths: tuple[str, ...] | None = None

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.lstrip().partition("\n")[0].rstrip()


def day_of(time: int) -> date:
    """Return the day of a commit's time, in UTC; the first of 1970 for a clock that no calendar knows.

    Args:
        time: in seconds since 1970.
    """
    try:
        return datetime.fromtimestamp(time, UTC).date()
    except (OverflowError, ValueError, OSError):
        return date(1970, 1, 1)
