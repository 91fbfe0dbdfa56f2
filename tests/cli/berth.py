"""Finished releases for the tests of the command line, and what a call of the command said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answer_schema import ANSWER
from harbour import Harbour, Project
from projects import flit

from tagboat.sandbox import control


def project_in(harbour: Harbour, root: Path, name: str) -> Project:
    repository = f"ada/{name}"
    control.create_repository(harbour.addresses, repository)
    work = root / "work"
    work.mkdir()
    project = Project(harbour, name, repository, work, root / "state")
    project.git("init", "--quiet", "--initial-branch=main")
    project.git("remote", "add", "origin", project.url)
    project.commit(flit(name), "Begin")
    project.push()
    return project


@dataclass
class Released:
    """A project whose version 1.0 is out, with the Manifest beside its files."""

    project: Project
    folder: Path

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.manifest.read_bytes())
        return found


def released_in(harbour: Harbour, root: Path, name: str) -> Released:
    project = project_in(harbour, root, name)
    answer = project.release("--tag", project.ready())
    assert answer.exit == 0, answer.err
    folder = root / "out"
    folder.mkdir()
    kept = project.state / "artifacts" / "files"
    for row in answer.json["manifest"]:
        (folder / row["file"]).write_bytes((kept / row["sha256"]).read_bytes())
    (folder / "manifest.json").write_bytes((project.state / "manifest.json").read_bytes())
    return Released(project, folder)


@dataclass
class Said:
    exit: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.out)
        problems = [problem.message for problem in ANSWER.iter_errors(data)]
        assert not problems, problems
        assert data["exit"] == self.exit
        return data


Call = Callable[..., Said]
