"""``tagboat plan`` and ``tagboat changelog`` without the command-line library, which takes as long to load as a plan takes.

Only plain words are understood here. Everything else, help, mistakes and completion included, is left to the whole
command line, whose options these are: a test holds names and defaults together.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

VALUES: Final[Mapping[str, str]] = {
    "--repo": "repo",
    "--component": "components",
    "--repository": "repository",
    "--since": "since",
    "--until": "until",
    "--branch": "branch",
}
"""Option with a value → its name; a component can be named several times."""

FLAGS: Final[Mapping[str, Mapping[str, str]]] = {
    "plan": {
        "--edits": "edits",
        "--diff": "as_diff",
        "--strict": "strict",
        "--exit-code": "exit_code",
        "--verbose": "verbose",
        "--json": "as_json",
    },
    "changelog": {"--all": "whole", "--json": "as_json"},
}
"""Command → its options without a value, and their names."""


def understood(words: Sequence[str], environment: Mapping[str, str]) -> Callable[[], None] | None:
    """Return what runs the command, or None when the whole command line has to read these words.

    Args:
        words: the command line, without the program.
        environment: the process's own; a shell that asks for completions says so there.
    """
    if not words or words[0] not in FLAGS or "_TAGBOAT_COMPLETE" in environment or os.name == "nt":
        return None
    said = _said(words[1:], FLAGS[words[0]])
    if said is None:
        return None
    repo = said.get("repo", ".")
    if not os.path.isdir(repo) or not os.access(repo, os.R_OK):
        return None
    gc.disable()  # nothing here is in circles, and the process ends soon
    from tagboat.cli import planning  # noqa: PLC0415 - only when it is needed

    if words[0] == "plan":
        return lambda: planning.plan(planning.PlanWords(**said))
    return lambda: planning.changelog(planning.ChangelogWords(**said))


def run(command: Callable[[], None]) -> NoReturn:
    """Run the command and leave; a reader of the output who has gone and Ctrl-C end it, as they end every command.

    The interpreter is left without being taken down: git's children and files are closed by then, and freeing memory
    piece by piece takes a tenth of a plan's time.
    """
    status: object = 0
    try:
        command()
    except SystemExit as leaving:
        status = leaving.code
    except BrokenPipeError:
        os._exit(1)
    except KeyboardInterrupt:
        status = 130
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os._exit(1)
    os._exit(status if isinstance(status, int) else int(status is not None))


def _said(words: Sequence[str], flags: Mapping[str, str]) -> dict[str, Any] | None:
    """Return option names and values, or None for words that are not plain."""
    said: dict[str, Any] = {}
    rest = list(reversed(words))
    while rest:
        word, equals, value = rest.pop().partition("=")
        if word in flags and not equals:
            said[flags[word]] = True
            continue
        if word not in VALUES or (not equals and not rest):
            return None
        value = value if equals else rest.pop()
        if not value or value.startswith("-"):
            return None
        name = VALUES[word]
        said[name] = (*said.get(name, ()), value) if name == "components" else value
    return said
