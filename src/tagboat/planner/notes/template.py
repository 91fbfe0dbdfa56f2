"""Notes by a project's own template: Jinja2, sandboxed and bounded, with the changes and nothing else in reach.

A template sees these variables:

- ``version``, ``tag``, ``previous_tag``, ``component``, ``repository`` (``owner/name``), ``host``: texts;
- ``date``: the day of the release, as ``2026-01-31``; ``year``, ``month``, ``day``: its numbers;
- ``sections``: the titles that have changes, each with ``title`` and ``changes``;
- ``changes``: all changes, newest first, hidden ones too.

Each change has ``type``, ``scope``, ``subject``, ``breaking`` (a list of texts), ``references`` (a list of numbers),
``commit``, ``short`` (its first seven characters) and ``hidden``.

The filters ``md`` and ``rst`` make a stranger's words inert for Markdown and reStructuredText; nothing does so by itself. The
other filters are in :data:`FILTERS`. There are conditions, loops, ``set`` and tests, and no calls, macros, blocks, includes,
methods or lists made on the spot: with these no text, list or loop can grow without being counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tagboat.config.planning import Notes
from tagboat.core.change import Change
from tagboat.errors import MissingExtraError
from tagboat.planner.notes.grouping import grouped
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.inert import markdown, restructuredtext

MOST_TEMPLATE: Final = 64 << 10
"""The longest template, in characters; also the longest text that it may put together on the way."""
MOST_TEXT: Final = 1 << 20
"""The longest notes that a template may make, in characters."""
MOST_WORK: Final = 500_000
"""The most turns of all loops and elements given to filters, before a template is given up."""
FILTERS: Final = frozenset(
    {
        "capitalize",
        "default",
        "escape",
        "first",
        "int",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "md",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "rst",
        "select",
        "selectattr",
        "sort",
        "title",
        "trim",
        "unique",
        "upper",
    }
)


def section(changes: Sequence[Change], notes: Notes, heading: Heading, template: str) -> str:
    """Return the section that a template makes, without white space at its ends.

    Args:
        changes: newest first.
        notes: the sections, and the template's path for messages.
        heading: what it is about.
        template: the template's text.

    Raises:
        MissingExtraError: Jinja2 is not installed.
        ConfigError: the template cannot be read, does what is not allowed, or makes too much.
    """
    try:
        from tagboat.planner.notes.template_bounds import Limits, render  # noqa: PLC0415 - Jinja2 is an extra
    except ImportError:
        raise MissingExtraError("notes", "writing notes by a template") from None
    words: dict[str, Callable[[str], str]] = {"md": markdown, "rst": restructuredtext}
    limits = Limits(MOST_TEMPLATE, MOST_TEXT, MOST_WORK, FILTERS)
    return render(notes.template, template, _variables(changes, notes, heading), words, limits).strip()


def _variables(changes: Sequence[Change], notes: Notes, heading: Heading) -> dict[str, Any]:
    hidden = {section.type: section.hidden for section in reversed(notes.sections)}

    def seen(change: Change) -> Mapping[str, Any]:
        return {
            "type": change.type,
            "scope": change.scope,
            "subject": change.subject,
            "breaking": list(change.breaking),
            "references": list(change.references),
            "commit": change.commit,
            "short": change.commit[:7],
            "hidden": hidden.get(change.type.lower(), True) and not change.breaking,
        }

    groups = grouped(changes, notes.sections, "Breaking")
    return {
        "version": heading.version,
        "tag": heading.tag,
        "previous_tag": heading.previous_tag,
        "component": heading.component,
        "repository": heading.repository,
        "host": heading.host,
        "date": f"{heading.date:%Y-%m-%d}",
        "year": heading.date.year,
        "month": heading.date.month,
        "day": heading.date.day,
        "changes": [seen(change) for change in changes],
        "sections": [{"title": group.title, "changes": [seen(c) for c in group.changes]} for group in groups],
    }
