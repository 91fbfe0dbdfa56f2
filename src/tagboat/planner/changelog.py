"""A whole changelog from a history: one section for each release, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tagboat.config.planning import Rules
from tagboat.core.commit import day_of
from tagboat.core.record import Record
from tagboat.planner.graduation import ends_trains
from tagboat.planner.messages import changes_of
from tagboat.planner.notes.formats import of_the_past, section
from tagboat.planner.notes.heading import Heading
from tagboat.planner.past_releases import Contents, UnorderedError, contents
from tagboat.planner.releases import Past, newest_first, sorted_by_component
from tagboat.planner.versions.schemes import Number, reader
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
    releases = list(newest_first(tags, read))
    try:
        return _rendered(history, head, rules, links, beside, releases, ordered=False)
    except UnorderedError:
        return _rendered(history, head, rules, links, beside, releases, ordered=True)


def _rendered(
    history: History,
    head: str,
    rules: Rules,
    links: Links,
    beside: Sequence[Rules],
    releases: Sequence[tuple[Number, Past]],
    *,
    ordered: bool,
) -> list[str]:
    """Return the sections; where trains end, a final release holds what came since the one before it, as in a plan."""
    pasts = [past for _, past in releases]
    finals = [past for number, past in releases if not number.is_prerelease]
    whole: dict[str, str] = {}
    if len(finals) < len(pasts) and ends_trains(rules):
        for one in contents(history, head, rules, finals, ordered=ordered, beside=beside):
            if one.release is not None:
                whole[one.release.tag] = _section(one, one.release, rules, links)
    found: list[str] = []
    promoted = {past.commit: past.tag for past in finals}
    for one in contents(history, head, rules, pasts, ordered=ordered, beside=beside):
        if one.release is not None:
            final = whole.get(promoted.get(one.release.commit, ""), "")
            found += [final] if final else []
            if not final or one.release.tag not in whole:
                found.append(_section(one, one.release, rules, links))
    return found


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
