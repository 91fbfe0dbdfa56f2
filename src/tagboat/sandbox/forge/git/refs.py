"""References of a bare repository: listing, resolving as GitHub resolves, and moving with a guard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.objects import Commit, read_commits, read_objects

NOTHING = "0" * 40
"""What git writes for "there is no such object"."""

_SHA = re.compile(r"[0-9a-f]{4,40}")
_ODD = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^/|/$|\.lock(/|$)|(^|/)\.|\.$|^-|^@$")


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference: the object that it names and, for an annotated tag, the commit behind it."""

    name: str
    sha: str
    kind: str
    peeled: str

    @property
    def short(self) -> str:
        """The name without ``refs/heads/`` or ``refs/tags/``."""
        return self.name.split("/", 2)[-1]


def well_formed(name: str) -> bool:
    """Whether git accepts this as (a part of) a reference's name."""
    return bool(name) and not _ODD.search(name)


def well_formed_path(path: str) -> bool:
    """Whether this can be the path of a file in a tree: no empty, ``.``, ``..`` or ``.git`` component."""
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


def list_refs(git: Git, *prefixes: str) -> list[Ref]:
    """The references below these prefixes (whole components, or a full name), in name order; without any, all."""
    form = "%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)"
    printed = git.ask("for-each-ref", f"--format={form}", *prefixes)
    refs = []
    for line in printed.decode(errors="surrogateescape").splitlines():
        name, sha, kind, peeled = line.split("\0")
        refs.append(Ref(name, sha, kind, peeled or sha))
    return refs


def find_ref(git: Git, name: str) -> Ref | None:
    """The reference of exactly this full name."""
    if not well_formed(name) or not name.startswith("refs/"):
        return None
    printed = (
        git.ask("cat-file", "--batch-check", given=f"{name}\n{name}^{{}}\n".encode()).decode().splitlines()
    )
    found = [line.split(" ") for line in printed]
    if len(found) != 2 or any(len(fields) != 3 or fields[2] == "" for fields in found):
        return None
    (sha, kind, _), (peeled, _, _) = found
    return Ref(name, sha, kind, peeled)


def resolve_commit(git: Git, revision: str) -> Commit | None:
    """The commit that GitHub means by a "commit reference".

    That is a branch, a tag, ``heads/NAME``, ``tags/NAME``, a full reference, ``HEAD`` or a SHA (also shortened).
    Git's revision grammar beyond that (``main~1``) is not understood, as on GitHub.
    """
    if not well_formed(revision):
        return None
    names = ["HEAD"] if revision == "HEAD" else []
    names += [f"refs/heads/{revision}", f"refs/tags/{revision}", f"refs/{revision}"]
    names += [revision] if revision.startswith("refs/") or _SHA.fullmatch(revision) else []
    return next((commit for commit in read_commits(git, names) if commit), None)


def is_empty(git: Git) -> bool:
    """Whether nothing was ever pushed here."""
    return not git.ask("for-each-ref", "--count=1", "--format=x")


def move_ref(git: Git, name: str, new: str, old: str) -> bool:
    """Set a reference if it still stands at ``old`` (zeros: does not exist; ``new`` zeros: delete it)."""
    done, _ = git.agrees("update-ref", "--stdin", given=f"update {name} {new} {old}\n".encode())
    return done


def kind_of(git: Git, sha: str) -> str | None:
    """The kind of the object with this full SHA, or None."""
    found = read_objects(git, [sha]) if re.fullmatch(r"[0-9a-f]{40}", sha) else [None]
    return found[0].kind if found[0] else None
