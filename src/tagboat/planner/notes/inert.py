"""Words of strangers made harmless: a commit's subject in a changelog is text, and never markup of its own.

What is written as code stays code, because subjects are full of it; everything else that a parser would act on is
escaped: raw HTML, links and images, headings, lists, fences, directives, roles, references, addresses that run scripts.
All work is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Final

from tagboat.core.text import plain

LIMIT: Final = 2_000
"""The most characters of one subject or note that a changelog gets."""

_CONTROL: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]"
_RUN: Final = r"`+"
_MARKDOWN: Final = r"[\\*\[\]<>`~|]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])"
_FIRST: Final = r"[#+\-=:]|([0-9]{1,9})(?=[.)])"
_RST: Final = r"[\\*|]|_(?![^\W_])|:(?=:|$)|:(?=[^\s/]|/(?!/))|(?<!http)(?<!https):(?=//)|`"
_LITERAL: Final = r"(?<![^\s'\"(\[{<\-/:])`([^`\s\\](?:[^`\\]*[^`\s\\])?)`(?![^\s'\")\]}>\-/:.,;!?])"


def uncontrolled(text: str, *, lines: bool = False) -> str:
    """Return a text without escape sequences and control characters, all else to the byte where there are none.

    Args:
        text: anything at all.
        lines: keep line ends.
    """
    return (
        plain(text, limit=8 * len(text), lines=lines)
        if not text.isprintable() and re.search(_CONTROL, text)
        else text
    )


def markdown(text: str) -> str:
    """Return a text on one line that CommonMark shows as it is, wherever in a paragraph or list item it stands."""
    text = plain(text, limit=LIMIT)
    escaped = "".join(
        piece if code else re.sub(_MARKDOWN, r"\\\g<0>", piece) for piece, code in _code_spans(text)
    )
    first = re.match(_FIRST, escaped)
    if first is None:
        return escaped
    return f"{first[1]}\\{escaped[first.end() :]}" if first[1] else f"\\{escaped}"


def restructuredtext(text: str) -> str:
    """Return a text on one line that docutils shows as it is, behind a word on the same line.

    Code in single backticks becomes a literal, which is how reStructuredText spells code.
    """
    text = plain(text, limit=LIMIT)
    pieces: list[str] = []
    end = 0
    for code in re.finditer(_LITERAL, text):
        pieces += [re.sub(_RST, r"\\\g<0>", text[end : code.start()]), f"``{code[1]}``"]
        end = code.end()
    pieces.append(re.sub(_RST, r"\\\g<0>", text[end:]))
    return "".join(pieces)


def _code_spans(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text, each with whether it is a code span (CommonMark 0.31, section 6.1)."""
    runs = list(re.finditer(_RUN, text))
    waiting: defaultdict[int, deque[int]] = defaultdict(deque)
    for number, run in enumerate(runs):
        waiting[len(run[0])].append(number)
    end = number = 0
    while number < len(runs):
        run = runs[number]
        same = waiting[len(run[0])]
        while same and same[0] <= number:
            same.popleft()
        if not same:
            number += 1
            continue
        closing = runs[same[0]]
        yield text[end : run.start()], False
        yield text[run.start() : closing.end()], True
        end, number = closing.end(), same[0] + 1
    yield text[end:], False
