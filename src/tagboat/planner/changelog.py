"""A whole changelog from a history: one section for each release, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tagboat.config.planning import Rules
from tagboat.core.commit import day_of
from tagboat.core.record import Record
from tagboat.planner.messages import changes_of
from tagboat.planner.notes.formats import of_the_past, section
from tagboat.planner.notes.heading import Heading
from tagboat.planner.past_releases import Contents, UnorderedError, contents
from tagboat.planner.releases import Past, newest_first, sorted_by_component
from tagboat.planner.versions.schemes import reader
from tagboat.ports.history import History


class Links(Record):
    """Where notes point to: the project on the forge; "" for no links; and a template's text."""

    repository: str = ""
    host: str = ""
    template: str = ""


def sections(
    history: History, head: str, rules: Rules, links: Links, beside: Sequence[Rules] = ()
) -> list[str]:
    """Return the section of each release that the head can reach, newest first.

    What is not released yet is left out: :func:`~tagboat.planner.propose.propose` knows its version.

    Args:
        history: where tags and commits are read.
        head: the commit to start from.
        rules: the component's rules.
        links: where notes point to.
        beside: the repository's other components, whose folders are theirs.

    Raises:
        ConfigError: the rules cannot be used.
        StepFailedError: the history is damaged.
    """
    rules = rules._replace(notes=of_the_past(rules.notes))
    read = reader(rules.versioning, date.min)
    tags = sorted_by_component(history.tags(), [rules])[rules.component]
    releases = [past for _, past in newest_first(tags, read)]
    try:
        return _rendered(contents(history, head, rules, releases, ordered=False, beside=beside), rules, links)
    except UnorderedError:
        return _rendered(contents(history, head, rules, releases, ordered=True, beside=beside), rules, links)


def _rendered(held: Iterator[Contents], rules: Rules, links: Links) -> list[str]:
    return [_section(one, one.release, rules, links) for one in held if one.release is not None]


def _section(held: Contents, release: Past, rules: Rules, links: Links) -> str:
    previous = held.previous
    heading = Heading(
        release.version,
        release.tag,
        previous.tag if previous else "",
        day_of(held.time),
        links.repository,
        rules.notes.host or links.host,
        rules.component,
    )
    return section(
        changes_of(held.commits, rules.reading).changes, rules.notes, heading, given=links.template
    )
