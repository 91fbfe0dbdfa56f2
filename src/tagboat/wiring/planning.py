"""Planning a repository on this machine: its history and rules found, and what would be released."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from os import PathLike
from typing import TypeVar

from tagboat.adapters.addresses import PUBLIC
from tagboat.adapters.git.history import LocalHistory
from tagboat.config.dialects import planning_of
from tagboat.config.planning import NOTHING, Planning, Rules
from tagboat.config.project import Tree
from tagboat.core.canonical import digest
from tagboat.core.conventional import MERGE
from tagboat.core.proposal import Next
from tagboat.core.record import Record
from tagboat.errors import RefusedError, StalePlanError, UsageError
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.wiring.notes import given, template, with_marks, with_waiting
from tagboat.wiring.remotes import links_of
from tagboat.wiring.submodules import check_submodules, with_absent_folder
from tagboat.wiring.uncommitted import Watched, uncommitted

V = TypeVar("V")


class Ask(Record):
    """What a command asks of planning.

    Attributes:
        path: the repository, or a folder in it.
        components: only these; empty for all.
        since: what counts as the last release, or "".
        until: where to plan from.
        as_of: the day of the release; None for today, in UTC.
        repository: ``owner/name`` for links; "" to find it.
        chosen: component → the version that a person asks for; "" as the name for the only component.
        taken: versions that an index holds.
        reason: why a person asks for another version; "" when they do not say.
        branch: the branch that is released from; "" for the one that ``until`` names, or that is checked out.
    """

    path: str | PathLike[str]
    components: Sequence[str] = ()
    since: str = ""
    until: str = "HEAD"
    as_of: date | None = None
    repository: str = ""
    chosen: Mapping[str, str] = NOTHING
    taken: Mapping[str, Collection[str]] = NOTHING
    reason: str = ""
    branch: str = ""


class Planned(Record):
    """What would be released of a repository.

    Attributes:
        planning: the rules.
        wanted: what was asked.
        next: one proposal for each component.
        tree: the files at the head.
        uncommitted: the configuration's files that lie in the work tree otherwise than in the commit.
        digest: the SHA-256 of all that the plan says: it changes when anything under the plan has moved. The files'
            edits follow from the head, the rules and the versions, and are not digested.
    """

    planning: Planning
    wanted: Wanted
    next: tuple[Next, ...]
    tree: Tree
    uncommitted: tuple[str, ...] = ()
    digest: str = ""


class Asked(Record):
    """What a command asks, in the words of the repository.

    Attributes:
        planning: the rules of the components that were asked for.
        wanted: what is asked of a proposal.
        tree: the files at the head.
        uncommitted: the configuration's files that lie in the work tree otherwise than in the commit.
    """

    planning: Planning
    wanted: Wanted
    tree: Tree
    uncommitted: tuple[str, ...] = ()


def checked(made: Planned, *, expect: str, strict: bool, releasing: bool = False) -> Planned:
    """Return the plan when it is as expected.

    Args:
        made: the plan.
        expect: the digest that it must have, or "".
        strict: refuse commits that do not count, but for git's own messages of merges, and versions outside of the
            branch's release line.
        releasing: whoever asks goes by the answer: refuse versions outside of the line.

    Raises:
        StalePlanError: it has another digest.
        RefusedError: a commit does not count, or a version is outside of the line.
    """
    if expect and expect != made.digest:
        raise StalePlanError(
            f"the plan's digest is {made.digest}, not {expect}: what it was made from has moved",
            remedy="look at the plan again, and approve that one",
        )
    unread = [
        (next_.component, unread) for next_ in made.next for unread in next_.unread if unread.reason != MERGE
    ]
    if strict and unread:
        listed = "; ".join(f"{u.commit[:12]} {u.title[:80]!r}: {u.reason}" for _, u in unread[:20])
        more = f"; and {len(unread) - 20} more" if len(unread) > 20 else ""
        raise RefusedError(
            f"{len(unread)} {'commit does' if len(unread) == 1 else 'commits do'} not count: {listed}{more}",
            remedy="reword them before they are merged, or plan without --strict",
        )
    if strict or releasing:
        _check_lines(made)
    return made


def _check_lines(made: Planned) -> None:
    """Refuse versions that are outside of the release line of their branch, or that no branch is known for."""
    branch = made.wanted.branch
    lined = [
        (rules, next_)
        for rules, next_ in zip(made.planning.components, made.next, strict=True)
        if next_.version and rules.lines
    ]
    if lined and not branch:
        raise RefusedError(
            "no branch is known, so nothing tells which release line the next versions belong to",
            remedy="say it with --branch NAME",
        )
    if lined:
        from tagboat.planner.versions.lines import leaving  # noqa: PLC0415 - few projects have lines

        reasons = [(next_.component, leaving(next_.version, branch, rules.lines)) for rules, next_ in lined]
        told = [f"{name}: {why}" for name, why in reasons if why]
        if told:
            raise RefusedError(
                "; ".join(told),
                remedy="release it from the branch whose line it belongs to, plan another version with --release-as, or"
                " look at the plan without --strict and --exit-code",
            )


def changelogs(
    ask: Ask, history: LocalHistory, *, whole: bool
) -> Iterator[tuple[str, list[str], Sequence[str]]]:
    """Yield each component, its sections, newest first, and what a person should know of them.

    The sections are the next release's, and those of the past when they are asked for.

    Args:
        ask: what is asked.
        history: the repository's.
        whole: whether the releases of the past are asked for.

    Raises:
        RefusedError, UsageError, ConfigError: as :func:`planned`.
    """
    from tagboat.planner.changelog import Links, sections  # noqa: PLC0415 - only for --all

    made = planned(ask, history)
    for rules, next_ in zip(made.planning.components, made.next, strict=True):
        found = [next_.section] if next_.section else []
        if whole:
            wanted = made.wanted
            links = Links(wanted.repository, wanted.host, template(made.tree, rules.notes))
            others = [other for other in made.planning.components if other is not rules]
            found += sections(history, wanted.head, rules, links, [*others, *wanted.beside])
        yield rules.component, found, next_.warnings


def planned(ask: Ask, history: LocalHistory) -> Planned:
    """Return what would be released.

    Args:
        ask: what is asked.
        history: the repository's.

    Raises:
        RefusedError: there is no repository, or it has no commit.
        UsageError: a component, a revision or a version that was asked for does not exist.
        ConfigError: the configuration has mistakes.
    """
    found = asked(history, ask)
    proposals = tuple(
        with_absent_folder(found.tree, found.planning, rules, with_waiting(found.tree, rules, next_))
        for rules, next_ in zip(
            found.planning.components, propose(history, found.planning, found.wanted), strict=True
        )
    )
    said = _digest(found.wanted, found.planning, proposals)
    return Planned(found.planning, found.wanted, proposals, found.tree, found.uncommitted, said)


def asked(history: LocalHistory, ask: Ask) -> Asked:
    """Return what is asked, in the words of the repository.

    Raises:
        RefusedError, UsageError, ConfigError: as :func:`planned`.
    """
    head = _head(history, ask)
    tree = history.tree(head)
    watched = Watched(tree)
    whole = planning_of(watched.tree, [tag.name for tag in history.tags()])
    here = ask.until == "HEAD" or head == history.resolve("HEAD")
    planning = with_marks(_selected(whole, ask.components), tree)
    check_submodules(planning, tree)
    chosen = {rules.component for rules in planning.components}
    beside = tuple(rules for rules in whole.components if rules.component not in chosen)
    repository, host = links_of(ask.repository, planning.repository, history.remote(), PUBLIC.git)
    wanted = Wanted(
        head,
        ask.as_of or datetime.now(UTC).date(),
        repository,
        host,
        _branch(history, ask, head),
        ask.since,
        _taken(planning, ask.taken, beside),
        dict(_known(planning, ask.chosen)),
        reason=ask.reason or "asked for on the command line",
        given=given(tree),
        beside=beside,
    )
    return Asked(planning, wanted, tree, uncommitted(ask.path, watched.seen) if here else ())


def with_edits(made: Planned, history: LocalHistory) -> Planned:
    """Return the same with the edits of every file that a release would change.

    Args:
        made: the plan.
        history: the repository's.

    Raises:
        ConfigError: an edit matches nothing, or too much; all such are told.
    """
    from tagboat.planner.edits import lock_remarks  # noqa: PLC0415 - only when edits are asked for
    from tagboat.planner.edits.all_edits import all_edits, changelog_remarks  # noqa: PLC0415
    from tagboat.planner.edits.lowered import lowered  # noqa: PLC0415
    from tagboat.planner.standing_drafts import standing_drafts  # noqa: PLC0415

    drafts = standing_drafts(history, made.planning, made.wanted, made.next)
    edits = all_edits(made.tree, made.planning.components, made.next, made.wanted.today, drafts)
    edited = tuple(
        next_._replace(
            edits=edits.get(next_.component, ()),
            warnings=(
                *next_.warnings,
                *lowered(edits.get(next_.component, ())),
                *(lock_remarks(made.tree, rules) if next_.version else ()),
                *(changelog_remarks(made.tree, rules) if next_.section else ()),
            ),
        )
        for rules, next_ in zip(made.planning.components, made.next, strict=True)
    )
    return made._replace(next=edited)


def _digest(wanted: Wanted, planning: Planning, proposals: Sequence[Next]) -> str:
    rules = planning._replace(remarks=())
    said = [proposal._replace(edits=()) for proposal in proposals]
    return digest([wanted.head, wanted.today.isoformat(), rules, said])


def _head(history: LocalHistory, ask: Ask) -> str:
    head = history.resolve(ask.until)
    if head is None and ask.until != "HEAD":
        raise UsageError(
            f"--until {ask.until} names no commit", remedy="give a branch, a tag or a commit's id"
        )
    if head is None:
        raise RefusedError(f"{ask.path} has no commit yet", remedy="commit something first")
    return head


def _branch(history: LocalHistory, ask: Ask, head: str) -> str:
    """Return the branch that is released from, or "" when nothing tells it.

    A commit that ``until`` names in another way is released from the branch that is checked out when that holds it.
    """
    if ask.branch or ask.until == "HEAD":
        return ask.branch or history.branch()
    name = ask.until
    for prefix in ("refs/", "heads/", "remotes/", "origin/"):
        name = name.removeprefix(prefix)
    at = history.branches().get(name)
    if at == head or (at and name != ask.until):
        return name
    tip = history.resolve("HEAD")
    held = tip is not None and next(iter(history.commits(head, without=(tip,))), None) is None
    return history.branch() if held else ""


def _selected(planning: Planning, names: Sequence[str]) -> Planning:
    if not names:
        return planning
    known = [rules.component for rules in planning.components]
    for name in names:
        if name not in known:
            from tagboat.config.mistakes import near  # noqa: PLC0415 - only for a mistake

            raise UsageError(
                f"there is no component {name!r}{near(name, known)}", remedy=f"components: {', '.join(known)}"
            )
    chosen = tuple(rules for rules in planning.components if rules.component in names)
    return planning._replace(components=chosen)


def _known(
    planning: Planning, asked: Mapping[str, V], beside: Sequence[Rules] = ()
) -> Iterator[tuple[str, V]]:
    """Yield what was asked for by component, each of which exists; "" stands for the only one."""
    known = [rules.component for rules in planning.components]
    for name, value in asked.items():
        if not name and len(known) != 1:
            raise UsageError(
                "a version was given without its component",
                remedy=f"say COMPONENT=VERSION; components: {', '.join(known)}",
            )
        if name and name not in (*known, *(rules.component for rules in beside)):
            raise UsageError(f"there is no component {name!r}", remedy=f"components: {', '.join(known)}")
        yield name or known[0], value


def _taken(
    planning: Planning, asked: Mapping[str, Collection[str]], beside: Sequence[Rules]
) -> Mapping[str, Collection[str]]:
    """Return the versions that exist elsewhere: what is said with and without the component's name counts.

    Those of a component that is not asked for count where it is linked with one that is.
    """
    found: dict[str, list[str]] = {}
    for name, versions in _known(planning, asked, beside):
        found.setdefault(name, []).extend(versions)
    return found
