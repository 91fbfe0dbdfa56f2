from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tagboat.adapters import isolation
from tagboat.adapters.environment import bare_environment
from tagboat.adapters.isolation import network_off, private_network
from tagboat.adapters.process import Child, run
from tagboat.adapters.secrets import announce
from tagboat.errors import StepFailedError

PYTHON = sys.executable


def python(tmp_path: Path, code: str, *, network: bool = True, timeout: float = 60, log=lambda _line: None):
    return run(
        [PYTHON, "-c", code],
        cwd=tmp_path,
        env=bare_environment(tmp_path),
        log=log,
        timeout=timeout,
        network=network,
    )


def alive(mark: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes():
                return True
        except OSError:
            continue
    return False


def soon_dead(mark: str) -> bool:
    deadline = time.monotonic() + 20
    while alive(mark) and time.monotonic() < deadline:
        os.sched_yield()
    return not alive(mark)


def test_output_of_both_streams_goes_to_the_log_in_order(tmp_path):
    lines: list[str] = []

    done = python(
        tmp_path, "import sys; print('one', flush=True); print('two', file=sys.stderr)", log=lines.append
    )

    assert (done.returncode, lines, done.output_tail) == (0, ["one", "two"], "one\ntwo")


def test_an_exit_status_and_a_signal_are_told(tmp_path):
    assert python(tmp_path, "raise SystemExit(7)").returncode == 7
    assert python(tmp_path, "raise SystemExit(7)", network=False).returncode == 7
    assert python(tmp_path, "import os; os.kill(os.getpid(), 9)").returncode == -9


def test_what_a_child_says_is_kept_without_secrets(tmp_path, monkeypatch):
    """Those of our environment, those that we came to hold, and what is one by its shape; also at the end of a long line."""
    monkeypatch.setenv("DEPLOY_PASSWORD", "tr0ub4dor-and-3")
    announce("lent-to-us-for-a-while")
    (tmp_path / "said").write_text(
        f"tr0ub4dor-and-3 lent-to-us-for-a-while ghp_{'a1B2' * 9} {'x ' * 1990}tr0ub4dor-and-3 end"
    )
    lines: list[str] = []

    done = python(tmp_path, "print(open('said').read())", log=lines.append)

    assert lines[0].startswith("*** *** *** x")
    assert lines[-1].endswith("*** end")
    assert done.output_tail == "\n".join(lines)


def test_a_line_without_end_is_cut_between_words(tmp_path):
    lines: list[str] = []
    python(tmp_path, "print('word ' * 40_000, end='')", log=lines.append)
    assert "".join(lines).split() == ["word"] * 40_000


def test_control_characters_do_not_reach_the_log(tmp_path):
    done = python(tmp_path, r"print('\x1b]0;title\x07red\x1b[31m\u202e')")

    assert not [char for char in done.output_tail if not char.isprintable()]
    assert "red" in done.output_tail


def test_much_output_is_kept_short_and_none_of_it_is_lost_to_the_log(tmp_path):
    count = 0

    def log(line: str) -> None:
        nonlocal count
        count += len(line)

    done = python(tmp_path, "print('x' * 3_000_000); [print('line', n) for n in range(20_000)]", log=log)

    assert count > 3_000_000
    assert len(done.output_tail) < 10_000
    assert done.output_tail.endswith("line 19999")


def test_a_child_that_does_not_end_is_killed_with_all_it_started(tmp_path):
    mark = f"tagboat-mark-{tmp_path.name}-{os.getpid()}"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', '{mark}']); time.sleep(600)"

    with pytest.raises(StepFailedError, match="did not end within"):
        python(tmp_path, code, timeout=1)
    assert soon_dead(mark)


def test_what_a_child_leaves_behind_is_killed_and_does_not_hold_us_up(tmp_path):
    mark = f"tagboat-left-{tmp_path.name}-{os.getpid()}"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', '{mark}'])"

    assert python(tmp_path, code).returncode == 0
    assert soon_dead(mark)


@pytest.mark.parametrize("network", [True, False])
def test_a_child_dies_with_its_parent(tmp_path, network):
    mark = f"tagboat-orphan-{tmp_path.name}-{os.getpid()}"
    parent = (
        "import sys; from pathlib import Path; from tagboat.adapters.process import run\n"
        f"run([sys.executable, '-c', 'print(1, flush=True); import time; time.sleep(600)', '{mark}'], cwd=Path('.'), env={{}}, "
        f"log=lambda line: print('up', flush=True), timeout=600, network={network})"
    )
    process = subprocess.Popen([PYTHON, "-c", parent], cwd=tmp_path, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert soon_dead(mark)


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StepFailedError, match="no-such-program"):
        run(["no-such-program"], cwd=tmp_path, env={}, log=lambda _line: None, timeout=5, network=True)


@pytest.mark.needs("isolation")
def test_a_child_without_network_reaches_nothing(tmp_path):
    assert network_off().network == "off"
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 5)"
        assert python(tmp_path, code).returncode == 0
        done = python(tmp_path, code, network=False)
    assert done.returncode == 1
    assert "unreachable" in done.output_tail


def test_a_child_has_a_bare_environment_and_no_file_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    with (tmp_path / "open").open("w") as handle:
        os.set_inheritable(handle.fileno(), True)
        done = python(
            tmp_path,
            "import os; print(sorted(os.environ)); print(os.listdir('/proc/self/fd')); print(os.umask(0))",
        )

    names, files, umask = done.output_tail.splitlines()
    assert "SECRET_TOKEN" not in names
    assert "'SOURCE_DATE_EPOCH'" not in names
    assert len(files.split(",")) == 4
    assert umask == str(0o022)


def test_the_answer_of_a_child_comes_with_all_output_before_it(tmp_path):
    reading, writing = os.pipe()
    code = f"import os, time; print('x' * 200_000); print('before', flush=True); os.write({writing}, b'done\\n'); time.sleep(600)"
    with Child(
        [PYTHON, "-c", code],
        cwd=tmp_path,
        env=bare_environment(tmp_path),
        log=lambda _line: None,
        network=False,
        pass_fds=(writing,),
    ) as child:
        os.close(writing)
        assert child.answer(reading, 60) == b"done\n"
        assert child.tail.endswith("before")
    os.close(reading)


@pytest.mark.needs("isolation")
def test_a_private_network_has_loopback_and_no_way_out(tmp_path):
    code = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "print('loopback')\n"
        "try:\n    socket.create_connection(('192.0.2.1', 9), 5)\n"
        "except OSError as refusal:\n    print(refusal.strerror)\n"
    )
    wrapped = private_network().wrap([PYTHON, "-c", code])

    done = run(wrapped, cwd=tmp_path, env=dict(os.environ), log=lambda _line: None, timeout=60, network=True)

    assert done.output_tail.splitlines() == ["loopback", "Network is unreachable"]


@pytest.mark.needs("isolation")
def test_a_private_network_can_hold_children_without_any(tmp_path):
    code = (
        "import socket, sys; from pathlib import Path; from tagboat.adapters.process import run\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "reach = f'import socket; socket.create_connection({server.getsockname()!r}, 5)'\n"
        "for network in (True, False):\n"
        "    print(run([sys.executable, '-c', reach], cwd=Path('.'), env={}, log=lambda _: None, timeout=60, network=network).returncode)\n"
    )
    wrapped = private_network().wrap([PYTHON, "-c", code])

    done = run(wrapped, cwd=tmp_path, env=dict(os.environ), log=lambda _line: None, timeout=60, network=True)

    assert done.output_tail.splitlines() == ["0", "1"]


def test_a_machine_without_namespaces_says_so(monkeypatch):
    monkeypatch.setattr(isolation.shutil, "which", lambda _name: None)
    network_off.cache_clear()
    private_network.cache_clear()
    try:
        for found in (network_off(), private_network()):
            assert found.network == "open"
            assert found.wrap(["x"]) == ("x",)
            assert "neither" in found.describe()
    finally:
        network_off.cache_clear()
        private_network.cache_clear()


@pytest.mark.parametrize("argv", [[], ["--loopback"], ["--loopback", "--"], ["ls"]])
def test_the_trampoline_wants_a_command(argv, capsys):
    assert isolation.main(argv) == 2
    assert "usage" in capsys.readouterr().err
