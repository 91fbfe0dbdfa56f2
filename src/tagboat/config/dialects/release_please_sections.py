"""The headings of release-please's notes: the configured ones, or those of a release type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tagboat.config.dialects.sources import Source
from tagboat.config.planning import SECTIONS, Section


def sections_of(source: Source, listed: list[Any], path: Sequence[str | int]) -> tuple[Section, ...]:
    """Return the sections of ``changelog-sections``, which stand under ``path``; an entry without a type is a mistake."""
    sections: list[Section] = []
    for place, entry in enumerate(listed):
        if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
            source.mistake((*path, place), "must be an object with a text under type")
            continue
        title = entry.get("section")
        sections.append(
            Section(entry["type"], title if isinstance(title, str) else "", entry.get("hidden") is True)
        )
    return tuple(sections)


def sections_by_default(kind: str) -> tuple[Section, ...]:
    """Return the sections of a release type: only Python's has dependencies and documentation in it."""
    if kind == "python":
        return SECTIONS
    shown = ("feat", "fix", "perf", "revert")
    order = {name: rank for rank, name in enumerate((*shown, "docs", "style", "chore"))}
    sections = (section for section in SECTIONS if section.type != "deps")
    return tuple(
        Section(section.type, section.title, section.type not in shown)
        for section in sorted(sections, key=lambda section: order.get(section.type, len(order)))
    )
