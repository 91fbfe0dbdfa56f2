"""Copying a repository on this machine with plumbing that runs nothing there."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tagboat.adapters.git.child import Git, complaint
from tagboat.adapters.git.fsck import strictness
from tagboat.adapters.git.place import git_dir_of
from tagboat.errors import RefusedError

SECONDS = 3600.0
"""For copying a whole history."""


class Local:
    """A repository on this machine: its own heads and tags (not what it tracks of others).

    There, references are listed and objects packed, with no transport allowed, so that not even a partial clone's
    missing objects are fetched; here, the pack's objects are checked one by one before a reference moves.
    """

    def __init__(self, path: Path, environment: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._environment = environment

    def fetch_into(self, mirror: Path) -> None:
        """Bring objects, then references, unless all references are the same already.

        Raises:
            RefusedError: no repository, one without commits, one whose history is not all there, or malformed objects.
        """
        source, target = self._git(), Git(mirror, environment=self._environment)
        there, here = _listed(source), _listed(target)
        if not there:
            raise RefusedError(f"{self._path} has no branch and no tag", remedy="commit something first")
        if there == here:
            return
        self._check_whole(source)
        known = set(here.values()) & set(there.values())
        wanted = set(there.values()) - known
        if wanted:
            self._copy_objects(source, target, mirror, wanted, known)
        # First what vanished, so that a name may become a folder of names.
        _update(target, [f"delete {name}\0\0" for name in here.keys() - there.keys()])
        moved = {name: value for name, value in there.items() if here.get(name) != value}
        _update(target, [f"update {name}\0{value}\0\0" for name, value in moved.items()])

    def fetch_commit(self, mirror: Path, commit: str) -> None:
        """Bring one commit and its history, for a HEAD that no branch and no tag names; no reference moves.

        Raises:
            RefusedError: its objects are not all there, or malformed.
        """
        source, target = self._git(), Git(mirror, environment=self._environment)
        if target.run("cat-file", "-e", f"{commit}^{{commit}}", fine=(0, 1, 128)).returncode:
            self._copy_objects(source, target, mirror, {commit}, set(_listed(target).values()))

    def default_branch(self) -> str:
        """Return the branch that is checked out; with none, the one that ``origin`` calls its own.

        Raises:
            RefusedError: neither is known.
        """
        for name, prefix in (("HEAD", "refs/heads/"), ("refs/remotes/origin/HEAD", "refs/remotes/origin/")):
            done = self._git().run("symbolic-ref", "--quiet", name, fine=(0, 1, 128))
            target = done.stdout.decode("utf-8", "surrogateescape").strip()
            if target.startswith(prefix):
                return target.removeprefix(prefix)
        raise RefusedError(
            f"{self._path} is on no branch",
            remedy="check out a branch, or set default-branch in the configuration",
        )

    def _git(self) -> Git:
        return Git(git_dir_of(self._path), environment=self._environment)

    def _copy_objects(
        self, source: Git, target: Git, mirror: Path, wanted: set[str], known: set[str]
    ) -> None:
        revisions = "\n".join([*sorted(wanted), "--not", *sorted(known), ""]).encode()
        with tempfile.TemporaryFile(dir=mirror) as pack:
            packing = ("pack-objects", "--quiet", "--revs", "--stdout", "--delta-base-offset")
            packed = source.run(*packing, content=revisions, output=pack, fine=(0, 1, 128), seconds=SECONDS)
            if packed.returncode:
                raise self._unreadable(complaint(packed.stderr))
            pack.seek(0)
            unpacking = ("index-pack", "--stdin", strictness())
            unpacked = target.run(*unpacking, content=pack, fine=(0, 1, 128), seconds=SECONDS)
        if unpacked.returncode:
            raise RefusedError(
                f"{self._path}: {complaint(unpacked.stderr)}",
                remedy="the history holds a malformed object; repair it before releasing from it",
            )

    def _check_whole(self, source: Git) -> None:
        if source.run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            raise RefusedError(
                f"{self._path} is a shallow clone: its history is cut off",
                remedy="git fetch --unshallow --tags",
            )

    def _unreadable(self, said: str) -> RefusedError:
        pattern = r"^(extensions\.partialclone|remote\..*\.promisor)$"
        if self._git().run("config", "--get-regexp", pattern, fine=(0, 1)).stdout:
            return RefusedError(
                f"{self._path} is a partial clone: some of its objects are elsewhere",
                remedy="clone it again without --filter",
            )
        return RefusedError(f"{self._path} cannot be copied: {said}", remedy="git fsck tells more")


def _listed(git: Git) -> dict[str, str]:
    """The object that each branch and tag names, by full name."""
    done = git.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/", "refs/tags/")
    lines = done.stdout.decode("utf-8", "surrogateescape").split("\n")
    return {name: value for value, _, name in (line.partition(" ") for line in lines if line)}


def _update(git: Git, orders: list[str]) -> None:
    if orders:
        content = "".join(orders).encode("utf-8", "surrogateescape")
        git.run("update-ref", "--no-deref", "--stdin", "-z", content=content)
