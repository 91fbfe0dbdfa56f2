"""The sandbox by hand: its commands, and twine, gh and git as they are, pointed at it by ``sandbox env``."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harbour import Answer, environment, run
from projects import flit, wheel

from tagboat.sandbox import process

pytestmark = pytest.mark.slow
Call = Callable[..., Answer]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "a böx"
    yield directory
    process.down(directory)


@pytest.fixture
def sandbox(box: Path) -> Call:
    def called(deed: str, *words: str | Path) -> Answer:
        return run(["sandbox", deed, "--dir", box, *words], box.parent, environment())

    return called


def pointed(box: Path, index: str = "pypi") -> dict[str, str]:
    """The environment of a shell that evaluated ``sandbox env``."""
    script = f'eval "$({sys.executable} -m tagboat sandbox env --index {index} --dir "$1")" && env -0'
    done = subprocess.run(
        ["sh", "-c", script, "sh", str(box)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)


def client(words: list[str | Path], box: Path, cwd: Path, index: str = "pypi") -> str:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=pointed(box, index),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def journal(box: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tagboat", "sandbox", "journal", "--dir", str(box)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_clients_that_people_use_work_against_a_sandbox(box: Path, sandbox: Call, tmp_path: Path) -> None:
    up = sandbox("up")
    assert up.exit == 0
    assert {"forge", "api", "git", "testpypi", "pypi", "ca", "token", "pid"} <= set(up.json)
    assert sandbox("up").json["pid"] == up.json["pid"]
    assert sandbox("status").json["up"]
    made = sandbox("repo", "ada/rowboat")
    work = tmp_path / "work"
    for name, content in flit("rowboat").items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(content))
    token = f"https://anybody:{up.json['token']}@"
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["commit", "-qm", "Begin"],
        ["tag", "v1.0"],
        ["push", "-q", made.json["url"].replace("https://", token), "main", "v1.0"],
    ):
        client(["git", *words], box, work)
    head = client(["git", "rev-parse", "HEAD"], box, work).strip()
    assert sandbox("ci", "ada/rowboat", head, "--job", "test=success").json["run"] >= 1
    name, content = wheel("rowboat", "1.0")
    (tmp_path / name).write_bytes(content)
    for index in ("testpypi", "pypi"):
        client([sys.executable, "-m", "twine", "upload", tmp_path / name], box, tmp_path, index)
    uploads = [(line["service"], line["key"]) for line in journal(box) if line["service"] != "forge"]
    assert uploads == [("testpypi", name), ("pypi", name)]
    if shutil.which("gh"):
        listed = client(["gh", "api", "repos/ada/rowboat/commits", "--jq", ".[0].sha"], box, tmp_path)
        assert listed.strip() == head
    assert sandbox("down").json["was_up"]
    assert not sandbox("down").json["was_up"]
    assert len(journal(box)) >= 3


def test_a_fault_is_met_by_the_next_request_only(box: Path, sandbox: Call, tmp_path: Path) -> None:
    sandbox("up")
    ordered = sandbox("fault", "pypi", "upload", "status", "--value", "503")
    assert ordered.json["fault"]["kind"] == "status"
    name, content = wheel("rowboat", "1.0")
    (tmp_path / name).write_bytes(content)
    upload = [sys.executable, "-m", "twine", "upload", "--disable-progress-bar", str(tmp_path / name)]
    client(list(upload), box, tmp_path)
    assert [line["key"] for line in journal(box) if line["service"] == "pypi"] == [name]


@pytest.mark.parametrize(
    ("deed", "words", "status"),
    [
        ("status", [], 8),
        ("env", [], 8),
        ("repo", ["a/b"], 8),
        ("ci", ["a/b", "c" * 40], 8),
        ("fault", ["pypi", "upload", "status"], 2),
        ("journal", [], 2),
    ],
)
def test_what_needs_a_sandbox_says_how_to_start_one(
    box: Path, deed: str, words: list[str], status: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tagboat", "sandbox", deed, "--dir", str(box), *words],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "sandbox up --dir" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere", "upload", "status"],
        ["pypi", "upload", "explode"],
        ["pypi", "upload", "status", "--times", "0"],
        ["pypi", "upload", "delay", "--value", "nan"],
    ],
)
def test_a_fault_that_there_is_not_is_refused(box: Path, sandbox: Call, words: list[str]) -> None:
    box.mkdir()
    answer = sandbox("fault", *words)
    assert answer.exit == 2
    assert answer.remedy


def test_a_sandbox_that_cannot_come_up_says_why(box: Path, sandbox: Call) -> None:
    box.write_text("a file")
    answer = sandbox("up")
    assert answer.exit in (1, 2)
    assert str(box) in answer.cause or "file" in answer.cause
    box.unlink()


def test_whom_an_index_trusts_is_said_listed_and_taken_back(box: Path, sandbox: Call) -> None:
    assert sandbox("up").exit == 0

    def publisher(deed: str, *words: str | Path) -> Answer:
        return run(["sandbox", "publisher", deed, "--dir", box, *words], box.parent, environment())

    words = ("rowboat", "ada/rowboat", "release.yml", "--environment", "PyPI")
    refused = publisher("add", *words)
    assert (refused.exit, "There is no project 'rowboat'" in refused.out + refused.err) == (2, True)
    number = publisher("add", *words, "--create").json["publisher"]
    assert publisher("add", "raft", "ada/raft", "release.yml", "--pending").exit == 0
    real, pending = publisher("list").json["publishers"]
    assert (real["id"], real["projects"], real["environment"]) == (number, ["rowboat"], "pypi")
    assert (pending["pending"], pending["projects"]) == ("raft", [])
    assert publisher("list", "--index", "testpypi").json["publishers"] == []
    assert publisher("remove", str(number)).exit == 0
    assert publisher("remove", str(number)).exit == 2
    assert [each["id"] for each in publisher("list").json["publishers"]] == [pending["id"]]
