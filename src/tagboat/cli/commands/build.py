"""``tagboat build``: one shard (or all) of a release, built into a folder for ``tagboat gather``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.core.canonical import canonical
from tagboat.errors import UsageError

if TYPE_CHECKING:
    from tagboat.core.artifact import ShardRecord
    from tagboat.core.step import Step
    from tagboat.engine.release import ReleaseRun


@click.command()
@options.selection
@click.option(
    "--commit",
    default="",
    metavar="SHA|HEAD",
    help="Build this commit, tagged or not, as CI does; no release takes it.",
)
@click.option("--shard", default="", metavar="[COMPONENT/]SHARD", help="Only this shard (default: all).")
@options.adopted
@options.ledgers
@click.option("--out", type=options.FOLDER, required=True, help="The folder for the files and shard.json.")
def build(
    path: Path,
    tags: tuple[str, ...],
    components: tuple[str, ...],
    repository: str,
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
    commit: str,
    shard: str,
    adopted: tuple[str, ...],
    ledgers: tuple[Path, ...],
    out: Path,
) -> None:
    """Build from the tag, in a fresh tree, with the network off; write the files and DIR/shard.json.

    With --commit the version is what the back end says, and the records are marked: gather refuses them for a release.
    With several shards and no --shard each goes into a folder of its own below --out. With --shard, --from DIR alone
    fills that shard.
    """
    report = Report("build", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("build", "a build")
        from tagboat.cli.jobs import about  # noqa: PLC0415
        from tagboat.wiring.jobs import handing_on  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

        refuse_unclear(tags, commit)
        adopt = options.folders(adopted, shard)
        wish = Wish(
            path,
            places(sandbox),
            repository,
            tags,
            components,
            state,
            adopt,
            command="build",
            commit=options.whole_commit(commit, path),
            ledgers=ledgers,
        )
        with (
            safe_stop() as stop,
            open_release(wish, observer=report.watch, stop=stop) as run,
            handing_on(run.ports.ledger, out),
        ):
            about(report, run)
            build_into(run, report, shard, out)


def build_into(run: ReleaseRun, report: Report, shard: str, out: Path) -> None:
    """Build the chosen shards of an open release, write each into its folder, and say what was made."""
    from tagboat.cli.jobs import say_files  # noqa: PLC0415 - after --help

    steps = chosen(run, shard)
    run.build(steps)
    folders = {step.key: out if len(steps) == 1 else out / name_of(step) for step in steps}
    written = {step.key: write_shard(run, step, folders[step.key]) for step in steps}
    report.extra["shards"] = [record.as_json() for record in written.values()]
    for key, record in written.items():
        report.data(f"{record.component}/{record.shard} → {folders[key]}")
        for artifact in record.artifacts:
            report.data(f"  {artifact.sha256}  {artifact.size:>9}  {artifact.file}")
    say_files(report, out, [folders[key] / a.file for key, r in written.items() for a in r.artifacts])


def refuse_unclear(tags: tuple[str, ...], commit: str) -> None:
    """Make sure that it is clear what is built.

    Raises:
        UsageError: neither tags nor a commit were named, or both.
    """
    if bool(tags) == bool(commit):
        raise UsageError("build takes either tags or one commit", remedy="say --tag TAG, or --commit SHA")


def chosen(run: ReleaseRun, shard: str) -> list[Step]:
    """Return the build steps that ``--shard`` names, all of them without it.

    Raises:
        UsageError: it names none, or several.
    """
    steps = [
        s for s in run.derived.prepare.steps if s.kind == "build-shard" and not s.options.get("build_only")
    ]
    if not shard:
        return steps
    named = [step for step in steps if shard in (name_of(step), name_of(step).split("/", 1)[1])]
    if len(named) == 1:
        return named
    known = ", ".join(name_of(step) for step in steps)
    problem = "names no shard of this release" if not named else "names several shards"
    raise UsageError(f"--shard {shard} {problem}", remedy=f"the shards are: {known}")


def write_shard(run: ReleaseRun, step: Step, folder: Path) -> ShardRecord:
    """Write a built shard's files, the records of the build-only wheels that it was built with, and its own record.

    Its own record is the last: the folder's commit point.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = run.record(step)
    (folder / "shard.json").unlink(missing_ok=True)
    for artifact in record.artifacts:
        shutil.copyfile(run.ports.store.path(artifact), folder / artifact.file)
    needed = (run.derived.prepare.step(need) for need in step.needs)
    made = [run.record(other).as_json() for other in needed if other.options.get("build_only")]
    (folder / "build-only.json").unlink(missing_ok=True)
    if made:
        (folder / "build-only.json").write_text(canonical(made) + "\n")
    (folder / "shard.json").write_text(canonical(record.as_json()) + "\n")
    return record


def name_of(step: Step) -> str:
    """Return the name by which the command line knows a build step: ``component/shard``."""
    return step.key.removeprefix("build:").replace(":", "/", 1)
