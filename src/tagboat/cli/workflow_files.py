"""How ``tagboat init --workflows`` answers: texts, one patch, or what was written."""

from __future__ import annotations

from tagboat.cli.patches import unified
from tagboat.cli.report import Report
from tagboat.errors import RefusedError
from tagboat.wiring.workflows import Asked, compared
from tagboat.workflows.writing.changes import State

_SAID = {
    State.EDITED: "was edited since Tagboat wrote it",
    State.FOREIGN: "is not Tagboat's",
}


def show(asked: Asked, report: Report, *, only_print: bool, diff: bool) -> None:
    """Write the files, or print them, or their patch.

    Raises:
        RefusedError: a file stands in the way; nothing was written.
        TagboatError: as :func:`tagboat.wiring.workflows.compared` does.
    """
    found = compared(asked, report.say)
    report.extra["files"] = [
        {"path": change.path, "state": str(change.state), "text": change.after.decode()}
        for change in found.changes
    ]
    report.extra["notes"] = list(found.notes)
    for note in found.notes:
        report.say(note)
    if only_print:
        for change in found.changes:
            report.data(f"==> {change.path}\n{change.after.decode()}")
        return
    changed = [change for change in found.changes if change.state is not State.SAME]
    patch = b"".join(unified(change.path, change.before, change.after) for change in changed)
    report.extra["patch"] = patch.decode("utf-8", "backslashreplace")
    if diff:
        report.raw(patch)
        return
    if found.kept:
        report.raw(patch)
        rows = "\n".join(f"{change.path} {_SAID[change.state]}" for change in found.kept)
        raise RefusedError(
            f"nothing was written, because nothing is overwritten:\n{rows}",
            remedy="read the difference, then take it over: tagboat init --workflows --diff | git apply",
        )
    for change in found.write():
        report.data(f"{change.state:<9}  {change.path}")
    if not changed:
        report.data("all files are as the configuration asks for")
