"""Several children of git that share a list of lines and answer as if one had read it all.

Each child is given its share of the lines as a file, so that none of them waits for another. What they say is joined
in the order of the lines. While the first one is read, what the next one says is taken in too, up to a limit behind
which its pipe holds it up: memory stays bounded however much they say.
"""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable, Generator
from typing import IO, Final

from tagboat.adapters.git.child import scratch
from tagboat.adapters.git.spawn import Child

_TOGETHER: Final = 2  # a forge's runners have two to four processors, and this process needs one itself
_AHEAD: Final = 8 << 20
_FIRST: Final = 1 << 13  # bytes of lines: a few hundred commits, so that a reader has the first ones soon
_MOST: Final = 1 << 17
_PIECE: Final = 1 << 16


def shared(
    lines: IO[bytes],
    start: Callable[[IO[bytes]], Child],
    check: Callable[[Child], None],
) -> Generator[bytes, None, None]:
    """Yield what children say of lines, in the order of the lines; when the reader ends, they end.

    Args:
        lines: the list, read only so far as there are children for it.
        start: starts a child that reads this file and writes to a pipe.
        check: looks at a child that has said everything, and raises if it failed; nothing follows then.
    """
    shares: deque[_Share] = deque()
    size = _FIRST
    try:
        while True:
            while _room(shares) and (part := lines.readlines(size)):
                shares.append(_Share(part, start))
                size = min(2 * size, _MOST)
            if not shares:
                return
            _listen(shares)
            yield from shares[0].taken()
            while shares and shares[0].complete:
                check(shares[0].child)
                yield from shares[0].taken()
                shares.popleft().end()
    finally:
        for share in shares:
            share.end()


class _Share:
    """One child, and what it has said that nobody has taken yet."""

    def __init__(self, lines: list[bytes], start: Callable[[IO[bytes]], Child]) -> None:
        with scratch() as file:
            file.writelines(lines)
            file.seek(0)
            self.child = start(file)
        if self.child.stdout is None:
            raise AssertionError("the child was started with a pipe")
        self._output = self.child.stdout
        self.number = self._output.fileno()
        self.complete = False
        self.held = 0
        self._said: list[bytes] = []

    def read(self) -> None:
        piece = os.read(self.number, _PIECE)
        self.complete = not piece
        self.held += len(piece)
        self._said.append(piece)

    def taken(self) -> list[bytes]:
        said, self._said, self.held = self._said, [], 0
        return said

    def end(self) -> None:
        self._output.close()
        self.child.kill()
        self.child.wait()


def _room(shares: deque[_Share]) -> bool:
    """Whether another child would be one too many, in work or in what is held."""
    at_work = sum(not share.complete for share in shares)
    return at_work < _TOGETHER and sum(share.held for share in shares) < _AHEAD


def _listen(shares: deque[_Share]) -> None:
    """Wait until one of them says something or ends, and take that in; those that are ahead by too much wait."""
    full = sum(share.held for share in shares) >= _AHEAD
    poll = select.poll()
    speaking = {share.number: share for share in shares if not share.complete}
    for number in (shares[0].number,) if full else speaking:
        poll.register(number, select.POLLIN)
    for number, _ in poll.poll():
        speaking[number].read()
