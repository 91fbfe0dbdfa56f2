"""Release-please's Markdown, to the byte: the sections that it writes and where it puts them.

The shape is that of release-please 17.1.3 with version 6 of the conventionalcommits preset, as observed on its outputs.
Unlike there, no control character gets in, and HTML in the note of a breaking change is escaped as it is in subjects, unless
release-please's own configuration asks for notes as it writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from tagboat.config.planning import Notes, Section
from tagboat.core.change import Change
from tagboat.planner.notes.collation import Key, collation_key
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.inert import uncontrolled

BREAKING: Final = "⚠ BREAKING CHANGES"

_ISSUE = re.compile(r"#([a-z0-9]+)")
_USER = re.compile(r"\B@([a-z0-9](?:-?[a-z0-9/]){0,38})")
_FIRST_ISSUE = re.compile(r"\(#([0-9]+)\)")
_ANGLE = re.compile(r"``[^`][^\r\n]*?[^`]``|`[^`]*`|[<>]")
_RELEASE = re.compile(r"\n###? v?[0-9\[]")
_TOP = re.compile(r"^#(?=\s)", re.MULTILINE)
_ESCAPED = {"<": "&lt;", ">": "&gt;"}


def section(changes: Iterable[Change], notes: Notes, heading: Heading) -> str:
    """Return the section of a release, without white space at its ends.

    Args:
        changes: newest first.
        notes: the headings of the types.
        heading: what it is about.
    """
    known = _by_type(notes)
    groups: dict[str, list[tuple[str, str]]] = {}
    breaking: list[tuple[str, str]] = []
    commits = f"{heading.address}/commit/" if heading.repository else ""
    for change in changes:
        entry = known.get(change.type.lower())
        if not _shown(change, entry):
            continue
        scope = "" if change.scope == "*" else uncontrolled(change.scope)
        if change.breaking:
            breaking.extend((_note(text, notes, heading), scope) for text in change.breaking)
        title = entry.title if entry else change.type
        subject, issues = _linked(uncontrolled(change.subject), notes, heading)
        short = change.commit[:7]
        commit = f"[{short}]({commits}{change.commit})" if commits else short
        references = _references(change, issues, notes, heading) if change.references else ""
        line = f"* {_bold(scope)}{subject} ({commit}){references}"
        groups.setdefault(title, []).append((scope + subject, line))
    parts = [_heading(heading)]
    if breaking:
        lines = "\n".join(f"* {_bold(scope)}{text}" for text, scope in breaking)
        parts.append(f"\n\n### {BREAKING}\n\n{lines}\n")
    order = {section.title: rank for rank, section in reversed(list(enumerate(notes.sections)))}
    for number, title in enumerate(sorted(groups, key=lambda title: order.get(title, -1))):
        lines = "\n".join(line for _, line in sorted(groups[title], key=_by_scope_and_subject))
        parts.append(("" if breaking and not number else "\n") + f"\n### {title}\n\n{lines}\n")
    return "".join(parts).strip()


def any_shown(changes: Iterable[Change], notes: Notes) -> bool:
    """Tell whether a section would have an entry; without one there is no reason for a release."""
    known = _by_type(notes)
    return any(_shown(change, known.get(change.type.lower())) for change in changes)


def inserted(changelog: str | None, text: str) -> str:
    """Return the changelog with a section before the newest one in it.

    A file whose every line ends as on Windows stays one, unlike with release-please, which leaves it mixed.

    Args:
        changelog: its content, or None when there is none yet.
        text: the section.
    """
    if not changelog:
        return f"# Changelog\n\n{text}\n"
    if 0 < changelog.count("\r\n") == changelog.count("\n") == changelog.count("\r"):
        return inserted(changelog.replace("\r\n", "\n"), text).replace("\n", "\r\n")
    newest = _RELEASE.search(changelog)
    if newest is None:
        return f"# Changelog\n\n{text}\n\n{_TOP.sub('##', changelog).strip()}\n"
    before, after = changelog[: newest.start()], changelog[newest.start() :]
    return f"{before}\n{text}\n{after}".strip() + "\n"


def _by_type(notes: Notes) -> dict[str, Section]:
    return {section.type: section for section in reversed(notes.sections)}


def _shown(change: Change, entry: Section | None) -> bool:
    return bool(change.breaking or change.release_as or (entry and not entry.hidden))


def _heading(heading: Heading) -> str:
    if heading.previous_tag and heading.repository:
        link = f"{heading.address}/compare/{heading.previous_tag}...{heading.tag}"
        return f"## [{heading.version}]({link}) ({heading.date:%Y-%m-%d})\n"
    return f"## {heading.version} ({heading.date:%Y-%m-%d})\n"


def _bold(scope: str) -> str:
    return f"**{scope}:** " if scope else ""


def _references(change: Change, issues: Sequence[str], notes: Notes, heading: Heading) -> str:
    numbers = [number for number in change.references if number not in issues]
    if not numbers:
        return ""
    word = notes.settings.get("references", "closes")
    return f", {word} " + " ".join(_issue_link(number, heading) for number in numbers)


def _linked(subject: str, notes: Notes, heading: Heading) -> tuple[str, list[str]]:
    text = subject
    if notes.cases is not None:
        text = _capitalized(text, notes.cases)
    text = _escaped(text)
    issues: list[str] = []
    if not heading.repository:
        return text, issues
    if "#" in text:
        issues = _ISSUE.findall(text)
        text = _ISSUE.sub(partial(_found_issue, heading), text)
    if "@" in text:
        text = _USER.sub(partial(_user_link, heading), text)
    return text, issues


def _escaped(text: str) -> str:
    if "<" not in text and ">" not in text:
        return text
    return _ANGLE.sub(lambda found: _ESCAPED.get(found[0], found[0]), text)


def _issue_link(number: str, heading: Heading) -> str:
    return f"[#{number}]({heading.address}/issues/{number})" if heading.repository else f"#{number}"


def _found_issue(heading: Heading, found: re.Match[str]) -> str:
    return _issue_link(found[1], heading)


def _user_link(heading: Heading, found: re.Match[str]) -> str:
    return found[0] if "/" in found[1] else f"[@{found[1]}]({heading.host}/{found[1]})"


def _note(text: str, notes: Notes, heading: Heading) -> str:
    text = uncontrolled(text, lines=True)
    if notes.settings.get("breaking") != "raw":
        text = _escaped(text)
    return _FIRST_ISSUE.sub(lambda found: f"({_issue_link(found[1], heading)})", text, count=1)


def _capitalized(text: str, special: tuple[str, ...]) -> str:
    first = text.partition(" ")[0]
    return text if first in special or not "a" <= text[:1] <= "z" else text[0].upper() + text[1:]


def _by_scope_and_subject(entry: tuple[str, str]) -> Key:
    """Both texts are joined before they are compared, so that entries with and without a scope mix."""
    return collation_key(entry[0])
