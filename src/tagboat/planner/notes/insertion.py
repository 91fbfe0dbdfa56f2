"""Where a section goes whose form is a template's: behind a mark in the changelog, as towncrier does, or before the newest.

Towncrier (observed on 26.9) writes behind its ``start_string``, and at the top of a file that has none; two blank lines
separate the new section from the older ones. What stands in the file stays to the byte.
"""

from __future__ import annotations

from tagboat.config.planning import Notes
from tagboat.errors import ConfigError
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.layout import Title, layout, markdown_titles, restructuredtext_titles

_MARK = "towncrier release notes start"


def mark_of(path: str) -> str:
    """Return the mark that towncrier looks for in a changelog of this name when nothing else is configured."""
    return f"<!-- {_MARK} -->\n" if _is_markdown(path) else f".. {_MARK}\n"


def inserted(changelog: str | None, text: str, notes: Notes, heading: Heading) -> str:
    """Return the changelog with a section in its place.

    Args:
        changelog: its content with its own line ends, or None when there is none yet.
        text: the section, without white space at its ends.
        notes: the format, the changelog's path for its form, and the setting ``start-string``, the mark.
        heading: what it is about.

    Raises:
        ConfigError: it has a section of this version already.
    """
    page = layout(changelog or "")
    lines = page.closed()
    titles = list((markdown_titles if _is_markdown(notes.path) else restructuredtext_titles)(lines))
    for title in titles:
        if heading.version in _versions(title):
            raise ConfigError(
                f"the changelog has a section of {heading.version} already, in line {title.index + 1}",
                remedy="remove that section, or plan another version",
            )
    mark = (notes.settings.get("start-string") or mark_of(notes.path)).strip()
    at = next((number for number, line in enumerate(lines, 1) if mark in line), 0)
    if not at and notes.format != "towncrier":
        at = next((title.index for title in titles if _versions(title)), len(lines))
    while at < len(lines) and not lines[at].strip():
        at += 1
    before, behind = lines[:at], lines[at:]
    if before and before[-1].strip():
        before.append(page.newline)
    gap = [page.newline] * (2 if notes.format == "towncrier" else 1) if behind else []
    return page.with_lines([*before, *page.block(text), *gap, *behind])


def _versions(title: Title) -> list[str]:
    """Return the words of a title that look like versions."""
    words = (word.strip("[]():").partition("]")[0].removeprefix("v") for word in title.text.split())
    return [word for word in words if word[:1].isdigit() and "." in word]


def _is_markdown(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown"))
