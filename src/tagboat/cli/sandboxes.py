"""What all commands about a sandbox share: options, a sandbox that is up, and how to give the next command."""

from __future__ import annotations

import os
import shlex
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tagboat.cli import options
from tagboat.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from tagboat.sandbox.addresses import Addresses

VARIABLE: Final = "TAGBOAT_SANDBOX"
directory = click.option(
    "--dir",
    "directory",
    type=options.FOLDER,
    required=True,
    envvar=VARIABLE,
    help="The sandbox's folder.",
)
repository = click.argument("repository", metavar="OWNER/NAME")
index = click.option(
    "--index", type=click.Choice(["pypi", "testpypi"]), default="pypi", show_default=True, help="Which index."
)


def command(directory: Path, *words: str) -> str:
    """Return another command about the same sandbox, ready to be given; the folder is left out where all commands know it."""
    known = [] if os.environ.get(VARIABLE) else ["--dir", str(directory)]
    return shlex.join(["tagboat", "sandbox", *words, *known])


def countable(option: str, value: float) -> float:
    """Return a number that one can count with.

    Raises:
        UsageError: It is infinite, or none.
    """
    if not isfinite(value):
        raise UsageError(f"{option} {value} is no number to count with", remedy="give a finite one")
    return value


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
