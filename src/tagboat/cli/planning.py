"""What ``tagboat plan`` and ``tagboat changelog`` do, whoever has read their words.

Git is started first: it answers while the planner is imported.
"""

from __future__ import annotations

from datetime import date
from os import PathLike
from typing import TYPE_CHECKING

from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.core.record import Record
from tagboat.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class PlanWords(Record):
    """The words of ``tagboat plan``, by the names that its options have."""

    repo: str | PathLike[str] = "."
    components: tuple[str, ...] = ()
    repository: str = ""
    since: str = ""
    until: str = "HEAD"
    branch: str = ""
    as_of: date | None = None
    chosen: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    edits: bool = False
    as_diff: bool = False
    strict: bool = False
    exit_code: bool = False
    expect: str | None = None
    reason: str = ""
    ask_indexes: bool = False
    sandbox: Path | None = None
    verbose: bool = False
    as_json: bool = False


class ChangelogWords(Record):
    """The words of ``tagboat changelog``, by the names that its options have."""

    repo: str | PathLike[str] = "."
    components: tuple[str, ...] = ()
    repository: str = ""
    since: str = ""
    until: str = "HEAD"
    branch: str = ""
    as_of: date | None = None
    whole: bool = False
    as_json: bool = False


def plan(said: PlanWords) -> None:
    """Show the next version of each component, and leave with the exit status."""
    report = Report("plan", as_json=said.as_json)
    with answering(report):
        from tagboat.wiring.opening import opened  # noqa: PLC0415 - errors are answered from here on

        with opened(said.repo) as history:
            from tagboat.cli.proposals import answer, patch, remarks_told, told  # noqa: PLC0415
            from tagboat.wiring.planning import Ask, checked, planned, with_edits  # noqa: PLC0415

            _check_words(said)
            versions = {name: found[0] for name, found in by_component(said.chosen).items()}
            window = (said.since, said.until, said.as_of, said.repository)
            taken = by_component(said.taken)
            ask = Ask(said.repo, said.components, *window, versions, taken, said.reason, said.branch)
            made = planned(ask, history)
            if said.ask_indexes:
                from tagboat.wiring.taken import taken_on_indexes  # noqa: PLC0415 - the network's one way in

                made = planned(taken_on_indexes(ask, made, said.sandbox), history)
            made = checked(made, expect=said.expect or "", strict=said.strict, releasing=said.exit_code)
            if said.edits or said.as_diff:
                made = with_edits(made, history)
        if said.as_json:
            report.extra |= answer(made)
            report.extra |= {"patch": patch(made.next).decode("utf-8", "replace")} if said.as_diff else {}
        for file in made.uncommitted:
            report.say(f"warning: {file} differs in the work tree; the plan follows the commit")
        if said.as_diff and not said.as_json:
            report.raw(patch(made.next))
        elif not said.as_json:
            for next_ in made.next:
                report.data("\n".join(told(next_, verbose=said.verbose)))
            for line in remarks_told(made.planning):
                report.say(f"not carried over: {line}")
            report.say(f"rules: {made.planning.dialect} {made.planning.source}".rstrip())
            report.say(f"digest: {made.digest}")
        if said.exit_code and any(next_.version for next_ in made.next):
            report.end("changes", 10)


def changelog(said: ChangelogWords) -> None:
    """Print the notes of what is not released yet, or of every release, and leave with the exit status."""
    report = Report("changelog", as_json=said.as_json)
    with answering(report):
        from tagboat.wiring.opening import opened  # noqa: PLC0415 - errors are answered from here on

        rows = []
        with opened(said.repo) as history:
            from tagboat.wiring.planning import Ask, changelogs  # noqa: PLC0415

            if said.whole and said.since:
                raise UsageError(
                    "--all tells of every release, and --since of what comes behind one",
                    remedy="leave one out",
                )
            window = (said.since, said.until, said.as_of, said.repository)
            ask = Ask(said.repo, said.components, *window, branch=said.branch)
            for component, sections, warnings in changelogs(ask, history, whole=said.whole):
                for warning in warnings:
                    report.say(f"warning: {component}: {warning}")
                if said.as_json:
                    rows.append({"component": component, "sections": sections, "warnings": warnings})
                for number, section in enumerate(sections):
                    report.data(f"\n{section}" if number else section)
                if not sections:
                    report.say(f"{component}: nothing to release")
        report.extra["changelogs"] = rows


def _check_words(said: PlanWords) -> None:
    """Refuse words that do not fit together: what is silently passed over is found too late.

    Raises:
        UsageError: they do not.
    """
    if said.expect is not None and not said.expect.strip():
        raise UsageError("--expect names no digest", remedy="give the digest of the plan that was looked at")
    if said.reason and not said.chosen:
        raise UsageError(
            "--reason says why a version is chosen, and none is", remedy="add --release-as VERSION"
        )
    for name, versions in by_component(said.chosen).items():
        if len(versions) > 1:
            of = f" of {name}" if name else ""
            raise UsageError(
                f"{' and '.join(versions)} are two next versions{of}", remedy="choose one of them"
            )


def by_component(texts: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the values of ``[COMPONENT=]VALUE`` by component; "" stands for the only one.

    Raises:
        UsageError: a value is empty.
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not value.strip():
            raise UsageError(f"{text!r} names no version", remedy="say [COMPONENT=]VERSION")
        found.setdefault(name if equals else "", []).append(value)
    return found
