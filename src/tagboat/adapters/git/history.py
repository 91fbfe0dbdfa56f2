"""The user's own repository, read in place with plumbing that runs nothing of it and fetches nothing.

Three children do the work of a plan: one lists the tags, one answers for files and names, one lists commits.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import IO, Final

from tagboat.adapters.git.child import Git, Running, complaint, scratch
from tagboat.adapters.git.listing import listed_when_asked
from tagboat.adapters.git.objects import Objects
from tagboat.adapters.git.place import git_dir_of
from tagboat.adapters.git.plain_config import LONGEST, plain_origin
from tagboat.adapters.git.records import commits_with_paths, commits_without_paths, names_in, pieces, texts
from tagboat.adapters.git.spawn import Child
from tagboat.config.project import Tree
from tagboat.core.commit import Commit
from tagboat.errors import RefusedError, StepFailedError, UnavailableError
from tagboat.ports.history import PathDiff, TagRef

_FIELDS: Final = "%H%x00%P%x00%ct%x00%ae %at%x00%B%x00"
_DIFFING: Final = (
    *("diff-tree", "--stdin", "-r", "-z", "--root", "--no-renames", "--name-status"),
    *("--always", "--diff-merges=first-parent", f"--format=%x01{_FIELDS}"),
)
_TAGS: Final = "%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)%00%(refname:lstrip=2)"
_LIST_TAGS: Final = ("for-each-ref", f"--format={_TAGS}", "refs/tags/")
_BRANCH: Final = ("symbolic-ref", "--quiet", "--short", "HEAD")
_REMOTE: Final = ("config", "--get", "remote.origin.url")
_ON_BRANCH: Final = b"ref: refs/heads/"
_LONGEST_LINK: Final = 4096
_FILES: Final = "100"
_LINK: Final = "120000"
_MODULE: Final = "160000"
_ID_LENGTHS: Final = (40, 64)


class LocalHistory:
    """A repository on this machine, whatever kind of clone it is.

    Args:
        path: the repository, or a folder in its work tree.
        lenient: take a file whose content a partial clone lacks for one that is not there; else that is refused.

    Attributes:
        lacking: the paths that were taken for missing.

    Raises:
        RefusedError: ``path`` is in no git repository.
    """

    def __init__(self, path: str | os.PathLike[str], *, lenient: bool = False) -> None:
        self._lenient = lenient
        self._lacking_blobs: set[str] = set()
        self._listed: tuple[str, Mapping[str, Mapping[str, str]]] = ("", {})
        self._topmost: tuple[str, Collection[bytes]] = ("", ())
        self.lacking: set[str] = set()
        self._begun: dict[tuple[str, ...], Running] = {}
        self._dir = git_dir_of(path)
        self._git = Git(self._dir, settings={"core.quotePath": "false", "i18n.logOutputEncoding": "UTF-8"})
        self._objects = Objects(self._git)
        self._broken_tags: list[str] = []

    def prepare(self) -> None:
        """Have git find what every plan asks for, while the caller does something else."""
        self._objects.start()
        self._begun[_LIST_TAGS] = self._git.begin(*_LIST_TAGS)
        if self._plain_remote is None:
            self._begun[_REMOTE] = self._git.begin(*_REMOTE)
        if self._branch_in_head() is None:
            self._begun[_BRANCH] = self._git.begin(*_BRANCH)

    def _answer(self, asked: tuple[str, ...], *, fine: Sequence[int] = (0,)) -> bytes:
        begun = self._begun.pop(asked, None)
        return begun.output(fine=fine) if begun else self._git.run(*asked, fine=fine).stdout

    def close(self) -> None:
        """End the children."""
        for begun in self._begun.values():
            begun.end()
        self._begun.clear()
        self._objects.close()

    def tags(self) -> Sequence[TagRef]:
        """See :class:`~tagboat.ports.history.History`; of a tag of a tag, the commit is followed."""
        return self._tags

    @cached_property
    def _tags(self) -> list[TagRef]:
        try:
            listed = self._answer(_LIST_TAGS)
        except StepFailedError:  # git gives up on all tags when one names an object that is not there
            return self._tags_one_by_one()
        found: list[TagRef] = []
        for line in listed.decode("utf-8", "surrogateescape").split("\n"):
            if line:
                id_, kind, peeled, peeled_kind, name = line.split("\0")
                if kind == "tag":
                    id_, kind = peeled, peeled_kind
                commit = id_ if kind == "commit" else self.resolve(id_) if kind == "tag" else None
                if commit:
                    found.append(TagRef(name, commit))
        return found

    def _tags_one_by_one(self) -> list[TagRef]:
        listed = self._git.run(
            "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/tags/"
        ).stdout
        found: list[TagRef] = []
        for line in listed.decode("utf-8", "surrogateescape").split("\n"):
            id_, _, name = line.partition(" ")
            there: list[str] = []
            if name and (commit := self.resolve(id_)):
                found.append(TagRef(name, commit))
            elif name and not (self._objects.copy(id_, "", lambda _: None, named=there.append) or there):
                self._broken_tags.append(name)
        return found

    def broken_tags(self) -> Sequence[str]:
        """See :class:`~tagboat.ports.history.History`."""
        self.tags()
        return self._broken_tags

    def merged_tags(self, head: str) -> frozenset[str]:
        """See :class:`~tagboat.ports.history.History`."""
        asked = ("for-each-ref", "--format=%(refname:lstrip=2)", f"--merged={head}", "refs/tags/")
        listed = self._git.run(*asked).stdout.decode("utf-8", "surrogateescape")
        return frozenset(listed.split("\n")) - {""}

    def time(self, commit: str) -> int:
        """See :class:`~tagboat.ports.history.History`."""
        content = self._objects.read(commit, "commit") or b""
        head = content.partition(b"\n\n")[0]
        committer = next((line for line in head.split(b"\n") if line.startswith(b"committer ")), b"")
        number = committer.rpartition(b"> ")[2].partition(b" ")[0]
        return int(number) if number.isdigit() else 0

    def last_change(self, head: str, path: str, *, without: str = "") -> str | None:
        """See :class:`~tagboat.ports.history.History`."""
        bound = (f"^{without}",) if without else ()
        asked = ("rev-list", "-1", "--end-of-options", head, *bound, "--", path)
        return self._git.run(*asked).stdout.decode().strip() or None

    def resolve(self, revision: str) -> str | None:
        """See :class:`~tagboat.ports.history.History`."""
        if not revision or any(character in revision for character in "\n\0"):
            return None
        try:
            return self._objects.identify(f"{revision}^{{commit}}", "commit")
        except UnavailableError:  # git gives up on some names instead of missing them: HEAD@{9}, HEAD:../file
            return None

    def branch(self) -> str:
        """See :class:`~tagboat.ports.history.History`."""
        said = self._branch_in_head()
        if said is not None:
            return said
        return self._answer(_BRANCH, fine=(0, 1, 128)).decode("utf-8", "surrogateescape").strip()

    def _branch_in_head(self) -> str | None:
        """Return the branch that HEAD names in the usual form, or None where git has to be asked.

        Linked work trees, symbolic links, branches that are other names of branches, and git's reftable format (whose
        HEAD is a dummy) are left to git.
        """
        head = f"{self._dir}/HEAD"
        try:
            if not os.path.isdir(self._dir) or os.path.islink(head):
                return None
            text = _content(head)
            name = text.removeprefix(_ON_BRANCH).removesuffix(b"\n")
            if (
                not text.startswith(_ON_BRANCH)
                or not name
                or b"\n" in name
                or b".." in name
                or name == b".invalid"
            ):
                return None
            branch = name.decode("utf-8", "surrogateescape")
            loose = f"{self._dir}/refs/heads/{branch}"
            if os.path.isfile(loose) and _content(loose).startswith(b"ref:"):
                return None
        except (OSError, ValueError):
            return None
        return branch

    def remote(self) -> str:
        """See :class:`~tagboat.ports.history.History`."""
        if self._plain_remote is not None:
            return self._plain_remote
        return self._answer(_REMOTE, fine=(0, 1, 2)).decode("utf-8", "replace").strip()

    @cached_property
    def _plain_remote(self) -> str | None:
        """The remote where the repository's own file says it plainly; linked work trees are left to git."""
        if os.path.exists(f"{self._dir}/commondir"):
            return None
        try:
            return plain_origin(_content(f"{self._dir}/config", LONGEST + 1))
        except OSError:
            return None

    def shallow(self) -> bool:
        """See :class:`~tagboat.ports.history.History`."""
        # A linked work tree keeps it beside the repository that it was made from: git knows where.
        if os.path.isdir(self._dir):
            return os.path.isfile(f"{self._dir}/shallow")
        return self._git.run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def commits(
        self, *until: str, without: Sequence[str] = (), paths: bool = False, ordered: bool = False
    ) -> Iterator[Commit]:
        """See :class:`~tagboat.ports.history.History`."""
        listing = ["rev-list", *(["--topo-order"] if ordered else []), "--stdin"]
        if not paths:
            listing += ["--no-commit-header", f"--format={_FIELDS}"]
        revisions = "".join(f"{text}\n" for text in (*until, *(f"^{commit}" for commit in without)))
        with scratch() as asked, scratch() as said:
            asked.write(revisions.encode())
            asked.seek(0)
            child = self._git.start(*listing, source=asked, said=said)
            try:
                listed = _output(child)
                yield from (
                    self._with_paths(listed, said) if paths else commits_without_paths(texts(pieces(listed)))
                )
                _check(child, said)
            finally:
                _output(child).close()
                child.kill()
                child.wait()

    def _with_paths(self, ids: IO[bytes], said: IO[bytes]) -> Iterator[Commit]:
        """Yield the commits that a child lists; taking trees apart takes longest, so that is shared out."""
        from tagboat.adapters.git.parallel import shared  # noqa: PLC0415 - most plans are of one component at the root

        with closing(
            shared(
                ids,
                lambda part: self._git.start(*_DIFFING, source=part, said=said),
                lambda child: _check(child, said),
            )
        ) as output:
            yield from commits_with_paths(texts(output))

    def tree(self, commit: str) -> Tree:
        """See :class:`~tagboat.ports.history.History`; symbolic links and submodules are no files."""
        return listed_when_asked(
            lambda path: self.read(commit, path),
            lambda: frozenset(self._blobs(commit)),
            lambda: self._entries(commit, _LINK),
            lambda: self._entries(commit, _MODULE),
        )

    def read(self, commit: str, path: str) -> bytes | None:
        """See :class:`~tagboat.ports.history.History`."""
        if self._lenient:
            return self._read_if_here(commit, path)
        try:
            return self._read_strictly(commit, path)
        except UnavailableError:
            raise RefusedError(
                f"the content of {path} at {commit[:12]} is not in this repository",
                remedy="it is a partial clone: git fetch --refetch --no-filter, or clone it again without --filter",
            ) from None

    def _read_strictly(self, commit: str, path: str) -> bytes | None:
        if "\n" in path or path.startswith(
            ("./", "../")
        ):  # a question is one line; these names are relative to git
            blob = self._blobs(commit).get(path)
            return self._objects.read(blob, "blob") if blob else None
        first = path.partition("/")[0].encode("utf-8", "surrogateescape")
        if len(commit) in _ID_LENGTHS and first not in self._top(commit):
            return None
        content = self._objects.read(f"{commit}:{path}", "blob")
        # A symbolic link looks like a file of one line without an end; the listing, which takes time, tells them apart.
        link = content is not None and b"\n" not in content and len(content) < _LONGEST_LINK
        return None if link and path not in self._blobs(commit) else content

    def _read_if_here(self, commit: str, path: str) -> bytes | None:
        """Return a file's content; asking for what is not here costs a child of git, so each is asked for once."""
        blob = self._blobs(commit).get(path)
        if blob is None:
            return None
        if blob not in self._lacking_blobs:
            try:
                return self._objects.read(blob, "blob")
            except UnavailableError:
                self._lacking_blobs.add(blob)
        self.lacking.add(path)
        return None

    def diff(self, before: str, after: str) -> Sequence[PathDiff]:
        """See :class:`~tagboat.ports.history.History`."""
        asked = ("diff-tree", "-r", "-z", "--no-renames", "--name-status", "--end-of-options", before, after)
        fields = self._git.run(*asked).stdout.decode("utf-8", "surrogateescape").split("\0")
        return [PathDiff(path, status) for status, path in zip(fields[::2], fields[1::2], strict=False)]

    def branches(self) -> Mapping[str, str]:
        """See :class:`~tagboat.ports.history.History`."""
        asked = ("for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes/origin/", "refs/heads/")
        found: dict[str, str] = {}
        for line in self._git.run(*asked).stdout.decode("utf-8", "surrogateescape").split("\n"):
            id_, _, name = line.partition(" ")
            found[name.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")] = id_
        found.pop("", None)
        found.pop("HEAD", None)
        return found

    def abbreviated(self, commits: Sequence[str]) -> Sequence[str]:
        """See :class:`~tagboat.ports.history.History`."""
        if not commits:
            return []
        asked = ("rev-list", "--no-walk=unsorted", "--no-commit-header", "--format=%h", "--stdin")
        done = self._git.run(*asked, content="".join(f"{commit}\n" for commit in commits).encode())
        return done.stdout.decode().split()

    def _top(self, commit: str) -> Collection[bytes]:
        """Return the names in the root: most files that are asked for belong to tools that a project does not use."""
        if self._topmost[0] != commit:
            content = self._objects.read(f"{commit}^{{tree}}", "tree")
            self._topmost = (commit, frozenset(names_in(content or b"", len(commit) // 2)))
        return self._topmost[1]

    def _blobs(self, commit: str) -> Mapping[str, str]:
        return self._entries(commit, _FILES)

    def _entries(self, commit: str, mode: str) -> Mapping[str, str]:
        """Return path → id of the entries whose mode begins so."""
        if self._listed[0] != commit:
            asked = ("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit)
            listed = self._git.run(*asked).stdout.decode("utf-8", "surrogateescape")
            found: dict[str, dict[str, str]] = {_FILES: {}, _LINK: {}, _MODULE: {}}
            for line in listed.split("\0"):
                head, _, path = line.partition("\t")
                kind = _FILES if head.startswith(_FILES) else head.partition(" ")[0]
                if kind in found:
                    found[kind][path] = head.split(" ")[2]
            self._listed = (commit, found)
        return self._listed[1][mode]


def _check(child: Child, said: IO[bytes]) -> None:
    """Raise what a child complained of, if it failed."""
    if child.wait():
        said.seek(0)
        raise StepFailedError(f"git rev-list: {complaint(said.read(4000))}")


def _content(path: str, limit: int = -1) -> bytes:
    with open(path, "rb") as file:
        return file.read(limit)


def _output(child: Child) -> IO[bytes]:
    if child.stdout is None:
        raise AssertionError("the child was started with a pipe")
    return child.stdout
