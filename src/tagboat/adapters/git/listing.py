"""The files of a commit, without listing them all before somebody asks for all: most plans look at a handful."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property

from tagboat.config.project import Tree


def listed_when_asked(
    read: Callable[[str], bytes | None],
    listing: Callable[[], frozenset[str]],
    links: Callable[[], Collection[str]] = tuple,
    modules: Callable[[], Collection[str]] = tuple,
) -> Tree:
    """Return a tree that looks single files up one by one, and lists them when it is walked through.

    Args:
        read: returns a file's content, or None when there is none of this path.
        listing: returns the paths of all files.
        links: returns the paths of all symbolic links.
        modules: returns the paths of all submodules.
    """
    files = _Files(read, listing)
    return Tree(files, lambda path: files.content(path) or b"", links, modules)


class _Files(Collection[str]):
    def __init__(self, read: Callable[[str], bytes | None], listing: Callable[[], frozenset[str]]) -> None:
        self._read = read
        self._listing = listing
        self._known: dict[str, bytes | None] = {}

    @cached_property
    def _all(self) -> frozenset[str]:
        return self._listing()

    def content(self, path: str) -> bytes | None:
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def __contains__(self, path: object) -> bool:
        if "_all" in self.__dict__:
            return path in self._all
        return isinstance(path, str) and self.content(path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
