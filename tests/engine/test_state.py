from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tagboat.core.plan import Half, Plan
from tagboat.core.step import Effect, Phase, Step
from tagboat.engine.state import StateDirectory, write_durably
from tagboat.errors import AlreadyRunningError, ConflictError

HOLDER = """
import sys, time
from pathlib import Path
from tagboat.engine.state import StateDirectory
with StateDirectory(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def plan(half: Half = Half.PREPARE) -> Plan:
    return Plan(half, "tag-release", (), (Step("a", "adopt", Phase.CHECK, Effect.NONE),), {"config": "x"})


def test_a_second_start_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with StateDirectory(tmp_path), pytest.raises(AlreadyRunningError, match=f"process {os.getpid()} "):
        StateDirectory(tmp_path).__enter__()
    with StateDirectory(tmp_path):
        pass


def test_a_killed_holder_is_taken_over_at_once(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"held\n"
            with pytest.raises(AlreadyRunningError, match=f"process {child.pid} "):
                StateDirectory(tmp_path).__enter__()
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        with StateDirectory(tmp_path):
            pass


def test_the_state_is_for_its_owner_alone(tmp_path: Path) -> None:
    with StateDirectory(tmp_path / "state") as state:
        assert state.path.stat().st_mode & 0o077 == 0


def test_scratch_left_by_a_killed_run_is_thrown_away(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    (state.scratch / "left").mkdir(parents=True)
    with state:
        assert list(state.scratch.iterdir()) == []
        assert state.folder() != state.folder()
    assert not state.scratch.exists()


def test_each_attempt_has_a_log_of_its_own_with_a_plain_name(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    names = {
        state.log(key, number).name for key in ("upload:pypi:a-1.0.tar.gz", "../../x") for number in (1, 2)
    }
    assert len(names) == 4
    assert not any("/" in name for name in names)
    assert all(state.log("../../x", 1).parent == state.logs for _ in names)


def test_plans_come_back_as_they_were_frozen(tmp_path: Path) -> None:
    with StateDirectory(tmp_path) as state:
        assert state.load_plans() is None
        state.save_plans(plan(), None, {"repository": "acme/demo"})
        assert state.load_plans() == (plan(), None, {"repository": "acme/demo"})
        state.save_plans(plan(), plan(Half.PUBLISH))
        loaded = state.load_plans()
        assert loaded is not None
        assert loaded[1] is not None
        assert loaded[1].digest == plan(Half.PUBLISH).digest


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"prepare": {"schema": "tagboat/plan/9"}, "publish": null}']
)
def test_a_plan_file_that_cannot_be_read_is_a_conflict(tmp_path: Path, text: str) -> None:
    with StateDirectory(tmp_path) as state:
        state.plans.write_text(text)
        with pytest.raises(ConflictError, match="not a plan"):
            state.load_plans()


def test_a_durable_write_replaces_the_whole_file(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", "a long first text\n")
    write_durably(tmp_path / "file", "short\n")
    assert (tmp_path / "file").read_text() == "short\n"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
