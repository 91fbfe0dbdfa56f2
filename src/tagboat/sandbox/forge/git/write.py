"""Making objects in a bare repository without a work tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.objects import Person


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One line for a new tree."""

    mode: str
    kind: str
    sha: str
    path: str


def write_blob(git: Git, content: bytes) -> str:
    """The SHA of a blob of these bytes."""
    return git.ask("hash-object", "-w", "-t", "blob", "--stdin", given=content).decode().strip()


def write_commit(
    git: Git, *, tree: str, parents: Sequence[str], message: str, author: Person, committer: Person
) -> str:
    """The SHA of a commit of this tree with these parents."""
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {_line(author)}", f"committer {_line(committer)}", "", message]
    return _write(git, "commit", "\n".join(lines))


def write_tag(git: Git, *, name: str, target: str, kind: str, message: str, tagger: Person) -> str:
    """The SHA of an annotated tag object; no reference is made."""
    lines = [f"object {target}", f"type {kind}", f"tag {name}", f"tagger {_line(tagger)}", "", message]
    return _write(git, "tag", "\n".join(lines) + "\n")


def write_tree(
    git: Git, entries: Sequence[NewEntry], *, onto: str | None = None, gone: Sequence[str] = ()
) -> str:
    """The SHA of a tree: ``onto`` (a tree, or nothing) with these entries put in and those paths taken out.

    Paths may have folders in them; the index that this needs is a temporary file.
    """
    place = git.directory / f"index.{uuid4().hex}"
    index = {"GIT_INDEX_FILE": str(place)}
    lines = [f"0 {'0' * 40}\t{path}" for path in gone]
    lines += [f"{entry.mode} {entry.sha}\t{entry.path}" for entry in entries if entry.kind != "tree"]
    try:
        git.ask("read-tree", *([onto] if onto else ["--empty"]), extra=index)
        for entry in entries:
            if entry.kind == "tree":
                git.ask("read-tree", f"--prefix={entry.path}/", entry.sha, extra=index)
        git.ask(
            "update-index",
            "-z",
            "--index-info",
            given="".join(f"{line}\0" for line in lines).encode(),
            extra=index,
        )
        return git.ask("write-tree", extra=index).decode().strip()
    finally:
        place.unlink(missing_ok=True)


def _write(git: Git, kind: str, text: str) -> str:
    return git.ask("hash-object", "-w", "-t", kind, "--stdin", given=text.encode()).decode().strip()


def _line(person: Person) -> str:
    moment = datetime.fromisoformat(person.date)
    offset = moment.strftime("%z") or "+0000"
    return f"{person.name} <{person.email}> {int(moment.timestamp())} {offset}"
