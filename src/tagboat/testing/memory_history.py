"""A history in memory, for tests of the planner; the contract suite holds it to what the real git does."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator, Mapping, Sequence

from tagboat.config.project import Tree
from tagboat.core.commit import Commit
from tagboat.ports.history import PathDiff, TagRef
from tagboat.testing.drawings import Drawing, Drawn


class MemoryHistory:
    """A drawing that is read like a repository.

    Attributes:
        ids: the id of each commit of the drawing.
        cut: whether it says that it is a shallow clone.
        origin: the address of its remote.
    """

    def __init__(self, drawing: Drawing, *, cut: bool = False, origin: str = "") -> None:
        self.drawing = drawing
        self.ids = {d.name: hashlib.sha1(d.name.encode()).hexdigest() for d in drawing.commits}  # noqa: S324 - ids
        self.cut = cut
        self.origin = origin
        self._names = {id_: name for name, id_ in self.ids.items()}
        self._drawn: Mapping[str, Drawn] = {drawn.name: drawn for drawn in drawing.commits}
        self._times, self._files = drawing.times, drawing.files
        self._reach = {drawn.name: drawing.reach(drawn.name) for drawn in drawing.commits}

    def tags(self) -> Sequence[TagRef]:
        """See :class:`~tagboat.ports.history.History`."""
        return [TagRef(name, self.ids[commit]) for name, commit in sorted(self.drawing.tags.items())]

    def broken_tags(self) -> Sequence[str]:
        """See :class:`~tagboat.ports.history.History`."""
        return ()

    def merged_tags(self, head: str) -> frozenset[str]:
        """See :class:`~tagboat.ports.history.History`."""
        reach = self._reach[self._names[head]]
        return frozenset(name for name, commit in self.drawing.tags.items() if commit in reach)

    def time(self, commit: str) -> int:
        """See :class:`~tagboat.ports.history.History`."""
        return self._times[self._names[commit]] if commit in self._names else 0

    def last_change(self, head: str, path: str, *, without: str = "") -> str | None:
        """See :class:`~tagboat.ports.history.History`."""
        released = self._reach[self._names[without]] if without else frozenset()
        name, wanted = self._names[head], path.encode("utf-8", "surrogateescape")
        while name not in released:
            content, parents = self._files[name].get(wanted), self._drawn[name].parents
            same = [parent for parent in parents if self._files[parent].get(wanted) == content]
            if not same:
                return self.ids[name] if parents or content is not None else None
            name = same[0]
        return None

    def resolve(self, revision: str) -> str | None:
        """See :class:`~tagboat.ports.history.History`."""
        if revision in self._names:
            return revision
        short = revision.removeprefix("refs/").removeprefix("tags/").removeprefix("heads/")
        named = {"HEAD": self.drawing.branches[self.drawing.head]}
        name = {**self.drawing.branches, **self.drawing.tags, **named}.get(short)
        return self.ids[name] if name else None

    def branch(self) -> str:
        """See :class:`~tagboat.ports.history.History`."""
        return self.drawing.head

    def remote(self) -> str:
        """See :class:`~tagboat.ports.history.History`."""
        return self.origin

    def shallow(self) -> bool:
        """See :class:`~tagboat.ports.history.History`."""
        return self.cut

    def commits(
        self, *until: str, without: Sequence[str] = (), paths: bool = False, ordered: bool = False
    ) -> Iterator[Commit]:
        """See :class:`~tagboat.ports.history.History`; unordered, a younger clock comes first, as with git."""
        starts = [self._names[commit] for commit in until]
        left = frozenset[str]().union(*(self._reach[name] for name in starts))
        left -= frozenset[str]().union(*(self._reach[self._names[commit]] for commit in without))
        waits = dict.fromkeys(left, 0)
        for name in left if ordered else ():
            for parent in set(self._drawn[name].parents) & left:
                waits[parent] += 1
        ready = [name for name in left if not waits[name]] if ordered else [n for n in starts if n in left]
        queue = [(-self._times[name], name) for name in dict.fromkeys(ready)]
        heapq.heapify(queue)
        seen = {name for _, name in queue}
        while queue:
            name = heapq.heappop(queue)[1]
            yield self._commit(name, paths)
            for parent in dict.fromkeys(self._drawn[name].parents):
                if parent in left and parent not in seen:
                    waits[parent] -= 1
                    if not ordered or not waits[parent]:
                        seen.add(parent)
                        heapq.heappush(queue, (-self._times[parent], parent))

    def tree(self, commit: str) -> Tree:
        """See :class:`~tagboat.ports.history.History`."""
        files = {_text(path): content for path, content in self._files[self._names[commit]].items()}
        return Tree(frozenset(files), files.__getitem__)

    def read(self, commit: str, path: str) -> bytes | None:
        """See :class:`~tagboat.ports.history.History`."""
        return self.tree(commit).get(path)

    def diff(self, before: str, after: str) -> Sequence[PathDiff]:
        """See :class:`~tagboat.ports.history.History`."""
        return _differences(self._files[self._names[before]], self._files[self._names[after]])

    def branches(self) -> Mapping[str, str]:
        """See :class:`~tagboat.ports.history.History`."""
        return {name: self.ids[commit] for name, commit in self.drawing.branches.items()}

    def abbreviated(self, commits: Sequence[str]) -> Sequence[str]:
        """See :class:`~tagboat.ports.history.History`."""
        return [commit[:7] for commit in commits]

    def _commit(self, name: str, paths: bool) -> Commit:
        drawn = self._drawn[name]
        before = self._files[drawn.parents[0]] if drawn.parents else {}
        changed = tuple(one.path for one in _differences(before, self._files[name])) if paths else None
        return Commit(
            self.ids[name],
            tuple(self.ids[parent] for parent in drawn.parents),
            self._times[name],
            f"{drawn.author} {self._times[name]}",
            drawn.message.decode("utf-8", "replace"),
            changed,
        )


def _differences(before: Mapping[bytes, bytes], after: Mapping[bytes, bytes]) -> list[PathDiff]:
    return [
        PathDiff(_text(path), "A" if path not in before else "D" if path not in after else "M")
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
