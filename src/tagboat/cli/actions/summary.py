"""The job's summary: one Markdown page of the release. Whatever a stranger wrote stands in it as text, never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tagboat.core.release import Release
from tagboat.core.text import plain

_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~!$&'*+,;=:@%/-]*)?")
_MOST_ROWS: Final = 500
_MOST_CELL: Final = 300
MOST_BYTES: Final = 900_000
"""The runner takes a mebibyte of summary for each step."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the summary is made of.

    Attributes:
        command: the command's name.
        result: how it ended.
        steps: the rows of the JSON answer.
        files: its Manifest's rows.
        digest: the Manifest's digest, or "".
        links: what to show → its address.
        error: cause and remedy, when it failed.
        packages: name → version of all that is installed beside it; told where credentials are.
    """

    command: str
    result: str
    releases: Sequence[Release] = ()
    steps: Sequence[Mapping[str, Any]] = ()
    files: Sequence[Mapping[str, Any]] = ()
    digest: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, str] | None = None
    packages: Mapping[str, str] = field(default_factory=dict)


def rendered(page: Page) -> str:
    """Return the page as Markdown."""
    text = "\n".join(_lines(page)) + "\n"
    kept = text.encode("utf-8", "backslashreplace")[:MOST_BYTES].decode("utf-8", "ignore")
    return kept if len(kept) == len(text) else kept.rpartition("\n")[0] + "\n\nThe summary was cut here.\n"


def escaped(text: object) -> str:
    """Return a text on one line in which no sign means anything to Markdown or HTML (CommonMark 0.31, section 2.4)."""
    return _PUNCTUATION.sub(r"\\\g<0>", plain(str(text), limit=_MOST_CELL))


def _lines(page: Page) -> Iterator[str]:
    yield f"## tagboat {escaped(page.command)}: {escaped(page.result)}"
    yield ""
    if page.error:
        yield from _quoted(f"{page.error['cause']}\nremedy: {page.error['remedy'] or 'none'}")
    rows = [(r.component, r.version, r.tag, r.commit[:12]) for r in page.releases]
    yield from _table(("component", "version", "tag", "commit"), rows)
    steps = (
        (step["key"], step["phase"], step["state"], f"{step['seconds']:.1f} s", step["reason"])
        for step in page.steps
    )
    yield from _table(("step", "phase", "state", "time", "what came of it"), steps)
    yield from _table(
        ("file", "bytes", "SHA-256"), [(file["file"], file["size"], file["sha256"]) for file in page.files]
    )
    if page.digest:
        yield f"Manifest: `{page.digest}`"
        yield ""
    for name, address in page.links.items():
        known = _ADDRESS.fullmatch(address)
        yield f"- [{escaped(name)}](<{address}>)" if known else f"- {escaped(name)}: {escaped(address)}"
    if page.links:
        yield ""
    if page.packages:
        yield f"<details><summary>{len(page.packages)} packages are installed here</summary>"
        yield ""
        yield from _table(("package", "version"), page.packages.items())
        yield "</details>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    listed = list(rows)
    if not listed:
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in listed[:_MOST_ROWS]:
        yield f"| {' | '.join(map(escaped, row))} |"
    if len(listed) > _MOST_ROWS:
        yield ""
        yield f"... and {len(listed) - _MOST_ROWS} more"
    yield ""


def _quoted(text: str) -> Iterator[str]:
    """A block of code whose fence is longer than any run of its sign inside."""
    told = plain(text, lines=True, limit=20_000)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", told)), default=0))
    yield f"{fence}text"
    yield from told.split("\n")
    yield fence
    yield ""
