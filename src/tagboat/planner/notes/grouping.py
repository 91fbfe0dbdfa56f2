"""Which changes the notes show, and under which title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tagboat.config.planning import SECTIONS, Notes, Section
from tagboat.core.change import Change
from tagboat.core.record import Record


class Group(Record):
    """A title and the changes below it, in the order in which they came."""

    title: str
    changes: tuple[Change, ...]


def sections_of(notes: Notes, own: Sequence[Section]) -> Sequence[Section]:
    """Return the configured sections; ``own``, a format's usual ones, where the configuration says nothing else."""
    return own if notes.sections == SECTIONS else notes.sections


def grouped(changes: Iterable[Change], sections: Sequence[Section], other: str) -> list[Group]:
    """Return the groups that have changes, in the order of the sections.

    A change is shown when its type has a visible section, when it breaks something, or when it asks for a version (as
    release-please does, observed on 17.1.3); the same change told by two
    commits in the same words, as of a merge and of what it merged, is shown once.

    Args:
        changes: newest first.
        sections: type → title.
        other: the title of what is shown and has a type without a section.
    """
    known = {section.type: section for section in reversed(sections)}
    titles: dict[str, dict[tuple[str, str, tuple[str, ...]], Change]] = {
        title: {} for title in [*(section.title for section in sections), other]
    }
    for change in changes:
        section = known.get(change.type.lower())
        if change.breaking or change.release_as or (section and not section.hidden):
            kept = titles[section.title if section else other]
            kept.setdefault((change.scope, change.subject, change.breaking), change)
    return [Group(title, tuple(kept.values())) for title, kept in titles.items() if kept]
