"""Synthetic histories for the planner: the same shape and seed give the same commits, down to the object ids.

They are written by ``git fast-import`` and kept under a folder of the build, so that the next run finds them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

UNRELEASED: Final = 100
"""The commits behind the last release, in every history."""

REMOTE: Final = "https://forge.example/owner/name.git"
"""Where a history says that it comes from; nothing is there, and nobody asks."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a history looks like.

    Attributes:
        commits: how many, merges and releases included.
        folders: how many components' folders they change.
        tags: how many releases; the last one is :data:`UNRELEASED` commits behind the tip.
        apart: each folder is released by itself, as ``name-vX.Y.Z``; otherwise all as one, as ``vX.Y.Z``.
        behind: with ``apart``: how many components were released once, long ago, and never again.
        seed: everything else.
    """

    commits: int
    folders: int = 20
    tags: int = 100
    apart: bool = False
    behind: int = 0
    seed: int = 1

    @property
    def name(self) -> str:
        """The shape as the name of a folder."""
        kind = f"apart-{self.behind}" if self.apart else "plain"
        return f"{self.commits}-commits-{self.folders}-folders-{self.tags}-tags-{kind}-{self.seed}"


@dataclass(frozen=True, slots=True)
class History:
    """A repository with a work tree, and what a planner must find in it.

    Attributes:
        folder: the repository.
        commits: how many there are.
        head: the tip's object id.
        last: the newest tag, or "".
        oldest: the oldest of the components' last tags; the only component's last tag when there is one; or "".
        next: component → its next version, for those with something to release; empty when nobody knows.
    """

    folder: Path
    commits: int
    head: str
    last: str
    oldest: str
    next: dict[str, str]


def history(shape: Shape, cache: Path) -> History:
    """Return the history of this shape, from the cache or made now.

    Args:
        shape: what it looks like.
        cache: the folder that holds histories; one of the same shape that older code made is removed.

    Raises:
        ValueError: the shape has more releases than its commits have room for.
    """
    place = cache / f"{shape.name}-{_code()}"
    facts = place / "facts.json"
    if not facts.is_file():
        for old in cache.glob(f"{shape.name}-*"):
            shutil.rmtree(old)
        place.mkdir(parents=True)
        facts.write_text(json.dumps(make(shape, place / "repository")))
    return History(place / "repository", shape.commits, **json.loads(facts.read_text()))


def make(shape: Shape, folder: Path) -> dict[str, object]:
    """Write the history into a new repository there, and return what is to be found in it.

    Raises:
        ValueError: the shape has more releases than its commits have room for.
    """
    from bench.past import Past  # noqa: PLC0415 - a cached history needs none of it

    past = Past(shape)
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    importing = subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet", "--done", "--depth=10"], stdin=subprocess.PIPE
    )
    with _stdin(importing) as stream:
        past.write(stream)
    if importing.wait():
        raise RuntimeError("git fast-import failed")
    git(folder, "repack", "-a", "-d", "-q")  # commits beside commits, as in a clone
    git(folder, "reset", "-q", "--hard", "main")
    git(folder, "remote", "add", "origin", REMOTE)
    head = git(folder, "rev-parse", "HEAD")
    return {"head": head, "last": past.last, "oldest": past.oldest, "next": past.next}


def borrowed(repository: Path, folder: Path) -> History:
    """Return a repository with the commits and tags of another one, which is only read.

    Args:
        repository: a work tree, a ``.git`` folder or a bare repository.
        folder: becomes the new one; whatever was there is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    head = git(repository, "rev-parse", "HEAD")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", REMOTE)
    (folder / ".git/objects/info/alternates").write_text(f"{source / 'objects'}\n")
    tags = git(repository, "for-each-ref", "--format=create %(refname) %(objectname)", "refs/tags/")
    git(folder, "update-ref", "--stdin", content=f"{tags}\ncreate refs/heads/main {head}\n".lstrip())
    git(folder, "pack-refs", "--all")
    git(folder, "read-tree", "HEAD")
    described = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0"], cwd=folder, capture_output=True, text=True, check=False
    )
    last = described.stdout.strip()
    return History(folder, int(git(folder, "rev-list", "--count", "HEAD")), head, last, last, {})


def git(folder: Path, *arguments: str, content: str = "") -> str:
    """Run git there, without the machine's or the user's configuration, and return what it says."""
    settings = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    command = ("git", "-c", "safe.directory=*", *arguments)
    done = subprocess.run(
        command, cwd=folder, env=settings, input=content.encode(), capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace").strip()


def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise RuntimeError("the process takes no input")
    return process.stdin


def _code() -> str:
    """A digest of the code that makes histories."""
    here = Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in ("messages.py", "past.py"))
    return hashlib.sha256(sources + repr(asdict(Shape(1))).encode()).hexdigest()[:12]
