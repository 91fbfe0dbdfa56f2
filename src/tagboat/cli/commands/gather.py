"""``tagboat gather``: shards from several machines become one Manifest, or are refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagboat.cli import options
from tagboat.cli.commands.build import name_of
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.core.artifact import Manifest, Role, ShardRecord
from tagboat.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from tagboat.engine.release import ReleaseRun

_MOST_BYTES = 16 << 20


@click.command()
@click.argument("folders", nargs=-1, metavar="DIR...", type=options.FOLDER)
@click.option("--project", type=options.FOLDER, default=".", help="The project's folder (default: here).")
@options.adopted
@options.tags
@options.component
@options.repository
@options.sandbox
@options.state
@options.as_json
@options.ledgers
@click.option(
    "--handed-over",
    is_flag=True,
    help="Take the build that the tag hands over from the forge's draft, as it is; nothing of it runs here.",
)
@click.option("--out", type=options.FOLDER, required=True, help="The folder for all files and manifest.json.")
def gather(
    folders: tuple[Path, ...],
    project: Path,
    adopted: tuple[str, ...],
    tags: tuple[str, ...],
    components: tuple[str, ...],
    repository: str,
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
    ledgers: tuple[Path, ...],
    handed_over: bool,
    out: Path,
) -> None:
    """Accept the shards in DIR..., verify the files, and write --out with the one manifest.json.

    Refused: a shard that is missing, given twice, not asked for, or of another commit or plan. Where the forge holds a
    whole build of this very release that somebody vouches for, its Manifest and files are taken from there instead.
    """
    report = Report("gather", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        if not handed_over:
            need("build", "checking what was built")
        elif folders or adopted:
            raise UsageError(
                "--handed-over takes the files from the forge, so no shards can be given",
                remedy="leave out one of them",
            )
        from tagboat.cli.jobs import about  # noqa: PLC0415
        from tagboat.engine.jobs import receive  # noqa: PLC0415
        from tagboat.wiring.jobs import handing_on, ledgers_in  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

        wish = Wish(
            project,
            places(sandbox),
            repository,
            tags,
            components,
            state,
            options.folders(adopted),
            command="gather",
            ledgers=(*ledgers, *ledgers_in(folders)),
        )
        for folder in folders:
            read_shard(folder)  # what is no shard is refused, whatever the forge holds
        with (
            safe_stop() as stop,
            open_release(wish, observer=report.watch, stop=stop) as run,
            handing_on(run.ports.ledger, out),
        ):
            about(report, run)
            manifest = receive(run) if handed_over else _gathered(run, folders, report)
            _hand_on(run, manifest, out, report)


def _gathered(run: ReleaseRun, folders: tuple[Path, ...], report: Report) -> Manifest:
    from tagboat.cli.jobs import say_adopted  # noqa: PLC0415 - after --help

    there = run.adoption()
    say_adopted(report, there.digest if there else "")
    return run.take_over(there) if there else run.gather(_records_of(run, folders))


def _hand_on(run: ReleaseRun, manifest: Manifest, out: Path, report: Report) -> None:
    from tagboat.cli.jobs import say_files  # noqa: PLC0415 - after --help

    report.manifest = manifest
    out.mkdir(parents=True, exist_ok=True)
    for artifact in manifest.artifacts:
        shutil.copyfile(run.ports.store.path(artifact), out / artifact.file)
    (out / "manifest.json").write_text(manifest.text)
    say_files(report, out, [out / artifact.file for artifact in manifest.artifacts])
    report.data(f"{out / 'manifest.json'}: {len(manifest.artifacts)} files, digest {manifest.digest}")


def _records_of(run: ReleaseRun, folders: tuple[Path, ...]) -> list[ShardRecord]:
    records = [*adopted_here(run), *(r for folder in folders for r in kept(run, folder))]
    return [r for i, r in enumerate(records) if not (_build_only(r) and r in records[:i])]


def _build_only(record: ShardRecord) -> bool:
    """Tell whether a record is of build-only wheels, which several shards of one machine may be built with."""
    return bool(record.artifacts) and all(artifact.role is Role.BUILD_ONLY for artifact in record.artifacts)


def kept(run: ReleaseRun, folder: Path) -> list[ShardRecord]:
    """Keep a folder's files, and return its record and those of the build-only wheels that it was built with.

    Raises:
        UsageError: the folder is not one that a build wrote.
        ConflictError: a file is not the recorded one.
    """
    record = read_shard(folder)
    for artifact in record.artifacts:
        sha256, _ = run.ports.store.put(folder / artifact.file)
        if sha256 != artifact.sha256:
            raise ConflictError(
                f"{folder / artifact.file} is not the file that shard.json records",
                remedy="transfer the shard again, or build it again",
            )
    return [record, *read_build_only(folder)]


def adopted_here(run: ReleaseRun) -> list[ShardRecord]:
    """Take the files of the shards that ``--from`` names, and return their records."""
    steps = [step for step in run.derived.prepare.steps if step.kind == "build-shard"]
    named = [step for step in steps if name_of(step).split("@", 1)[0] in run.ports.shards]
    if named:
        run.build(named)
    return [run.record(step) for step in named]


def read_shard(folder: Path) -> ShardRecord:
    """Read a folder's record.

    Raises:
        UsageError: it has none, or one that cannot be read, or a file of it is absent.
    """
    path = folder / "shard.json"
    if not path.is_file():
        raise UsageError(f"{folder} holds no shard.json", remedy="name folders that 'tagboat build' wrote")
    (record,) = _records(path, lambda data: [data])
    absent = [a.file for a in record.artifacts if not (folder / a.file).is_file()]
    if absent:
        raise UsageError(f"{folder} lacks {', '.join(absent)}", remedy="transfer the shard again")
    return record


def read_build_only(folder: Path) -> list[ShardRecord]:
    """Read the records of the build-only wheels that a folder's shard was built with; their files stay where they were.

    Raises:
        UsageError: they cannot be read, or are of files that would be published.
    """
    path = folder / "build-only.json"
    records = _records(path, list) if path.is_file() else []
    if any(artifact.role is not Role.BUILD_ONLY for record in records for artifact in record.artifacts):
        raise UsageError(f"{path} records files that are not build-only", remedy="build the shard again")
    return records


def _records(path: Path, listed: Callable[[Any], list[Any]]) -> list[ShardRecord]:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES >> 20} MiB")
        return [ShardRecord.from_json(data) for data in listed(json.loads(text))]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        said = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(f"{path} is not a shard's record: {said}", remedy="build the shard again") from error
