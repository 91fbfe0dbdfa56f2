"""The clients that people use, as they are: twine, uv, pip."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tagboat.sandbox.process import environment
from tagboat.sandbox.server import Sandbox, running_sandbox

pytestmark = pytest.mark.slow

UV = Path(sysconfig.get_path("scripts")) / "uv"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("clients") / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def run(up: Sandbox, tmp_path: Path) -> Run:
    def start(*command: object, index: Any = "pypi") -> subprocess.CompletedProcess[str]:
        variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NO_COLOR": "1", "UV_NO_CACHE": "1"}
        variables |= environment(up.directory, index=index) | {"PIP_NO_CACHE_DIR": "1"}
        return subprocess.run(
            [str(word) for word in command],
            env=variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return start


@pytest.fixture
def python(tmp_path: Path, run: Run) -> Path:
    made = run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "clean")
    assert made.returncode == 0, made.stderr
    return tmp_path / "clean" / "bin" / "python"


TWINE = (sys.executable, "-m", "twine", "upload", "--disable-progress-bar")


def test_twine_uploads_and_repeats(run: Run, kit: Any, tmp_path: Path) -> None:
    files = [kit.wheel("twined").write(tmp_path), kit.sdist("twined").write(tmp_path)]
    for _ in range(2):
        done = run(*TWINE, *files)
        assert done.returncode == 0, done.stdout + done.stderr


def test_twine_shows_the_reason_phrase(run: Run, kit: Any, tmp_path: Path) -> None:
    run(*TWINE, kit.wheel("shown").write(tmp_path))
    done = run(*TWINE, kit.wheel("shown", payload=b"other\n").write(tmp_path / "other"))
    assert done.returncode != 0
    assert "File already exists" in " ".join((done.stdout + done.stderr).split())


def test_uv_publishes_and_shows_the_body(run: Run, kit: Any, tmp_path: Path) -> None:
    done = run(UV, "publish", kit.wheel("published").write(tmp_path), kit.sdist("published").write(tmp_path))
    assert done.returncode == 0, done.stderr
    done = run(UV, "publish", kit.wheel("published", payload=b"other\n").write(tmp_path / "other"))
    assert done.returncode != 0
    assert "File already exists" in done.stderr


def test_uv_skips_what_the_simple_page_shows(run: Run, up: Sandbox, kit: Any, tmp_path: Path) -> None:
    file = kit.wheel("checked").write(tmp_path)
    url = up.addresses.pypi.upload
    for _ in range(2):
        done = run(UV, "publish", "--publish-url", url, "--check-url", up.addresses.pypi.simple, file)
        assert done.returncode == 0, done.stderr
    assert up.frame is not None
    assert [entry.result for entry in up.frame.journal.entries() if entry.key == file.name] == ["created"]


def test_an_upload_to_testpypi_goes_there(run: Run, up: Sandbox, kit: Any, tmp_path: Path) -> None:
    file = kit.wheel("tested").write(tmp_path)
    assert run(*TWINE, file, index="testpypi").returncode == 0
    assert up.frame is not None
    assert [entry.service for entry in up.frame.journal.entries() if entry.key == file.name] == ["testpypi"]


def test_uv_installs_what_was_uploaded_with_its_dependency(
    run: Run, kit: Any, python: Path, tmp_path: Path
) -> None:
    needs = kit.wheel("needing", requires="needed>=1")
    run(UV, "publish", needs.write(tmp_path), kit.wheel("needed").write(tmp_path))
    done = run(UV, "pip", "install", "--python", python, "needing")
    assert done.returncode == 0, done.stderr
    done = run(python, "-c", "import needing, needed; print(needing.value)")
    assert done.stdout == "1\n"


def test_pip_downloads_and_installs_what_was_uploaded(
    run: Run, kit: Any, python: Path, tmp_path: Path
) -> None:
    file = kit.wheel("piped")
    run(*TWINE, file.write(tmp_path))
    pip = (sys.executable, "-m", "pip", "--python", python)
    done = run(*pip, "install", "piped==1.0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "piped-1.0-py3-none-any.whl.metadata" in done.stdout
    done = run(*pip, "download", "--no-deps", "--dest", tmp_path / "got", "piped")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "got" / file.filename).read_bytes() == file.content


def test_pip_passes_over_a_yanked_release(run: Run, up: Sandbox, kit: Any, tmp_path: Path) -> None:
    for version in ("1.0", "1.1"):
        run(UV, "publish", kit.wheel("yanked", version, payload=version.encode()).write(tmp_path))
    client = kit.client(up.addresses, up.addresses.pypi)
    client.control("yank", {"project": "yanked", "version": "1.1"})
    client.pool.clear()
    done = run(sys.executable, "-m", "pip", "download", "--no-deps", "--dest", tmp_path / "got", "yanked")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["yanked-1.0-py3-none-any.whl"]
