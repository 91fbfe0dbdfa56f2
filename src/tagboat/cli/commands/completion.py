"""``tagboat completion``: the shell's completion script."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script. For bash: eval "$(tagboat completion bash)"."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - after --help

    from tagboat.cli.main import tagboat  # noqa: PLC0415 - a circle otherwise

    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(script(tagboat, {}, "tagboat", "_TAGBOAT_COMPLETE").source())
