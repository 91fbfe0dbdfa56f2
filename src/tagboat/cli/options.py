"""Options that several commands share, spelled once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tagboat.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, exists=True, path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
state = click.option(
    "--state", type=FOLDER, help="The state directory (default: the user's own, one per tag)."
)
sandbox = click.option(
    "--sandbox", type=FOLDER, envvar="TAGBOAT_SANDBOX", help="Use this running sandbox and nothing else."
)
repository = click.option("--repository", default="", metavar="OWNER/NAME", help="The project on the forge.")
component = click.option("--component", "components", multiple=True, help="Only this component; repeatable.")
commit = click.option(
    "--commit",
    default="",
    metavar="SHA|HEAD",
    help='Where a tag that is not on the forge yet will stand, with pipeline = "remote-release".',
)
tags = click.option(
    "--tag", "tags", multiple=True, metavar="[COMPONENT=]TAG", help="The release tag; repeatable."
)
place = click.option(
    "--repo",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=".",
    help="The repository, or a folder in it (default: here).",
)
project = click.argument("path", type=click.Path(file_okay=False, exists=True, path_type=Path), default=".")


adopted = click.option(
    "--from",
    "adopted",
    multiple=True,
    metavar="[COMPONENT/]SHARD=DIR",
    help='The folder that another tool filled for a shard with builder = "adopt"; repeatable.',
)

ledgers = click.option(
    "--ledger",
    "ledgers",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="The ledger of an earlier job of this run; repeatable.",
)
manifest_digest = click.option(
    "--manifest-digest",
    default="",
    metavar="DIGEST",
    help="The Manifest must have this digest, as the job that made it said.",
)


def whole_commit(commit: str, project: Path) -> str:
    """Return the whole id of ``--commit``: as given, or of the commit that is checked out in ``project``.

    Raises:
        UsageError: it is no whole id, or nothing is checked out.
    """
    if not commit:
        return ""
    if commit == "HEAD":
        from tagboat.adapters.worktree import Worktree  # noqa: PLC0415 - after --help

        commit = Worktree(project).head_commit() or ""
        if not commit:
            raise UsageError(f"{project} has no commit yet", remedy="commit something first")
    if len(commit) not in (40, 64) or set(commit) - set("0123456789abcdef"):
        raise UsageError(
            f"{commit[:80]!a} is no commit's id",
            remedy="give all forty hexadecimal digits, in lower case, or HEAD",
        )
    return commit


def folders(adopted: tuple[str, ...], shard: str = "") -> dict[str, Path]:
    """Return the folders of ``--from`` by what they fill; a folder alone fills the one ``shard`` that was chosen.

    Raises:
        UsageError: it names no shard, or one twice.
    """
    found: dict[str, Path] = {}
    for text in adopted:
        name, equals, folder = text.partition("=")
        name, folder = (name, folder) if equals else (shard, text)
        if not name or not folder:
            raise UsageError(f"--from {text} fills no shard", remedy="say --from [COMPONENT/]SHARD=DIR")
        if name in found:
            raise UsageError(f"--from names the shard {name} twice", remedy="name one folder for it")
        found[name] = Path(folder)
    return found


def selection(function: F) -> F:
    """Add what names a release: the project's folder, tags, components, repository, sandbox, state, JSON."""
    for option in (as_json, state, sandbox, repository, component, tags, project):
        function = option(function)
    return function


def history(function: F) -> F:
    """Add what names a history: the repository, components, and the project on the forge."""
    for option in (repository, component, place):
        function = option(function)
    return function


def window(function: F) -> F:
    """Add what part of a history is planned, and for which day."""
    for option in (
        click.option(
            "--as-of",
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DAY",
            help="The day of the release (default: today).",
        ),
        click.option(
            "--branch",
            default="",
            metavar="NAME",
            help="The branch that is released from (default: the one --until names, or that is checked out).",
        ),
        click.option("--until", default="HEAD", metavar="REVISION", help="Plan from here (default: HEAD)."),
        click.option(
            "--since",
            default="",
            metavar="REVISION",
            help="Count this as the last release, whatever the tags say.",
        ),
    ):
        function = option(function)
    return function
