"""The ``on`` of a workflow file, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tagboat.sandbox.actions.document import Node
from tagboat.sandbox.actions.workflow.model import Called, Filters, Input, Triggers
from tagboat.sandbox.actions.workflow.sheet import Sheet

PLAYED: Final = ("push", "pull_request", "workflow_dispatch", "workflow_call")
EVENTS: Final = frozenset(
    (
        *PLAYED,
        "branch_protection_rule",
        "check_run",
        "check_suite",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "discussion",
        "discussion_comment",
        "fork",
        "gollum",
        "image_version",
        "issue_comment",
        "issues",
        "label",
        "merge_group",
        "milestone",
        "page_build",
        "public",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_target",
        "registry_package",
        "release",
        "repository_dispatch",
        "schedule",
        "status",
        "watch",
        "workflow_run",
    )
)
_FILTERS: Final = {
    "push": ("branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"),
    "pull_request": ("branches", "branches-ignore", "paths", "paths-ignore", "types"),
}
_INPUT_KINDS: Final = {
    "workflow_dispatch": ("string", "boolean", "choice", "number", "environment"),
    "workflow_call": ("string", "boolean", "number"),
}


def read_triggers(sheet: Sheet, node: Node) -> Triggers:
    """What starts the workflow; events that exist on GitHub and are not played here are kept by name."""
    events = _events(node)
    unplayed = []
    for name, value in events.items():
        if name not in EVENTS:
            sheet.wrong(value, f"Unexpected value '{name}'")
        elif name not in PLAYED:
            unplayed.append(name)
    if not events:
        sheet.wrong(node, "No event triggers defined in `on`")
    return Triggers(
        push=_filters(sheet, "push", events["push"]) if "push" in events else None,
        pull_request=_filters(sheet, "pull_request", events["pull_request"])
        if "pull_request" in events
        else None,
        dispatch=_dispatch(sheet, events["workflow_dispatch"]) if "workflow_dispatch" in events else None,
        called=_called(sheet, events["workflow_call"]) if "workflow_call" in events else None,
        unplayed=tuple(unplayed),
    )


def _events(node: Node) -> dict[str, Node]:
    if isinstance(node.value, dict):
        return node.entries
    if isinstance(node.value, list):
        return {str(item.value): Node(None, item.line) for item in node.items}
    return {} if node.value is None else {str(node.value): Node(None, node.line)}


def _filters(sheet: Sheet, event: str, node: Node) -> Filters:
    if node.value is None:
        return Filters()
    fields = sheet.fields(node, _FILTERS[event])
    found = {name.replace("-", "_"): sheet.texts(value) for name, value in fields.items()}
    for kind in ("branches", "tags", "paths"):
        if kind in fields and f"{kind}-ignore" in fields:
            sheet.wrong(node, f"you may only define one of `{kind}` and `{kind}-ignore` for a single event")
    return Filters(**found)


def _dispatch(sheet: Sheet, node: Node) -> Mapping[str, Input]:
    if node.value is None:
        return {}
    fields = sheet.fields(node, ("inputs",))
    return _inputs(sheet, fields.get("inputs"), "workflow_dispatch")


def _called(sheet: Sheet, node: Node) -> Called:
    if node.value is None:
        return Called()
    fields = sheet.fields(node, ("inputs", "outputs", "secrets"))
    outputs: dict[str, str] = {}
    for name, value in _named(sheet, fields.get("outputs")).items():
        output = sheet.fields(value, ("description", "value"))
        if "value" not in output:
            sheet.wrong(value, "Required property is missing: value")
        else:
            outputs[name] = sheet.text(output["value"], "call.outputs")
    secrets = {
        name: value.value is not None
        and "required" in (secret := sheet.fields(value, ("description", "required")))
        and secret["required"].value is True
        for name, value in _named(sheet, fields.get("secrets")).items()
    }
    return Called(_inputs(sheet, fields.get("inputs"), "workflow_call"), secrets, outputs)


def _inputs(sheet: Sheet, node: Node | None, event: str) -> dict[str, Input]:
    found = {name: _input(sheet, name, value, event) for name, value in _named(sheet, node).items()}
    if node is not None and event == "workflow_dispatch" and len(found) > 25:
        sheet.wrong(node, f"you may only define up to 25 `inputs` for a `{event}` event")
    return found


def _input(sheet: Sheet, name: str, node: Node, event: str) -> Input:
    sheet.identifier(node, name, "input")
    if node.value is None and event == "workflow_dispatch":
        return Input(name)
    known = ("description", "required", "default", "type", "options", "deprecationMessage")
    fields = sheet.fields(node, known)
    kind = sheet.maybe(fields, "type") or "string"
    if event == "workflow_call" and "type" not in fields:
        sheet.wrong(node, "Required property is missing: type")
    if kind not in _INPUT_KINDS[event]:
        sheet.wrong(fields.get("type", node), f"Unexpected value '{kind}'")
    options = sheet.texts(fields["options"]) if "options" in fields else ()
    if kind == "choice" and not options:
        sheet.wrong(node, f"input '{name}' of type choice needs options")
    default = fields["default"].value if "default" in fields else None
    if isinstance(default, str) and event == "workflow_call":
        sheet.checked(fields["default"], default, "run-name")
    required = "required" in fields and fields["required"].value is True
    if "required" in fields and not isinstance(fields["required"].value, bool):
        sheet.wrong(fields["required"], "A boolean was expected")
    if isinstance(default, dict | list):
        sheet.wrong(fields["default"], "A scalar was expected")
        default = None
    return Input(name, kind, required, default, options)


def _named(sheet: Sheet, node: Node | None) -> dict[str, Node]:
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        sheet.wrong(node, "A mapping was expected")
    return node.entries
