"""Whether one tag can be of two grammars: then a tag would not say which component it releases."""

from __future__ import annotations

from collections.abc import Iterator

from tagboat.core.tag import TagGrammar

# Between the longer prefix and the longer suffix of the two, these stand for every version: the shortest of each shape
# that a suffix can still continue (1a + lpha2, 1r + ev1, 1pre + view, 1+a + b).
_FILLINGS = ("1", "", "1a", "1b", "1c", "1r", "1p", "1pre", "1rev", "1+a", "1!1", "0", "1.", "1-")


def shared_tag(one: TagGrammar, other: TagGrammar) -> str | None:
    """Return a tag that both grammars read as a version, or None when there is none."""
    (start, end), (other_start, other_end) = (
        one.template.split("{version}"),
        other.template.split("{version}"),
    )
    if not start.startswith(other_start) and not other_start.startswith(start):
        return None  # hundreds of components are compared with each other
    if not end.endswith(other_end) and not other_end.endswith(end):
        return None
    for tag in _candidates([start, end], [other_start, other_end]):
        if one.version(tag) is not None and other.version(tag) is not None:
            return tag
    return None


def _candidates(one: list[str], other: list[str]) -> Iterator[str]:
    prefix = max(one[0], other[0], key=len)
    suffix = max(one[1], other[1], key=len)
    for filling in _FILLINGS:
        yield prefix + filling + suffix
    for length in range(1, min(len(prefix), len(suffix)) + 1):
        if prefix.endswith(suffix[:length]):
            yield prefix + suffix[length:]
