"""The steps of jobs and of composite actions, read."""

from __future__ import annotations

from typing import Final

from tagboat.sandbox.actions.document import Node
from tagboat.sandbox.actions.workflow.known_actions import HONOURED, action_of
from tagboat.sandbox.actions.workflow.model import Step
from tagboat.sandbox.actions.workflow.sheet import Sheet

_FIELDS: Final = (
    "id",
    "if",
    "name",
    "uses",
    "run",
    "working-directory",
    "shell",
    "with",
    "env",
    "continue-on-error",
    "timeout-minutes",
)
SHELLS: Final = ("bash", "sh", "python")
_FOREIGN_SHELLS: Final = ("pwsh", "powershell", "cmd")


def read_steps(sheet: Sheet, node: Node, place: str = "step") -> tuple[Step, ...]:
    """A list of steps; ids are unique, and every action is one that has a stand-in."""
    if not isinstance(node.value, list):
        sheet.wrong(node, "A sequence was expected")
        return ()
    steps = [_step(sheet, item, place) for item in node.items]
    seen: set[str] = set()
    for step, item in zip(steps, node.items, strict=True):
        if step.id and step.id.lower() in seen:
            sheet.wrong(
                item, f"The identifier '{step.id}' may not be used more than once within the same scope"
            )
        seen.add(step.id.lower())
    return tuple(steps)


def _step(sheet: Sheet, node: Node, place: str) -> Step:
    fields = sheet.fields(node, _FIELDS)
    if ("run" in fields) == ("uses" in fields):
        sheet.wrong(node, "A step needs exactly one of `run` and `uses`")
    identifier = sheet.maybe(fields, "id") or ""
    if identifier:
        sheet.identifier(fields["id"], identifier, "identifier")
    if "uses" in fields:
        _check_uses(sheet, fields)
    if "shell" in fields:
        check_shell(sheet, fields["shell"])
    if place == "action" and "run" in fields and "shell" not in fields:
        sheet.wrong(node, "Required property is missing: shell")
    minutes, lenient = fields.get("timeout-minutes"), fields.get("continue-on-error")
    return Step(
        line=node.line,
        id=identifier,
        name=sheet.maybe(fields, "name", place),
        condition=sheet.condition(fields, "action" if place == "action" else "step.if"),
        run=sheet.maybe(fields, "run", place),
        uses=sheet.maybe(fields, "uses"),
        given=sheet.mapping(fields.get("with"), place),
        shell=sheet.maybe(fields, "shell", place),
        directory=sheet.maybe(fields, "working-directory", place),
        env=sheet.mapping(fields.get("env"), place),
        lenient=sheet.either(lenient, place, (bool,), "A boolean") if lenient else False,
        minutes=sheet.either(minutes, place, (int, float), "A number") if minutes else None,
    )


def check_shell(sheet: Sheet, node: Node) -> None:
    """Note a shell that this machine does not play; a template with ``{0}`` is left to the machine."""
    shell = str(node.value)
    if shell in _FOREIGN_SHELLS:
        sheet.foreign(node, f"shell '{shell}'")
    elif shell not in SHELLS and "{0}" not in shell and "${{" not in shell:
        sheet.wrong(node, f"Invalid shell option '{shell}': it has to be a shell or a template with '{{0}}'")


def _check_uses(sheet: Sheet, fields: dict[str, Node]) -> None:
    node = fields["uses"]
    uses = str(node.value)
    if uses.startswith("./"):
        return
    if uses.startswith("docker://"):
        sheet.foreign(node, f"uses docker action {uses}")
        return
    name, version = action_of(uses)
    if not version or name.count("/") < 1:
        sheet.wrong(node, f"Expected format {{org}}/{{repo}}[/path]@ref. Actual '{uses}'")
        return
    honoured = HONOURED.get(name.lower())
    if honoured is None:
        sheet.foreign(node, f"uses action {uses}, which has no stand-in")
        return
    for given, value in fields["with"].entries.items() if "with" in fields else ():
        if given.lower() not in honoured:
            sheet.foreign(value, f"input '{given}' of {name}")
