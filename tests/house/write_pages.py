"""Writes the generated pages anew: python tests/house/write_pages.py, or make docs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click

from tagboat.cli.main import tagboat

DOCS = Path(__file__).parents[2] / "docs"
HEAD = """# The command line

Written from the commands' own `--help`; do not edit it. Exit statuses are those of [errors](errors.md), and what `--json`
prints is described in [the JSON answer](json.md).

Secrets come from the environment, never from options: `TAGBOAT_FORGE_TOKEN` (or `GH_TOKEN`, `GITHUB_TOKEN`) for the forge,
`TAGBOAT_<INDEX>_TOKEN` for an index, such as `TAGBOAT_PYPI_TOKEN`.
"""


DECISIONS = """# Decisions

What was decided, why, and what it costs. A page is changed only to say that a later one replaces it.

"""


CLIENTS = """# Which unmodified client works against which service

Written by `make clients` from what the tests named here showed on {machine}; do not edit it. *index* and *forge* are the
sandbox's, under the public names of the real ones: no client is told another address, and none is changed.

- **private network**: the names lead to the sandbox's port 443 in a network namespace with a hosts file of its own.
- **proxy**: where no namespace is allowed, `HTTPS_PROXY` leads every name to the sandbox, and refuses all others.
- **as it is**: over loopback, without public names.

"""


def clients() -> str:
    """Return the page of clients, from what the tests recorded."""
    recorded = json.loads((DOCS / "reference" / "clients.json").read_text())
    rows = [
        "| client | against | what works | private network | proxy | as it is | test |",
        "| --- " * 7 + "|",
    ]
    for row in recorded["rows"]:
        ways = [shown(row["ways"].get(way)) for way in ("isolation", "proxy", "as it is")]
        cells = [row["client"], row["service"], row["what"], *ways, f"`{row['test']}`"]
        rows.append(f"| {' | '.join(cells)} |")
    versions = [f"| {name} | {version} |" for name, version in recorded["versions"].items()]
    head = CLIENTS.format(machine=recorded["machine"])
    return head + "\n".join([*rows, "", "| client | version |", "| --- | --- |", *versions, ""])


def shown(outcome: bool | None) -> str:
    """Return an outcome as a cell; a test that was skipped has proven nothing."""
    return {True: "yes", False: "not proven", None: ""}[outcome]


REFUSALS = """# Refusals of identities and tokens

Written by `make refusals` from what the real client says when the sandbox's index refuses it ({count} cases); do not edit it. The
sandbox refuses as PyPI does, in the same order, with the same codes and words. Repository and project are `acme/skiff` and `skiff`,
the workflow is `release.yml`, the environment `pypi`.

The index's code is that of its answer to an exchange, or the status of its answer to an upload; there is none where nothing is sent.
Ours are [those of all errors](errors.md); *no identity* is none: the next credential is looked for, and without one the release is
`denied` for this cause, with this remedy.
"""


def refusals() -> str:
    """Return the page of refusals, from what the tests recorded."""
    rows = json.loads((DOCS / "reference" / "refusals.json").read_text())
    lines = [REFUSALS.format(count=len(rows))]
    for group in dict.fromkeys(row["group"] for row in rows):
        lines += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| what is wrong | index | Tagboat | cause | remedy |",
        ]
        lines += ["| --- " * 5 + "|"]
        for row in (row for row in rows if row["group"] == group):
            codes = (f"`{row['index']}`" if row["index"] else "", f"`{row['code']}`")
            cells = (row["what"], *codes, row["cause"], row["remedy"])
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def command_line() -> str:
    """Return the reference page of the command line."""
    return HEAD + "".join(section(*found) for found in commands(tagboat, "tagboat", None))


def section(name: str, command: click.Command, parent: click.Context | None) -> str:
    """Return one command's section."""
    context = opened(name, command, parent)
    text = "\n".join(line.rstrip() for line in command.get_help(context).strip().splitlines())
    return f"\n## {name}\n\n```text\n{text}\n```\n"


def opened(name: str, command: click.Command, parent: click.Context | None) -> click.Context:
    """Return the context in which a command explains itself, as wide as the documentation's lines."""
    settings = {**command.context_settings, "terminal_width": 100}
    word = name.rsplit(" ", 1)[-1]
    if parent is not None and any(isinstance(param, click.Argument) for param in parent.command.params):
        # A command that gives way to a word is not called before it: its own words are not in the usage.
        word, parent = f"{parent.info_name} {word}", parent.parent
    return click.Context(command, info_name=word, parent=parent, **settings)


def commands(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, click.Command, click.Context | None]]:
    """Yield a command and those below it."""
    yield name, command, parent
    if isinstance(command, click.Group):
        context = opened(name, command, parent)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from commands(found, f"{name} {below}", context)


def decisions() -> str:
    """Return the list of decisions, from their headings."""
    rows = []
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        heading = re.sub(r"^# [\d.: ]+", "", path.read_text().splitlines()[0])
        rows.append(f"- {int(path.name[:4])}: [{heading}]({path.name})\n")
    return DECISIONS + "".join(rows)


PAGES = {
    "reference/cli.md": command_line,
    "reference/clients.md": clients,
    "reference/refusals.md": refusals,
    "decisions/README.md": decisions,
}

if __name__ == "__main__":
    for name, written in PAGES.items():
        (DOCS / name).write_text(written())
