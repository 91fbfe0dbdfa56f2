"""The engine's own bare copy of a project, from which everything else is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagboat.adapters.clock import SystemClock
from tagboat.adapters.git.archive import write_archive
from tagboat.adapters.git.checkout import settle_folders, write_files, write_repository
from tagboat.adapters.git.child import Git
from tagboat.adapters.git.local import Local
from tagboat.adapters.git.objects import Objects
from tagboat.adapters.git.place import bare
from tagboat.adapters.git.references import HEADS, TAGS, Reference, read_references
from tagboat.adapters.git.remote import Remote
from tagboat.adapters.git.tree import SUBMODULE, read_tree
from tagboat.adapters.http import Credentials
from tagboat.errors import InvalidError, RefusedError, UnavailableError
from tagboat.ports.clock import Clock, growing_pauses
from tagboat.ports.repository import Tag, TreeEntry

_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TIME: Final = re.compile(rb"^committer .*> +(-?[0-9]{1,18})(?: |$)", re.MULTILINE)
_TRIES: Final = 3
_KEPT_TREES: Final = 4


@dataclass(frozen=True, slots=True)
class MovedTag:
    """A tag that named another object when it was last fetched; ``now`` is "" when it is gone."""

    name: str
    before: str
    now: str


class Mirror:
    """A bare repository of ours, filled from a project's repository; implements the port ``Repository``.

    A repository on this machine gives its own heads and tags; the branches that it tracks of others do not count.

    Args:
        directory: where the mirror is, or will be made; nobody else writes there.
        source: the git URL (https, or http on this machine), or the path of a repository.
        ca: certificates to trust, instead of git's own choice.
        credentials: for the URL; they travel by environment and go to that URL alone.
        clock: waits between tries.
        environment: where PATH and proxies come from; the process's own by default.

    Attributes:
        moved: the tags that the last ``refresh`` found moved or gone; tags should do neither.
    """

    def __init__(
        self,
        directory: Path,
        source: str | Path,
        *,
        ca: Path | None = None,
        credentials: Credentials | None = None,
        clock: Clock | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self.moved: tuple[MovedTag, ...] = ()
        self._source = (
            Local(source, environment)
            if isinstance(source, Path)
            else Remote(source, ca=ca, credentials=credentials, environment=environment)
        )
        self._clock = clock or SystemClock()
        self._git = Git(self.directory, environment=environment)
        self._objects = Objects(self._git)
        self._known: Mapping[str, Reference] | None = None
        self._expected: dict[str, Reference] = {}
        self._trees: dict[str, list[TreeEntry]] = {}
        self._entries: dict[str, dict[str, TreeEntry]] = {}
        self._default_branch = ""

    def refresh(self) -> None:
        """Fetch all branches and tags; what moved there moves here, and ``moved`` tells of tags.

        Raises:
            DeniedError: the credential is refused, or the repository is not there for us.
            RefusedError: the source is shallow, partial, empty, or holds malformed objects.
            UnavailableError: the remote did not answer.
        """
        before: Mapping[str, Reference] = self._references() if bare(self.directory) else {}
        if not bare(self.directory):
            # Without a template there are no hooks, not even samples.
            self.directory.mkdir(parents=True, exist_ok=True)
            Git(None).run("init", "--bare", "--quiet", "--template=", "--end-of-options", str(self.directory))
        self._fetch()
        self._known, self._default_branch = None, ""
        now = self._references()
        self.moved = tuple(
            MovedTag(name.removeprefix(TAGS), old.peeled, now[name].peeled if name in now else "")
            for name, old in before.items()
            if name.startswith(TAGS) and (name not in now or now[name].object != old.object)
        )

    def fetch_commit(self, commit: str) -> None:
        """Bring a commit that no branch or tag has to reach, such as the merge that a pull request is validated on.

        Raises:
            RefusedError: the source has no such commit, or its objects are malformed.
            DeniedError, UnavailableError: as ``refresh`` does.
        """
        if self._objects.read(_checked(commit), "commit") is None:
            self._source.fetch_commit(self.directory, commit)

    def expect_tag(self, name: str, commit: str) -> None:
        """Show a tag that is still to be made, as a lightweight one: what is built from it must know its version.

        A tag of this name that the source has stays what it is.
        """
        full = TAGS + name
        self._expected[full] = Reference(full, _checked(commit), "commit", commit, "commit", signed=False)
        self._known = None

    def tag(self, name: str) -> Tag | None:
        """Return the tag, or None when there is none of this name, or it names no commit."""
        found = self._references().get(TAGS + name)
        return found.as_tag() if found else None

    def tags(self) -> Sequence[Tag]:
        """Return every tag that peels to a commit."""
        return [tag for reference in self._references().values() if (tag := reference.as_tag())]

    def default_branch(self) -> str:
        """Return the branch that the source's HEAD names; asked once for every refresh."""
        if not self._default_branch:
            self._default_branch = self._source.default_branch()
        return self._default_branch

    def branch_head(self, branch: str) -> str | None:
        """Return the commit at the head of the branch, or None."""
        found = self._references().get(HEADS + branch)
        return found.peeled if found else None

    def branches(self) -> Sequence[str]:
        """Return the short names of all branches."""
        return [name.removeprefix(HEADS) for name in self._references() if name.startswith(HEADS)]

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Tell whether ``commit`` is ``of`` or can be reached from it; a commit that is not here cannot.

        Raises:
            RefusedError: ``of`` is not here.
        """
        if commit == of and self._commit(of):
            return True
        if self._objects.read(_checked(commit), "commit") is None:
            return False
        self._commit(of)
        done = self._git.run("merge-base", "--is-ancestor", "--end-of-options", commit, of, fine=(0, 1))
        return done.returncode == 0

    def commit_time(self, commit: str) -> int:
        """Return the committer's time in seconds since 1970; a time before is 0, as no archive can hold it."""
        found = _TIME.search(self._commit(commit).partition(b"\n\n")[0])
        return max(int(found.group(1)), 0) if found else 0

    def tree(self, commit: str) -> Sequence[TreeEntry]:
        """Return every file of the commit, sorted by path."""
        return tuple(self._tree(commit))

    def read(self, commit: str, path: str) -> bytes | None:
        """Return the content of a file (of a symbolic link: its target), or None."""
        self._tree(commit)
        entry = self._entries[commit].get(path)
        return self._objects.read(entry.blob, "blob") if entry and entry.mode != SUBMODULE else None

    def write_tree(self, commit: str, destination: Path) -> None:
        """Write the commit's tree for building.

        The files hold the repository's bytes (no line ends are changed, no filter runs, ``.git_archival.txt`` stays as
        it is); a submodule is an empty folder. The ``.git`` beside them is ours and borrows this mirror's objects.

        Raises:
            RefusedError: a path or link that must not be written.
            StepFailedError: the disk refuses.
        """
        entries, time = self._tree(commit), self.commit_time(commit)
        destination = destination.absolute()
        write_files(entries, self._objects, destination, time)
        write_repository(destination, self.directory, commit, self._references())
        settle_folders(destination, time)

    def archive(self, commit: str, prefix: str, destination: Path) -> None:
        """Write the commit's files as a byte-stable ``.tar.gz`` below the folder ``prefix``.

        Raises:
            RefusedError: a path that must not be written.
            StepFailedError: the disk refuses.
        """
        entries, time = self._tree(commit), self.commit_time(commit)
        write_archive(entries, self._objects, prefix=prefix, time=time, destination=destination)

    def close(self) -> None:
        """End the child that reads objects; the next question starts another one."""
        self._objects.close()

    def _fetch(self) -> None:
        for wait in [*growing_pauses(_TRIES, 1.0), None]:
            try:
                self._source.fetch_into(self.directory)
            except UnavailableError:
                if wait is None:
                    raise
                self._clock.sleep(wait)
            else:
                return

    def _references(self) -> Mapping[str, Reference]:
        if self._known is None:
            if not bare(self.directory):
                raise RefusedError("the project was not fetched yet", remedy="refresh the mirror first")
            self._known = {**self._expected, **read_references(self._git, self._objects)}
        return self._known

    def _commit(self, commit: str) -> bytes:
        content = self._objects.read(_checked(commit), "commit")
        if content is None:
            raise RefusedError(
                f"the commit {commit} is not in the project",
                remedy="was it pushed, to a branch or with a tag?",
            )
        return content

    def _tree(self, commit: str) -> list[TreeEntry]:
        if commit not in self._trees:
            self._commit(commit)
            if len(self._trees) >= _KEPT_TREES:
                self._trees.clear()
                self._entries.clear()
            self._trees[commit] = read_tree(self._git, commit)
            self._entries[commit] = {entry.path: entry for entry in self._trees[commit]}
        return self._trees[commit]


def _checked(commit: str) -> str:
    """Return the commit's id, which never reads as an option or an expression.

    Raises:
        InvalidError: it is none.
    """
    if not _ID.fullmatch(commit):
        raise InvalidError(f"not a commit's id: {commit[:80]!r}", remedy="give all forty hexadecimal digits")
    return commit
