import resource
import sys
from pathlib import Path

from bench.processes import Command, alternating, run


def python(text: str, folder: Path, name: str = "it", **more: tuple[int, ...]) -> Command:
    return Command(name, (sys.executable, "-S", "-c", text), folder, **more)


def test_the_memory_of_the_child_is_seen(tmp_path: Path) -> None:
    done = run(python("x = bytearray(300 * 1024 * 1024)", tmp_path), tmp_path, 60)
    assert done.status == 0
    # A child is counted with what its parent held when it was started.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert 300 < done.mebibytes < 600 + own


def test_the_memory_of_the_childs_child_is_seen(tmp_path: Path) -> None:
    inner = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(300 * 1024 * 1024)'])"
    )
    assert run(python(inner, tmp_path), tmp_path, 60).mebibytes > 300


def test_a_command_that_takes_too_long_is_stopped_with_its_children(tmp_path: Path) -> None:
    sleeper = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    done = alternating([python(sleeper, tmp_path)], tmp_path, rounds=3, limit=0.5)[0]
    assert done.stopped
    assert 0.5 <= done.seconds < 60


def test_a_failure_is_told_and_no_figure(tmp_path: Path) -> None:
    done = alternating([python("raise SystemExit('no such thing')", tmp_path)], tmp_path, rounds=3, limit=60)[
        0
    ]
    assert done.problem == "exit status 1: no such thing"


def test_a_status_can_be_an_answer(tmp_path: Path) -> None:
    done = alternating([python("raise SystemExit(21)", tmp_path, fine=(21,))], tmp_path, rounds=1, limit=60)[
        0
    ]
    assert done.problem == ""


def test_commands_take_turns_and_the_first_round_does_not_count(tmp_path: Path) -> None:
    log = tmp_path / "log"
    both = [python(f"open({str(log)!r}, 'a').write({name!r})", tmp_path, name) for name in "ab"]
    alternating(both, tmp_path, rounds=2, limit=60)
    assert log.read_text() == "ababab"


def test_every_run_has_an_empty_home(tmp_path: Path) -> None:
    text = (
        "import os, pathlib; home = pathlib.Path(os.environ['HOME'])\n"
        "print(os.environ['XDG_CACHE_HOME'], [p.name for p in home.iterdir()])"
    )
    outputs = {run(python(text, tmp_path), tmp_path / "runs", 60).output.read_text() for _ in range(2)}
    assert len(outputs) == 2
    assert all("['output']" in output for output in outputs)
