"""Commit messages as people and forges write them, drawn from a seed: most are conventional, some are not."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

TYPES: Final = (
    ("fix", 30), ("feat", 20), ("chore", 15), ("docs", 12), ("refactor", 8), ("test", 6), ("ci", 4), ("perf", 3),
    ("build", 2),
)  # fmt: skip
"""Type of change and how many of a hundred commits have it."""

VISIBLE: Final = frozenset({"feat", "fix", "perf", "docs"})
"""The types that a changelog shows, so that they are worth a release: release-please's defaults for Python."""

_DECK: Final = tuple(kind for kind, weight in TYPES for _ in range(weight))
_VERBS: Final = (
    "add",
    "allow",
    "avoid",
    "cache",
    "check",
    "close",
    "drop",
    "handle",
    "keep",
    "log",
    "move",
    "read",
)
_THINGS: Final = (
    "the retry of uploads", "a `timeout` option", "empty pages", "unicode paths", "the *default* credentials",
    "a race in close()", "type annotations", "the connection pool", "deprecated arguments", "streamed answers",
    "tests on Windows", "the <table> of errors", "a memory leak", "signed URLs", "the rate limit", "naïve dates",
)  # fmt: skip
_SCOPES: Final = ("api", "auth", "cli", "client", "config", "deps", "http", "io")
_LINES: Final = (
    "The server answers late when many clients ask at once, and callers saw a timeout",
    "that told them nothing. Now the answer is awaited once more, within bounds.",
    "* address the review: names, and one more test",
    "* wip",
    "See the discussion in the tracker for what was tried before: it did not work on every",
    "platform that is supported.",
    "```python\nclient.close()  # twice is fine: the second call does nothing\n```",
)
_FOOTERS: Final = (
    "Signed-off-by: Ada Example <ada@example.org>",
    "Co-authored-by: Bo Example <bo@example.org>",
    "Reviewed-by: Chi Example <chi@example.org>",
)
_ODD: Final = (
    "Fix typo",
    "WIP: do not merge",
    "Bump the actions group with 3 updates",
    "Überarbeitet: Texte, größere Änderungen — siehe Anhang ✨",
    "fix the build (again)",
    "v2 of the parser\n\nfeat was meant here, but nobody wrote it in the header.",
    "[pre-commit.ci] automatic fixes",
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message and what it means for the next version.

    Attributes:
        text: the whole message.
        level: 3 for a change that breaks something, 2 for a feature, 1 for what a changelog shows besides, else 0.
    """

    text: str
    level: int


def message(draw: Random, number: int) -> Message:
    """Draw the message of one commit.

    Args:
        draw: the seeded source.
        number: the commit's number, for its pull request.
    """
    chance = draw.random()
    if chance < 0.05:
        return Message(_odd(draw, number), 0)
    kind = draw.choice(_DECK)
    breaking = chance > 0.995
    scope = f"({draw.choice(_SCOPES)})" if draw.random() < 0.4 else ""
    request = f" (#{number})" if draw.random() < 0.6 else ""
    bang = "!" if breaking and draw.random() < 0.5 else ""
    parts = [f"{kind}{scope}{bang}: {draw.choice(_VERBS)} {draw.choice(_THINGS)}{request}"]
    if draw.random() < 0.4:
        parts.append("\n".join(draw.choices(_LINES, k=draw.randrange(1, 6))))
    footers = draw.sample(_FOOTERS, draw.randrange(1, 3)) if draw.random() < 0.25 else []
    if draw.random() < 0.15:
        footers.insert(0, f"Refs: #{draw.randrange(1, number + 2)}")
    if breaking and not bang:
        footers.insert(0, f"BREAKING CHANGE: {draw.choice(_THINGS)} changed, so callers have to")
    if footers:
        parts.append("\n".join(footers))
    level = 3 if breaking else 2 if kind == "feat" else int(kind in VISIBLE)
    return Message("\n\n".join(parts), level)


def _odd(draw: Random, number: int) -> str:
    if draw.random() < 0.3:
        subject = f"feat: {draw.choice(_VERBS)} {draw.choice(_THINGS)} (#{number})"
        return f'Revert "{subject}"\n\nThis reverts commit {draw.getrandbits(160):040x}.'
    return draw.choice(_ODD)
