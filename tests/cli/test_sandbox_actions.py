"""Workflows in a sandbox, by hand: switched on, started, followed, approved, read; and what a stop leaves."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harbour import Answer, environment, run

from tagboat.sandbox import process, workflows

pytestmark = pytest.mark.slow

WORKFLOW = """
name: Deploy
on: {workflow_dispatch: {inputs: {who: {required: true}}}}
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - run: echo "hello $WHO" && exit "${WHO#ada}0"
        env: {WHO: '${{ inputs.who }}', KEY: '${{ secrets.KEY }}'}
  deploy: {needs: greet, environment: pypi, runs-on: plan9, steps: [{run: echo deployed}]}
"""
FOREVER = (
    "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'echo $$ > PID && exec sleep 1000000'}]}}"
)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "box"
    process.up(directory)
    yield directory
    process.down(directory)


@pytest.fixture
def call(box: Path) -> Callable[..., Answer]:
    def called(*words: str, **more: str) -> Answer:
        return run(["sandbox", *words, "--dir", box], box.parent, environment(**more))

    return called


def pushed(box: Path, call: Callable[..., Answer], workflow: str) -> None:
    assert call("repo", "acme/demo").exit == 0
    assert call("actions", "on", "acme/demo").exit == 0
    work = box.parent / "work"
    place = work / ".github/workflows/deploy.yml"
    place.parent.mkdir(parents=True)
    place.write_text(workflow)
    addresses = process.status(box).addresses
    assert addresses is not None
    url = f"{addresses.git}/acme/demo".replace("https://", f"https://x:{addresses.token}@")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("commit", "-qm", "x"),
        ("push", "-q", url, "main"),
    ):
        subprocess.run(
            ["git", *identity, *words], cwd=work, check=True, timeout=60,
            env={**environment(), "GIT_SSL_CAINFO": addresses.ca, "PATH": os.environ["PATH"]},
        )  # fmt: skip


def test_a_workflow_by_hand(box: Path, call: Callable[..., Answer]) -> None:
    pushed(box, call, WORKFLOW)
    assert call("actions", "secret", "acme/demo", "KEY", KEY="ello").exit == 0
    assert call("actions", "environment", "acme/demo", "pypi", "--reviewer", "ada").exit == 0
    refused = call("actions", "dispatch", "acme/demo", "deploy.yml")
    assert refused.exit == 2
    assert "Required input 'who' not provided" in refused.json["error"]["cause"]
    number = str(call("actions", "dispatch", "acme/demo", "deploy.yml", "--input", "who=ada").json["run"])
    ended = call("actions", "wait", number)
    assert ended.exit == 1, ended
    (text,) = call("actions", "log", number).json["logs"].values()
    assert "no such machine in this sandbox" in text
    assert call("actions", "stand-in", "plan9").exit == 0
    assert call("actions", "rerun", number, "--failed").exit == 0
    waiting = call("actions", "wait", number)
    assert (waiting.exit, waiting.json["run"]["waits_for"]) == (5, ["pypi"])
    assert call("actions", "approve", number, "pypi").json["reviewer"] == "ada"
    done = call("actions", "wait", number)
    assert done.exit == 0, done
    assert {job["name"]: job["conclusion"] for job in done.json["run"]["jobs"]} == {
        "greet": "success",
        "deploy": "success",
    }
    logs = call("actions", "log", number, "--all").json["logs"]
    assert "h*** ada" in logs["greet"]
    assert "plan9: this machine (Linux" in logs["deploy"]
    assert [each["attempt"] for each in call("actions", "runs").json["runs"]] == [2]
    assert call("actions", "run", number).json["run"]["title"] == "Deploy"
    assert call("actions", "log", number, "--job", "none").exit == 2
    assert call("actions", "cancel", number).exit == 2


@pytest.mark.parametrize("deadly", [signal.SIGTERM, signal.SIGKILL])
def test_a_sandbox_that_ends_takes_its_jobs_along_and_says_so(
    box: Path, call: Callable[..., Answer], deadly: signal.Signals
) -> None:
    pid_file = box.parent / "pid"
    pushed(box, call, FOREVER.replace("PID", str(pid_file)))
    addresses = process.status(box).addresses
    assert addresses is not None
    (number,) = (each.id for each in workflows.runs(addresses))
    workflows.wait(addresses, number, until=("in_progress",), seconds=60)
    while not pid_file.exists() or not pid_file.read_text().strip():
        workflows.run(addresses, number)
    if deadly is signal.SIGTERM:
        assert process.down(box)
    else:
        os.kill(addresses.pid, deadly)
    process.up(box)
    again = process.status(box).addresses
    assert again is not None
    run_now = workflows.run(again, number)
    expected = {signal.SIGTERM: ("cancelled", "was stopped"), signal.SIGKILL: ("failure", "was killed")}[
        deadly
    ]
    assert (run_now.status, run_now.conclusion) == ("completed", expected[0])
    assert expected[1] in run_now.note
    assert run_now.jobs[0].status == "completed"
    stat = Path("/proc") / pid_file.read_text().strip() / "stat"
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_a_refusal_is_told_in_words(call: Callable[..., Answer]) -> None:
    refused = call("actions", "on", "acme/nowhere")
    assert (refused.exit, refused.json["error"]["cause"]) == (
        2,
        "the sandbox refused actions/switch: there is no repository acme/nowhere here",
    )
