"""A repository whose workflows run, for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from forge_world import Client, World
from github_description import GitHubDescription

from tagboat.sandbox import control, workflows
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.workflows import ExecutedRun


@dataclass
class Ci(World):
    """A repository whose workflows run."""

    def files(self, **files: str) -> dict[str, str]:
        return {f".github/workflows/{name}.yml": dedent(text) for name, text in files.items()}

    def push_workflows(self, message: str = "workflows", **files: str) -> str:
        """Commit and push to main; returns the commit."""
        sha = self.commit(message, self.files(**files))
        self.push()
        return sha

    def runs(self, query: str = "") -> list[Any]:
        found: list[Any] = self.client.get(f"{self.path}/actions/runs{query}").json["workflow_runs"]
        return found

    def wait(self, number: int, *until: str) -> ExecutedRun:
        return workflows.wait(self.addresses, number, until=until or ("completed", "waiting"), seconds=120)

    def newest(self) -> ExecutedRun:
        """The newest run, when it is over or waits."""
        return self.wait(self.runs()[0]["id"])

    def ran(self, **files: str) -> ExecutedRun:
        """The one run that a push of these workflows starts, when it is over."""
        self.push_workflows(**files)
        return self.newest()

    def dispatch(self, name: str, inputs: dict[str, object] | None = None, ref: str = "main") -> ExecutedRun:
        place = f"{self.path}/actions/workflows/{name}.yml/dispatches"
        reply = self.client.post(place, {"ref": ref, "inputs": inputs or {}, "return_run_details": True})
        assert reply.status == 200, reply.body
        return self.wait(reply.json["workflow_run_id"])

    def log(self, run: ExecutedRun, job: str) -> str:
        return workflows.log(self.addresses, run.job(job).id)

    def states(self, run: ExecutedRun) -> dict[str, str | None]:
        return {job.name: job.conclusion for job in run.jobs}

    def everything(self, run: ExecutedRun) -> str:
        return json.dumps([run.note, *(self.log(run, job.name) for job in run.jobs)], indent=1)


def made(sandbox: Sandbox, repository: str, folder: Path, description: GitHubDescription | None) -> Ci:
    """A repository with a first commit, its workflows switched on."""
    control.create_repository(sandbox.addresses, repository)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    client = Client(sandbox.addresses, description, sandbox.addresses.token)
    world = Ci(sandbox, repository, client, work, [])
    world.git("init", "--quiet", "--initial-branch=main")
    world.commit("first", {"README.md": "# Demo\n", "src/demo.py": "x = 1\n"})
    world.push()
    workflows.enable(sandbox.addresses, repository)
    return world
