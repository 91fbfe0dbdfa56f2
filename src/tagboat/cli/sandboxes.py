"""What all commands about a sandbox share: its folder as an option, and a sandbox that is up."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.errors import UnavailableError

if TYPE_CHECKING:
    from tagboat.sandbox.addresses import Addresses

directory = click.option(
    "--dir",
    "directory",
    type=options.FOLDER,
    required=True,
    envvar="TAGBOAT_SANDBOX",
    help="The sandbox's folder.",
)


def running(directory: Path) -> Addresses:
    """Return the addresses of the sandbox in this folder.

    Raises:
        UnavailableError: None is up there.
    """
    from tagboat.sandbox import process  # noqa: PLC0415 - after --help

    found = process.status(directory).addresses
    if found is None:
        raise UnavailableError(
            f"no sandbox is up in {directory}",
            remedy=f"start it: tagboat sandbox up --dir {shlex.quote(str(directory))}",
        )
    return found
