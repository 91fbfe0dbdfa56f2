"""Histories as tests draw them: commits with parents, times, messages and files, for the real git or for memory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tagboat.testing.histories import TIME, git

DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Drawn:
    """One commit.

    Attributes:
        name: what the drawing calls it.
        parents: the names of its parents, which stand before it in the drawing.
        message: its message, as bytes.
        files: all files that it holds, path → content; None for those of its first parent.
        time: the committer's and the author's time; None for a day after the commit before it.
        author: the author's address.
    """

    name: str
    parents: tuple[str, ...] = ()
    message: bytes = b"chore: something"
    files: Mapping[bytes, bytes] | None = None
    time: int | None = None
    author: str = "demo"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A history: its commits, parents first, and the names that point to them."""

    commits: Sequence[Drawn]
    tags: Mapping[str, str] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)
    head: str = "main"

    def __post_init__(self) -> None:
        if not self.branches:
            object.__setattr__(self, "branches", {self.head: self.commits[-1].name})

    @property
    def times(self) -> Mapping[str, int]:
        """The time of each commit."""
        return {
            drawn.name: TIME + DAY * place if drawn.time is None else drawn.time
            for place, drawn in enumerate(self.commits)
        }

    @property
    def files(self) -> Mapping[str, Mapping[bytes, bytes]]:
        """All files of each commit."""
        found: dict[str, Mapping[bytes, bytes]] = {}
        for drawn in self.commits:
            inherited = found[drawn.parents[0]] if drawn.parents else {}
            found[drawn.name] = inherited if drawn.files is None else drawn.files
        return found

    def reach(self, *names: str) -> frozenset[str]:
        """Return the commits that can be reached from ``names``, and themselves."""
        parents = {drawn.name: drawn.parents for drawn in self.commits}
        found: set[str] = set()
        left = list(names)
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left.extend(parents[name])
        return frozenset(found)


def into_git(drawing: Drawing, folder: Path, *, bare: bool = False) -> Mapping[str, str]:
    """Make a repository of a drawing in a new folder, and return the id of each commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", drawing.head, *(["--bare"] if bare else []))
    marks = folder / "marks"
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force", f"--export-marks={marks}"],
        cwd=folder,
        input=b"".join(_stream(drawing)),
        check=True,
        capture_output=True,
        timeout=60,
    )
    ids = dict(line.split() for line in marks.read_text().splitlines())
    marks.unlink()
    return {drawn.name: ids[f":{place}"] for place, drawn in enumerate(drawing.commits, 1)}


def _stream(drawing: Drawing) -> Iterator[bytes]:
    marks = {drawn.name: place for place, drawn in enumerate(drawing.commits, 1)}
    times, files = drawing.times, drawing.files
    for drawn in drawing.commits:
        who = f"demo <{drawn.author}> {times[drawn.name]} +0000\n"
        yield b"reset refs/drawn/x\n\n" if not drawn.parents else b""
        yield f"commit refs/drawn/x\nmark :{marks[drawn.name]}\nauthor {who}committer {who}".encode()
        yield _data(drawn.message)
        for place, parent in enumerate(drawn.parents):
            yield f"{'merge' if place else 'from'} :{marks[parent]}\n".encode()
        yield b"deleteall\n"
        for path, content in files[drawn.name].items():
            yield b"M 100644 inline " + _quoted(path) + b"\n" + _data(content)
        yield b"\n"
    yield b"reset refs/drawn/x\nfrom " + b"0" * 40 + b"\n\n"
    for kind, names in (("tags", drawing.tags), ("heads", drawing.branches)):
        for name, commit in names.items():
            yield f"reset refs/{kind}/{name}\nfrom :{marks[commit]}\n\n".encode()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quoted(path: bytes) -> bytes:
    plain = b"".join(
        bytes([code]) if 32 <= code < 127 and code not in b'"\\' else b"\\%03o" % code for code in path
    )
    return b'"' + plain + b'"'
