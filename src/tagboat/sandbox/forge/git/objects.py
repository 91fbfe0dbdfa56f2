"""Git's objects, read through one ``git cat-file --batch`` and parsed into values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tagboat.sandbox.forge.git.child import Git


@dataclass(frozen=True, slots=True)
class RawObject:
    """An object as git stores it: its name, kind (commit, tree, blob, tag) and bytes."""

    sha: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Person:
    """The name, address and moment (ISO 8601, UTC) that git notes of an author, committer or tagger."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A parsed commit; ``payload`` is what ``signature`` signs."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str
    signature: str | None
    payload: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A parsed annotated tag."""

    sha: str
    name: str
    target: str
    target_kind: str
    tagger: Person
    message: str
    signature: str | None
    payload: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a tree."""

    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


def read_objects(git: Git, names: Sequence[str]) -> list[RawObject | None]:
    """The objects of these names (any revision that git understands), None for each that is missing.

    All of them come from one child process.
    """
    if not names:
        return []
    printed = git.ask("cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode())
    found: list[RawObject | None] = []
    position = 0
    for _ in names:
        end = printed.index(b"\n", position)
        header = printed[position:end].decode(errors="replace").split(" ")
        position = end + 1
        if len(header) != 3 or not header[2].isdigit():
            found.append(None)
            continue
        size = int(header[2])
        found.append(RawObject(header[0], header[1], printed[position : position + size]))
        position += size + 1
    return found


def read_commits(git: Git, names: Sequence[str]) -> list[Commit | None]:
    """The commits of these names, tags peeled; None for what is missing or leads to no commit."""
    raw = read_objects(git, [f"{name}^{{commit}}" for name in names])
    return [parse_commit(found) if found and found.kind == "commit" else None for found in raw]


def read_commit(git: Git, name: str) -> Commit | None:
    """The commit of this name, tags peeled, or None."""
    return read_commits(git, [name])[0]


def parse_commit(raw: RawObject) -> Commit:
    """A commit from its bytes."""
    headers, message = _headers(raw.content)
    return Commit(
        sha=raw.sha,
        tree=_first(headers, "tree"),
        parents=tuple(value for key, value in headers if key == "parent"),
        author=parse_person(_first(headers, "author")),
        committer=parse_person(_first(headers, "committer")),
        message=message.removesuffix("\n"),
        signature=_first(headers, "gpgsig") or None,
        payload=_without_signature(raw.content),
    )


def parse_tag(raw: RawObject) -> Tag:
    """An annotated tag from its bytes; a signature stands at the end of its message."""
    headers, message = _headers(raw.content)
    start = min((at for mark in _SIGNATURE_MARKS if (at := message.find(mark)) >= 0), default=-1)
    text = raw.content.decode(errors="replace")
    signature = message[start:] if start >= 0 else None
    return Tag(
        sha=raw.sha,
        name=_first(headers, "tag"),
        target=_first(headers, "object"),
        target_kind=_first(headers, "type"),
        tagger=parse_person(_first(headers, "tagger")),
        message=message[:start] if signature else message.removesuffix("\n"),
        signature=signature,
        payload=text.removesuffix(signature) if signature else text,
    )


_SIGNATURE_MARKS = (
    "-----BEGIN PGP SIGNATURE-----",
    "-----BEGIN SSH SIGNATURE-----",
    "-----BEGIN SIGNED MESSAGE-----",
)


def parse_person(line: str) -> Person:
    """A person from a line such as ``Ada Lovelace <ada@example.org> 1700000000 +0100``."""
    name, _, rest = line.partition(" <")
    email, _, stamp = rest.partition("> ")
    seconds = stamp.split(" ")[0]
    moment = datetime.fromtimestamp(int(seconds) if seconds.isdigit() else 0, UTC)
    return Person(name.strip(), email.removesuffix(">"), moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def list_tree(git: Git, treeish: str, *, deep: bool = False, path: str | None = None) -> list[TreeEntry]:
    """The entries of a tree with the sizes of its files; with ``path`` that one entry alone."""
    options = ["-r", "-t"] if deep else []
    where = ["--", path] if path is not None else []
    printed = git.ask("ls-tree", "-z", "-l", *options, treeish, *where, extra={"GIT_LITERAL_PATHSPECS": "1"})
    entries = []
    for line in printed.decode(errors="surrogateescape").split("\0"):
        if line:
            facts, _, name = line.partition("\t")
            mode, kind, sha, size = facts.split()
            entries.append(TreeEntry(mode, kind, sha, None if size == "-" else int(size), name))
    return entries


def _headers(content: bytes) -> tuple[list[tuple[str, str]], str]:
    head, _, body = content.partition(b"\n\n")
    pairs: list[tuple[str, str]] = []
    for line in head.decode(errors="replace").split("\n"):
        if line.startswith(" ") and pairs:
            key, value = pairs[-1]
            pairs[-1] = (key, f"{value}\n{line[1:]}")
        else:
            key, _, value = line.partition(" ")
            pairs.append((key, value))
    return pairs, body.decode(errors="replace")


def _first(headers: list[tuple[str, str]], wanted: str) -> str:
    return next((value for key, value in headers if key == wanted), "")


def _without_signature(content: bytes) -> str:
    kept: list[str] = []
    inside = False
    head, blank, body = content.decode(errors="replace").partition("\n\n")
    for line in head.split("\n"):
        inside = line.startswith("gpgsig ") or (inside and line.startswith(" "))
        if not inside:
            kept.append(line)
    return "\n".join(kept) + blank + body
