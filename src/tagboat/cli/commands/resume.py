"""``tagboat resume``: continue a stopped release or rehearsal, showing beforehand what is reused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.commands.release import carry_out
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.core.step import StepState
from tagboat.errors import UsageError

if TYPE_CHECKING:
    from tagboat.core.plan import Plan
    from tagboat.engine.release import ReleaseRun


@click.command()
@options.state
@options.sandbox
@options.as_json
@click.option(
    "--rerun", is_flag=True, help="First let the failed jobs of the workflow that it was handed to run again."
)
def resume(state: Path | None, sandbox: Path | None, as_json: bool, rerun: bool) -> None:
    """Continue the release of a state directory: what is done is reused, what is unsure is looked up first."""
    report = Report("resume", as_json=as_json)
    with answering(report):
        from tagboat.wiring import rehearsal  # noqa: PLC0415 - after --help
        from tagboat.wiring.extras import need  # noqa: PLC0415

        place = (state or only_open_release()).resolve()
        if (place / rehearsal.FILE).is_file():
            if rerun:
                raise UsageError(
                    "a rehearsal runs no workflow that could run again", remedy="leave --rerun out"
                )
            need("sandbox", "a rehearsal")
            report.extra["state"] = str(place)
            with rehearsal.alone(place) as lock:
                preview(place, report)
                sys.exit(rehearsal.outside(place, rehearsal.prepared(place), lock, as_json=as_json))
        continue_release(place, sandbox, report, rerun=rerun)


def continue_release(state: Path, sandbox: Path | None, report: Report, *, rerun: bool = False) -> None:
    """Continue a release with what its plan file keeps of the first start."""
    from tagboat.cli.commands.publish import publish_alone  # noqa: PLC0415 - after --help
    from tagboat.engine.release import manifest_in  # noqa: PLC0415
    from tagboat.engine.state import StateDirectory  # noqa: PLC0415
    from tagboat.engine.summary import RESUMED  # noqa: PLC0415
    from tagboat.wiring.places import places  # noqa: PLC0415
    from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

    plans = StateDirectory(state).load_plans()
    if plans is None:
        raise UsageError(
            f"{state} holds no release",
            remedy="start one: tagboat release --tag TAG, or tagboat rehearse PATH --state DIR",
        )
    context = plans[2]
    command = str(context.get("command", "release"))
    if command not in RESUMED:
        raise UsageError(
            f"{state} was made by 'tagboat {command}', which has nothing to continue",
            remedy=f"call 'tagboat {command}' again: what is done is reused",
        )
    preview(state, report)
    where = sandbox or (Path(str(context["sandbox"])) if context.get("sandbox") else None)
    wish = Wish(
        None,
        places(where),
        str(context["repository"]),
        _words(context["tags"]),
        _words(context["components"]),
        state,
        _folders(context.get("adopt")),
        command=command,
        phase=str(context.get("phase", "")),
        commit=str(context.get("commit", "")),
    )
    alone = command == "publish"
    with safe_stop() as stop, open_release(wish, observer=report.watch, stop=stop, from_forge=alone) as run:
        if rerun:
            run_again(run, report, plans[1])
        if alone:
            publish_alone(run, manifest_in(run.state.manifest)[0], report, wish.phase)
        else:
            carry_out(run, report, dry_run=command == "dry-run")


def run_again(run: ReleaseRun, report: Report, plan: Plan | None) -> None:
    """Ask the forge for another attempt of what failed there, and say so."""
    from tagboat.steps.remote_run import rerun  # noqa: PLC0415 - only for a release that was handed over

    for again in rerun(run.ports, plan) if plan else ():
        report.say(f"running again what failed: {again.url}")


def preview(state: Path, report: Report) -> None:
    """Say what will be reused, what will be looked up, and what is still to do."""
    from tagboat.engine.summary import summary  # noqa: PLC0415

    steps = summary(state)["steps"]
    if not steps:
        report.say(f"resuming {state}: no step has been begun")
        return
    done = [s for s in steps if s["state"] in (StepState.SUCCEEDED.value, StepState.SKIPPED.value)]
    unsure = [s["key"] for s in steps if s["state"] == StepState.UNKNOWN.value]
    report.say(f"resuming {state}: {len(done)} of {len(steps)} steps are done and their results are reused")
    if unsure:
        report.say(f"begun, outcome unknown, looked up first: {', '.join(unsure)}")


def only_open_release() -> Path:
    """Return the one release of this user that is not done.

    Raises:
        UsageError: there is none, or there are several.
    """
    from platformdirs import user_state_path  # noqa: PLC0415

    from tagboat.engine.summary import all_releases, summary  # noqa: PLC0415

    rows = [summary(path) for path in all_releases(user_state_path("tagboat"))]
    unfinished = [row["state"] for row in rows if row["result"] not in ("succeeded", "running")]
    if len(unfinished) == 1:
        return Path(unfinished[0])
    named = ", ".join(unfinished) or "none"
    raise UsageError(f"which release? unfinished are: {named}", remedy="say --state DIR")


def _folders(value: object) -> dict[str, Path]:
    return {str(name): Path(str(folder)) for name, folder in value.items()} if isinstance(value, dict) else {}


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
