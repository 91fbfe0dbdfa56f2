"""How a repository names its tags, seen from the tags that it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version

from tagboat.core.tag import TagGrammar, odd_tag
from tagboat.errors import ConfigError

_NEWEST = 10
_PLAIN = ("v{version}", "{version}")
_WORDS = (
    "release-{version}",
    "release-v{version}",
    "release/{version}",
    "release/v{version}",
    "releases/{version}",
    "releases/v{version}",
    "rel-{version}",
    "rel_{version}",
    "version-{version}",
    "V{version}",
)
_NAMED = (
    "NAME-v{version}",
    "NAME-{version}",
    "NAME/v{version}",
    "NAME/{version}",
    "NAME@v{version}",
    "NAME@{version}",
    "NAME_v{version}",
    "NAME_{version}",
    "NAME=={version}",
)


def fitting_grammar(name: str, tags: Sequence[str], *, asked: Sequence[str] = (), alone: bool = True) -> str:
    """Return the tag grammar that the tags of a distribution follow.

    The ten newest versions decide, because projects change their way of naming tags; a tie goes to the form that more
    tags have, then to the more usual one. Bare numbers (``release-1913``) count only when there is nothing with a dot. A tag that is asked for and follows no usual form gives its own.

    Args:
        name: the distribution's name.
        tags: the repository's tags.
        asked: the tags that are to be released: a form that reads one of them goes before all others.
        alone: whether it is the repository's only component; else only forms with the name in them can be its own.

    Raises:
        ConfigError: git allows no tag with the name in it, and no other form can be the component's own.
    """
    grammars = list(_grammars(name, alone=alone))
    if not grammars:
        raise ConfigError(
            f"git allows no tag with the name {name[:100]!r} in it",
            remedy="give the component a name, or its tags a form, in the configuration",
        )
    wanted = [grammar for grammar in grammars if any(grammar.version(tag) for tag in asked)]
    if asked and alone and not wanted:
        wanted = [grammar for tag in asked if (grammar := _own_form(tag)) is not None]
    ranked = _rank(wanted or grammars, tags)
    return ranked[0].template


def _grammars(name: str, *, alone: bool) -> Iterator[TagGrammar]:
    normal = re.sub(r"[-_.]+", "-", name).lower()  # PEP 503
    spellings = dict.fromkeys((name, normal, normal.replace("-", "_")))
    named = [form.replace("NAME", spelling) for spelling in spellings for form in _NAMED]
    for template in [*_PLAIN, *named, *_WORDS] if alone else named:
        # A folder can be the name, and hold what no tag may.
        if template.count("{") == 1 and not odd_tag(template.replace("{version}", "1")):
            yield TagGrammar(template)


def _rank(grammars: Sequence[TagGrammar], tags: Sequence[str]) -> list[TagGrammar]:
    read = [
        (version, place)
        for place, grammar in enumerate(grammars)
        for tag in tags
        if (version := grammar.version(tag)) is not None and not version.is_devrelease
    ]
    read = [row for row in read if len(row[0].release) > 1] or read
    read.sort(key=lambda row: row[0], reverse=True)
    newest = Counter(place for _, place in read[:_NEWEST])
    every = Counter(place for _, place in read)
    order = sorted(range(len(grammars)), key=lambda place: (-newest[place], -every[place], place))
    return [grammars[place] for place in order]


def _own_form(tag: str) -> TagGrammar | None:
    """Return the grammar of a tag that ends in a version, whatever stands before it."""
    if odd_tag(tag):
        return None
    for start in re.finditer(r"(?<![\d.])\d", tag):
        prefix, text = tag[: start.start()], tag[start.start() :]
        try:
            Version(text)
        except InvalidVersion:
            continue
        return None if "{" in prefix else TagGrammar(prefix + "{version}")
    return None
