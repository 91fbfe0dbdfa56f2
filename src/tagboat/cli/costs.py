"""How ``tagboat cost`` tells what it counted: a table for people, objects for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tagboat.wiring.costs import Costs, Row
from tagboat.workflows.cost import Cost
from tagboat.workflows.counting import Count

_HEAD = ("what happens", "jobs before", "jobs after")


def told(found: Costs, *, verbose: bool) -> Iterator[str]:
    """Yield the lines of the table and what would settle open numbers."""
    yield from _table([_HEAD, *((row.what, _short(row.before), _short(row.after)) for row in found.rows)])
    if verbose:
        for row in found.rows:
            yield from _each(row)
    for why in _open(found.rows):
        yield f"open: {why}"


def answer(found: Costs) -> dict[str, Any]:
    """Return the fields of the JSON answer."""
    rows = [
        {
            "event": row.what,
            "component": row.component,
            "before": _as_json(row.before),
            "after": _as_json(row.after),
        }
        for row in found.rows
    ]
    return {"costs": rows, "after_unknown": found.no_after, "open": list(_open(found.rows))}


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _short(cost: Cost | None) -> str:
    if cost is None:
        return "-"
    parts = [f"{number} {system}" for system, number in sorted(cost.systems().items())]
    if cost.gpu:
        parts.append(f"{cost.gpu} with GPU")
    return number(cost.least, cost.most) + (f" ({', '.join(parts)})" if parts else "")


def number(least: int, most: int | None) -> str:
    """Return ``7``, ``7..9``, or ``at least 7``."""
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least}..{most}"


def _each(row: Row) -> Iterator[str]:
    for side, cost in (("before", row.before), ("after", row.after)):
        if cost is not None and cost.counts:
            yield ""
            yield f"{row.what}, {side}:"
            yield from _table([_cells(count) for count in cost.counts])


def _cells(count: Count) -> tuple[str, str, str, str]:
    machine = f"{count.system or 'machine unknown'}{', GPU' if count.gpu else ''}"
    file = count.workflow.rpartition("/")[2]
    return f"  {file}: {count.job}", number(count.least, count.most), machine, count.why


def _open(rows: Sequence[Row]) -> Iterator[str]:
    costs = [cost for row in rows for cost in (row.before, row.after) if cost is not None]
    said = {
        f"{count.workflow.rpartition('/')[2]}: {count.job}: {count.why}": None
        for cost in costs
        for count in cost.counts
        if count.why
    }
    yield from said


def _as_json(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    jobs = [
        {
            "workflow": count.workflow,
            "job": count.job,
            "least": count.least,
            "most": count.most,
            "system": count.system,
            "gpu": count.gpu,
            "why": count.why,
        }
        for count in cost.counts
    ]
    return {
        "least": cost.least,
        "most": cost.most,
        "gpu": cost.gpu,
        "systems": dict(cost.systems()),
        "jobs": jobs,
    }
