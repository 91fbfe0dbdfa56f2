"""What is on the screen: a real terminal of some width, or plain lines."""

import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harbour import environment

from tagboat.cli.report import Report
from tagboat.cli.screen import Screen, columns_of, cut, elapsed, folded
from tagboat.core.step import Effect, Phase, Step, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.engine.events import Moment, StepEvent
from tagboat.errors import InterruptedRunError, StepFailedError

STEP = Step("build:rowboat:default", "build-shard", Phase.BUILD, Effect.NONE, "rowboat", {}, ())
PROGRAM = Path(__file__).with_name("played.py")
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A pseudo-terminal of a width, and a program that runs on it."""

    def __init__(self, columns: int, *words: str, **variables: str) -> None:
        self._master, slave = pty.openpty()
        self.resize(columns, slave)
        env = {k: v for k, v in environment().items() if k not in ("COLUMNS", "NO_COLOR")}
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM), *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**env, "TERM": "xterm", **variables},
            start_new_session=True,
        )
        os.close(slave)
        self.text = ""

    def resize(self, columns: int, handle: int | None = None) -> None:
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self._master if handle is None else handle, termios.TIOCSWINSZ, size)

    def until(self, words: str) -> None:
        while words not in self.text:
            assert self._more(), f"{words!r} never came: {self.text!r}"

    def end(self) -> str:
        while self._more():
            pass
        self.process.wait(30)
        os.close(self._master)
        return self.text.replace("\r\n", "\n")

    def _more(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 30)
        try:
            piece = os.read(self._master, 65536) if ready else b""
        except OSError:
            piece = b""
        self.text += piece.decode("utf-8", "replace")
        return bool(piece)


@contextmanager
def terminal(columns: int, *words: str, **variables: str) -> Iterator[Terminal]:
    opened = Terminal(columns, *words, **variables)
    try:
        yield opened
    finally:
        if opened.process.poll() is None:
            opened.process.kill()
            opened.process.wait(30)


def drawn(text: str) -> list[str]:
    """The writes, one for each time the cursor goes back to the line's start, without colours."""
    return [part for part in re.split(r"[\r\n]+", ESCAPE.sub("", text)) if part]


@pytest.mark.parametrize("columns", [200, 80, 40])
def test_nothing_that_steps_write_is_wider_than_the_window(columns: int) -> None:
    with terminal(columns, "steps") as opened:
        text = opened.end()
    assert "build:rowboat"[: columns // 3] in text
    assert [line for line in drawn(text) if columns_of(line) >= columns] == []


def test_each_phase_has_a_heading_and_columns_are_aligned() -> None:
    with terminal(100, "steps", NO_COLOR="1") as opened:
        lines = opened.end().replace("\r", "\n").replace("\x1b[K", "").split("\n")
    assert [line for line in lines if line in ("check", "build", "publish")] == ["check", "build", "publish"]
    rows = [line for line in lines if line.startswith(("  ✓", "  ✗"))]
    assert len(rows) == 3
    assert len({re.search(r" s ", row).end() for row in rows if re.search(r" s ", row)}) == 1


def test_the_failure_is_last_on_the_screen_with_its_whole_cause_and_remedy() -> None:
    with terminal(60, "steps", NO_COLOR="1") as opened:
        text = ESCAPE.sub("", opened.end())
    last = text[text.index("failed (step-failed, exit 1):") :]
    assert " ".join(last.split()).endswith("remedy: buy another compiler, then start again")
    assert "the compiler said no " * 3 in " ".join(last.split()) + " "


def test_the_running_step_has_a_line_that_is_rewritten_and_then_gone() -> None:
    with terminal(80, "wait", NO_COLOR="1") as opened:
        opened.until("1.0 s")
        opened.process.send_signal(signal.SIGUSR1)
        text = opened.end()
    live = [part for part in text.split("\r") if "build:rowboat:default" in part]
    assert len(live) >= 3
    assert all("\n" not in part for part in live[:-1])
    assert "✓ build:rowboat:default" in live[-1]


def test_a_window_that_becomes_narrow_is_followed() -> None:
    with terminal(120, "wait", NO_COLOR="1") as opened:
        opened.until("1.0 s")
        opened.resize(30)
        seen = len(opened.text)
        opened.until("2.0 s")
        opened.process.send_signal(signal.SIGUSR1)
        opened.end()
        assert max(columns_of(line) for line in drawn(opened.text[seen + 60 :])) < 31


@pytest.mark.parametrize(
    ("variables", "colours", "moves"),
    [({}, True, True), ({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)],
)
def test_colours_and_movements_are_as_the_user_wants(
    variables: dict[str, str], colours: bool, moves: bool
) -> None:
    with terminal(80, "steps", **variables) as opened:
        text = opened.end()
    assert bool(re.search(r"\x1b\[[0-9;]*m", text)) is colours
    assert ("\x1b[K" in text) is moves


def test_off_a_terminal_there_is_one_plain_line_for_each_change() -> None:
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM), "steps"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "\x1b" not in done.stderr
    assert "\r" not in done.stderr
    lines = done.stderr.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        ["succeeded", "tag-exists:rowboat"],
        ["succeeded", "build:rowboat:default"],
        ["failed", "upload:pypi:rowboat"],
    ]
    assert done.stderr.index("remedy:") > 0
    assert lines[-1] == "remedy: buy another compiler, then start again"


def test_once_ctrl_c_stops_after_the_step_and_says_how_to_go_on() -> None:
    with terminal(80, "stop", NO_COLOR="1") as opened:
        opened.until("build:rowboat:default")
        opened.process.send_signal(signal.SIGINT)
        opened.until("press Ctrl-C again")
        opened.process.send_signal(signal.SIGUSR1)
        text = opened.end()
    assert opened.process.returncode == 130
    assert "tagboat resume --state '/a state'" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("deadly", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,), (signal.SIGHUP,)])
def test_twice_or_a_stronger_signal_stops_at_once(deadly: tuple[signal.Signals, ...]) -> None:
    with terminal(80, "stop", NO_COLOR="1") as opened:
        opened.until("build:rowboat:default")
        for number, one in enumerate(deadly):
            opened.process.send_signal(one)
            if number + 1 < len(deadly):
                opened.until("press Ctrl-C again")
        text = opened.end()
    assert opened.process.returncode == 130
    assert "stopped at once" in text


def test_a_bug_is_one_clear_answer_with_a_crash_file_and_no_secret(tmp_path: Path) -> None:
    secret = "hunter2-and-more"
    variables = {"XDG_STATE_HOME": str(tmp_path), "MY_API_TOKEN": secret, "PYTHONWARNINGS": "error"}
    for words in (["bug", "--json"], ["bug"]):
        done = subprocess.run(
            [sys.executable, "-P", str(PROGRAM), *words],
            env={**environment(), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert secret not in done.stdout + done.stderr
        assert ('"code": "bug"' in done.stdout) is ("--json" in words)
    files = list((tmp_path / "tagboat" / "crashes").iterdir())
    assert files
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        text = file.read_text()
        assert "ZeroDivisionError" in text
        assert "played.py" in text
        for hidden in (secret, "user:pass", "ghp_abcdefgh", "Zm9vOmJhcg"):
            assert hidden not in text, hidden


def test_a_bug_without_a_place_for_its_file_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "tagboat").write_text("a file where a folder should be")
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM), "bug"],
        env={**environment(), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "no crash file could be written" in done.stderr


def test_a_machine_that_refuses_is_no_bug(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM), "refused"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "this machine refused: [Errno 13] Permission denied: '/somewhere'" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.314, "0.31 s"), (9.94, "9.9 s"), (12.9, "12 s"), (185, "3 m 05 s")]
)
def test_times_are_told_for_people(seconds: float, told: str) -> None:
    assert elapsed(seconds) == told


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("é", 1), ("e\u0301", 1)])
def test_wide_signs_take_two_columns(text: str, columns: int) -> None:
    assert columns_of(text) == columns


@pytest.mark.parametrize("width", range(8))
def test_a_cut_text_fits(width: int) -> None:
    assert columns_of(cut("日本語 and more", width)) <= width


def test_folding_keeps_every_word_and_breaks_no_long_one() -> None:
    text = "a https://localhost/" + "x" * 100 + " b"
    assert " ".join(folded(text, 30)) == text


def test_warnings_are_told_beneath_their_step(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", stream)
    warned = (Finding(Verdict.WARN, "a hint", "none", "w"), Finding(Verdict.PASS, "fine", "", "p"))
    Screen().show(StepEvent(Moment.RECORDED, STEP, StepState.SUCCEEDED, detail="built", findings=warned))
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    lines = stream.buffer.getvalue().decode().splitlines()
    assert lines[1:] == ["    warning: a hint"]


def test_a_remedy_names_the_state_directory_once() -> None:
    report = Report("release", as_json=True)
    report.extra["state"] = "/a b"
    answer = report.answer("interrupted", 130, InterruptedRunError("x", remedy="then: tagboat resume"))
    assert answer["error"]["remedy"] == "then: tagboat resume --state '/a b'"
    named = InterruptedRunError("x", remedy="tagboat resume --state /c")
    assert report.answer("interrupted", 130, named)["error"]["remedy"] == "tagboat resume --state /c"


def test_no_thread_of_the_live_line_is_left() -> None:
    assert [thread for thread in threading.enumerate() if thread.name == "live line"] == []


def test_the_json_answer_keeps_the_lines_of_a_quoted_log(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("release", as_json=True)
    with pytest.raises(SystemExit):
        report.fail(StepFailedError("its log ends:\nUploading\nHTTP 403 \x1b[31mForbidden", remedy="look"))
    cause = json.loads(capsys.readouterr().out)["error"]["cause"]
    assert cause == "its log ends:\nUploading\nHTTP 403 Forbidden"
