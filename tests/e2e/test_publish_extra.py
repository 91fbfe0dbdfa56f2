"""A job that may publish has nothing installed but what publishing needs: a real environment, from the lock."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from forge_ci import CiRun
from harbour import Project
from packages import ROOT, brought, declared, locked
from packaging.utils import canonicalize_name


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tagboat as it would be installed."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (made,) = folder.glob("tagboat-*.whl")
    return made


@pytest.fixture(scope="session")
def equipped(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make an environment with the base and an extra ("" for none), and return its interpreter."""
    made: dict[str, Path] = {}

    def python(extra: str) -> Path:
        if extra not in made:
            folder = tmp_path_factory.mktemp(f"equipped-{extra or 'base'}")
            lock = folder / "lock.txt"
            names = brought(declared()) | (brought(declared(extra)) if extra else set())
            lock.write_text(locked(names))
            subprocess.run(
                [sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=120
            )
            made[extra] = folder / "venv" / "bin" / "python"
            there = ("--python", made[extra], "install", "-q", "--no-deps")
            _pip(*there, "--require-hashes", "--only-binary", ":all:", "-r", lock)
            _pip(*there, wheel)
        return made[extra]

    return python


def _pip(*words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_job_with_the_publish_extra_alone_publishes_and_says_what_it_has_installed(
    project: Project, equipped: Callable[[str], Path], tmp_path: Path
) -> None:
    tag = project.ready("1.0")
    ci = CiRun(project, tmp_path / "ci")
    release = ci.gathered(tag, "default")
    bare = CiRun(project, ci.root, number=2, python=equipped("publish"))
    for phase in ("stage", "publish"):
        answer = bare.with_release(phase, release, "publish", "--phase", phase)
        assert answer.exit == 0, answer.err
    packages = {canonicalize_name(name) for name in answer.json["packages"]} - {"tagboat"}
    assert packages == brought(declared()) | brought(declared("publish"))
    assert f"{len(packages) + 1} packages are installed here" in bare.summary()
    assert project.harbour.files("pypi", project.name) == {
        artifact.file: artifact.sha256
        for artifact in ci.manifest(release).of(project.name)
        if artifact.role in ("sdist", "wheel")
    }
    tried = bare.with_release("try", release, "confirm", "--phase", "stage")
    assert (tried.exit, tried.json["error"]["code"]) == (2, "missing-extra"), tried.err
    both = bare.with_release("publish", release, "publish")
    assert (both.exit, both.json["error"]["code"]) == (2, "missing-extra"), both.err


@pytest.mark.long
@pytest.mark.slow
def test_a_job_with_nothing_but_the_base_checks(
    project: Project, equipped: Callable[[str], Path], tmp_path: Path
) -> None:
    tag = project.ready("1.0")
    bare = CiRun(project, tmp_path / "ci", python=equipped(""))
    checked = bare.job("check", "check", "--tag", tag)
    assert checked.exit == 0, checked.err
    assert bare.outputs["check"]["adopted"] == "false"
