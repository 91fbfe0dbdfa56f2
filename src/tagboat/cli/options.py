"""Options that several commands share, spelled once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
tags = click.option(
    "--tag", "tags", multiple=True, metavar="[COMPONENT=]TAG", help="The release tag; repeatable."
)
project = click.argument("path", type=click.Path(file_okay=False, exists=True, path_type=Path), default=".")


def selection(function: F) -> F:
    """Add what names a release: the project's folder, tags, components, repository, sandbox, state, JSON."""
    for option in (as_json, state, sandbox, repository, component, tags, project):
        function = option(function)
    return function
