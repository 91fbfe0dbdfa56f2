"""The releases that a project made, found in its tags and its changelog, and how a replay compares with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tagboat.config.planning import Rules
from tagboat.planner.notes.layout import Title, layout, markdown_titles, restructuredtext_titles
from tagboat.planner.releases import Past, newest_first, sorted_by_component
from tagboat.planner.replay import Release, Replayed
from tagboat.planner.versions.schemes import reader
from tagboat.ports.history import History

_COMPARE = re.compile(
    r"(?P<host>https?://[\w.:-]{1,200})/(?P<repository>[\w.-]{1,200}/[\w.-]{1,200})/compare/"
)
_VERSION = re.compile(r"[0-9]+\.[0-9]")
_DATE = re.compile(r" ?\(?[0-9]{4}-[0-9]{2}-[0-9]{2}\)?")


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was made.

    Attributes:
        release: what a replay needs.
        version: the version.
        section: its section in the changelog of the commit that released it, or "" when none was found.
    """

    release: Release
    version: str
    section: str


def releases_made(history: History, rules: Rules, head: str, repository: str) -> Iterator[Made]:
    """Yield the releases of a component that the head can reach, newest first, but for the first one ever.

    What a release was made from is the parent of the commit that wrote its section; where no commit wrote one, the
    tagged commit itself.
    """
    read = reader(rules.versioning, date.min)
    merged = history.merged_tags(head)
    tags = [tag for tag in history.tags() if tag.name in merged]
    pasts = [past for _, past in newest_first(sorted_by_component(tags, [rules])[rules.component], read)]
    for past, before in pairwise(pasts):
        if past.commit != before.commit:
            base, text = _origin(history, rules, past, before)
            yield Made(_release(before.tag, past.tag, base, text, repository), past.version, text)


def differences(made: Made, replayed: Replayed) -> list[str]:
    """Say how a replay differs from what was released; nothing when it does not.

    Dates are not compared: a release is often dated on another day than its commits.
    """
    found: list[str] = []
    if made.version != replayed.version:
        reasons = [reason for reason in replayed.reasons if reason.level == replayed.level][:1]
        why = f": {reasons[0].rule} ({reasons[0].commit[:7]} {reasons[0].text})" if reasons else ""
        found.append(f"released as {made.version}, planned as {replayed.version or 'nothing'}{why}")
    if made.section and undated(made.section) != undated(replayed.section):
        there, here = _lines(made.section), _lines(replayed.section)
        found.extend(f"only released: {line}" for line in there if line not in here)
        found.extend(f"only planned: {line}" for line in here if line not in there)
        if there != here and set(there) == set(here):
            found.append("the same lines in another order or number")
    return found


def undated(text: str) -> str:
    """Return a section without its dates and without white space at its ends."""
    return _DATE.sub("", text).strip()


def section_of(changelog: str, version: str) -> str:
    """Return a version's section of a changelog in Markdown or reStructuredText, or ""."""
    lines = layout(changelog).lines
    for titles in (list(markdown_titles(lines)), list(restructuredtext_titles(lines))):
        for place, title in enumerate(titles):
            if _names(title, version):
                end = next((other.index for other in titles[place + 1 :] if _ends(other, title)), len(lines))
                return "".join(lines[title.index : end]).strip()
    return ""


def newest_version(changelog: str) -> str:
    """Return the version that the first title with one names, or "" when no title names one."""
    lines = layout(changelog).lines
    for titles in (markdown_titles(lines), restructuredtext_titles(lines)):
        for title in titles:
            words = (word.strip("[]():").partition("]")[0].removeprefix("v") for word in title.text.split())
            version = next((word for word in words if _VERSION.match(word)), "")
            if version:
                return version
    return ""


def _release(previous_tag: str, tag: str, base: str, text: str, repository: str) -> Release:
    """Projects are renamed: the section's own link says what the project was called then."""
    link = _COMPARE.search(text)
    if link is None:
        return Release(previous_tag, tag, base, repository)
    return Release(previous_tag, tag, base, link["repository"], link["host"])


def _origin(history: History, rules: Rules, past: Past, before: Past) -> tuple[str, str]:
    path = rules.notes.path.removeprefix("/")
    if rules.path != "." and not rules.notes.path.startswith("/"):
        path = f"{rules.path}/{path}"
    written = history.last_change(past.commit, path, without=before.commit) if rules.notes.path else None
    parent = history.resolve(f"{written}~1") if written else None
    if written is None or parent is None:
        return past.commit, ""
    text = section_of((history.read(written, path) or b"").decode("utf-8", "replace"), past.version)
    older = section_of((history.read(parent, path) or b"").decode("utf-8", "replace"), past.version)
    return (parent, text) if text and not older else (past.commit, text)


def _names(title: Title, version: str) -> bool:
    words = (word.strip("[]():").partition("]")[0] for word in title.text.split())
    return any(word.removeprefix("v") == version for word in words)


def _ends(other: Title, title: Title) -> bool:
    """Tell whether a section ends at another title: old changelogs mix the levels of versions."""
    return other.level <= title.level or bool(re.match(r"\[?v?[0-9]+\.[0-9]", other.text))


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in undated(text).splitlines() if line.strip()]
