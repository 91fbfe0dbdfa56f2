"""``tagboat release``: all phases of a tag's release in one go."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.errors import RefusedError, TagboatError, UsageError

if TYPE_CHECKING:
    from tagboat.core.plan import Plan
    from tagboat.engine.release import ReleaseRun

DRY_RUN_LEAVES_OUT = (
    "no upload was made: whether the indexes and the forge accept these files is not known",
    "credentials were not used for writing",
    "what the staging index shows, and whether an installer can install from it, was not seen",
)


@click.command()
@options.selection
@click.option(
    "--dry-run", is_flag=True, help="Check, build and verify; write nothing outside; show the rest."
)
@click.option(
    "--adopt",
    "approved",
    default="",
    metavar="DIGEST",
    help="Vouch for the draft's Manifest with this whole digest.",
)
@options.adopted
@options.commit
@click.option("--reason", default="", metavar="TEXT", help="Why you vouch for it; kept in the ledger.")
def release(
    path: Path,
    tags: tuple[str, ...],
    components: tuple[str, ...],
    repository: str,
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
    dry_run: bool,
    approved: str,
    adopted: tuple[str, ...],
    commit: str,
    reason: str,
) -> None:
    """Release a tag: check it, build it once, verify the files, publish them, confirm them.

    With the pipeline remote-release the files are handed to the forge's workflow: the tag is made at --commit, unless it is
    there already, the workflow is started on it where a pushed tag does not do so, and followed to its end.

    Whatever stops it, the same command (or tagboat resume) continues: what is done is found, not done again.
    """
    report = Report("release", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("build", "a release")
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

        wish = Wish(
            path,
            places(sandbox),
            repository,
            tags,
            components,
            state,
            options.folders(adopted),
            command="dry-run" if dry_run else "release",
            commit=options.whole_commit(commit, path),
        )
        with safe_stop() as stop, open_release(wish, observer=report.watch, stop=stop) as run:
            if approved or reason:
                _vouch(run, approved, reason)
            carry_out(run, report, dry_run=dry_run, approved=approved)


def _vouch(run: ReleaseRun, approved: str, reason: str) -> None:
    from tagboat.steps.approval import approve  # noqa: PLC0415 - few releases need it

    if not approved:
        raise UsageError("--reason says why a Manifest is adopted", remedy="name it: --adopt DIGEST")
    tags = tuple(dict.fromkeys(item.tag for item in run.derived.prepare.releases))
    approve(run.ports, tags, approved, reason, run.state.folder())


def carry_out(run: ReleaseRun, report: Report, *, dry_run: bool, approved: str = "") -> None:
    """Do both halves of an open release, and fill the report.

    Args:
        run: the open release.
        report: is filled.
        dry_run: stop before anything outside is changed.
        approved: the digest that the Manifest must have, if a person named one.

    Raises:
        TagboatError: as the caller must see it; partial when outside effects exist.
    """
    from tagboat.cli.jobs import about, say_public  # noqa: PLC0415 - after --help

    about(report, run)
    report.plan(run.derived.prepare)
    report.extra["state"] = str(run.state.path)
    report.extra["dry_run"] = dry_run
    try:
        manifest = run.dry() if dry_run else run.prepare()
        report.manifest = manifest
        if approved not in ("", manifest.digest):
            raise RefusedError(
                f"this state goes on with the build {manifest.digest}, not with the approved {approved}",
                remedy="nothing was changed: leave --adopt out to go on, or take a fresh --state to adopt",
            )
        plan = run.plan_publish(manifest)
        report.plan(plan)
        if dry_run:
            report.extra["not_covered"] = list(DRY_RUN_LEAVES_OUT)
            show_plan(plan, report)
            return
        run.publish(manifest)
        report.extra["urls"] = dict(run.urls())
        say_public(report, run)
    except TagboatError as error:
        report.extra["urls"] = dict(run.urls())
        raise run.verdict(error) from error
    except (KeyboardInterrupt, OSError):
        raise
    except Exception as error:
        from tagboat.cli.crash import bug  # noqa: PLC0415 - hardly ever

        # Even then the caller must learn whether the world outside was changed.
        raise run.verdict(bug(error, report.command, str(run.state.path))) from error
    show_done(run, report)


def show_plan(plan: Plan, report: Report) -> None:
    """Print what a release would go on to do."""
    report.data("A release would now:")
    for step in plan.steps:
        mark = {"permanent": "for good", "reversible": "can be undone"}.get(step.effect.value, "looks")
        report.data(f"  {step.phase.value:<8} {step.key:<50} {mark}")
    report.data("Not covered by a dry run:")
    for line in DRY_RUN_LEAVES_OUT:
        report.data(f"  {line}")


def show_done(run: ReleaseRun, report: Report) -> None:
    """Print what was released and where the proof is."""
    for item in run.derived.prepare.releases:
        report.data(f"released {item.component} {item.version} from {item.tag} ({item.commit[:12]})")
    if report.manifest is not None:
        for artifact in report.manifest.artifacts:
            report.data(f"  {artifact.sha256}  {artifact.size:>9}  {artifact.file}")
    report.data(f"manifest: {run.state.manifest}")
    report.data(f"prove it: {proving(run)}")


def proving(run: ReleaseRun) -> str:
    """Return the command that holds the Manifest against where it was published; a rehearsal's services are down."""
    verify = f"tagboat verify {shlex.quote(str(run.state.manifest))}"
    sandbox = str(run.context.get("sandbox") or "")
    if not sandbox:
        return verify
    place = shlex.quote(sandbox)
    up = f"tagboat sandbox up --dir {place} && " if Path(sandbox).parent == run.state.path else ""
    return f"{up}{verify} --sandbox {place}"
