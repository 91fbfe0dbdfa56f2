"""``tagboat replay``: what would have been planned for each release that a project made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.core.text import plain
from tagboat.errors import UsageError


@click.command()
@click.argument("repo", type=click.Path(file_okay=False, exists=True, path_type=Path), default=".")
@click.option(
    "--releases",
    type=options.FILE,
    help="JSON lines with previous_tag, tag, base and repository; without it the releases are found.",
)
@click.option(
    "--drafts", is_flag=True, help="Draft the candidates of branches auto-release-candidate-DATE again."
)
@click.option(
    "--corrected", is_flag=True, help="With --drafts: without hiding the notes of a planned version."
)
@options.component
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def replay(
    repo: Path,
    releases: Path | None,
    drafts: bool,
    corrected: bool,
    components: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show what would have been planned for each release of REPO, by the configuration of that time."""
    report = Report("replay", as_json=False)
    with answering(report):
        if corrected and not drafts:
            raise UsageError("--corrected is for drafts", remedy="add --drafts")
        if drafts and releases is not None:
            raise UsageError("--drafts and --releases are two questions", remedy="ask one at a time")
        if drafts:
            _drafts(repo, compatible=not corrected, as_json=as_json)
        elif releases is not None:
            _listed(repo, releases, as_json=as_json)
        else:
            _found(repo, components, as_json=as_json)


def _drafts(repo: Path, *, compatible: bool, as_json: bool) -> None:
    from tagboat.wiring.replaying import redrafted  # noqa: PLC0415 - after --help

    for draft in redrafted(repo, compatible=compatible):
        row = {"branch": draft.branch, "date": draft.date.isoformat(), "content": draft.content}
        click.echo(
            json.dumps(row, ensure_ascii=False) if as_json else f"{draft.branch}\n{_shown(draft.content)}"
        )


def _listed(repo: Path, file: Path, *, as_json: bool) -> None:
    from tagboat.wiring.replaying import releases_in, replayed  # noqa: PLC0415

    for result in replayed(repo, releases_in(file)):
        row = _row(result)
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{result.tag}  {result.version}")


def _found(repo: Path, components: tuple[str, ...], *, as_json: bool) -> None:
    from tagboat.planner.past import differences  # noqa: PLC0415
    from tagboat.wiring.replaying import compared  # noqa: PLC0415

    count = versions = sections = noted = 0
    for component, made, result in compared(repo, components):
        why = differences(made, result)
        count += 1
        versions += made.version == result.version
        noted += bool(made.section)
        sections += bool(made.section) and not [text for text in why if not text.startswith("released as")]
        if as_json:
            row = {**_row(result), "component": component, "released": made.version, "differences": why}
            click.echo(json.dumps(row, ensure_ascii=False))
        elif why:
            click.echo(f"{component} {result.tag}")
            for text in why:
                click.echo(f"  {plain(text, limit=200)}")
    if not as_json:
        right = f"{versions} versions right, {sections} of {noted} sections identical"
        click.echo(
            f"{count} {'release' if count == 1 else 'releases'}: {right}"
            if count
            else "no release was found in tags and changelog"
        )


def _row(result: Any) -> dict[str, Any]:
    from tagboat.cli.proposals import reasons_as_json, unread_as_json  # noqa: PLC0415

    return {
        "tag": result.tag,
        "version": result.version,
        "section": result.section,
        "reasons": reasons_as_json(result.reasons),
        "unparsed": [unread_as_json(unread) for unread in result.unread],
        "dialect": result.dialect,
        "warnings": list(result.warnings),
    }


def _shown(text: str) -> str:
    return plain(text, lines=True, limit=10_000_000)
