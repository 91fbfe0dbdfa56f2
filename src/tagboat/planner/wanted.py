"""What is asked of a proposal: where, when, and what a person or an index says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from tagboat.config.planning import NOTHING, Rules
from tagboat.core.record import Record
from tagboat.planner.notes.heading import Heading


def _nothing_given(_rules: Rules, _heading: Heading) -> str:
    return ""


class Wanted(Record):
    """What is asked of a proposal.

    Attributes:
        head: the commit to plan from.
        today: the day of the release.
        repository: ``owner/name`` for links, or "".
        host: the forge's address for links, or "".
        branch: the branch that it is released from, for release lines, or "".
        since: the commit or tag that counts as the last release, whatever the tags say; or "".
        taken: component → versions that an index knows.
        chosen: component → the version that a person asks for.
        reason: why, in the person's words.
        reviewed: component → the version that its files hold, when that one shall count.
        given: returns what a format needs besides the changes: a template's text, or what towncrier rendered.
        due: a release is made even when its notes have no entry.
        beside: components that are not asked for; the files in their folders are theirs all the same.
    """

    head: str
    today: date
    repository: str = ""
    host: str = ""
    branch: str = ""
    since: str = ""
    taken: Mapping[str, Collection[str]] = NOTHING
    chosen: Mapping[str, str] = NOTHING
    reason: str = "a person asked for it"
    reviewed: Mapping[str, str] = NOTHING
    given: Callable[[Rules, Heading], str] = _nothing_given
    due: bool = False
    beside: Sequence[Rules] = ()


def on_branch(rules: Rules, branch: str) -> Rules:
    """Return the rules with the train of the branch that the release is made from."""
    for pattern, train in rules.trains.items():
        if branch and re.match(pattern, branch[:250]):
            return rules._replace(versioning=rules.versioning._replace(train=train))
    return rules
