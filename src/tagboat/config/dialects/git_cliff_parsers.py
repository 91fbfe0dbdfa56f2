"""git-cliff's commit parsers as rules for messages.

A parser gives a commit a group, and the group says nothing of the version: that follows from the commit's own type. Here
one type does both. So a group is a type, and a parser becomes a rule for each *class* of the commits' own types that
moves the version in its own way: features, and what the ``*_increment_regex`` options name. ``^feat`` keeps the type
``feat``, so that an explanation says what people expect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.config.dialects.git_cliff_options import BUMP_LEVELS, DEFAULT_PARSERS, USUAL_TYPES
from tagboat.config.dialects.options import Options
from tagboat.config.dialects.patterns import Untranslatable, translated
from tagboat.config.planning import MessageRule, Section
from tagboat.core.change import Level

_MOST: Final = 300
_TYPE: Final = r"[^\s():!]+"
_HEADER: Final = rf"(?={_TYPE}(?:\([^()\r\n]+\))?!?:)"
_BREAKING: Final = rf"(?:{_TYPE}(?:\([^()\r\n]+\))?!:|(?s:.*?)\nBREAKING[ -]CHANGE:)"
_BODY: Final = r"[^\n]*\n(?s:.*?)"
_HEADS = (
    re.compile(r"\^([A-Za-z]+)(?![?*+{A-Za-z])[^|]*"),
    re.compile(r"\^\((?:\?:)?([A-Za-z]+(?:\|[A-Za-z]+)*)\)(?![?*+{])[^|]*"),
    re.compile(r"\^([A-Za-z]+(?:\|\^[A-Za-z]+)*)"),
)
_COMMENT = re.compile(r"<!--(?:(?!-->).){0,200}-->|<[^<>]{0,200}>")
_SLUG = re.compile(r"[^a-z0-9]+")
_FEATURE: Final = "feat"


@dataclass(frozen=True, slots=True)
class _Class:
    """Types that move the version alike.

    Attributes:
        look: a look-ahead at the message's beginning that finds them.
        level: how far they move it.
        feature: whether they are features, as everybody spells them.
    """

    look: str
    level: Level
    feature: bool = False


class Parsers:
    """The rules, sections and levels that the parsers of a configuration come to.

    Attributes:
        conventional_only: whether a commit without a header counts for nothing.
    """

    def __init__(self, git: Options, bump: Options, *, ordered: bool) -> None:
        self._git = git
        conventional = git.flag("conventional_commits", default=True)
        filtered = git.flag("filter_unconventional", default=True) and not git.flag("split_commits")
        self.conventional_only = conventional and filtered
        self._protect = git.flag("protect_breaking_commits")
        self._filter = git.flag("filter_commits")
        self._ordered = ordered
        self._plain = not any(key in bump for key in BUMP_LEVELS)
        self._classes = tuple(_classes(bump))
        self._types: dict[tuple[str, bool], str] = {}
        self._levels: dict[str, Level] = {_FEATURE: Level.MINOR}
        self._groups: dict[str, str] = {}

    def rules(self) -> tuple[MessageRule, ...]:
        """Return the rules in the parsers' order, and remark on parsers that cannot be carried over."""
        rules: list[MessageRule] = []
        for number, parser in enumerate(self._parsers()):
            if number == _MOST:
                self._git.remark("commit_parsers", f"only the first {_MOST} are read")
                break
            rules.extend(self._of(parser))
        if self._filter:
            rules.append(MessageRule(self._anchored(""), skip=True))
        else:
            rules.extend(self._leveled("", one, "", "") for one in self._classes if not one.feature)
        return tuple(rules)

    def sections(self) -> tuple[Section, ...]:
        """Return the headings, with the types below them; after :meth:`rules`."""
        titles = list(self._groups) if self._ordered else sorted(self._groups)
        place = {title: number for number, title in enumerate(titles)}
        rows = sorted(self._types.items(), key=lambda row: place[row[0][0]])
        sections = [Section(word, self._groups[group]) for (group, _), word in rows]
        if not self._filter:  # a commit of no group stands under its own type
            taken = set(self._types.values())
            sections += [Section(word, word) for word in USUAL_TYPES if word not in taken]
        return tuple(sections)

    def levels(self) -> Mapping[str, Level]:
        """Return the levels of the types; after :meth:`rules`."""
        return dict(self._levels)

    def _parsers(self) -> Iterator[Options]:
        if "commit_parsers" in self._git:
            yield from self._git.tables("commit_parsers")
            return
        for number, table in enumerate(DEFAULT_PARSERS):
            yield Options(self._git.source, (*self._git.path, "commit_parsers", number), table)

    def _of(self, parser: Options) -> Iterator[MessageRule]:
        group, scope, skip = parser.text("group"), parser.text("scope"), parser.flag("skip")
        parser.lost(
            {
                "sha": "a commit that is named by its id cannot be told by its message",
                "default_scope": "a scope is given to all commits of a rule, or to none",
            }
        )
        if "$" in group + scope:
            parser.remark("group" if "$" in group else "scope", "nothing is taken from the pattern into it")
        patterns = list(self._patterns(parser))
        parser.rest("git-cliff")
        for pattern, heads in patterns:
            if skip:
                yield from self._skipped(pattern)
            elif group:
                yield from self._grouped(pattern, heads, group, scope)
            else:
                yield MessageRule(self._anchored(pattern), scope=scope)

    def _skipped(self, pattern: str) -> Iterator[MessageRule]:
        if self._protect:
            yield MessageRule(self._anchored(pattern, f"(?={_BREAKING})"))
        yield MessageRule(self._anchored(pattern), skip=True)

    def _grouped(self, pattern: str, heads: tuple[str, ...], group: str, scope: str) -> Iterator[MessageRule]:
        whole = heads[0] if len(heads) == 1 and pattern == f"^{heads[0]}" else ""
        word = self._word(group, whole)
        for one in self._classes:
            if one.feature and self._plain and heads and not any(map(_FEATURE.startswith, heads)):
                continue
            if one.feature and whole == _FEATURE:
                own = self._word(group, whole, feature=True)
                yield MessageRule(self._anchored(pattern, one.look), type=own, scope=scope)
            else:
                yield self._leveled(pattern, one, word, scope)
        yield MessageRule(self._anchored(pattern), type=word, scope=scope)

    def _leveled(self, pattern: str, one: _Class, word: str, scope: str) -> MessageRule:
        """Return the rule for a class; what breaks keeps the level of what breaks, unless the class moves nothing."""
        plain = "" if one.level in {Level.NONE, Level.MAJOR} else f"(?!{_BREAKING})"
        return MessageRule(self._anchored(pattern, plain + one.look), type=word, scope=scope, level=one.level)

    def _word(self, group: str, whole: str, *, feature: bool = False) -> str:
        """Return the type of a group: ``whole``, the word that is all of the parser's pattern, or one made of its title."""
        self._groups.setdefault(group, _COMMENT.sub("", group).strip() or group)
        known = self._types.get((group, feature))
        if known is not None:
            return known
        slug = _SLUG.sub("-", self._groups[group].lower()).strip("-") or "group"
        base = _FEATURE if feature else whole if whole != _FEATURE else ""
        base = base or slug
        taken = set(self._types.values()) | (set() if feature else {_FEATURE})
        word = base if base not in taken else f"{base}-{slug}"
        number = 2
        while word in taken:
            word, number = f"{base}-{slug}-{number}", number + 1
        self._types[group, feature] = word
        if feature:
            self._levels[word] = Level.MINOR
        return word

    def _patterns(self, parser: Options) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what a parser looks for, in the whole message; any of its conditions is enough."""
        conditions = [(key, parser.text(key)) for key in ("message", "body", "footer")]
        conditions.append((parser.text("field"), parser.text("pattern")))
        for key, pattern in conditions:
            if not pattern:
                continue
            try:
                yield _whole(key, pattern), _heads(pattern) if key == "message" else ()
            except Untranslatable as error:
                parser.remark(key if key in parser else "pattern", f"{pattern!a} is not applied: {error}")

    def _anchored(self, pattern: str, look: str = "") -> str:
        """Return a pattern that looks from the message's beginning: for a header, then at the class, then for itself."""
        header = _HEADER if self.conventional_only else ""
        if not header and not look:
            return pattern
        if not pattern:
            return f"^{header}{look}"
        inner = f"(?:{pattern})" if "|" in pattern else pattern
        anchored = pattern.startswith("^") and all(part.startswith("^") for part in pattern.split("|"))
        return f"^{header}{look}{inner}" if anchored else f"^{header}{look}(?s:.*?){inner}"


def _classes(bump: Options) -> Iterator[_Class]:
    """Yield the classes of types in the order in which ``next_version`` asks for them."""
    for key, level in zip(BUMP_LEVELS, (Level.NONE, Level.MAJOR, Level.MINOR), strict=True):
        pattern = bump.text(key)
        if pattern:
            try:
                found = translated(pattern).replace("$", "(?=[(!:])")
            except Untranslatable as error:
                bump.remark(key, f"it is not applied: {error}")
                continue
            yield _Class(rf"(?=[^\s():!]*?(?:{found})[^\s():!]*[(!:])", level)
    yield _Class(r"(?=(?i:feat)[(!:])", Level.MINOR, feature=True)


def _heads(pattern: str) -> tuple[str, ...]:
    """Return the words that every match begins with, or nothing where that is not certain."""
    for form in _HEADS:
        found = form.fullmatch(pattern)
        if found:
            return tuple(word.removeprefix("^") for word in found[1].split("|"))
    return ()


def _whole(key: str, pattern: str) -> str:
    """Return a condition on a part of the message as one on the whole."""
    found = translated(pattern)
    if key == "message":
        return found
    if key == "scope":
        return rf"^{_TYPE}\((?:[^()\r\n]*?)(?:{found.removeprefix('^').removesuffix('$')})"
    if key not in {"body", "footer"}:
        raise Untranslatable(f"the field {key!a} is not known when messages are read")
    start = "^" if found.startswith("^") else ""
    rest = found.removeprefix("^")
    if "^" in re.sub(r"\\.|\[\^", "", rest) or (start and "|" in rest):
        raise Untranslatable(f"an anchor in the middle of a {key} has no counterpart")
    line = r"\n" if start else ""
    return rf"^{_BODY}{line}(?:{rest})"
