"""Reading objects by their ids through one long-lived ``git cat-file --batch``."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Iterator
from typing import IO, Final

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.spawn import Child
from tagboat.errors import UnavailableError

PIECE: Final = 1 << 18


class Objects:
    """The objects of one repository; safe to share between threads.

    The child starts at the first question, and ends with ``close`` or with this object.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._child: Child | None = None
        self._lock = allocate_lock()  # threading.Lock is the same; all of threading is slow to import

    def __del__(self) -> None:
        self._close()

    def start(self) -> None:
        """Start the child, which is done at the first question else."""
        with self._lock:
            self._streams()

    def read(self, name: str, kind: str) -> bytes | None:
        """Return the content of the object of this id, or None when there is none of that kind."""
        found: list[bytes] = []
        return b"".join(found) if self.copy(name, kind, found.append) else None

    def copy(
        self,
        name: str,
        kind: str,
        take: Callable[[bytes], object],
        named: Callable[[str], object] = lambda _: None,
    ) -> bool:
        """Hand the object's content to ``take`` piece by piece, its id to ``named``; tell whether there is one."""
        with self._lock:
            asks, answers = self._streams()
            try:
                asks.write(name.encode("utf-8", "surrogateescape") + b"\n")
                asks.flush()
                head = answers.readline().split()
                if len(head) != 3 or len(head[1]) > 8:
                    self._check_alive(head)
                    return False
                named(head[0].decode())
                for piece in _pieces(answers, int(head[2])):
                    if head[1] == kind.encode():
                        take(piece)
                answers.read(1)
            except BaseException:
                # What is left in the pipe belongs to nobody: the next question needs a fresh child.
                self._close()
                raise
            return head[1] == kind.encode()

    def identify(self, name: str, kind: str) -> str | None:
        """Return the id of the object that a revision names, or None when it names none of that kind."""
        ids: list[str] = []
        return ids[0] if self.copy(name, kind, lambda _: None, named=ids.append) else None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._close()

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child is None:
            self._child = self._git.start("cat-file", "--batch")
        if self._child.stdin is None or self._child.stdout is None:
            raise AssertionError("the child was started with pipes")
        return self._child.stdin, self._child.stdout

    def _close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            _ended(child)

    def _check_alive(self, head: list[bytes]) -> None:
        """Tell an answer (``missing``) from none at all, which is a child that died."""
        if not head:
            raise UnavailableError(
                "git cat-file ended unexpectedly", remedy="is the mirror's disk full or damaged?"
            )


def _pieces(answers: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = answers.read(min(left, PIECE))
        if not piece:
            raise UnavailableError(
                "git cat-file ended unexpectedly", remedy="is the mirror's disk full or damaged?"
            )
        left -= len(piece)
        yield piece


def _ended(child: Child) -> None:
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                continue
    child.kill()
    child.wait()
