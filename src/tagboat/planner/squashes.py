"""The bullets of a squash commit's body as changes of their own: GitHub and others list the squashed titles there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tagboat.core.change import Change
from tagboat.core.commit import Commit
from tagboat.core.conventional import read

_BULLET = re.compile(r"[*-] (?=[a-z]{2,30}(?:\([^()\r\n]*\))?!?: )")
_PULL = re.compile(r" \(#[0-9]+\)$")


def bullets_of(commit: Commit, known: Sequence[Change]) -> Iterator[Change]:
    """Yield the changes that the bullets of a message tell of, but for those that it tells of already.

    A bullet stands at the beginning of a line and holds a header with a type in lower case. What is indented below it
    or follows it up to the next bullet is its body.
    """
    if "\n* " not in commit.message and "\n- " not in commit.message:
        return
    said = {_key(change) for change in known}
    for block in _blocks(commit.message):
        for change in read(commit.id, block).changes:
            if _key(change) not in said:
                said.add(_key(change))
                yield change


def _blocks(message: str) -> Iterator[str]:
    block: list[str] | None = None
    for line in message.splitlines()[1:]:
        bullet = _BULLET.match(line)
        if bullet:
            if block:
                yield "\n".join(block)
            block = [line[bullet.end() :]]
        elif block is not None:
            if line[:2] in {"* ", "- "}:
                yield "\n".join(block)
                block = None
            else:
                block.append(line)
    if block:
        yield "\n".join(block)


def _key(change: Change) -> tuple[str, str, str]:
    return change.type, change.scope, _PULL.sub("", change.subject)
