from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from tagboat.adapters.builders import FrontEnd
from tagboat.config.model import Component, Shard
from tagboat.errors import InvalidError, RefusedError, StepFailedError, UnavailableError

SETUP = "from setuptools import setup\n"


@pytest.mark.needs("isolation")
def test_a_build_cannot_reach_a_socket_that_listens_here(yard):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reach = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5); print('REACHED')\n"
        with pytest.raises(StepFailedError, match="unreachable"):
            yard.build(yard.tree("setuptools", {"setup.py": reach + SETUP + "setup()\n"}))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "REACHED" not in "\n".join(yard.log)


@pytest.mark.needs("isolation")
def test_a_build_sees_no_credential_and_no_process_of_ours(yard, monkeypatch):
    monkeypatch.setenv("UV_PUBLISH_TOKEN", "canary-token")
    monkeypatch.setenv("HTTPS_PROXY", "http://canary-proxy.invalid")
    look = (
        "import os, pathlib\n"
        "for p in pathlib.Path('/proc').glob('[0-9]*/environ'):\n"
        "    text = p.read_bytes()\n"
        "    print('SEEN', os.getpid(), p, b'canary' in text)\n"
        "print('HOME', os.environ['HOME'], 'UMASK', oct(os.umask(0)), os.environ['SOURCE_DATE_EPOCH'])\n"
    )

    yard.build(yard.tree("setuptools", {"setup.py": look + SETUP + "setup()\n"}))

    seen = "\n".join(line for line in yard.log if "SEEN" in line)
    assert seen
    assert "True" not in seen
    home = next(line for line in yard.log if line.startswith("HOME"))
    assert "tagboat-build" in home
    assert "UMASK 0o22 1700000000" in home


@pytest.mark.needs("isolation")
def test_what_a_build_leaves_running_is_killed(yard, tmp_path):
    mark = tmp_path / "alive"
    leave = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', \"import time,os; os.setsid(); open({str(mark)!r}, 'w').write(str(os.stat('/proc/self').st_ino)); time.sleep(600)\"])\n"
        f"import time, os\nwhile not os.path.exists({str(mark)!r}): time.sleep(0.01)\n"
    )

    yard.build(yard.tree("setuptools", {"setup.py": leave + SETUP + "setup()\n"}))

    assert mark.exists()
    commands = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    assert not [command for command in commands if str(mark).encode() in command]


def test_a_tracked_file_that_the_build_rewrites_is_named(yard):
    rewrite = "open('tiny_boat/data.py', 'w').write('changed')\n"
    tree = yard.tree(
        "setuptools", {"setup.py": rewrite + SETUP + "setup()\n", "tiny_boat/data.py": "as tagged\n"}
    )

    with pytest.raises(RefusedError, match=r"tracked: tiny_boat/data\.py"):
        yard.build(tree)


def test_a_tracked_file_that_the_build_writes_with_the_same_content_is_no_matter(yard):
    rewrite = "open('tiny_boat/data.py', 'w').write('as tagged\\n')\n"
    tree = yard.tree(
        "setuptools", {"setup.py": rewrite + SETUP + "setup()\n", "tiny_boat/data.py": "as tagged\n"}
    )

    assert yard.build(tree).files


def test_a_version_file_that_is_tracked_is_named_before_the_build(yard):
    tree = yard.tree("setuptools-scm", {"tiny_boat/_v.py": "version = '1.0'\n"})
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text().replace(
            "[tool.setuptools_scm]", '[tool.setuptools_scm]\nversion_file = "tiny_boat/_v.py"'
        )
    )

    with pytest.raises(RefusedError, match=r"would rewrite the tracked file tiny_boat/_v\.py"):
        yard.build(tree)
    assert not [line for line in yard.log if "building" in line]


def test_a_root_pkg_info_that_would_decide_the_version_is_refused(yard):
    tree = yard.tree("hatch-vcs", {"PKG-INFO": "Metadata-Version: 2.1\nName: tiny-boat\nVersion: 6.6.6\n"})

    with pytest.raises(RefusedError, match="PKG-INFO"):
        yard.build(tree)


def test_rust_is_missed_before_the_build(yard, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name, **_: None)
    tree = yard.tree("flit")
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('"flit_core>=3.2"', '"maturin>=1.4"'))

    with pytest.raises(RefusedError, match="Rust"):
        yard.build(tree)


def test_a_compiler_that_is_missing_is_refused_with_a_remedy(yard):
    setup = "from setuptools import setup, Extension\nsetup(ext_modules=[Extension('tiny_boat._c', ['tiny_boat/_c.c'])], packages=['tiny_boat'])\n"
    tree = yard.tree("setuptools", {"tiny_boat/_c.c": "int x;\n", "setup.py": setup})

    with pytest.raises(RefusedError, match="compiler") as refusal:
        yard.build(tree, Shard(environment={"CC": "no-such-gcc"}))
    assert "adopt" in refusal.value.remedy


def test_a_file_that_the_sdist_lacks_is_named(yard):
    setup = "from setuptools import setup\nopen('needed.txt').read()\nsetup(packages=['tiny_boat'])\n"
    tree = yard.tree("setuptools", {"setup.py": setup, "needed.txt": "x"})

    with pytest.raises(StepFailedError, match=r"which lacks needed\.txt"):
        yard.build(tree)


def test_a_version_that_is_not_the_released_one_fails(yard):
    with pytest.raises(RefusedError, match=r"has version 1\.2\.3, not 2\.0"):
        yard.build(yard.tree("flit"), version="2.0")


def test_another_distribution_than_the_components_fails(yard):
    with pytest.raises(RefusedError, match="belongs to tiny-boat, not to other"):
        yard.build(yard.tree("flit"), component=Component("x", distributions=("Other",)))


def test_a_wheel_that_was_not_asked_for_fails(yard):
    with pytest.raises(RefusedError, match=r"no wheel for cp311-\*.*was not asked for"):
        yard.build(yard.tree("flit"), Shard(wheels=("cp311-*",)))


def test_a_plain_linux_wheel_is_refused_when_it_is_not_to_be_repaired(yard, tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "tiny_boat-1.2.3-cp311-cp311-linux_x86_64.whl").write_bytes(b"")

    with pytest.raises(RefusedError, match="linux_x86_64"):
        yard.build(yard.tree("flit"), Shard(builder="adopt", repair=False, sdist=False), adopt=folder)


def test_files_of_another_machine_are_adopted(yard, tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "tiny_boat-1.2.3-cp311-cp311-win_amd64.whl").write_bytes(b"bytes")
    (folder / "notes.txt").write_text("x")

    result = yard.build(yard.tree("flit"), Shard(builder="adopt", sdist=False), adopt=folder)

    assert [path.name for path in result.files] == ["tiny_boat-1.2.3-cp311-cp311-win_amd64.whl"]
    assert result.files[0].read_bytes() == b"bytes"
    assert (result.builder, result.network) == ("adopt", "open")


@pytest.mark.parametrize("folder", [None, "empty"])
def test_adopting_nothing_is_refused(yard, tmp_path, folder):
    (tmp_path / "empty").mkdir()

    with pytest.raises(RefusedError):
        yard.build(yard.tree("flit"), Shard(builder="adopt"), adopt=folder and tmp_path / folder)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"flit_core>=3.2"', "5", "requires"),
        ('requires = ["flit_core>=3.2"]', "", "requires"),
        ("[build-system]", "[build-system", "pyproject.toml"),
        ('"flit_core>=3.2"', '"flit core >"', "build-system.requires"),
    ],
)
def test_a_broken_build_system_table_is_the_projects_mistake(yard, old, new, reason):
    tree = yard.tree("flit")
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace(old, new))

    with pytest.raises(InvalidError, match=reason):
        yard.build(tree)


def test_requirements_without_a_solution_fail(yard):
    tree = yard.tree("flit")
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("flit_core>=3.2", "flit_core==0.0.1234"))

    with pytest.raises(StepFailedError, match="cannot be resolved"):
        yard.build(tree)


def test_an_index_that_does_not_answer_is_unavailable(yard):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/simple/"
        server.close()
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        front_end = FrontEnd({**keep, "UV_DEFAULT_INDEX": address, "UV_HTTP_RETRIES": "0"})
        with pytest.raises(UnavailableError):
            front_end.build(yard.request(yard.tree("flit")), yard.log.append)


def test_an_interpreter_that_is_not_here_is_refused(yard):
    with pytest.raises(RefusedError, match=r"3\.5"):
        yard.build(yard.tree("flit"), Shard(python="3.5"))
