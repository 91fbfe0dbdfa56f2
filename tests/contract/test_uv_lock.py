"""The edit of a workspace's ``uv.lock`` is what uv itself writes after the version changed."""

import os
import subprocess
import sysconfig
from datetime import date
from pathlib import Path

import pytest

from tagboat.config.planning import Rules
from tagboat.config.project import Tree
from tagboat.planner.edits import file_edits

UV = Path(sysconfig.get_path("scripts")) / "uv"
MEMBER = """[project]
name = "{name}"
version = "1.2.3"
requires-python = ">=3.11"
dependencies = [{dependencies}]
[tool.uv.sources]
acme-core = {{ workspace = true }}
acme-io = {{ workspace = true }}
"""
SYSTEM = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


def lock(folder: Path) -> None:
    environment = {**os.environ, "UV_CACHE_DIR": str(folder / ".cache"), "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        [UV, "lock", "--offline", "--no-config"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"uv cannot lock here without a network: {done.stderr.strip()[-200:]}")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    if not UV.exists():
        pytest.skip("uv is not installed")
    members = {
        ".": ("acme", '"acme-core", "acme-io[fast]"'),
        "core": ("Acme.Core", '"acme-io"'),
        "io": ("acme_io", ""),
    }
    for folder, (name, dependencies) in members.items():
        text = MEMBER.format(name=name, dependencies=dependencies)
        text += SYSTEM if folder == "core" else ""
        text += '[tool.uv.workspace]\nmembers = ["core", "io"]\n' if folder == "." else ""
        text += "[project.optional-dependencies]\nfast = []\n" if folder == "io" else ""
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "pyproject.toml").write_text(text)
    lock(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("path", "name"), [("core", "Acme.Core"), ("io", "acme_io"), (".", "acme")])
@pytest.mark.parametrize("version", ["1.3.0", "2.0.0rc1"])
def test_the_edit_is_what_uv_writes(workspace: Path, path: str, name: str, version: str) -> None:
    files = {
        str(file.relative_to(workspace)) for file in workspace.glob("**/*.*") if ".cache" not in file.parts
    }
    tree = Tree(files, lambda file: (workspace / file).read_bytes())
    edits = file_edits(tree, Rules("x", distribution=name, path=path), "1.2.3", version, date(2026, 1, 31))
    assert {edit.path for edit in edits} == {"uv.lock", str(Path(path, "pyproject.toml"))}
    for edit in edits:
        (workspace / edit.path).write_bytes(edit.after)
    ours = (workspace / "uv.lock").read_bytes()
    lock(workspace)
    assert (workspace / "uv.lock").read_bytes() == ours
    (workspace / "uv.lock").unlink()
    lock(workspace)
    assert (workspace / "uv.lock").read_bytes() == ours
