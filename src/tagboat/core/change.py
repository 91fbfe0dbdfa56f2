"""What a commit says that it changed, and how far that moves a version."""

from __future__ import annotations

from enum import IntEnum

from tagboat.core.record import Record


class Level(IntEnum):
    """How far a change moves a version; the highest of all changes counts."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """The level as configuration and output spell it."""
        return self.name.lower()


class Change(Record):
    """One change; a commit can tell of several.

    Attributes:
        commit: the id of the commit that tells of it.
        type: the word before the colon, as it was written (``feat``).
        scope: the word in parentheses behind it, or "".
        subject: the rest of the header, without surrounding white space.
        breaking: what breaks, one text for each note; empty for a change that breaks nothing.
        references: the numbers of the issues that the footers name.
        release_as: the version that a ``Release-As`` footer asks for, or "".
        bang: whether the header has a ``!``.
    """

    commit: str
    type: str
    scope: str
    subject: str
    breaking: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    release_as: str = ""
    bang: bool = False

    @property
    def header(self) -> str:
        """The change's header, spelled the usual way; without a type it is the subject alone."""
        if not self.type:
            return self.subject
        scope = f"({self.scope})" if self.scope else ""
        return f"{self.type}{scope}{'!' if self.bang else ''}: {self.subject}"


class Unread(Record):
    """A commit that counts for nothing, and why.

    Attributes:
        commit: its id.
        title: its first line.
        reason: what kept its header from being read.
    """

    commit: str
    title: str
    reason: str


class Reading(Record):
    """What one commit message says.

    Attributes:
        changes: the changes, in the order that a changelog's stable sort relies on: those of footers before the
            header's own, those of later paragraphs behind it.
        unread: why the commit's own header could not be read, or "".
    """

    changes: tuple[Change, ...]
    unread: str = ""
