"""Whole rehearsals as real processes: apart from the network or not, killed from every side, resumed, side by side."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harbour import Answer, answer_of, environment, until

from tagboat.sandbox import process

pytestmark = pytest.mark.slow
TAGBOAT = str(Path(sys.executable).with_name("tagboat"))
Repository = Callable[..., Path]


def run(*words: str | Path, cwd: Path, **variables: str) -> Answer:
    done = subprocess.run(
        [TAGBOAT, *map(str, words), "--json"],
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return answer_of(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(*words: str | Path, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [TAGBOAT, *map(str, words), "--json"],
        cwd=cwd,
        env=environment(),
        text=True,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate(timeout=60)


def finished(child: subprocess.Popen[str]) -> Answer:
    out, err = child.communicate(timeout=120)
    return answer_of(child.returncode, out, err)


def journal(state: Path) -> list[dict[str, Any]]:
    path = state / "sandbox" / "journal.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def staged(state: Path) -> bool:
    return any(line["service"] == "testpypi" for line in journal(state))


def twice(state: Path) -> list[tuple[str, str]]:
    """What an index accepted more than once."""
    seen = Counter((line["service"], line["key"]) for line in journal(state) if line["service"] != "forge")
    return [key for key, count in seen.items() if count > 1]


def inside_of(outer: subprocess.Popen[str]) -> int:
    """The process in the private network: the child of the one that was started."""
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()
    for pid in children:
        if b"--inside" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return int(pid)
    raise AssertionError(f"nothing is inside: {children}")


def test_a_folder_with_modules_of_our_names_is_rehearsed_and_runs_none_of_them(
    repository: Repository,
) -> None:
    root = repository("a röw boat")
    marker = root.parent / "marker"
    for name in ("tagboat", "json", "click", "subprocess"):
        (root / name).mkdir()
        (root / name / "__init__.py").write_text(f"open({str(marker)!r}, 'a').write({name!r})\n")
    state = root.parent / "a state"
    answer = run(
        "rehearse", ".", "--state", state, cwd=root, GH_TOKEN="hunter2-gh", TWINE_PASSWORD="hunter2-tw"
    )
    assert answer.exit == 0, answer.err
    assert not marker.exists()
    written = [path for path in state.rglob("*") if path.is_file()]
    assert [path for path in written if b"hunter2" in path.read_bytes()] == []
    assert "hunter2" not in answer.out + answer.err
    assert not process.status(state / "sandbox").up


def test_a_machine_without_namespaces_rehearses_behind_refused_proxies_and_says_so(
    repository: Repository, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("git", "sh", "true", "env", "uname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    answer = run("rehearse", repository(), "--state", tmp_path / "state", cwd=tmp_path, PATH=str(programs))
    assert answer.exit == 0, answer.err
    assert answer.json["isolation"].startswith("network open")


@pytest.mark.parametrize(
    "victim", ["outer", *(pytest.param(each, marks=pytest.mark.long) for each in ("inner", "sandbox"))]
)
def test_a_rehearsal_that_loses_a_process_is_resumed_to_its_end(
    repository: Repository, tmp_path: Path, victim: str
) -> None:
    state = tmp_path / "state"
    with started("rehearse", repository(), "--state", state, cwd=tmp_path) as outer:
        until(lambda: staged(state), "a file on the staging index")
        if victim == "outer":
            os.kill(outer.pid, signal.SIGKILL)
            outer.communicate(timeout=60)
        elif victim == "inner":
            os.kill(inside_of(outer), signal.SIGKILL)
            answer = finished(outer)
            assert (answer.exit, answer.json["result"]) == (130, "interrupted"), answer.out + answer.err
            assert "SIGKILL" in answer.cause
            assert f"tagboat resume --state {state}" in answer.remedy
        else:
            process.down(state / "sandbox")
            answer = finished(outer)
            assert answer.exit in (6, 8), answer.err
    answer = run("resume", "--state", state, cwd=tmp_path)
    assert answer.exit == 0, answer.err
    assert any(row["reused"] for row in answer.json["steps"])
    assert twice(state) == []
    assert not process.status(state / "sandbox").up


def test_a_polite_end_stops_the_inside_too_and_takes_the_services_down(
    repository: Repository, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with started("rehearse", repository(), "--state", state, cwd=tmp_path) as outer:
        until(lambda: staged(state), "a file on the staging index")
        outer.terminate()
        answer = finished(outer)
    assert (answer.exit, answer.json["result"]) == (130, "interrupted"), answer.out + answer.err
    assert not process.status(state / "sandbox").up


def test_a_second_start_leaves_the_first_one_alone_and_another_runs_beside_it(
    repository: Repository, tmp_path: Path
) -> None:
    state, root = tmp_path / "state", repository()
    with started("rehearse", root, "--state", state, cwd=tmp_path) as first:
        until((state / "sandbox" / "journal.jsonl").is_file, "the sandbox")
        with started("rehearse", root, "--state", tmp_path / "other", cwd=tmp_path) as beside:
            for words in (["resume", "--state", state], ["rehearse", root, "--state", state]):
                second = run(*words, cwd=tmp_path)
                assert (second.exit, second.json["error"]["code"]) == (7, "already-running")
                assert f"process {first.pid}" in second.cause
            assert finished(first).exit == 0
            assert finished(beside).exit == 0
