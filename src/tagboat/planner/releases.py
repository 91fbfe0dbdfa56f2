"""The releases that a repository's tags tell of, newest first, without reading more of the tags than is needed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tagboat.config.planning import Rules
from tagboat.core.record import Record
from tagboat.planner.versions.schemes import Number, Reader
from tagboat.ports.history import TagRef

PLACE = "{version}"
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")


class Past(Record):
    """A release that was made.

    Attributes:
        version: as the tag spells it.
        tag: its tag, or "" when a file alone tells of it.
        commit: the commit that the tag peels to.
    """

    version: str
    tag: str
    commit: str


def tag_of(grammar: str, version: str) -> str:
    """Return the tag that names a version."""
    return grammar.replace(PLACE, version)


def version_in(grammar: str, tag: str) -> str | None:
    """Return the text where ``tag`` has its version, or None when it is of another form; it may be no version."""
    prefix, _, suffix = grammar.partition(PLACE)
    if len(tag) <= len(prefix) + len(suffix) or not tag.startswith(prefix) or not tag.endswith(suffix):
        return None
    text = tag[len(prefix) : len(tag) - len(suffix)]
    return text if text[0].isdigit() else None


def sorted_by_component(
    tags: Sequence[TagRef], components: Sequence[Rules]
) -> Mapping[str, Sequence[tuple[str, TagRef]]]:
    """Return each component's tags with the version texts in them.

    Tags are looked up by their prefix, so that thousands of tags of hundreds of components take one pass.
    """
    by_prefix: dict[str, list[Rules]] = defaultdict(list)
    for rules in components:
        by_prefix[rules.tag.partition(PLACE)[0]].append(rules)
    lengths = sorted({len(prefix) for prefix in by_prefix})
    ignored = {rules.component: [re.compile(text) for text in rules.ignored_tags] for rules in components}
    found: dict[str, list[tuple[str, TagRef]]] = {rules.component: [] for rules in components}
    for tag in tags:
        for length in lengths:
            for rules in by_prefix.get(tag.name[:length], ()):
                text = version_in(rules.tag, tag.name)
                patterns = ignored[rules.component]
                if text and not any(pattern.search(tag.name) for pattern in patterns):
                    found[rules.component].append((text, tag))
    return found


def newest_first(tags: Sequence[tuple[str, TagRef]], read: Reader) -> Iterator[tuple[Number, Past]]:
    """Yield the releases that tags tell of, the highest version first; a tag without a version is passed over.

    Args:
        tags: version texts and their tags.
        read: reads a version; raises ValueError for text that is none.
    """
    groups: dict[tuple[int, ...], list[tuple[str, TagRef]]] = defaultdict(list)
    for text, tag in tags:
        groups[rough(text)].append((text, tag))
    for key in sorted(groups, reverse=True):
        numbers: list[tuple[Number, Past]] = []
        for text, tag in groups[key]:
            try:
                numbers.append((read(text), Past(text, tag.name, tag.commit)))
            except ValueError:
                continue
        yield from sorted(numbers, key=lambda pair: pair[0].key, reverse=True)


def rough(text: str) -> tuple[int, ...]:
    """Return the numbers that decide between most versions; equal ones are compared exactly."""
    epoch, mark, rest = text.rpartition("!")
    match = _NUMBERS.match(rest if mark else text)
    numbers = [int(part) for part in match[0].split(".")] if match and len(match[0]) < 200 else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return (int(epoch) if epoch.isdecimal() and len(epoch) < 9 else 0, *numbers)
