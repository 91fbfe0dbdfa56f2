"""A changelog drafted anew, with what people wrote into the last draft kept.

Three texts are merged line by line: what Tagboat drafted before, what became of it in people's hands, and what Tagboat
drafts now. Lines that people added stay where they stood, lines that they took out stay out, lines that they changed stay as
they changed them, and all else is the new draft's. Where the new draft changed the very lines that a person changed, the
person's stand, below a comment with the words :data:`MARK` that nobody sees in the rendered page; the new draft's line is in
the comment when there is one for one, and behind the person's otherwise. A comment of an earlier merge is not repeated.

The comparison is a patience diff: lines that occur once on both sides are anchors. Its time is bounded by the number of lines
times its depth of eight, whatever the lines are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from tagboat.core.text import plain
from tagboat.planner.notes.layout import layout

MARK: Final = "tagboat: a person's text is kept here"
Comment = Literal["html", "rst"]

_DEPTH: Final = 8
_DASHES: Final = re.compile(r"-(?=[->])")
_Span = tuple[int, int, int, int]


def redrafted(old_changelog: str, drafted_before: str, drafted_now: str, *, comment: Comment = "html") -> str:
    """Return the new draft with what people changed in the old one.

    All three are whole changelogs, or all three are one section. Line ends are those of ``old_changelog``.

    Args:
        old_changelog: the draft as people left it.
        drafted_before: what was drafted then.
        drafted_now: what is drafted now.
        comment: the form of a comment in this changelog.
    """
    page = layout(old_changelog)
    theirs = [_bare(line) for line in page.closed()]
    before = [_bare(line) for line in layout(drafted_before).lines]
    now = [_bare(line) for line in layout(drafted_now).lines]
    if theirs == before:
        return drafted_now
    merged: list[str] = []
    for base, person, draft in _regions(before, theirs, now):
        if person == base:
            merged += draft
        elif draft in (base, person):
            merged += person
        else:
            merged += _kept(base, person, draft, comment)
    text = "".join(f"{line}{page.newline}" for line in merged)
    if not drafted_now.endswith("\n") and not old_changelog.endswith("\n"):
        text = text.removesuffix(page.newline)
    return page.mark + text


def _bare(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _kept(base: list[str], person: list[str], draft: list[str], comment: Comment) -> list[str]:
    """Return a region that both sides changed: the person's lines, marked, and what the draft adds to it."""
    own = [line for line in person if MARK not in line]
    known, drafted = {*base, *own}, set(draft)
    added = [line for line in draft if line.strip() and line not in known]
    gone = [line for line in base if line.strip() and line not in drafted]
    if not gone:
        # The draft only adds lines next to the person's.
        return [*person, *added]
    if not any(line.strip() for line in own):
        return [*own, *added]
    one = len(gone) == len(added) == 1
    said = f"; the draft says: {plain(added[0], limit=500)}" if one else "; the draft is another now"
    return [*_comment(f"{MARK}{said}", comment), *own, *([] if one else added)]


def _comment(text: str, comment: Comment) -> list[str]:
    if comment == "rst":
        return ["", f".. {text}", ""]
    return [f"<!-- {_DASHES.sub('- ', text)} -->"]


def _regions(
    before: list[str], theirs: list[str], now: list[str]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Yield the texts' parts, each as it is in the three: the shortest in which both sides' changes are whole."""
    people, drafts = _changes(before, theirs), _changes(before, now)
    position = shift_theirs = shift_now = first = second = 0
    while first < len(people) or second < len(drafts):
        start, end = min(side[at][:2] for side, at in ((people, first), (drafts, second)) if at < len(side))
        yield (
            before[position:start],
            theirs[position + shift_theirs : start + shift_theirs],
            now[position + shift_now : start + shift_now],
        )
        from_theirs, from_now = start + shift_theirs, start + shift_now
        joined = True
        while joined:
            joined = False
            if first < len(people) and _meets(people[first], start, end):
                _, high, _, stop = people[first]
                end, shift_theirs, first, joined = max(end, high), stop - high, first + 1, True
            if second < len(drafts) and _meets(drafts[second], start, end):
                _, high, _, stop = drafts[second]
                end, shift_now, second, joined = max(end, high), stop - high, second + 1, True
        yield before[start:end], theirs[from_theirs : end + shift_theirs], now[from_now : end + shift_now]
        position = end
    yield before[position:], theirs[position + shift_theirs :], now[position + shift_now :]


def _meets(change: _Span, start: int, end: int) -> bool:
    """Tell whether a change falls into a region; two that only touch stay apart, but for two insertions in one place."""
    low, high, _, _ = change
    return low < end or low == high == start == end


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Span]:
    """Return the spans that differ: from and to in ``old``, from and to in ``new``."""
    found: list[_Span] = []
    low = begin = 0
    for here, there in [*_matches(old, new, (0, len(old), 0, len(new)), _DEPTH), (len(old), len(new))]:
        if here > low or there > begin:
            found.append((low, here, begin, there))
        low, begin = here + 1, there + 1
    return found


def _matches(old: Sequence[str], new: Sequence[str], span: _Span, depth: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs of equal lines, in order."""
    low, high, begin, stop = span
    while low < high and begin < stop and old[low] == new[begin]:
        yield low, begin
        low, begin = low + 1, begin + 1
    same = 0
    while low < high - same and begin < stop - same and old[high - same - 1] == new[stop - same - 1]:
        same += 1
    high, stop = high - same, stop - same
    if depth and low < high and begin < stop:
        anchors = _anchors(old, new, (low, high, begin, stop))
        for here, there in anchors:
            yield from _matches(old, new, (low, here, begin, there), depth - 1)
            yield here, there
            low, begin = here + 1, there + 1
        if anchors:
            yield from _matches(old, new, (low, high, begin, stop), depth - 1)
    yield from ((high + number, stop + number) for number in range(same))


def _anchors(old: Sequence[str], new: Sequence[str], span: _Span) -> list[tuple[int, int]]:
    """Return the longest row of lines that occur once in both parts, in the same order."""
    low, high, begin, stop = span
    counts, others = Counter(old[low:high]), Counter(new[begin:stop])
    places = {new[number]: number for number in range(begin, stop) if others[new[number]] == 1}
    pairs = [(n, places[old[n]]) for n in range(low, high) if counts[old[n]] == 1 and old[n] in places]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [there], [number]
    row: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]
