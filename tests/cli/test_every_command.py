"""Laws over the whole tree of commands."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from tagboat.cli.main import tagboat


def commands(group: click.Group, name: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None
        path = f"{name} {word}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, path)
        else:
            yield path, command


EVERY = dict(commands(tagboat))


@pytest.mark.parametrize("path", EVERY)
def test_every_command_answers_in_json_when_asked(path: str) -> None:
    assert "--json" in {option for parameter in EVERY[path].params for option in parameter.opts}


@pytest.mark.parametrize("path", EVERY)
def test_every_command_says_what_it_is_for(path: str) -> None:
    assert EVERY[path].get_short_help_str(200).strip()
