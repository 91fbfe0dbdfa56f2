"""A whole rehearsal against the same work by bare commands.

The bare side: build, strict check, two uploads, and as many times environment + install + import as the rehearsal
makes (the built files, the staging index's, the index's). Once with pip's tools, once with uv's, which is harder to beat.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.measure import Ratio, alternate, quietly, seconds
from tagboat.adapters.addresses import PUBLIC
from tagboat.sandbox import process

INSTALLS = 3
PROJECTS = {
    "flit": '[build-system]\nrequires = ["flit_core>=3.9"]\nbuild-backend = "flit_core.buildapi"\n',
    "setuptools": '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n',
}


def ratios(folder: Path, rounds: int = 3) -> list[Ratio]:
    """Measure both back ends; the sandbox that the bare uploads go to is not counted, ours is."""
    found = []
    for backend in PROJECTS:
        project = make_project(folder / backend, backend)
        sides: list[Callable[[], float]] = [
            lambda project=project: rehearse(project),
            lambda project=project: bare(project, folder, uv=False),
            lambda project=project: bare(project, folder, uv=True),
        ]
        for side in sides:
            side()
        ours, pip, uv = alternate(sides, rounds)
        found.append(Ratio(f"rehearsal of a {backend} package / build, twine, venv, pip", ours, pip, 1.5))
        found.append(
            Ratio(f"rehearsal of a {backend} package / uv build, twine, uv venv, uv pip", ours, uv, 1.5)
        )
    return found


def make_project(folder: Path, backend: str) -> Path:
    """Write a tiny pure package with this back end, committed."""
    name = f"bench-{backend}"
    module = folder / name.replace("-", "_")
    module.mkdir(parents=True)
    (module / "__init__.py").write_text('"""A package to measure with."""\n\n__version__ = "1.0.0"\n')
    (folder / "README.md").write_text(f"# {name}\n")
    project = (
        f'[project]\nname = "{name}"\nversion = "1.0.0"\ndescription = "Measured."\nreadme = "README.md"\n'
    )
    (folder / "pyproject.toml").write_text(PROJECTS[backend] + project)
    git = ("git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "Begin")):
        quietly(*git, *command)
    return folder


def rehearse(project: Path) -> float:
    """Rehearse in a fresh state directory; every fixed cost counts."""
    with tempfile.TemporaryDirectory() as state:
        tagboat = str(Path(sys.executable).with_name("tagboat"))
        return seconds(
            lambda: quietly(tagboat, "rehearse", str(project), "--state", f"{state}/state", "--json")
        )


def bare(project: Path, folder: Path, *, uv: bool) -> float:
    """The same work by hand; the sandbox that takes the uploads is up before and is not counted."""
    work = Path(tempfile.mkdtemp(dir=folder))
    sandbox = work / "sandbox"
    process.up(sandbox, own_relay=True, default_index=PUBLIC.indexes["pypi"].simple)
    try:
        return seconds(lambda: _by_hand(project, work, sandbox, uv=uv))
    finally:
        process.down(sandbox)
        shutil.rmtree(work)


def _by_hand(project: Path, work: Path, sandbox: Path, *, uv: bool) -> None:
    environment = {**os.environ, **process.environment(sandbox)}
    plain = dict(os.environ)
    bin_folder = Path(sys.executable).parent
    dist = work / "dist"
    build = (
        (str(bin_folder / "uv"), "build", "-q", "--out-dir") if uv else (sys.executable, "-m", "build", "-o")
    )
    quietly(*build, str(dist), str(project), env=plain)
    files = [str(path) for path in sorted(dist.glob("*.*")) if path.name[0] != "."]
    quietly(str(bin_folder / "twine"), "check", "--strict", *files)
    for index in ("testpypi", "pypi"):
        chosen = {**environment, **process.environment(sandbox, index=index)}
        quietly(str(bin_folder / "twine"), "upload", "--disable-progress-bar", *files, env=chosen)
    wheel = next(file for file in files if file.endswith(".whl"))
    for turn in range(INSTALLS):
        _install(work / f"venv{turn}", wheel, str(bin_folder / "uv") if uv else "", plain)


def _install(venv: Path, wheel: str, uv: str, env: dict[str, str]) -> None:
    python = str(venv / "bin" / "python")
    if uv:
        quietly(uv, "venv", "-q", str(venv), env=env)
        quietly(uv, "pip", "install", "-q", "--python", python, wheel, env=env)
    else:
        quietly(sys.executable, "-m", "venv", str(venv), env=env)
        quietly(python, "-m", "pip", "install", "-q", wheel, env=env)
    module = Path(wheel).name.split("-")[0]
    subprocess.run([python, "-c", f"import {module}"], check=True, env=env)
