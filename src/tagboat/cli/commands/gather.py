"""``tagboat gather``: shards from several machines become one Manifest, or are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.core.artifact import ShardRecord
from tagboat.errors import ConflictError, UsageError

_MOST_BYTES = 16 << 20


@click.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=options.FOLDER)
@click.option("--project", type=options.FOLDER, default=".", help="The project's folder (default: here).")
@options.tags
@options.component
@options.repository
@options.sandbox
@options.state
@options.as_json
@click.option("--out", type=options.FOLDER, required=True, help="The folder for all files and manifest.json.")
def gather(
    folders: tuple[Path, ...],
    project: Path,
    tags: tuple[str, ...],
    components: tuple[str, ...],
    repository: str,
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
    out: Path,
) -> None:
    """Accept the shards in DIR..., verify the files, and write --out with the one manifest.json.

    Refused: a shard that is missing, given twice, not asked for, or of another commit or plan.
    """
    report = Report("gather", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("build", "checking what was built")
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

        wish = Wish(project, places(sandbox), repository, tags, components, state, command="gather")
        with safe_stop() as stop, open_release(wish, observer=report.watch, stop=stop) as run:
            report.releases = run.derived.prepare.releases
            records = [read_shard(folder) for folder in folders]
            for folder, record in zip(folders, records, strict=True):
                for artifact in record.artifacts:
                    sha256, _ = run.ports.store.put(folder / artifact.file)
                    if sha256 != artifact.sha256:
                        raise ConflictError(
                            f"{folder / artifact.file} is not the file that shard.json records",
                            remedy="transfer the shard again, or build it again",
                        )
            manifest = run.gather(records)
            report.manifest = manifest
            out.mkdir(parents=True, exist_ok=True)
            for artifact in manifest.artifacts:
                shutil.copyfile(run.ports.store.path(artifact), out / artifact.file)
            (out / "manifest.json").write_text(manifest.text)
            report.data(f"{out / 'manifest.json'}: {len(manifest.artifacts)} files, digest {manifest.digest}")


def read_shard(folder: Path) -> ShardRecord:
    """Read a folder's record.

    Raises:
        UsageError: it has none, or one that cannot be read, or a file of it is absent.
    """
    path = folder / "shard.json"
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES >> 20} MiB")
        record = ShardRecord.from_json(json.loads(text))
    except FileNotFoundError:
        raise UsageError(
            f"{folder} holds no shard.json", remedy="name folders that 'tagboat build' wrote"
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        said = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(f"{path} is not a shard's record: {said}", remedy="build the shard again") from error
    absent = [a.file for a in record.artifacts if not (folder / a.file).is_file()]
    if absent:
        raise UsageError(f"{folder} lacks {', '.join(absent)}", remedy="transfer the shard again")
    return record
