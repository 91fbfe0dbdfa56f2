"""What a step prints and writes into files, and the processes that it consists of."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.child import Ended, end_orphans, run
from tagboat.sandbox.actions.commands import Annotation, Listener, parse
from tagboat.sandbox.actions.file_commands import FileCommands, pairs
from tagboat.sandbox.actions.log import JobLog, Masks, step_files, whole_log


def listener(folder: Path) -> tuple[Listener, list[Annotation]]:
    told: list[Annotation] = []
    return Listener(JobLog(folder, Masks(), clock=lambda: "T"), told.append), told


def test_a_command_is_read_with_its_properties() -> None:
    found = parse("::error file=a.py,line=3,title=Oh%3A no%2C::50%25%0Agone: ::x")
    assert found is not None
    assert (found.name, found.text) == ("error", "50%\ngone: ::x")
    assert found.properties == {"file": "a.py", "line": "3", "title": "Oh: no,"}
    assert parse("echo ::error::x") is None
    assert parse("::not a command") is None


def test_lines_become_log_annotations_and_masks(tmp_path: Path) -> None:
    taking, told = listener(tmp_path)
    lines = ["hello", "::warning file=x.py,line=2::careful", "::add-mask::hunter2", "hunter2!", "::group::G"]
    lines += ["::stop-commands::abc", "::error::not one", "::abc::", "::error::one", "::set-output name=a::b"]
    for line in lines:
        taking.take(line)
    assert told == [
        Annotation("warning", "careful", path="x.py", line=2, end_line=2),
        Annotation("failure", "one"),
    ]
    text = whole_log(tmp_path).decode()
    assert "hunter2" not in text
    assert "T ***!\n" in text
    assert "T ##[group]G\n" in text
    assert "T ::error::not one\n" in text
    assert "T ##[error]one\n" in text
    assert taking.outputs == {"a": "b"}


def test_commands_that_github_disabled_fail_the_step(tmp_path: Path) -> None:
    taking, _ = listener(tmp_path)
    taking.take("::set-env name=A::b")
    assert "disabled" in taking.failures[0]


def test_masks_hide_each_line_of_a_secret() -> None:
    masks = Masks()
    masks.add("first line\nsecond line\n")
    masks.add("x")
    assert masks.over("a second line x") == "a *** x"
    assert masks.hides("first line")


def test_a_log_is_one_file_for_each_step(tmp_path: Path) -> None:
    log = JobLog(tmp_path, Masks(), clock=lambda: "T")
    for step in (1, 2, 10):
        log.begin(step)
        log.say(f"{step}\nmore")
    assert list(step_files(tmp_path)) == [1, 2, 10]
    assert whole_log(tmp_path) == b"T 1\nT more\nT 2\nT more\nT 10\nT more\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB=x=y\n", {"A": "1", "B": "x=y"}),
        ("A<<EOF\none\ntwo\nEOF\nB=<<\n", {"A": "one\ntwo", "B": "<<"}),
        ("A<<E\nE\n", {"A": ""}),
        ("", {}),
    ],
)
def test_files_of_names_and_values(text: str, expected: dict[str, str]) -> None:
    assert pairs(text, "env") == expected


@pytest.mark.parametrize("text", ["just text", "A<<EOF\nno end", "=x", "A<<\nx"])
def test_other_lines_fail_the_step(text: str) -> None:
    with pytest.raises(StepFailedError, match="Unable to process file command 'output'"):
        pairs(text, "output")


def test_a_step_gets_files_of_its_own(tmp_path: Path) -> None:
    files = FileCommands.made(tmp_path)
    Path(files.variables()["GITHUB_OUTPUT"]).write_text("a=b\n")
    Path(files.variables()["GITHUB_PATH"]).write_text("/x\n\n/y\n")
    Path(files.variables()["GITHUB_STEP_SUMMARY"]).write_text("# Hi")
    assert (files.pairs("output"), files.paths(), files.summary()) == ({"a": "b"}, ["/x", "/y"], "# Hi")
    Path(files.variables()["GITHUB_STEP_SUMMARY"]).write_text("x" * (1 << 20 + 1))
    with pytest.raises(StepFailedError, match="1024k"):
        files.summary()
    files.discard()
    assert list(tmp_path.iterdir()) == []


def started(
    script: str,
    folder: Path,
    *,
    seconds: float | None = None,
    stop_at: str = "",
    env: dict[str, str] | None = None,
) -> tuple[Ended, list[str]]:
    """Run a script of Python; set the stop when it prints ``stop_at``."""

    async def go() -> tuple[Ended, list[str]]:
        stop, lines = asyncio.Event(), list[str]()

        def take(line: str) -> None:
            lines.append(line)
            if stop_at and line == stop_at:
                stop.set()

        options: dict[str, Any] = {"grace": ((signal.SIGINT, 20.0), (signal.SIGTERM, 20.0))}
        ended = await run(
            [sys.executable, "-c", script], env={"PATH": os.environ["PATH"], **(env or {})}, cwd=folder,
            take=take, stop=stop, seconds=seconds, **options,
        )  # fmt: skip
        return ended, lines

    return asyncio.run(go())


def test_a_command_tells_its_lines_and_status(tmp_path: Path) -> None:
    ended, lines = started("import sys; print('a'); print('b', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (ended, sorted(lines)) == (Ended(3), ["a", "b"])


def test_a_stopped_command_is_asked_first(tmp_path: Path) -> None:
    script = (
        "import os, signal, threading\n"
        "def bye(*_): os.write(1, b'bye\\n'); os._exit(7)\n"
        "signal.signal(signal.SIGINT, bye)\nos.write(1, b'up\\n')\nthreading.Event().wait()"
    )
    ended, lines = started(script, tmp_path, stop_at="up")
    assert (ended, lines) == (Ended(7, stopped=True), ["up", "bye"])


def test_a_command_whose_time_is_over_is_ended(tmp_path: Path) -> None:
    ended, _ = started("import threading; threading.Event().wait()", tmp_path, seconds=0.01)
    assert ended.late


def test_what_a_command_leaves_behind_is_found_by_its_mark(tmp_path: Path) -> None:
    mark = f"test_{os.getpid()}"
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'],"
        " start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\nprint(child.pid)"
    )
    ended, (pid,) = started(script, tmp_path, env={"RUNNER_TRACKING_ID": mark})
    assert ended == Ended(0)
    assert end_orphans(mark) == [int(pid)]


@pytest.mark.parametrize("own_session", [True, False])
def test_a_command_ends_though_what_it_left_behind_holds_its_output(
    tmp_path: Path, own_session: bool
) -> None:
    mark = f"test_{os.getpid()}_held"
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'],"
        f" start_new_session={own_session})\nprint(child.pid, flush=True)"
    )
    try:
        ended, lines = started(script, tmp_path, env={"RUNNER_TRACKING_ID": mark}, seconds=60)
        assert (ended, len(lines)) == (Ended(0), 1)
    finally:
        end_orphans(mark)
