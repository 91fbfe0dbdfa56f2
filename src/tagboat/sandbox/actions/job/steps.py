"""One step: a script in a shell, an action's stand-in, or the steps of a composite action of the repository."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from tagboat.errors import InvalidError, StepFailedError
from tagboat.sandbox.actions.document import MOST_BYTES, Node, read_document
from tagboat.sandbox.actions.expressions import Scope, fill, number, text, truthy
from tagboat.sandbox.actions.job.reach import read_plain
from tagboat.sandbox.actions.workflow.model import Defaults, Input, Step
from tagboat.sandbox.actions.workflow.sheet import Sheet
from tagboat.sandbox.actions.workflow.steps import read_steps

SHELLS: Final = {
    "": ("sh", "bash -e {0}"),
    "bash": ("sh", "bash --noprofile --norc -eo pipefail {0}"),
    "sh": ("sh", "sh -e {0}"),
    "python": ("py", "python {0}"),
}
"""The ending of a script and the command that runs it, by ``shell``; without one GitHub's is plain ``bash -e``."""


def script_command(shell: str | None, script: str, folder: Path) -> list[str]:
    """The command that runs a script, which is written to a file first.

    Raises:
        StepFailedError: The shell is none that can be played here.
    """
    ending, template = SHELLS.get(shell or "", ("sh", shell or ""))
    if "{0}" not in template:
        raise StepFailedError(f"shell '{shell}': not in this sandbox")
    path = folder / f"{uuid4()}.{ending}"
    path.write_text(script if script.endswith("\n") else f"{script}\n")
    return [part.replace("{0}", str(path)) for part in shlex.split(template)]


def filled(values: Mapping[str, object], scope: Scope) -> dict[str, str]:
    """A mapping of strings with their expressions evaluated.

    Raises:
        InvalidError: One of them cannot be.
    """
    return {name: text(fill(str(value), scope)) for name, value in values.items()}


def flag(value: object, scope: Scope) -> bool:
    """A boolean that may be an expression."""
    return truthy(fill(value, scope)) if isinstance(value, str) else bool(value)


def minutes(value: object, scope: Scope) -> float | None:
    """A number of minutes that may be an expression; None for none.

    Raises:
        InvalidError: It is no number above zero.
    """
    if value is None:
        return None
    found = number(fill(value, scope)) if isinstance(value, str) else float(str(value))
    if not found > 0:
        raise InvalidError(f"timeout-minutes has to be a number above zero, not '{value}'")
    return found


def display_name(step: Step, scope: Scope) -> str:
    """What the step is called: its name, or what it runs."""
    if step.name:
        return text(fill(step.name, scope))
    if step.uses:
        return f"Run {step.uses}"
    lines = (step.run or "").strip().splitlines() or [""]
    return f"Run {text(fill(lines[0], scope)) if lines[0].count('${{') == lines[0].count('}}') else lines[0]}"


@dataclass(frozen=True, slots=True)
class Composite:
    """An action of the repository that consists of steps."""

    place: Path
    inputs: Mapping[str, Input]
    outputs: Mapping[str, str]
    steps: tuple[Step, ...]


def read_composite(workspace: Path, uses: str) -> Composite:
    """The action in a folder of the workspace.

    Raises:
        StepFailedError: It is not there, or of another kind than composite; or it uses what has no stand-in.
    """
    place = (workspace / uses).resolve()
    if not place.is_relative_to(workspace.resolve()):
        raise StepFailedError(f"uses {uses}: outside of the workspace")
    file = next((place / name for name in ("action.yml", "action.yaml") if (place / name).is_file()), None)
    if file is None:
        raise StepFailedError(
            f"Can't find 'action.yml' or 'action.yaml' under '{place}'. Did you forget to run actions/checkout "
            "before running your local action?"
        )
    if not file.resolve().is_relative_to(workspace.resolve()):
        raise StepFailedError(f"uses {uses}: {file.name} leads out of the workspace")
    sheet = Sheet(f"{uses}/{file.name}")
    try:
        document = read_document(read_plain(file.resolve(), MOST_BYTES + 1), sheet.path)
        known = ("name", "description", "author", "branding", "inputs", "outputs", "runs")
        fields = sheet.fields(document, known)
        runs = fields.get("runs", Node({}, document.line))
        kind = runs.entries["using"].value if "using" in runs.entries else None
        if kind != "composite":
            sheet.foreign(runs, f"an action that runs using '{kind}'")
            sheet.settle()
        inner = sheet.fields(runs, ("using", "steps"))
        steps = read_steps(sheet, inner["steps"], "action") if "steps" in inner else ()
        outputs = {
            name: sheet.text(value.entries["value"], "action") if "value" in value.entries else ""
            for name, value in fields.get("outputs", Node({}, 1)).entries.items()
        }
        inputs = {
            name: Input(
                name,
                required=value.entries.get("required", Node(None, 1)).value is True,
                default=value.entries.get("default", Node(None, 1)).value,
            )
            for name, value in fields.get("inputs", Node({}, 1)).entries.items()
        }
        sheet.settle()
    except InvalidError as problem:
        raise StepFailedError(problem.cause, remedy=problem.remedy) from problem
    return Composite(place, inputs, outputs, steps)


def joined(outer: Defaults, inner: Defaults) -> Defaults:
    """Defaults of a workflow and of its job."""
    return Defaults(inner.shell or outer.shell, inner.directory or outer.directory)
