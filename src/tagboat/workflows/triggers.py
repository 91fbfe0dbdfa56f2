"""What starts a workflow: its ``on``, in the three forms that the forge takes."""

from __future__ import annotations

from tagboat.workflows.fields import Fields, data_of
from tagboat.workflows.model import Input, Text, Trigger
from tagboat.workflows.nodes import Node

_FILTERS = (
    "branches",
    "branches-ignore",
    "tags",
    "tags-ignore",
    "paths",
    "paths-ignore",
    "types",
    "workflows",
)


def triggers_of(fields: Fields) -> tuple[Trigger, ...]:
    """Return the triggers of a workflow, in the file's order."""
    node = fields.get("on")
    if node is None or (node.kind == "scalar" and node.value is None):
        fields.notes.mistake(fields.line_of("on"), "there is no 'on': nothing starts the workflow")
        return ()
    if node.kind == "table":
        table = fields.table("on")
        return tuple(_trigger(fields, name, body) for name, body in table.entries())
    return tuple(Trigger(name, name.line) for name in fields.texts("on"))


def _trigger(fields: Fields, name: Text, body: Node) -> Trigger:
    if name == "schedule":
        times = fields.table("on").tables("schedule")
        return Trigger(name, name.line, cron=tuple(row.text("cron") for row in times))
    table = Fields(fields.notes, body, f"on.{name}")
    filters = {key.replace("-", "_"): table.texts(key) for key in _FILTERS}
    trigger = Trigger(
        name,
        name.line,
        **filters,
        inputs=tuple(_input(table, key, inner) for key, inner in table.table("inputs").entries()),
        outputs=_outputs(table),
        secrets=tuple(key for key, _ in table.table("secrets").entries()),
    )
    table.rest()
    return trigger


def _input(trigger: Fields, name: Text, body: Node) -> Input:
    table = Fields(trigger.notes, body, f"{trigger.place}.inputs.{name}")
    default = table.get("default")
    found = Input(
        name,
        name.line,
        kind=table.text("type") or Text("string", name.line),
        required=table.flag("required"),
        default=None if default is None else data_of(default),
        options=table.texts("options"),
        description=table.text("description"),
    )
    table.text("deprecationMessage")
    table.rest()
    return found


def _outputs(trigger: Fields) -> dict[str, Text]:
    rows = trigger.table("outputs")
    found = {}
    for name, body in rows.entries():
        table = Fields(trigger.notes, body, f"{rows.place}.{name}")
        found[str(name)] = table.text("value")
        table.text("description")
        table.rest()
    return found
