"""The links at the bottom of a changelog, ``[1.1.0]: https://forge.example/acme/boat/compare/v1.0.0...v1.1.0``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tagboat.planner.notes.heading import Heading

_LINK: Final = re.compile(r" {0,3}\[([^\[\]\s]{1,200})\]:[ \t]*(\S+)\s*")
_VERSION: Final = re.compile(r"v?[0-9]\S*")


def first_link(lines: Sequence[str]) -> int:
    """Return the index of the first line of the links that end a file; the number of lines when there are none."""
    first = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if _LINK.fullmatch(lines[index]):
            first = index
        elif lines[index].strip():
            break
    return first


def with_links(lines: Sequence[str], heading: Heading, newline: str, *, unreleased: bool) -> list[str]:
    """Return the lines with the link of a release, and with that of what is unreleased moved on.

    The forge's address is taken from the link that is there; a file without links of versions gets them where the
    heading names host and repository.

    Args:
        lines: the whole file, each line with its end.
        heading: the release.
        newline: the line end of what is added.
        unreleased: whether the file has a section of the unreleased, which wants a link too.
    """
    found = [(index, match) for index, line in enumerate(lines) if (match := _LINK.fullmatch(line))]
    for index, match in found:
        page, slash, revisions = match[2].rpartition("/compare/")
        last, _, head = revisions.replace("...", "..").partition("..")
        if match[1].lower() == "unreleased" and slash and head:
            moved = lines[index].replace(match[2], f"{page}{slash}{heading.tag}...{head}")
            compared = f"{heading.previous_tag or last}...{heading.tag}"
            added = f"[{heading.version}]: {page}{slash}{compared}{newline}"
            return [*lines[:index], moved, added, *lines[index + 1 :]]
    address = _address(heading)
    if not address:
        return list(lines)
    links = [f"[{heading.version}]: {address}{newline}"]
    at = next((index for index, match in found if _VERSION.fullmatch(match[1])), None)
    if at is not None:
        return [*lines[:at], *links, *lines[at:]]
    if unreleased and not any(match[1].lower() == "unreleased" for _, match in found):
        links.insert(0, f"[Unreleased]: {heading.address}/compare/{heading.tag}...HEAD{newline}")
    if not found and lines and lines[-1].strip():
        links.insert(0, newline)
    return [*lines, *links]


def _address(heading: Heading) -> str:
    """Return the page of the release's changes, or of its tag when it is the first; "" when no forge is named."""
    if not (heading.host and heading.repository):
        return ""
    if not heading.previous_tag:
        return f"{heading.address}/releases/tag/{heading.tag}"
    return f"{heading.address}/compare/{heading.previous_tag}...{heading.tag}"
