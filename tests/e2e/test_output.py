"""What the command prints: one JSON object, or plain lines with the errors last; no colour off a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
from answer_schema import ANSWER, SCHEMA
from harbour import Project, answer_of, command, environment


def plain(project: Project, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    places = ["--sandbox", project.harbour.directory, "--state", project.state]
    return subprocess.run(
        command(*arguments, *places),
        cwd=project.work,
        env=project.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_schema_is_a_schema_and_refuses_what_is_no_answer() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    answer = {
        "schema": "tagboat/answer/1",
        "command": "release",
        "result": "refused",
        "exit": 3,
        "releases": [],
        "steps": [],
        "manifest": [],
    }
    assert ANSWER.is_valid(answer)
    assert not ANSWER.is_valid({**answer, "exit": 0})
    assert not ANSWER.is_valid({**answer, "result": "sunk"})
    assert not ANSWER.is_valid({**answer, "manifest": [{"file": "x"}]})


def test_plain_output_has_a_line_for_each_step_and_the_error_last(project: Project) -> None:
    project.tag("v1.0")
    done = plain(project, "release", "--tag", "v1.0")
    assert done.returncode == 3
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr
    assert "failed ci-green" in done.stderr
    last = done.stderr.strip().splitlines()[-2:]
    assert last[0].startswith("refused (refused, exit 3): ")
    assert last[1].startswith("remedy: ")
    assert done.stdout == ""


def test_plain_output_of_a_dry_run_shows_the_plan_and_what_is_not_covered(project: Project) -> None:
    done = plain(project, "release", "--dry-run", "--tag", project.ready())
    assert done.returncode == 0, done.stderr
    assert "upload:pypi:" in done.stdout
    assert "for good" in done.stdout
    assert "Not covered by a dry run:" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_control_characters_of_a_commit_or_a_remote_never_reach_the_terminal(project: Project) -> None:
    project.harbour.faults.add("pypi", "simple", "status", value=418)
    files: dict[str, str | bytes | None] = {"docs/\x1b[31mred.txt": "x"}
    project.commit(files, "\x1b[31mred")
    project.push()
    project.green(branch="feature")
    project.tag("v1.0")
    done = plain(project, "release", "--tag", "v1.0")
    assert done.returncode != 0
    assert "\x1b" not in done.stdout + done.stderr


def test_a_terminal_gets_progress_and_json_still_comes_alone_on_standard_output(project: Project) -> None:
    tag = project.ready()
    outer, inner = pty.openpty()
    try:
        places = ["--sandbox", project.harbour.directory, "--state", project.state]
        process = subprocess.Popen(
            command("check", "--tag", tag, *places, "--json"),
            cwd=project.work,
            env={**project.env, "TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=inner,
            text=True,
        )
        out, _ = process.communicate(timeout=60)
        talk = os.read(outer, 1 << 16).decode(errors="replace")
    finally:
        os.close(inner)
        os.close(outer)
    assert answer_of(process.returncode, out, "").exit == 0
    assert "ci-green" in talk


@pytest.mark.parametrize(
    "arguments",
    [
        ["release", "--nonsuch"],
        ["release"],
        ["publish", "--manifest", "absent.json"],
        ["gather"],
        ["build", "--tag", "v1.0"],
        ["resume", "--state", "absent"],
        ["status", "--state", "absent"],
        ["ledger", "verify", "absent"],
        ["confirm", "--manifest", "pyproject.toml"],
        ["release", "--tag", "v1.0", "--sandbox", "absent"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_answered_in_json_as_well(project: Project, arguments: list[str]) -> None:
    done = subprocess.run(
        command(*arguments, "--json"),
        cwd=project.work,
        env=project.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    answer = answer_of(done.returncode, done.stdout, done.stderr)
    assert answer.exit in (2, 7, 8)


def test_the_answer_of_status_without_a_state_lists_all_releases(project: Project) -> None:
    done = subprocess.run(
        command("status", "--json"),
        cwd=project.work,
        env=environment(XDG_STATE_HOME=str(project.state)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["exit"], answer["all"]) == (0, 0, [])
