"""The draft of a release candidate in a ``CHANGES.rst``: every commit since the last release, below a title of its own.

The rule is that of pypiserver's monthly job, as observed on the 32 drafts that it made (branches ``auto-release-candidate-*``):

- the last release is the first line that ends in a date, ``2.4.1 (2026-02-10)``; the candidate is its next patch;
- the title is ``2.4.2rc07-01-2026 (__rc__)``, and its underline is as long;
- then one bullet for each commit with its abbreviated id and its subject: newest first, merges too, nothing left out.

Compatible, the draft stands right below the heading of the planned major version, ``3.0.0 (tbd)``, so that notes already
written under that heading come to stand below the draft and seem to belong to it; where no version is planned nothing is
written, silently. Otherwise the draft stands before the last release, below all that is planned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from tagboat.core.commit import Commit
from tagboat.errors import ConfigError
from tagboat.planner.notes.inert import restructuredtext

_RELEASED: Final = re.compile(rb" \([0-9]+-[0-9]+-[0-9]+\)$")
_PLANNED: Final = re.compile(rb"[0-9]\.0\.0.*tbd")
_UNDERLINE: Final = re.compile(rb"([!-/:-@\[-`{-~])\1*\s*")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_BLANK: Final = " \t\n\r"
"""What git takes for white space."""


def candidate(
    changes_rst: bytes,
    commits: Sequence[Commit],
    *,
    date: date,
    compatible: bool = False,
    abbreviate: Callable[[str], str],
) -> bytes:
    """Return a ``CHANGES.rst`` with the draft of the next candidate in it.

    Args:
        changes_rst: the file at the commit that the candidate is made from.
        commits: what ``git log v<LAST>..<that commit>`` lists, in its default order, merges included; LAST is what
            :func:`last_version` returns.
        date: the day of the draft.
        compatible: write it as pypiserver's job does, to the byte.
        abbreviate: full id → what ``git log --abbrev-commit`` shows; its length grows with the repository.

    Raises:
        ConfigError: the file names no release, or one without a number to raise.
    """
    lines = changes_rst.split(b"\n")
    version = f"{_next_patch(last_version(changes_rst, compatible=compatible))}rc{date:%m-%d-%Y}"
    title = f"{version} (__rc__)"
    if f"\n{title}\n".encode() in b"\n" + changes_rst.replace(b"\r\n", b"\n") and not compatible:
        line = next(
            n for n, text in enumerate(lines, 1) if text.rstrip(b"\r").decode("utf-8", "replace") == title
        )
        raise ConfigError(
            f"CHANGES.rst:{line}: {version} has a section already",
            remedy="remove it, or draft on another day",
        )
    bullets = [f"- {abbreviate(commit.id)} {subject(commit.message)}" for commit in commits]
    if compatible:
        draft = [line.encode() for line in ("", title, "-" * len(title), "", *bullets)]
        return b"\n".join(_below_the_planned(lines, draft))
    bullets = [f"- {abbreviate(commit.id)} {restructuredtext(subject(commit.message))}" for commit in commits]
    end = b"\r" if lines[0].endswith(b"\r") else b""
    draft = [
        line.encode() + end for line in (title, "-" * len(title), "", *bullets, *([""] if bullets else []))
    ]
    at = _line_of_release(lines, strict=True)
    return b"\n".join([*lines[:at], *draft, *lines[at:]])


def last_version(changes_rst: bytes, *, compatible: bool = False) -> str:
    """Return the version of the last release that a ``CHANGES.rst`` names.

    Args:
        changes_rst: the file.
        compatible: take any line that ends in a date, a title or not, as pypiserver's job does.

    Raises:
        ConfigError: it names none.
    """
    lines = changes_rst.split(b"\n")
    words = lines[_line_of_release(lines, strict=not compatible)].decode("utf-8", "replace").split()
    return words[0] if words else ""


def subject(message: str) -> str:
    """Return a message's subject as ``git log --oneline`` prints it: the lines up to the first blank one, joined."""
    found: list[str] = []
    for line in message.split("\n"):
        text = line.rstrip(_BLANK)
        if text:
            found.append(text)
        elif found:
            break
    return " ".join(found)


def _line_of_release(lines: Sequence[bytes], *, strict: bool) -> int:
    """Return the index of the first line that ends in a date; strictly it must be a title."""
    for number, line in enumerate(lines):
        text = line.removesuffix(b"\r") if strict else line
        if _RELEASED.search(text):
            below = lines[number + 1] if number + 1 < len(lines) else b""
            if not strict or _UNDERLINE.fullmatch(below):
                return number
    raise ConfigError(
        "CHANGES.rst names no release: no title ends in a date, as 1.0.0 (2026-01-31) does",
        remedy="write the title of the last release in that form",
    )


def _below_the_planned(lines: Sequence[bytes], draft: Sequence[bytes]) -> list[bytes]:
    """Return the lines with the draft behind each title of a planned version and its underline."""
    written: list[bytes] = []
    behind = -1
    for number, line in enumerate(lines):
        written.append(line)
        if behind < number and _PLANNED.match(line) and number + 1 < len(lines):
            behind = number + 1
        elif behind == number:
            written.extend(draft)
    return written


def _next_patch(version: str) -> str:
    numbers = [*version.split("."), "", ""][: max(3, version.count(".") + 1)]
    if numbers[2] and not _NUMBER.fullmatch(numbers[2]):
        raise ConfigError(
            f"CHANGES.rst: the third number of {version!a} cannot be raised",
            remedy="write the last release as MAJOR.MINOR.PATCH",
        )
    numbers[2] = str(int(numbers[2] or "0") + 1)
    return ".".join(numbers)
