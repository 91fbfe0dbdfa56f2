"""``tagboat check``: every guard of a tag, and nothing else; ``tagboat check workflows``: what is wrong with the CI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop


class _OrWord(click.Group):
    """A command that takes a folder, and gives way to another one where its first word is that one's name."""

    allow_extra_args = False
    allow_interspersed_args = True

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the command that is named, or of this one."""
        word = self.commands.get(args[0]) if args else None
        if word is not None:
            return word.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words as a command's that has none below it."""
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run this command itself."""
        return click.Command.invoke(self, ctx)


@click.group(cls=_OrWord, subcommand_metavar="| workflows [OPTIONS] [PATH]")
@options.selection
@options.commit
@click.option("--out", type=options.FOLDER, help="Write the ledger into this folder, for the next job.")
def check(
    path: Path,
    tags: tuple[str, ...],
    components: tuple[str, ...],
    repository: str,
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
    commit: str,
    out: Path | None,
) -> None:
    """Ask whether a tag may be released: tag, branch, CI, version, notes, forge release, index window.

    All guards are asked, so that every problem is shown at once. Nothing is changed anywhere. Where the forge holds
    a build of this very release already, or the tag hands one over, it says so: nothing has to be built then.
    """
    report = Report("check", as_json=as_json)
    with answering(report):
        from tagboat.cli.jobs import about, say_adopted, say_handed_over  # noqa: PLC0415 - after --help
        from tagboat.steps.vouching import handed_over  # noqa: PLC0415
        from tagboat.wiring.jobs import handing_on  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

        whole = options.whole_commit(commit, path)
        wish = Wish(path, places(sandbox), repository, tags, components, state, command="check", commit=whole)
        with (
            safe_stop() as stop,
            open_release(wish, observer=report.watch, stop=stop) as run,
            handing_on(run.ports.ledger, out),
        ):
            about(report, run)
            adopted = str(run.check()["adopt"].facts.get("digest") or "")
            say_adopted(report, adopted)
            say_handed_over(report, "" if adopted else handed_over(run.ports, run.derived.prepare))
            report.data("all guards pass")


@check.command()
@options.project
@options.repository
@click.option(
    "--zizmor/--no-zizmor", default=True, help="Let zizmor judge them as well, where it is installed."
)
@options.as_json
def workflows(path: Path, repository: str, zizmor: bool, as_json: bool) -> None:
    """Judge the workflow files of the work tree.

    What can publish wrongly blocks, what only costs or smells warns. Generated files are compared with what init --workflows would write; all are held against Tagboat's rules, the
    Trusted Publishers that are configured, and zizmor's audits. Nothing is changed anywhere.
    """
    report = Report("check workflows", as_json=as_json)
    with answering(report):
        from tagboat.cli.audits import show  # noqa: PLC0415 - after --help
        from tagboat.wiring.workflows import Asked  # noqa: PLC0415

        show(Asked(path, repository), report, zizmor=zizmor)
