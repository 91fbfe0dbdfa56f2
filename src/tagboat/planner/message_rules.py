"""A project's own rules for messages: which type a commit counts as, or that it does not count."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tagboat.config.planning import MessageRule, ReadingRules
from tagboat.core.change import Change, Level, Reading
from tagboat.core.commit import Commit
from tagboat.core.conventional import LIMIT, read, why_unread
from tagboat.core.record import Record
from tagboat.errors import ConfigError

_MARK = re.compile(r"BREAKING[ -]CHANGE:(.*)")


class _Search(Record):
    """Rules that share one pattern: the text is searched once for all of them."""

    pattern: re.Pattern[str]
    rules: tuple[tuple[re.Pattern[str] | None, MessageRule], ...]

    def find(self, text: str) -> MessageRule | None:
        found = self.pattern.search(text)
        if found is None:
            return None
        word = (found[1] or "") if self.pattern.groups else found[0]
        for wanted, rule in self.rules:
            if wanted is None or wanted.match(word):
                return rule
        return None


def ruled(rules: ReadingRules, levels: dict[Change, Level]) -> Callable[[Commit], Reading | None]:
    """Return what reads one commit by the rules; None is its answer for a commit that they leave out.

    Args:
        rules: the rules.
        levels: gets the levels that rules give to changes.

    Raises:
        ConfigError: a pattern is no regular expression; all of them are told.
    """
    searches = _searches(rules.rules)

    def by_message(commit: Commit) -> Reading | None:
        rule = _first(searches, commit.message[:LIMIT])
        if rule is None:
            return read(commit.id, commit.message)
        return None if rule.skip else _as_rule_says(commit, rule, levels)

    def by_line(commit: Commit) -> Reading | None:
        return _line_by_line(commit, searches, levels)

    return by_line if rules.each_line else by_message


def _first(searches: Sequence[_Search], text: str) -> MessageRule | None:
    for search in searches:
        rule = search.find(text)
        if rule is not None:
            return rule
    return None


def _as_rule_says(commit: Commit, rule: MessageRule, levels: dict[Change, Level]) -> Reading:
    said = read(commit.id, commit.message)
    changes = said.changes
    if not changes and rule.type:
        changes = (Change(commit.id, rule.type, rule.scope, commit.title),)
    changes = tuple(_changed(change, rule) for change in changes)
    if rule.level is not None:
        levels.update(dict.fromkeys(changes, rule.level))
    return Reading(changes, "" if changes else said.unread)


def _changed(change: Change, rule: MessageRule) -> Change:
    if rule.breaking and not change.breaking:
        change = change._replace(breaking=(change.subject,))
    if not (rule.type or rule.scope):
        return change
    return change._replace(type=rule.type or change.type, scope=rule.scope or change.scope)


def _line_by_line(commit: Commit, searches: Sequence[_Search], levels: dict[Change, Level]) -> Reading | None:
    """Read every line as if it were a header: commitizen's rule, which knows no bodies and no footers."""
    message = commit.message[:LIMIT].strip()
    changes: list[Change] = []
    for number, line in enumerate(message.split("\n")):
        rule = _first(searches, line)
        if rule is None:
            changes += read(commit.id, line).changes[-1:] if not number else ()
            continue
        if rule.skip:
            return None
        mark = _MARK.match(line)
        if mark and rule.breaking and changes:
            changes[-1] = changes[-1]._replace(breaking=(*changes[-1].breaking, mark[1].strip()))
            continue
        said = () if mark else read(commit.id, line).changes
        change = (
            said[-1]
            if said
            else Change(commit.id, rule.type, rule.scope, (mark[1] if mark else line).strip())
        )
        change = _changed(change, rule)
        if rule.level is not None:
            levels[change] = rule.level
        changes.append(change)
    return Reading(tuple(changes), "" if changes else why_unread(message))


def _searches(rules: Sequence[MessageRule]) -> tuple[_Search, ...]:
    mistakes: list[str] = []

    def compiled(pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            mistakes.append(f"{pattern!a}: {error}")
            return re.compile("(?!)")

    searches: list[_Search] = []
    for rule in rules:
        word = compiled(rule.word) if rule.word else None
        if searches and searches[-1].pattern.pattern == rule.pattern:
            last = searches[-1]
            searches[-1] = _Search(last.pattern, (*last.rules, (word, rule)))
        else:
            searches.append(_Search(compiled(rule.pattern), ((word, rule),)))
    if mistakes:
        raise ConfigError(
            "no regular expressions: " + "; ".join(mistakes),
            remedy="correct the patterns of the rules for messages",
        )
    return tuple(searches)
