"""Keep a Changelog 1.1.0 (https://keepachangelog.com/en/1.1.0/): titles by kind of change, and a section of the unreleased.

What people wrote below ``## [Unreleased]`` moves below the new version, to the byte and in its order; the drafted
entries follow, each below its title. An entry that stands there word for word is not written a second time. The links at
the bottom of the file are carried on. Nothing else moves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tagboat.config.planning import Notes, Section
from tagboat.core.change import Change
from tagboat.errors import ConfigError
from tagboat.planner.notes.grouping import grouped, sections_of
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.inert import markdown
from tagboat.planner.notes.layout import Title, layout, markdown_titles
from tagboat.planner.notes.links import first_link, with_links

KINDS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
SECTIONS: Final = (
    Section("feat", "Added"),
    Section("feature", "Added"),
    Section("perf", "Changed"),
    Section("refactor", "Changed", hidden=True),
    Section("deps", "Changed"),
    Section("deprecate", "Deprecated"),
    Section("remove", "Removed"),
    Section("revert", "Removed"),
    Section("fix", "Fixed"),
    Section("security", "Security"),
)
"""Type of change → kind, where the configuration names no sections of its own."""
NEW: Final = (
    "# Changelog\n\n"
    "The form of this file is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n"
    "## [Unreleased]"
)

_VERSION: Final = re.compile(r"\[?v?([0-9][^\s\]]{0,200})\]?(?:[\s(].*)?")


def section(changes: Sequence[Change], notes: Notes, heading: Heading) -> str:
    """Return the section of a release, without white space at its ends.

    Args:
        changes: newest first.
        notes: the titles of the types; :data:`SECTIONS` where they are left alone.
        heading: what it is about.
    """
    groups = grouped(changes, sections_of(notes, SECTIONS), "Changed")
    groups.sort(key=lambda group: KINDS.index(group.title) if group.title in KINDS else len(KINDS))
    parts = [f"## [{heading.version}] - {heading.date:%Y-%m-%d}"]
    for group in groups:
        lines = "\n".join(_entry(change) for change in group.changes)
        parts.append(f"### {markdown(group.title)}\n\n{lines}")
    return "\n\n".join(parts)


def inserted(changelog: str | None, text: str, heading: Heading) -> str:
    """Return the changelog with a section in its place: below the unreleased, before the newest release.

    Args:
        changelog: its content with its own line ends, or None when there is none yet.
        text: the section, as :func:`section` makes it or edited.
        heading: what it is about; its host and repository give the links, where the file has links of versions.

    Raises:
        ConfigError: it has a section of this version already.
    """
    page = layout(changelog or "")
    lines = page.closed()
    if not any(line.strip() for line in lines):
        lines += page.block(NEW)
    titles = [title for title in markdown_titles(lines) if title.level <= 2]
    _refuse_twice(titles, heading.version)
    unreleased = next((title for title in titles if _is_unreleased(title)), None)
    lines = with_links(lines, heading, page.newline, unreleased=unreleased is not None)
    bottom = first_link(lines)
    if unreleased is None:
        at = next((title.index for title in titles if _VERSION.fullmatch(title.text)), bottom)
        before, new = lines[:at], page.block(text)
        if before and before[-1].strip():
            before.append(page.newline)
    else:
        start = unreleased.index + 1
        at = next((title.index for title in titles if title.index >= start), max(start, bottom))
        before, new = [*lines[:start], page.newline], _moved(lines[start:at], page.block(text), page.newline)
    if lines[at:] and new[-1].strip():
        new.append(page.newline)
    return page.with_lines([*before, *new, *lines[at:]])


def _entry(change: Change) -> str:
    scope = f"**{markdown(change.scope)}:** " if change.scope and change.scope != "*" else ""
    if not change.breaking:
        return f"- {scope}{markdown(change.subject)}"
    notes = [note for note in change.breaking if note != change.subject]
    told = "".join(f" {markdown(note)}" for note in notes)
    return f"- **Breaking:** {scope}{markdown(change.subject)}{'.' if told else ''}{told}"


def _refuse_twice(titles: Sequence[Title], version: str) -> None:
    for title in titles:
        found = _VERSION.fullmatch(title.text)
        if found and found[1] == version:
            raise ConfigError(
                f"the changelog has a section of {version} already, in line {title.index + 1}",
                remedy="remove that section, or plan another version",
            )


def _is_unreleased(title: Title) -> bool:
    return title.text.partition("]")[0].lstrip("[").strip().lower() == "unreleased"


def _moved(written: list[str], drafted: list[str], newline: str) -> list[str]:
    """Return the drafted section with what people wrote in it: every line of theirs, in its order."""
    intro, groups = _groups(drafted)
    own, theirs = _groups(written)
    drafts = {title: _entries(lines[1:]) for title, lines in groups}
    merged = [line for line in intro if line.strip()]
    if not (own and not own[0].strip()) and (own or theirs):
        merged.append(newline)
    merged += own
    for title, lines in theirs:
        present = {_words(line) for line in lines}
        entries = [entry for entry in drafts.pop(title, []) if _words(entry[0]) not in present]
        last = max(number for number, line in enumerate(lines) if line.strip())
        listed = last and (lines[last][0].isspace() or lines[last][:2] in {"- ", "* ", "+ "})
        gap = [] if listed or not entries else [newline]
        merged += [
            *lines[: last + 1],
            *gap,
            *(line for entry in entries for line in entry),
            *lines[last + 1 :],
        ]
    for title, lines in groups:
        if title in drafts:
            if merged[-1].strip():
                merged.append(newline)
            merged += lines
            while not merged[-1].strip():
                merged.pop()
    return merged


def _groups(lines: list[str]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return what stands before the first title of the third level, and each such title with what is below it."""
    starts = [(title.index, title.text.lower()) for title in markdown_titles(lines) if title.level == 3]
    ends = [*(index for index, _ in starts), len(lines)]
    return lines[: ends[0]], [(text, lines[at:end]) for (at, text), end in zip(starts, ends[1:], strict=True)]


def _entries(lines: list[str]) -> list[list[str]]:
    """Return the bullets, each with the lines that go on with it."""
    entries: list[list[str]] = []
    for line in lines:
        if line.startswith(("- ", "* ", "+ ")) or (line.strip() and not entries):
            entries.append([line])
        elif line.strip():
            entries[-1].append(line)
    return entries


def _words(line: str) -> str:
    return line.strip().lstrip("-*+").strip()
