from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.spawn import NOTHING, PIPE, spawn
from tagboat.errors import RefusedError, UnavailableError

ENVIRONMENT = {"PATH": os.environ["PATH"]}
WITHOUT_STREAMS = """
import os, sys
for number in range(3):
    os.close(number)
sys.path.insert(0, {source!r})
from tagboat.adapters.git.spawn import PIPE, spawn
child = spawn(["sh", "-c", "read word; echo $word; echo $word again >&2"], dict(os.environ), stdin=PIPE, stdout=PIPE, stderr=PIPE)
child.stdin.write(b"ahoy\\n")
child.stdin.close()
said = child.stdout.read(), child.stderr.read(), child.wait()
open({answer!r}, "w").write(repr(said))
"""


def test_a_child_is_talked_to() -> None:
    child = spawn(["cat"], ENVIRONMENT, stdin=PIPE, stdout=PIPE, stderr=NOTHING)
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin as asks, child.stdout as answers:
        asks.write(b"ahoy")
        asks.close()
        assert answers.read() == b"ahoy"
    assert (child.wait(), child.wait()) == (0, 0)


def test_a_child_reads_and_writes_files(tmp_path: Path) -> None:
    (tmp_path / "from").write_bytes(b"ahoy")
    with (tmp_path / "from").open("rb") as source, (tmp_path / "to").open("wb") as output:
        child = spawn(["cat"], ENVIRONMENT, stdin=source, stdout=output, stderr=NOTHING)
        assert child.wait() == 0
    assert (tmp_path / "to").read_bytes() == b"ahoy"


def test_a_child_has_its_own_environment_and_no_file_that_was_opened_here(tmp_path: Path) -> None:
    with (tmp_path / "open").open("wb") as opened:
        program = f"import os; print(sorted(os.environ), os.path.exists('/dev/fd/{opened.fileno()}'))"
        command = [sys.executable, "-ISc", program]
        alone = {**ENVIRONMENT, "LC_ALL": "C"}
        child = spawn(command, alone, stdin=NOTHING, stdout=PIPE, stderr=NOTHING)
        assert child.stdout is not None
        with child.stdout as answers:
            assert answers.read() == b"['LC_ALL', 'PATH'] False\n"
    assert child.wait() == 0


def test_a_child_that_is_ended_says_by_what() -> None:
    child = spawn(["cat"], ENVIRONMENT, stdin=PIPE, stdout=NOTHING, stderr=NOTHING)
    child.kill()
    assert child.wait() == -9
    child.kill()
    assert child.stdin is not None
    child.stdin.close()


def test_where_the_ends_of_children_are_ignored_one_that_ended_is_ended_again(tmp_path: Path) -> None:
    program = (
        "import os, signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "from tagboat.adapters.git.spawn import PIPE, NOTHING, spawn\n"
        "child = spawn(['true'], dict(os.environ), stdin=NOTHING, stdout=PIPE, stderr=NOTHING)\n"
        "child.stdout.read()\n"
        "while os.path.exists(f'/proc/{child._pid}'): pass\n"
        "child.kill(); child.wait(); print('ended')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "ended\n", done.stderr


def test_a_reader_who_has_gone_ends_the_writer() -> None:
    child = spawn(
        ["sh", "-c", "while :; do echo ahoy; done"], ENVIRONMENT, stdin=NOTHING, stdout=PIPE, stderr=NOTHING
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.wait() == -13


def test_standard_streams_that_are_closed_disturb_nobody(tmp_path: Path) -> None:
    source = str(Path(__file__).parents[3] / "src")
    program = WITHOUT_STREAMS.format(source=source, answer=str(tmp_path / "answer"))
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert (tmp_path / "answer").read_text() == r"(b'ahoy\n', b'ahoy again\n', 0)"


def test_the_program_is_looked_for_on_the_childs_path(tmp_path: Path) -> None:
    (tmp_path / "first" / "git").mkdir(parents=True)
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "git").write_text("#!/bin/sh\necho ours\n")
    (tmp_path / "second" / "git").chmod(0o755)
    path = f"{tmp_path / 'first'}:{tmp_path / 'second'}"
    assert Git(None, environment={"PATH": path}).run("version").stdout == b"ours\n"


def test_a_machine_without_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="git cannot be started"):
        Git(None, environment={"PATH": str(tmp_path)}).run("version")
    before = len([*Path("/dev/fd").iterdir()])
    with pytest.raises(FileNotFoundError):
        spawn(["git"], {"PATH": str(tmp_path)}, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert len([*Path("/dev/fd").iterdir()]) == before


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec cat /dev/zero > /dev/null\n")
    (tmp_path / "git").chmod(0o755)
    git = Git(None, environment={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    with pytest.raises(UnavailableError, match="git fetch took longer than 0 seconds"):
        git.run("fetch", seconds=0.05)


def test_content_and_complaints_travel_whole(tmp_path: Path) -> None:
    (tmp_path / "git").write_text('#!/bin/sh\nif [ "$2" = both ]; then cat; cat "$3" >&2; fi\nexit 3\n')
    (tmp_path / "git").chmod(0o755)
    (tmp_path / "long").write_bytes(b"x" * 300_000)
    git = Git(None, environment={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    done = git.run("both", str(tmp_path / "long"), content=b"y" * 300_000, fine=(3,))
    assert (done.returncode, done.stdout, done.stderr) == (3, b"y" * 300_000, b"x" * 300_000)
