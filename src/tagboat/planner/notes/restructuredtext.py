"""Notes in reStructuredText, in the style of pypiserver's ``CHANGES.rst``: a title with the date, and bullets.

::

    2.4.1 (2026-02-10)
    ------------------

    - 9e5b9bb ENH: a new sail (#12)
    - a5a715f FIX: the leak

A version may have a section before it is released, ``3.0.0 (tbd)``: other releases stand below it, and when its own time
comes its title gets the date and what people wrote there stays, before the drafted bullets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile
from typing import Final

from tagboat.config.planning import Notes, Section
from tagboat.core.change import Change
from tagboat.errors import ConfigError
from tagboat.planner.notes.grouping import grouped, sections_of
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.inert import restructuredtext
from tagboat.planner.notes.layout import Layout, Title, layout, restructuredtext_titles

SECTIONS: Final = (
    Section("feat", "ENH"),
    Section("feature", "ENH"),
    Section("perf", "ENH"),
    Section("fix", "FIX"),
    Section("security", "FIX"),
    Section("revert", "FIX"),
    Section("docs", "DOC"),
    Section("deps", "MAINT"),
    Section("build", "MAINT", hidden=True),
    Section("chore", "MAINT", hidden=True),
    Section("ci", "MAINT", hidden=True),
    Section("refactor", "MAINT", hidden=True),
    Section("style", "MAINT", hidden=True),
    Section("test", "MAINT", hidden=True),
)
"""Type of change → the word before it, where the configuration names no sections of its own."""
NEW: Final = "Changelog\n========="

_VERSION: Final = re.compile(r"(?:(?i:version|release)\s)?v?([0-9][^\s(]{0,200})\s*(?:\((.*)\))?.*")


def section(changes: Sequence[Change], notes: Notes, heading: Heading) -> str:
    """Return the section of a release, without white space at its ends.

    Args:
        changes: newest first.
        notes: the words of the types; :data:`SECTIONS` where they are left alone.
        heading: what it is about.
    """
    title = f"{heading.version} ({heading.date:%Y-%m-%d})"
    bullets = [
        _bullet(change, restructuredtext(group.title))
        for group in grouped(changes, sections_of(notes, SECTIONS), "MAINT")
        for change in group.changes
    ]
    return "\n".join([title, "-" * len(title), *([""] if bullets else []), *bullets])


def inserted(changelog: str | None, text: str, notes: Notes, heading: Heading) -> str:
    """Return the changelog with a section in its place: before the newest release, below what is planned.

    Args:
        changelog: its content with its own line ends, or None when there is none yet.
        text: the section, as :func:`section` makes it or edited.
        notes: the word for what is planned.
        heading: what it is about.

    Raises:
        ConfigError: it has a section of this version already.
    """
    page = layout(changelog or "")
    lines = page.closed()
    if not any(line.strip() for line in lines):
        lines += page.block(NEW)
    titles = list(restructuredtext_titles(lines))
    versions = [(title, found) for title in titles if (found := _VERSION.fullmatch(title.text))]
    new = text.split("\n")
    if versions:
        new = _adorned(new, versions[0][0].adornment)
    planned = {title.index for title, found in versions if notes.planned and found[2] == notes.planned}
    for title, found in versions:
        if found[1] == heading.version:
            if title.index not in planned:
                raise ConfigError(
                    f"the changelog has a section of {found[1]} already, in line {title.index + 1}",
                    remedy="remove that section, or plan another version",
                )
            return page.with_lines(_released(lines, titles, title, new, page))
    at = next((title.index for title, _ in versions if title.index not in planned), len(lines))
    before, written = lines[:at], page.block("\n".join(new))
    if before and before[-1].strip():
        before.append(page.newline)
    if lines[at:] and written[-1].strip():
        written.append(page.newline)
    return page.with_lines([*before, *written, *lines[at:]])


def _bullet(change: Change, word: str) -> str:
    scope = f"{restructuredtext(change.scope)}: " if change.scope and change.scope != "*" else ""
    notes = [note for note in change.breaking if note != change.subject]
    told = f"{'.' if notes else ''}{''.join(f' {restructuredtext(note)}' for note in notes)}"
    breaking = " (breaking)" if change.breaking else ""
    start = f"{change.commit[:7]} " if change.commit else ""
    return f"- {start}{word}{breaking}: {scope}{restructuredtext(change.subject)}{told}"


def _adorned(lines: list[str], adornment: str) -> list[str]:
    """Return a section whose title is adorned as those of the file are."""
    titles = list(restructuredtext_titles(lines))
    if not titles or titles[0].index or adornment == titles[0].adornment:
        return lines
    length = len(titles[0].text) + 2 * (len(adornment) - 1)
    rule = adornment[0] * length
    title = f" {titles[0].text}" if len(adornment) > 1 else titles[0].text
    return [*([rule] if len(adornment) > 1 else []), title, rule, *lines[2:]]


def _released(
    lines: list[str], titles: list[Title], planned: Title, new: list[str], page: Layout
) -> list[str]:
    """Return the lines with the planned section's title replaced, and the bullets behind what is written in it."""
    height = 1 + len(planned.adornment)
    level = planned.level
    end = next((t.index for t in titles if t.index > planned.index and t.level <= level), len(lines))
    written = lines[planned.index + height : end]
    while written and not written[-1].strip():
        written.pop()
    drafted = list(dropwhile(lambda line: not line.strip(), new[height:]))
    body = [page.newline, *page.block("\n".join(drafted))] if drafted else []
    gap = [page.newline] if lines[end:] else []
    return [
        *lines[: planned.index],
        *page.block("\n".join(new[:height])),
        *written,
        *body,
        *gap,
        *lines[end:],
    ]
