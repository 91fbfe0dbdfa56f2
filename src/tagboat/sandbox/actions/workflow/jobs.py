"""The jobs of a workflow file, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tagboat.sandbox.actions.document import Node
from tagboat.sandbox.actions.permissions import LEVELS, SCOPES, named
from tagboat.sandbox.actions.workflow.model import Concurrency, Defaults, Job, Place, Strategy
from tagboat.sandbox.actions.workflow.sheet import Sheet
from tagboat.sandbox.actions.workflow.steps import check_shell, read_steps

_BOTH: Final = ("name", "needs", "if", "permissions", "strategy", "concurrency")
_OWN: Final = (
    "runs-on",
    "steps",
    "env",
    "defaults",
    "outputs",
    "environment",
    "continue-on-error",
    "timeout-minutes",
)
_FOREIGN: Final = ("container", "services", "snapshot")
_CALL: Final = ("uses", "with", "secrets")


def read_jobs(sheet: Sheet, node: Node) -> dict[str, Job]:
    """All jobs by their ids; what ``needs`` names exists, and leads in no circle."""
    if not isinstance(node.value, dict) or not node.value:
        sheet.wrong(node, "The workflow must contain at least one job with no dependencies.")
        return {}
    jobs = {name: _job(sheet, name, value) for name, value in node.entries.items()}
    lower = {name.lower(): name for name in jobs}
    needs: dict[str, set[str]] = {}
    for name, job in jobs.items():
        for needed in job.needs:
            if needed.lower() not in lower:
                sheet.wrong(node.entries[name], f"Job '{name}' depends on unknown job '{needed}'.")
        needs[name] = {lower[each.lower()] for each in job.needs if each.lower() in lower}
    while free := [name for name, left in needs.items() if not left]:
        for name in free:
            del needs[name]
        for left in needs.values():
            left.difference_update(free)
    for name in needs:
        sheet.wrong(node.entries[name], f"Job '{name}' waits for itself: its `needs` lead in a circle")
    return jobs


def read_permissions(sheet: Sheet, node: Node | None) -> Mapping[str, str] | None:
    """``permissions``: a word for all, or levels for scopes; what is not named is then not allowed."""
    if node is None:
        return None
    if isinstance(node.value, str):
        wide = named(node.value)
        if wide is None:
            sheet.wrong(node, f"Unexpected value '{node.value}'")
        return wide or {}
    found: dict[str, str] = {}
    for name, value in sheet.fields(node, SCOPES).items():
        level = sheet.text(value)
        if level not in SCOPES[name] or level not in LEVELS:
            sheet.wrong(value, f"Unexpected value '{level}' for {name}")
        else:
            found[name] = level
    return found


def read_concurrency(sheet: Sheet, node: Node | None, place: str) -> Concurrency | None:
    """``concurrency``: a group, by its name alone or with ``cancel-in-progress``."""
    if node is None:
        return None
    if not isinstance(node.value, dict):
        return Concurrency(sheet.text(node, place))
    fields = sheet.fields(node, ("group", "cancel-in-progress"), foreign=("queue",))
    if "group" not in fields:
        sheet.wrong(node, "Required property is missing: group")
        return None
    cancel = fields.get("cancel-in-progress")
    return Concurrency(
        sheet.text(fields["group"], place),
        sheet.either(cancel, place, (bool,), "A boolean") if cancel else False,
    )


def read_defaults(sheet: Sheet, node: Node | None, place: str = "") -> Defaults:
    """``defaults.run``."""
    run = sheet.fields(node, ("run",)).get("run") if node else None
    fields = sheet.fields(run, ("shell", "working-directory")) if run else {}
    if "shell" in fields:
        check_shell(sheet, fields["shell"])
    return Defaults(sheet.maybe(fields, "shell", place), sheet.maybe(fields, "working-directory", place))


def _job(sheet: Sheet, identifier: str, node: Node) -> Job:
    sheet.identifier(node, identifier, "identifier")
    calls = "uses" in node.entries
    fields = sheet.fields(node, (*_BOTH, *(_CALL if calls else _OWN)), foreign=_FOREIGN)
    if not calls:
        for required in ("runs-on", "steps"):
            if required not in fields:
                sheet.wrong(node, f"Required property is missing: {required}")
    secrets = fields.get("secrets")
    minutes, lenient = fields.get("timeout-minutes"), fields.get("continue-on-error")
    return Job(
        line=node.line,
        id=identifier,
        name=sheet.maybe(fields, "name", "job"),
        needs=sheet.texts(fields["needs"]) if "needs" in fields else (),
        condition=sheet.condition(fields, "job.if"),
        labels=_labels(sheet, fields["runs-on"]) if "runs-on" in fields else None,
        steps=read_steps(sheet, fields["steps"]) if "steps" in fields else (),
        uses=_callee(sheet, fields["uses"]) if calls else None,
        given=_given(sheet, fields.get("with"), calls),
        secrets=_secrets(sheet, secrets) if secrets else None,
        permissions=read_permissions(sheet, fields.get("permissions")),
        env=sheet.mapping(fields.get("env"), "job.env"),
        defaults=read_defaults(sheet, fields.get("defaults"), "job.defaults"),
        outputs={
            name: str(value) for name, value in sheet.mapping(fields.get("outputs"), "job.outputs").items()
        },
        strategy=_strategy(sheet, fields["strategy"]) if "strategy" in fields else None,
        concurrency=read_concurrency(sheet, fields.get("concurrency"), "job"),
        environment=_environment(sheet, fields["environment"]) if "environment" in fields else None,
        lenient=sheet.either(lenient, "job", (bool,), "A boolean") if lenient else False,
        minutes=sheet.either(minutes, "job", (int, float), "A number") if minutes else None,
    )


def _labels(sheet: Sheet, node: Node) -> object:
    if isinstance(node.value, dict):
        sheet.foreign(node, "runs-on with a group of runners")
        return None
    return sheet.plain(node, "job")


def _given(sheet: Sheet, node: Node | None, calls: bool) -> Mapping[str, object]:
    found = sheet.plain(node, "job") if node and calls else {}
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def _secrets(sheet: Sheet, node: Node) -> Mapping[str, object] | str:
    if isinstance(node.value, str):
        if node.value != "inherit":
            sheet.wrong(node, f"Unexpected value '{node.value}'")
        return "inherit"
    return sheet.mapping(node, "job.secrets")


def _callee(sheet: Sheet, node: Node) -> str:
    uses = sheet.text(node)
    local = uses.startswith("./.github/workflows/")
    if not local and ("@" not in uses or "/.github/workflows/" not in uses):
        sheet.wrong(
            node, f"invalid value workflow reference: references to workflows must be prefixed with format "
            f"'owner/repository/' and suffixed with a version: {uses}",
        )  # fmt: skip
    elif not local:
        sheet.foreign(node, f"uses workflow {uses} of another repository")
    return uses


def _strategy(sheet: Sheet, node: Node) -> Strategy:
    fields = sheet.fields(node, ("matrix", "fail-fast", "max-parallel"))
    matrix, fast, most = fields.get("matrix"), fields.get("fail-fast"), fields.get("max-parallel")
    plain = sheet.plain(matrix, "job.strategy") if matrix else None
    if matrix and not isinstance(plain, dict) and not (isinstance(plain, str) and "${{" in plain):
        sheet.wrong(matrix, "A mapping was expected")
    return Strategy(
        plain,
        sheet.either(fast, "job.strategy", (bool,), "A boolean") if fast else True,
        sheet.either(most, "job.strategy", (int, float), "A number") if most else None,
    )


def _environment(sheet: Sheet, node: Node) -> Place:
    if not isinstance(node.value, dict):
        return Place(sheet.text(node, "job"))
    fields = sheet.fields(node, ("name", "url"), foreign=("deployment",))
    if "name" not in fields:
        sheet.wrong(node, "Required property is missing: name")
    return Place(sheet.maybe(fields, "name", "job") or "", sheet.maybe(fields, "url", "environment.url"))
