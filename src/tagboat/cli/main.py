"""The command table: each command's module is imported when that command is called, not before."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from tagboat._version import __version__

COMMANDS = {
    "init": "Write a configuration for this project.",
    "plan": "Show what would be released, and why.",
    "changelog": "Print the notes of what is not released yet, or of every release.",
    "explain": "Show the evidence for a version, a setting or a release.",
    "replay": "Show what would have been planned for each past release.",
    "cost": "Count the CI jobs that a tag, a push and a release start.",
    "check": "Ask every guard of a tag, and change nothing.",
    "build": "Build one shard, or all, into a folder.",
    "gather": "Accept shards from several machines and make the one Manifest.",
    "publish": "Publish a Manifest's files, and nothing else.",
    "confirm": "Look every published file up in the world.",
    "report": "Tell what came of a release in one issue on the forge.",
    "release": "Check, build, verify, publish and confirm a tag.",
    "rehearse": "Play a whole release against local services, without any account.",
    "status": "Show where releases are, and why they stopped.",
    "resume": "Continue a stopped release or rehearsal.",
    "verify": "Hold a Manifest against files, repository, forge and indexes.",
    "ledger": "Show, verify or export the record of a release.",
    "sandbox": "Run the local forge and indexes by hand.",
    "config": "Show or check the configuration.",
    "completion": "Print the completion script for a shell.",
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and short helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the table's order, which is that of a release."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module and return its command."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"tagboat.cli.commands.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command may be meant when the name is unknown."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415

            close = get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: tagboat rehearse .   Exit codes: docs/reference/errors.md",
)
@click.version_option(__version__, message="tagboat %(version)s")
def tagboat() -> None:
    """Take Python packages from a known-good commit to every place where they are published, and prove it."""


def run(words: Sequence[str]) -> None:
    """Run the command line and leave; a mistake in it is answered in JSON where ``--json`` was said."""
    if "--json" not in words:
        tagboat(words, prog_name="tagboat")
    try:
        tagboat(words, prog_name="tagboat", standalone_mode=False)
    except click.ClickException as mistake:
        mistake.show()
        _answer(mistake)
    except click.Abort:
        sys.exit(130)


def _answer(mistake: click.ClickException) -> NoReturn:
    from tagboat.cli.report import Report, echo_json  # noqa: PLC0415 - only for a mistake
    from tagboat.errors import UsageError  # noqa: PLC0415

    context = getattr(mistake, "ctx", None)
    command = context.command_path.partition(" ")[2] if context else ""
    error = UsageError(mistake.format_message(), remedy=f"tagboat {command}".rstrip() + " --help")
    echo_json(Report(command, as_json=True).answer(error.result, error.exit_status, error))
    sys.exit(error.exit_status)
