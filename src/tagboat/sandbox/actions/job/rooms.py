"""The directories of one job, all of them its own and all of them gone afterwards, and the variables that name them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagboat.sandbox.actions.expressions import Value, text
from tagboat.sandbox.actions.machine import Machine, architecture, search_path

NAME: Final = "tagboat-sandbox"
_TOLD: Final = (
    "action",
    "actor",
    "actor_id",
    "api_url",
    "base_ref",
    "event_name",
    "graphql_url",
    "head_ref",
    "job",
    "ref",
    "ref_name",
    "ref_protected",
    "ref_type",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "retention_days",
    "run_attempt",
    "run_id",
    "run_number",
    "server_url",
    "sha",
    "triggering_actor",
    "workflow",
    "workflow_ref",
    "workflow_sha",
)


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where a job works."""

    workspace: Path
    temp: Path
    tools: Path
    home: Path
    files: Path
    event: Path

    @property
    def folder(self) -> Path:
        """The job's directory, which holds all of them."""
        return self.home.parent

    @classmethod
    def made(cls, folder: Path, repository: str, event: Value) -> Rooms:
        """New and empty."""
        shutil.rmtree(folder, ignore_errors=True)
        name = repository.rpartition("/")[2]
        rooms = cls(
            workspace=folder / "work" / name / name,
            temp=folder / "temp",
            tools=folder / "tools",
            home=folder / "home",
            files=folder / "temp" / "_runner_file_commands",
            event=folder / "event.json",
        )
        for room in (rooms.workspace, rooms.temp, rooms.tools, rooms.home, rooms.files):
            room.mkdir(parents=True, mode=0o700)
        rooms.event.write_text(json.dumps(event, indent=2))
        return rooms

    def runner(self) -> dict[str, Value]:
        """The ``runner`` context."""
        return {
            "os": "Linux",
            "arch": architecture(),
            "name": NAME,
            "environment": "github-hosted",
            "temp": str(self.temp),
            "tool_cache": str(self.tools),
            "debug": "",
        }

    def variables(self, machine: Machine, github: Mapping[str, Value], mark: str) -> dict[str, str]:
        """The whole environment of a job's processes, before workflow, job and steps add to it.

        Nothing is inherited from the sandbox's own but ``PATH``.
        """
        told = {f"GITHUB_{name.upper()}": text(github.get(name)) for name in _TOLD}
        runner = {f"RUNNER_{name.upper()}": text(value) for name, value in self.runner().items() if value}
        return {
            "PATH": search_path(),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.temp),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **machine.variables,
            **told,
            **runner,
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_EVENT_PATH": str(self.event),
            "RUNNER_TRACKING_ID": mark,
            "RUNNER_WORKSPACE": str(self.workspace.parent),
            "ImageOS": "tagboat",
        }
