"""What a release workflow is started with: of what a release could say, that for which the file has inputs.

The forge refuses an input that the file does not have, and one of its own that is required and not given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tagboat.workflows.model import Input
from tagboat.workflows.reader import read_workflow


def given(path: str, data: bytes, component: str, tag: str) -> Mapping[str, str]:
    """Return the inputs with which the workflow releases the component, and does not only try to.

    Args:
        path: where the file stands.
        data: the file.
        component: its name in the configuration.
        tag: the tag to release.

    Raises:
        ConfigError: the file cannot be read.
    """
    said = _said(component, tag)
    return {name: said[name] for name in map(_name, _inputs(path, data)) if name in said}


def obstacles(path: str, data: bytes, component: str, tag: str) -> Iterator[str]:
    """Yield why the forge would refuse to start the workflow with these inputs.

    Raises:
        ConfigError: the file cannot be read.
    """
    said = _said(component, tag)
    for item in _inputs(path, data):
        name = _name(item)
        if name in said and item.kind == "choice" and said[name] not in item.options:
            yield f"{path}:{item.line}: {said[name]!r} is no choice of its input {name}"
        if name not in said and item.required and item.default in (None, ""):
            yield f"{path}:{item.line}: it asks for {name}, and a release says only {', '.join(said)}"


def _said(component: str, tag: str) -> dict[str, str]:
    return {"component": component, "tag": tag, "dry-run": "false"}


def _inputs(path: str, data: bytes) -> tuple[Input, ...]:
    trigger = read_workflow(path, data).trigger("workflow_dispatch")
    return trigger.inputs if trigger else ()


def _name(item: Input) -> str:
    return str(item.name)
