"""A small git history with everything in it that a reader of repositories can get wrong, made by the real git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TIME: Final = 1_700_000_000
"""The committer's time of the first commit; each later commit is a day younger than the one before."""
ATTRIBUTES: Final = "* text eol=crlf\n*.py ident filter=evil diff=evil\nskipped.txt export-ignore\n"
FILES: Final[Mapping[str, str]] = {
    ".git_archival.txt": "node: $Format:%H$\n",
    ".gitattributes": ATTRIBUTES,
    "README.md": "# Demo\n",
    "a b/ä.txt": "umlaut\n",
    "bin/run": "#!/bin/sh\n",
    "skipped.txt": "not for archives, they say\n",
    "src/demo.py": "# $Id$\nx = 2\n",
    "windows.txt": "line\r\nend\r\n",
}
"""The plain files at the head, by path; ``bin/run`` is a program."""
LINK: Final = ("docs/readme", "../README.md")
SUBMODULE: Final = "vendored"


@dataclass(frozen=True, slots=True)
class History:
    """Where the repository is and what is in it.

    Tags: ``v1.0.0`` (lightweight) on ``first``; ``v1.1.0`` (annotated), ``v1.1.1`` (signed) and ``v1.1.2`` (a tag of
    v1.1.0) on ``head``; ``a-tree`` on no commit. Branches: ``main`` at ``head``, ``side`` at ``side``.
    """

    path: Path
    first: str
    head: str
    side: str


def git(folder: Path, *arguments: str, content: str = "", at: int = TIME, **variables: str) -> str:
    """Run git in a folder, apart from the machine's configuration, and return its output."""
    who = {f"GIT_{role}_{what}": "demo" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{role}_DATE": f"{at} +0200" for role in ("AUTHOR", "COMMITTER")}
    apart = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(folder)}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **apart, **who, **when, **variables},
        input=content.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def make_history(folder: Path) -> History:
    """Make the repository in the new folder."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    _write(folder, {"README.md": "# Demo\n", "src/demo.py": "x = 1\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "tag", "v1.0.0")
    first = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "-b", "side")
    git(folder, "commit", "-q", "--allow-empty", "-m", "aside", at=TIME + 2 * 86_400)
    side = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "main")
    head = _second_commit(folder, first)
    git(folder, "tag", "-m", "annotated", "v1.1.0")
    signed = f"object {head}\ntype commit\ntag v1.1.1\ntagger d <d@e> {TIME} +0000\n\nsigned\n"
    signed += "-----BEGIN PGP SIGNATURE-----\n\nZmFrZQ==\n-----END PGP SIGNATURE-----\n"
    git(
        folder,
        "update-ref",
        "refs/tags/v1.1.1",
        git(folder, "hash-object", "-t", "tag", "-w", "--stdin", content=signed),
    )
    git(folder, "tag", "-m", "nested", "v1.1.2", "v1.1.0")
    git(folder, "tag", "a-tree", f"{head}^{{tree}}")
    return History(folder, first, head, side)


def _second_commit(folder: Path, submodule: str) -> str:
    """Commit the files as they are: written by plumbing, so that no attribute changes them."""
    _write(folder, FILES)
    for path in FILES:
        blob = git(folder, "hash-object", "-w", "--no-filters", "--", path)
        mode = "100755" if path == "bin/run" else "100644"
        git(folder, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")
    link = git(folder, "hash-object", "-w", "--stdin", content=LINK[1])
    git(folder, "update-index", "--add", "--cacheinfo", f"120000,{link},{LINK[0]}")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{submodule},{SUBMODULE}")
    git(folder, "commit", "-q", "-m", "second", at=TIME + 86_400)
    return git(folder, "rev-parse", "HEAD")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
