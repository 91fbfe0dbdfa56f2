"""``tagboat ledger``: the append-only record of a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from tagboat.ports.ledger import Entry

source = click.argument(
    "source", type=click.Path(exists=True, path_type=Path), default=".", metavar="[STATE|FILE]"
)


@click.group()
def ledger() -> None:
    """Show, verify or export the record of a release: a state directory's, or an exported file's."""


@ledger.command()
@source
@options.as_json
def verify(source: Path, as_json: bool) -> None:
    """Check the chain of hashes, and of several jobs' ledgers how they go on from each other; name the first bad entry."""
    report = Report("ledger verify", as_json=as_json)
    with answering(report):
        from tagboat.engine.bundle import first_bad_of, parts  # noqa: PLC0415

        entries = _read(source)
        bad = first_bad_of(entries)
        report.extra["entries"] = len(entries)
        report.extra["ledgers"] = len(parts(entries))
        if bad is not None:
            report.extra["first_bad"] = bad[0]
            raise ConflictError(
                f"entry {bad[0]} of {len(entries)} is bad: {bad[1]}",
                remedy="compare with the ledger among the release's assets; entries before this one are sound",
            )
        several = f" in {len(parts(entries))} ledgers" if len(parts(entries)) > 1 else ""
        report.data(
            f"{len(entries)} entries{several}, the chain is whole; last hash {entries[-1].hash if entries else 'none'}"
        )


@ledger.command()
@source
@options.as_json
def show(source: Path, as_json: bool) -> None:
    """Print every entry, oldest first."""
    report = Report("ledger show", as_json=as_json)
    with answering(report):
        from tagboat.engine.ledger import line  # noqa: PLC0415

        entries = _read(source)
        report.extra["entries"] = [line(entry) for entry in entries]
        for entry in entries:
            report.data(
                f"{entry.seq:>4} {entry.time} {entry.actor} {entry.event:<8} {entry.step} {_told(entry)}".rstrip()
            )


@ledger.command()
@source
@options.as_json
def export(source: Path, as_json: bool) -> None:
    """Print the ledger as JSON lines; with --json all in one object."""
    report = Report("ledger export", as_json=as_json)
    with answering(report):
        from tagboat.core.canonical import canonical  # noqa: PLC0415
        from tagboat.engine.ledger import line  # noqa: PLC0415

        lines = [line(entry) for entry in _read(source)]
        report.extra["entries"] = lines
        for one in [] if as_json else lines:
            click.echo(canonical(one))


def _read(source: Path) -> list[Entry]:
    from tagboat.engine.ledger import read_export  # noqa: PLC0415 - after --help
    from tagboat.engine.summary import read_ledger  # noqa: PLC0415
    from tagboat.wiring.jobs import read_earlier  # noqa: PLC0415

    if source.is_dir():
        if not (source / "ledger.sqlite").is_file():
            raise UsageError(
                f"{source} is not a state directory", remedy="name the folder that --state named"
            )
        earlier = read_export(read_earlier(source))
        return [*earlier, *read_ledger(source / "ledger.sqlite")]
    if source.suffix == ".sqlite":
        return read_ledger(source)
    # Bytes that are no UTF-8 make their line's hash wrong, and so are named.
    return read_export(source.read_bytes().decode("utf-8", "replace"))


def _told(entry: Entry) -> str:
    receipt = entry.body.get("receipt")
    if isinstance(receipt, dict):
        return str(receipt.get("summary", ""))
    return str(entry.body.get("cause") or entry.body.get("digest") or "")
