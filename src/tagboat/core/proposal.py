"""A proposal: the next version of each component with its reasons, its notes and the exact edits of every file."""

from __future__ import annotations

from tagboat.core.change import Change, Level, Unread
from tagboat.core.record import Record


class Reason(Record):
    """One piece of evidence for a version.

    Attributes:
        level: how far it moves the version.
        rule: the rule that says so, for people: ``feat is minor``.
        commit: the commit that it was applied to, or "" when it is no commit's.
        text: what the commit says, or where a person said it.
        place: where the rule was configured, or "" for a default.
    """

    level: Level
    rule: str
    commit: str = ""
    text: str = ""
    place: str = ""


class Place(Record):
    """One spot of a file that an edit changes.

    Attributes:
        line: counted from 1, in the file before the edit.
        before: what stands there.
        after: what will.
    """

    line: int
    before: str
    after: str


class FileEdit(Record):
    """The new content of one file.

    Attributes:
        path: relative to the root.
        before: its content, or None when the file is new.
        after: its new content, or None when the file is removed.
        places: the spots that differ, in their order; for a changelog the spot of the new section.
        rule: what asked for it.
    """

    path: str
    before: bytes | None
    after: bytes | None
    places: tuple[Place, ...]
    rule: str


class Next(Record):
    """What would be released of one component.

    Attributes:
        component: its name.
        last: the version of the last release, or "" before the first.
        last_tag: its tag, or "".
        version: the next version, or "" when there is nothing to release.
        tag: the next release's tag, or "".
        level: how far the version moves.
        reasons: why, the deciding one first.
        changes: every change that counts, newest first.
        unread: the commits that do not count, and why.
        section: the changelog's section for it, or "".
        edits: the files to change, or () when they were not asked for.
        warnings: what a person should look at.
    """

    component: str
    last: str
    last_tag: str
    version: str
    tag: str
    level: Level
    reasons: tuple[Reason, ...]
    changes: tuple[Change, ...]
    unread: tuple[Unread, ...]
    section: str
    edits: tuple[FileEdit, ...] = ()
    warnings: tuple[str, ...] = ()
