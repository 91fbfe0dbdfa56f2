"""One run of a release in the forge's CI: each job a process of its own on a machine that knows nothing of the others."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import harbour
from harbour import Answer, Project

from tagboat.core.artifact import Manifest
from tagboat.engine.release import manifest_in


@dataclass
class CiRun:
    """Jobs of one run; a folder that one hands on is copied to the next, as an artifact is."""

    project: Project
    root: Path
    number: int = 1
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    machines: int = 0
    python: str | Path = sys.executable

    def job(self, name: str, *words: str | Path, **variables: str) -> Answer:
        """Run one command in an empty folder with a fresh state directory, and keep the step's outputs."""
        self.machines += 1
        machine = self.root / f"run-{self.number}" / f"{self.machines}-{name}"
        machine.mkdir(parents=True)
        env = {**self.project.env, **self.environment(machine, name), **variables}
        arguments = [*words, "--sandbox", self.project.harbour.directory, "--state", machine / "state"]
        answer = harbour.run(arguments, machine, env, python=self.python)
        path = machine / "output"
        self.outputs[name] = parsed(path.read_text()) if path.exists() else {}
        self.machine = machine
        return answer

    def environment(self, machine: Path, name: str) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.project.repository,
            "GITHUB_SERVER_URL": self.project.harbour.addresses.forge,
            "GITHUB_RUN_ID": str(self.number),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_JOB": name,
            "GITHUB_ACTOR": "octocat",
            "GITHUB_OUTPUT": str(machine / "output"),
            "GITHUB_STEP_SUMMARY": str(machine / "summary.md"),
        }

    def summary(self) -> str:
        """What the last job's page says."""
        return (self.machine / "summary.md").read_text()

    def artifact(self, folder: Path, name: str) -> Path:
        """Hand a folder on."""
        there = self.root / f"run-{self.number}" / "artifacts" / name
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(folder, there)
        return there

    def gathered(self, tag: str, *shards: str) -> Path:
        """The jobs check, build and gather; returns the folder of the release."""
        checked = self.job("check", "check", "--tag", tag)
        assert checked.exit == 0, checked.err
        folders = []
        for shard in shards if self.outputs["check"]["adopted"] == "false" else ():
            built = self.job(
                f"build-{shard}", "build", "--tag", tag, "--shard", shard, "--out", f"shard-{shard}"
            )
            assert built.exit == 0, built.err
            folders.append(self.artifact(self.machine / f"shard-{shard}", f"shard-{shard}"))
        gathered = self.job("gather", "gather", *folders, "--tag", tag, "--out", "release")
        assert gathered.exit == 0, gathered.err
        return self.artifact(self.machine / "release", "release")

    def manifest(self, folder: Path) -> Manifest:
        return manifest_in(folder / "manifest.json")[0]

    def with_release(self, name: str, folder: Path, *words: str | Path, **variables: str) -> Answer:
        """A job that downloads the release's artifact, and uploads the folder again afterwards."""
        self.machines += 1
        here = self.root / f"run-{self.number}" / f"{self.machines}-download"
        shutil.copytree(folder, here)
        answer = self.job(name, *words, "--manifest", here / "manifest.json", **variables)
        self.artifact(here, folder.name)
        return answer

    def finish(self, folder: Path) -> None:
        """The jobs stage, try, publish and confirm."""
        digest = self.manifest(folder).digest
        for name, words in LAST_JOBS.items():
            answer = self.with_release(name, folder, *words, "--manifest-digest", digest)
            assert answer.exit == 0, (name, answer.err)


LAST_JOBS: dict[str, tuple[str, ...]] = {
    "stage": ("publish", "--phase", "stage"),
    "try": ("confirm", "--phase", "stage"),
    "publish": ("publish", "--phase", "publish"),
    "confirm": ("confirm",),
}


def parsed(text: str) -> dict[str, str]:
    """Read a file of outputs as the runner does: ``NAME<<DELIMITER``, lines, the delimiter alone on a line."""
    found: dict[str, str] = {}
    lines = text.split("\n")
    while len(lines) > 1:
        name, delimiter = re.split("<<", lines.pop(0), maxsplit=1)
        value = []
        while lines[0] != delimiter:
            value.append(lines.pop(0))
        lines.pop(0)
        found[name] = "\n".join(value)
    assert lines == [""]
    return found
