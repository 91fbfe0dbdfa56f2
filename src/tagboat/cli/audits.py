"""How ``tagboat check workflows`` tells what it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tagboat.cli.report import Report
from tagboat.core.text import plain
from tagboat.errors import RefusedError
from tagboat.wiring.auditing import Audited, audited
from tagboat.wiring.workflows import Asked
from tagboat.workflows.audit.flaw import Flaw


def show(asked: Asked, report: Report, *, zizmor: bool) -> None:
    """Judge and tell.

    Raises:
        RefusedError: something blocks.
        TagboatError: as :func:`tagboat.wiring.auditing.audited` does.
    """
    found = audited(asked, zizmor=zizmor)
    report.extra |= {
        "judged": list(found.files),
        "findings": [as_json(flaw) for flaw in found.flaws],
        "not_run": list(found.not_run),
    }
    if not found.files:
        report.data("no workflows here: nothing was judged; tagboat init --workflows writes them")
        return
    report.data("\n".join(lines(found)))
    for said in found.not_run:
        report.say(f"not run: {said}")
    if found.blocking:
        raise RefusedError(
            f"{found.blocking} of {len(found.flaws)} findings in the workflows block a release",
            remedy="mend what is marked 'fail' above; each finding says how",
        )


def as_json(flaw: Flaw) -> dict[str, Any]:
    """Return a finding as the JSON answer has it."""
    return {
        "code": flaw.code,
        "verdict": flaw.verdict.value,
        "file": flaw.file,
        "line": flaw.line,
        "reason": plain(flaw.reason),
        "remedy": plain(flaw.remedy),
        "tools": list(flaw.tools),
    }


def lines(found: Audited) -> Iterator[str]:
    """Yield the table: the same thing in one file is told once, with all its lines, its reason and what to do."""
    alike: dict[Flaw, list[int]] = {}
    for flaw in found.flaws:
        alike.setdefault(replace(flaw, line=0), []).append(flaw.line)
    for flaw, places in alike.items():
        at = ", ".join(str(line) for line in dict.fromkeys(places) if line)
        tools = "" if flaw.tools == ("tagboat",) else f"  [{', '.join(flaw.tools)}]"
        yield f"{flaw.verdict.value}  {plain(flaw.file)}{':' if at else ''}{at}  {flaw.code}{tools}"
        yield f"      {plain(flaw.reason)}"
        yield f"      do: {plain(flaw.remedy)}"
    by = f"Tagboat and {found.second}" if found.second else "Tagboat alone"
    warnings = len(found.flaws) - found.blocking
    yield f"{len(found.files)} workflow{'s' if len(found.files) > 1 else ''} judged by {by}: {found.blocking} block, {warnings} warn"
