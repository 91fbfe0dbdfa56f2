"""Workflow commands: lines such as ``::error file=a.py,line=1::text`` that a step prints.

Source: GitHub's "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tagboat.sandbox.actions.log import JobLog

_COMMAND: Final = re.compile(
    r"^\s*::(?P<name>[A-Za-z-]+)(?P<properties>\s[^:]*(?::(?!:)[^:]*)*)?::(?P<text>.*)$"
)
_SHOWN: Final = {"error": "error", "warning": "warning", "notice": "notice"}
_LEVELS: Final = {"error": "failure", "warning": "warning", "notice": "notice"}
_DISABLED: Final = {"set-env": "GITHUB_ENV", "add-path": "GITHUB_PATH"}


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    name: str
    properties: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a check run shows beside a file; ``level`` is ``notice``, ``warning`` or ``failure``."""

    level: str
    message: str
    title: str = ""
    path: str = ".github"
    line: int = 1
    end_line: int = 1


def parse(line: str) -> Command | None:
    """The command in a line, if there is one."""
    found = _COMMAND.match(line)
    if found is None:
        return None
    properties = {}
    for part in (found["properties"] or "").split(","):
        name, equals, value = part.strip().partition("=")
        if equals:
            properties[name.strip()] = _plain(value, in_property=True)
    return Command(found["name"].lower(), properties, _plain(found["text"]))


def _plain(text: str, *, in_property: bool = False) -> str:
    text = text.replace("%0D", "\r").replace("%0A", "\n")
    if in_property:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%25", "%")


@dataclass(slots=True)
class Listener:
    """Takes the lines of one step, does what the commands in them say, and writes the rest to the log."""

    log: JobLog
    annotate: Callable[[Annotation], None]
    outputs: dict[str, str] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    _until: str | None = None

    def take(self, line: str) -> None:
        """One line of the step's output."""
        found = parse(line)
        if self._until is not None:
            if line.strip() == f"::{self._until}::":
                self._until = None
            self.log.say(line)
        elif found is None:
            self.log.say(line)
        else:
            self._obey(found, line)

    def _obey(self, command: Command, line: str) -> None:
        name, text = command.name, command.text
        if name in _SHOWN:
            self.annotate(self._annotation(command))
            self.log.say(f"##[{_SHOWN[name]}]{text}")
        elif name == "add-mask":
            self.log.masks.add(text)
            self.log.say("::add-mask::***")
        elif name in ("group", "endgroup"):
            self.log.say(f"##[{name}]{text}")
        elif name == "debug":
            self.log.say(f"##[debug]{text}")
        elif name == "stop-commands":
            self._until = text
            self.log.say(line)
        elif name in ("set-output", "save-state") and "name" in command.properties:
            where = self.outputs if name == "set-output" else self.state
            where[command.properties["name"]] = text
            self.log.say(f"##[warning]The `{name}` command is deprecated. Please use Environment Files.")
        elif name in _DISABLED:
            self.failures.append(
                f"The `{name}` command is disabled. Please use the Environment File {_DISABLED[name]}."
            )
            self.log.say(f"##[error]{self.failures[-1]}")
        elif name in ("echo", "add-matcher", "remove-matcher"):
            self.log.say(f"##[debug]the command `{name}` changes nothing in this sandbox")
        else:
            self.log.say(line)

    def _annotation(self, command: Command) -> Annotation:
        given = command.properties
        first = _int(given.get("line", ""))
        return Annotation(
            level=_LEVELS[command.name],
            message=self.log.masks.over(command.text),
            title=self.log.masks.over(given.get("title", "")),
            path=given.get("file", ".github"),
            line=first,
            end_line=max(first, _int(given.get("endLine", ""))),
        )


def _int(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else 1
