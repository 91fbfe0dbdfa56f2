"""The formats of notes: each renders a release's section, and knows where in a changelog it belongs."""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.planning import Notes
from tagboat.core.change import Change
from tagboat.planner.notes.heading import Heading


def section(changes: Sequence[Change], notes: Notes, heading: Heading, *, given: str = "") -> str:
    """Return the section of a release, without white space at its ends; "" where no notes are written.

    Args:
        changes: newest first.
        notes: the format and its settings.
        heading: what the section is about.
        given: with ``template`` the template's text; with ``towncrier`` what towncrier rendered
            (``tagboat.adapters.towncrier``, with the files of :func:`tagboat.planner.notes.fragments.fragments`).

    Raises:
        MissingExtraError: an optional part of Tagboat is not installed.
        ConfigError: the template is wrong.
    """
    # One format is imported, not all: the start of `tagboat plan` counts.
    match notes.format:
        case "markdown":
            from tagboat.planner.notes import markdown  # noqa: PLC0415

            return markdown.section(changes, notes, heading)
        case "keep-a-changelog":
            from tagboat.planner.notes import keep_a_changelog  # noqa: PLC0415

            return keep_a_changelog.section(changes, notes, heading)
        case "restructuredtext":
            from tagboat.planner.notes import restructuredtext  # noqa: PLC0415

            return restructuredtext.section(changes, notes, heading)
        case "template":
            from tagboat.planner.notes import template  # noqa: PLC0415

            return template.section(changes, notes, heading, given)
        case "towncrier":
            return given.strip()
        case "none":
            return ""


def inserted(changelog: str | None, text: str, notes: Notes, heading: Heading) -> str:
    """Return the changelog with a section in it; with the format ``none`` or no section, as it was.

    Args:
        changelog: its content with its own line ends and byte order mark, or None when there is none yet.
        text: the section.
        notes: the format and its settings; ``start-string`` is towncrier's mark.
        heading: what the section is about.

    Raises:
        ConfigError: there is a section of this version already; the line is named.
    """
    if not text:
        return changelog or ""
    match notes.format:
        case "markdown":
            from tagboat.planner.notes import markdown  # noqa: PLC0415

            return markdown.inserted(changelog, text)
        case "keep-a-changelog":
            from tagboat.planner.notes import keep_a_changelog  # noqa: PLC0415

            return keep_a_changelog.inserted(changelog, text, heading)
        case "restructuredtext":
            from tagboat.planner.notes import restructuredtext  # noqa: PLC0415

            return restructuredtext.inserted(changelog, text, notes, heading)
        case "template" | "towncrier":
            from tagboat.planner.notes import insertion  # noqa: PLC0415

            return insertion.inserted(changelog, text, notes, heading)
        case "none":
            return changelog or ""


def has_entries(text: str, notes: Notes, changes: Sequence[Change] | None = None) -> bool:
    """Tell whether a section says anything below its heading; an empty one is no reason for a release.

    Args:
        text: the section, or "" when it is not rendered here.
        notes: the format and the sections.
        changes: what the section is about. Where there is no text, the configured sections decide whether any of
            them would be shown; without them too, the answer is yes.
    """
    if not text and notes.format == "markdown" and changes is not None:
        from tagboat.planner.notes import markdown  # noqa: PLC0415

        return markdown.any_shown(changes, notes)
    if not text:
        from tagboat.planner.notes.grouping import grouped  # noqa: PLC0415

        return changes is None or bool(grouped(changes, notes.sections, ""))
    match notes.format:
        case "restructuredtext":
            return text.count("\n") > 1
        case "towncrier":
            return "No significant changes." not in text
        case _:
            return "\n" in text


def of_the_past(notes: Notes) -> Notes:
    """Return how notes of past releases are rendered: towncrier's fragments are gone by then."""
    return notes._replace(format="markdown") if notes.format == "towncrier" else notes
