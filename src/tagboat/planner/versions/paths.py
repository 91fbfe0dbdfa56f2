"""The strategy ``paths``: how far changed files move a version, whatever the messages say.

The policy is Arthexis's (scripts/release/plan_version.py of May 2026) with its lists made rules: the highest level of
all changed files counts; rules that cap hold files back that other rules would raise. The version in the files stays
when it is far enough already, and the baseline is the highest version that exists anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from tagboat.config.planning import PathRule, Versioning
from tagboat.core.proposal import Reason
from tagboat.core.record import Record
from tagboat.errors import ConfigError


class PathChange(Record):
    """What happened to one file between the last release and now; a renamed file was removed and added.

    Attributes:
        path: relative to the component's folder.
        status: what happened.
        lines: the added and removed lines of its diff, without the leading sign; read for rules about content only.
    """

    path: str
    status: Literal["added", "removed", "modified"]
    lines: tuple[str, ...] = ()


def evidence(
    changes: Sequence[PathChange], rules: Versioning, places: Mapping[str, str]
) -> tuple[Reason, ...]:
    """Return why the changed files move the version, one reason for each file that a rule speaks of.

    Without any, there is one reason of the level :attr:`Versioning.other`.

    Args:
        changes: the changed files.
        rules: their rules are in :attr:`Versioning.paths`.
        places: attribute of ``rules`` → where it was configured.

    Raises:
        ConfigError: a rule's regular expression is none; all of them are told.
    """
    tests, place = _tests(rules.paths), places.get("paths", "")
    found = [reason for change in changes if (reason := _of(change, rules.paths, tests, place)) is not None]
    if found or not changes:
        return tuple(found)
    rule = f"no rule for paths applies, which is {rules.other.word}"
    return (Reason(rules.other, rule, place=places.get("other", "")),)


def matches(pattern: str, path: str) -> bool:
    """Say whether a path matches a glob pattern: ``*`` and ``?`` within one name, ``**`` for any number of names.

    At the end, ``**`` stands for everything inside: ``docs/**`` is not ``docs`` itself. Time is the product of both
    lengths at most.
    """
    from fnmatch import fnmatchcase  # noqa: PLC0415

    wanted, names = pattern.split("/"), path.split("/")
    place = name = 0
    star, resume = -1, 0
    while name < len(names):
        if place < len(wanted) and wanted[place] == "**":
            star, resume = place, name
            place += 1
        elif place < len(wanted) and fnmatchcase(names[name], wanted[place]):
            place += 1
            name += 1
        elif star >= 0:
            resume += 1
            place, name = star + 1, resume
        else:
            return False
    return place == len(wanted)


_Test = Callable[[PathChange], bool]


def _tests(rules: Sequence[PathRule]) -> tuple[_Test, ...]:
    found: list[_Test] = []
    mistakes: list[str] = []
    for number, rule in enumerate(rules, 1):
        try:
            found.append(_test(rule))
        except re.error as error:
            mistakes.append(f"path rule {number}: {rule.content!r} is no regular expression: {error}")
    if mistakes:
        raise ConfigError("\n".join(mistakes), remedy="Write the expression as Python's re module reads it.")
    return tuple(found)


def _test(rule: PathRule) -> _Test:
    match rule.only:
        case "set":
            return lambda change: change.status != "modified"
        case "content":
            search = re.compile(rule.content).search
            return lambda change: any(search(line) for line in change.lines)
        case "any":
            return lambda _: True


def _of(change: PathChange, rules: Sequence[PathRule], tests: Sequence[_Test], place: str) -> Reason | None:
    best: PathRule | None = None
    cap: PathRule | None = None
    for rule, test in zip(rules, tests, strict=True):
        if not any(matches(pattern, change.path) for pattern in rule.patterns) or not test(change):
            continue
        if rule.cap:
            cap = rule if cap is None or rule.level < cap.level else cap
        elif best is None or rule.level > best.level:
            best = rule
    if cap is not None and (best is None or cap.level < best.level):
        best = cap
    if best is None:
        return None
    why = best.reason or ", ".join(best.patterns)
    return Reason(best.level, f"{why} is {best.level.word}", "", f"{change.path} {change.status}", place)
