"""``tagboat rehearse``: a whole release of any local git repository, on this machine alone."""

from __future__ import annotations

import os
import shlex
import sys
from itertools import count
from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop


@click.command()
@options.project
@options.tags
@options.component
@options.adopted
@options.state
@options.as_json
@click.option(
    "--inside", type=click.Path(path_type=Path), hidden=True, help="The relay's socket: we are isolated."
)
def rehearse(
    path: Path,
    tags: tuple[str, ...],
    components: tuple[str, ...],
    adopted: tuple[str, ...],
    state: Path | None,
    as_json: bool,
    inside: Path | None,
) -> None:
    """Copy the repository at PATH into a sandbox, play a green CI run, and release it there.

    The same code on the same protocols as a real release, in a network of its own, without any credential: nothing
    can leave this machine. Without --tag: a tag on HEAD, else HEAD's own version, else the next patch version.
    """
    report = Report("rehearse", as_json=as_json)
    if inside is not None and state is not None:
        continue_inside(state, inside, report)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("sandbox", "a rehearsal")
        need("build", "a rehearsal")
        from tagboat.wiring.rehearsal import alone, outside, prepare  # noqa: PLC0415

        place = fresh_state(path) if state is None else state.resolve()
        report.extra["state"] = str(place)
        with alone(place) as lock:
            rehearsal = prepare(path, tags, components, place, options.folders(adopted))
            report.say(f"rehearsing {', '.join(rehearsal.tags)} of {rehearsal.repository}; state: {place}")
            if rehearsal.edited:
                report.say(f"edited in the copy: {rehearsal.edited}")
            sys.exit(outside(place, rehearsal, lock, as_json=as_json))


def continue_inside(state: Path, socket: Path, report: Report) -> None:
    """Play the rehearsal; this process is in the private network already."""
    with answering(report):
        from tagboat.cli.commands.release import carry_out  # noqa: PLC0415 - after --help
        from tagboat.wiring import rehearsal  # noqa: PLC0415

        report.extra["state"] = str(state)
        isolation = os.environ.get("TAGBOAT_ISOLATION", "")
        report.extra["isolation"] = isolation
        left_out = rehearsal.prepared(state).not_covered()
        report.extra["not_covered"] = list(left_out)
        report.say(f"isolation: {isolation}")
        with (
            safe_stop() as stop,
            rehearsal.inside(state, socket, observer=report.watch, stop=stop) as (run, _),
        ):
            carry_out(run, report, dry_run=False)
        report.data("A rehearsal does not cover:")
        for line in left_out:
            report.data(f"  {line}")
        shown = shlex.quote(str(state))
        report.data(
            f"look further: tagboat ledger show {shown}; {shown}/sandbox/journal.jsonl; {shown}/logs/"
        )


def fresh_state(path: Path) -> Path:
    """Return a new state directory for a rehearsal of this project."""
    from platformdirs import user_state_path  # noqa: PLC0415

    root = user_state_path("tagboat") / "rehearsals"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in count(1):
        place = root / f"{path.resolve().name}-{number}"
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return place
    raise AssertionError("count() has no end")
