"""``tagboat completion``: the shell's completion script."""

from __future__ import annotations

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@options.as_json
def completion(shell: str, as_json: bool) -> None:
    """Print the completion script. For bash: eval "$(tagboat completion bash)"."""
    report = Report("completion", as_json=as_json)
    with answering(report):
        from click.shell_completion import get_completion_class  # noqa: PLC0415 - after --help

        from tagboat.cli.main import tagboat  # noqa: PLC0415 - a circle otherwise

        script = get_completion_class(shell)
        if script is None:
            raise click.UsageError(f"no completion for {shell}")
        text = script(tagboat, {}, "tagboat", "_TAGBOAT_COMPLETE").source()
        report.extra["script"] = text
        if not as_json:
            click.echo(text)
