"""The scripts of generated jobs, run for real as a job would run them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from written_cases import FOLDER, NAMES, project

from tagboat.workflows.model import Step
from tagboat.workflows.reader import read_workflow


def step(name: str, file: str, job: str, title: str) -> Step:
    workflow = read_workflow(file, (FOLDER / name / ".github/workflows" / file).read_bytes())
    found = workflow.job(job)
    assert found is not None
    return next(one for one in found.steps if one.name.startswith(title))


def run(one: Step, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    script = folder / "script"
    script.write_text(one.run)
    command = [sys.executable, script] if one.shell == "python" else ["bash", "-eo", "pipefail", script]
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("results", "green"),
    [
        (["success", "success"], True),
        (["success", "skipped"], False),
        (["failure", "success"], False),
        (["cancelled", "success"], False),
    ],
)
def test_the_gate_passes_when_every_job_succeeded_and_not_else(
    results: list[str], green: bool, tmp_path: Path
) -> None:
    gate = step("three-components", "ci.yml", "gate", "Every job")
    needs = {
        name: {"result": result, "outputs": {}}
        for name, result in zip(["test", "build"], results, strict=True)
    }
    done = run(gate, tmp_path, NEEDS=json.dumps(needs))
    assert (done.returncode == 0) is green, done.stderr
    assert f"build: {results[1]}" in done.stdout


def test_a_projects_command_fills_the_folder_without_a_shell(tmp_path: Path) -> None:
    fill = step("three-components", "build.yml", "bindings-fill", "Fill the folder")
    program = "import os, sys; open(sys.argv[1] + '/x', 'w').write(sys.argv[2] + os.environ['CFLAGS'])"
    command = ["python3", "-c", program, "{out}", "$(id) `id` ; \" ' é"]
    out = tmp_path / "filled"
    done = run(fill, tmp_path, COMMAND=json.dumps(command), OUT=str(out), VARIABLES='{"CFLAGS": " -O2"}')
    assert done.returncode == 0, done.stderr
    assert (out / "x").read_text() == "$(id) `id` ; \" ' é -O2"


def test_a_failing_command_fails_the_job(tmp_path: Path) -> None:
    test = step("three-components", "ci.yml", "test", "Run the project")
    assert run(test, tmp_path, COMMAND='["python3", "-c", "raise SystemExit(7)"]').returncode == 7
    assert run(test, tmp_path, COMMAND='["no-such-program-here"]').returncode != 0


def test_gathering_takes_every_shard_that_was_handed_on(tmp_path: Path) -> None:
    gather = step("three-components", "release.yml", "gather", "Verify the shards")
    for folder in ("shard~bindings~sdist", "shard~bindings~adopted~/linux", "shard~bindings~adopted~/mac os"):
        (tmp_path / "shards" / folder).mkdir(parents=True)
        (tmp_path / "shards" / folder / "shard.json").touch()
    (tmp_path / "bin").mkdir()
    recorder = tmp_path / "bin" / "tagboat"
    recorder.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    recorder.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    given = {"COMPONENT": "bindings", "TAG": "v1 $(id)", "GITHUB_REPOSITORY": "acme/toolkit", "PATH": path}
    rows = run(gather, tmp_path, **given).stdout.splitlines()
    assert sorted(rows[1:4]) == [
        "shards/shard~bindings~adopted~/linux",
        "shards/shard~bindings~adopted~/mac os",
        "shards/shard~bindings~sdist",
    ]
    assert "bindings=v1 $(id)" in rows


@pytest.mark.parametrize("name", NAMES)
def test_every_script_is_sound(name: str, tmp_path: Path) -> None:
    names = project(name).config.workflows
    for file in (names.ci, names.build, names.release):
        workflow = read_workflow(file, (FOLDER / name / ".github/workflows" / file).read_bytes())
        for one in (one for job in workflow.jobs for one in job.steps if one.run):
            if one.shell == "python":
                compile(one.run, file, "exec")
            else:
                assert one.run.startswith("set -euo pipefail\n")
                subprocess.run(["bash", "-n", "-c", one.run], check=True, timeout=60)
