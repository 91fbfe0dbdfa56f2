"""Writes the generated pages anew: python tests/house/write_pages.py, or make docs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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


FAULTS = """# What becomes of each call when something goes wrong

Written by `make faults` from what the matrix in `tests/faults` showed on {machine}; do not edit it. The real adapters talk over TLS to the sandbox,
which does on order what networks, proxies and services do: no answer, a reset before, in or after the request, refusals (400 to 451), failures
(500 to 504), limits (429) with and without `Retry-After`, pages of HTML with 502 and with 200 that quote the request, JSON that is cut, ends early or is
of another type, a body that dribbles, a list that lags, an answer that is lost. You can order each: [`tagboat sandbox fault`](cli.md#tagboat-sandbox-fault).

Each fault comes once, and then without end. A call is *done*, gives *another value* (none, an older list, a remark), or ends in
one of the [errors](errors.md) that `tests/faults/fault_rules.py` declares for it. What must be true besides:

- a write that is done was accepted exactly once; one whose answer was lost, once or not at all; one with any other error, not at all;
- nothing that was said shows a credential, though some pages quote it;
- nothing waits without end.
"""
WORKS = """Each write as the engine makes it: it finds, runs, looks for what was lost, and sends again what is not there. Then it is
started again without the fault, as `tagboat resume` does, must come to its end, and must have been accepted exactly once. A
stale read is here an answer that is lost while the lists lag behind. An issue's comment is a mere notice, and may be left out.
"""
TURNS = ("once", "always")
ERRORS = ("unavailable", "answer-lost", "denied", "conflict", "step-failed")


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


def faults() -> str:
    """Return the page of faults, from what the matrix recorded."""
    recorded = json.loads((DOCS / "reference" / "faults.json").read_text())
    calls, works, kinds = (recorded[sort] for sort in ("calls", "works", "kinds"))
    cases = sum(counted(calls, name) for name in calls) + sum(counted(works, name) for name in works)
    figures = [
        (
            "methods of the ports index, identity and forge that ask anybody",
            len({n.partition("/")[0] for n in calls}),
        ),
        ("requests behind them", len(calls)),
        ("pieces of the engine's work with a write in them", len(works)),
        ("kinds of fault", len(kinds)),
        ("cases, each a fault that comes once or never ends", cases),
        (
            "of a fault that comes once: done all the same",
            sum(ended(kinds, name, "once", "done") for name in kinds),
        ),
        ("ended as declared", cases - recorded["wrong"]),
        ("second effects", recorded["second"]),
    ]
    parts = [FAULTS.format(machine=recorded["machine"]), "| figure | |", "| --- | ---: |"]
    parts += [f"| {what} | {count:,} |" for what, count in figures]
    parts += ["", "## By request", "", *ends_of("method, request", calls)]
    parts += ["", "## By the engine's work", "", WORKS, *ends_of("work, request", works)]
    parts += ["", "## By kind", "", *ends_of("kind", kinds), ""]
    return "\n".join(parts)


def ends_of(head: str, rows: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of how often each ended how."""
    columns = {
        "done, once": [("once", "done")],
        "done, always": [("always", "done")],
        "another value": [(turn, end) for turn in TURNS for end in ("absent", "older", "remark")],
        **{f"`{end}`": [(turn, end) for turn in TURNS] for end in ERRORS},
    }
    yield f"| {head} | cases | {' | '.join(columns)} |"
    yield "| --- |" + " ---: |" * (len(columns) + 1)
    for name in rows:
        counts = [sum(ended(rows, name, *each) for each in wanted) for wanted in columns.values()]
        shown_counts = " | ".join(str(count or "") for count in counts)
        yield f"| {name.replace('/', ', ')} | {counted(rows, name)} | {shown_counts} |"


def ended(rows: Mapping[str, Any], name: str, turn: str, end: str) -> int:
    """Return how many cases ended so."""
    return int(rows[name].get(turn, {}).get(end, 0))


def counted(rows: Mapping[str, Any], name: str) -> int:
    """Return how many cases there were."""
    return sum(count for turn in rows[name].values() for count in turn.values())


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
    "reference/faults.md": faults,
    "decisions/README.md": decisions,
}

if __name__ == "__main__":
    for name, written in PAGES.items():
        (DOCS / name).write_text(written())
