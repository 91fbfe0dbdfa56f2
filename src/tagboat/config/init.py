"""What ``tagboat init`` writes: a commented ``[tool.tagboat]`` for the project as it was discovered."""

from __future__ import annotations

import json

from tagboat.config.document import parse, text_of
from tagboat.config.model import Component, Config
from tagboat.errors import ConfigError, RefusedError

_OPENING = """\
# How this project is released. Every key has a default; docs/reference/configuration.md explains all of them.
[tool.tagboat]
# repository = "owner/name"    # left out, it is read from the git remote
# default-branch = "main"      # left out, it is the forge's own
"""

_CLOSING = """\
# notes = "docs/release/{version}.md"       # a release without notes is refused
# checks = ["ci.yml"]                       # the workflows that must be green; left out: all, and at least one
# pythons = ["3.11", "3.14"]                # where the built files are installed and imported
# reproduce = true                          # build twice, and refuse when the two differ
# lines = { main = ">=2", "1.x" = "<2" }    # which branch a version may come from
"""


def configuration_text(config: Config) -> str:
    """Return the block that says what ``config`` says, with the most wanted of the other keys as comments."""
    return "\n".join([_OPENING, *(_component(component) for component in config.components)])


def appended(pyproject: bytes, config: Config) -> bytes:
    """Return the bytes of ``pyproject.toml`` with the block at their end; what was there stays as it is, to the byte.

    Raises:
        ConfigError: the file is not TOML.
        RefusedError: it has a ``[tool.tagboat]`` already, or nothing can be appended to it.
    """
    tool = parse("pyproject.toml", pyproject).get("tool", {})
    if isinstance(tool, dict) and "tagboat" in tool:
        raise RefusedError(
            "pyproject.toml has a [tool.tagboat] already",
            remedy="edit it; docs/reference/configuration.md helps",
        )
    return_form = "\r\n" if "\r\n" in text_of("pyproject.toml", pyproject) else "\n"
    gap = "" if not pyproject else "\n" if pyproject.endswith(b"\n") else "\n\n"
    whole = pyproject + (gap + configuration_text(config)).replace("\n", return_form).encode()
    try:
        parse("pyproject.toml", whole)
    except ConfigError:
        raise RefusedError(
            "pyproject.toml writes its tools in a way to which no table can be added",
            remedy="write 'tool' as tables, [tool.NAME], or use a file tagboat.toml",
        ) from None
    return whole


def _component(component: Component) -> str:
    return (
        f"[tool.tagboat.components.{_key(component.name)}]\n"
        f"path = {json.dumps(component.path)}\n"
        f"distributions = {json.dumps(list(component.distributions))}\n"
        f"tag = {json.dumps(component.tag)}\n"
        f"targets = {json.dumps(list(component.targets))}\n"
        f"{_CLOSING}"
    )


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else json.dumps(name)
