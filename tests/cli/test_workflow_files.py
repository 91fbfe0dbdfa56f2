"""init --workflows on a real repository; the locks are made by uv, from the machine's own index and a wheel of this Tagboat."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from berth import Call, Said
from judges import zizmor

from tagboat._version import __version__
from tagboat.testing.histories import git

ROOT = Path(__file__).parents[2]
PYPROJECT = """\
[build-system]
requires = ["flit_core>=3.12,<4"]
build-backend = "flit_core.buildapi"

[project]
name = "rowboat"
version = "1.0"
description = "Tiny"

[tool.tagboat.components.rowboat]
targets = ["testpypi", "pypi"]
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a wheel of this very Tagboat, which no index has."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=trunk")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    git(folder, "remote", "add", "origin", "git@forge.example:acme/rowboat.git")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "Begin")
    return folder


@pytest.fixture
def init(call: Call, root: Path, wheel: Path) -> Call:
    def called(*words: str | Path) -> Said:
        return call("init", root, "--workflows", "--find-links", wheel, *words)

    return called


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def test_everything_is_written_once_and_found_to_be_right_afterwards(init: Call, root: Path) -> None:
    said = init("--json")
    assert said.exit == 0, said.err
    assert {row["state"] for row in said.json["files"]} == {"new"}
    ours = files(root)
    assert set(ours) == {row["path"] for row in said.json["files"]} | {"pyproject.toml"}
    ci = ours[".github/workflows/ci.yml"].decode()
    assert "branches: [trunk]" in ci
    assert "github.repository == 'acme/rowboat'" in ci
    for name in ("build", "publish"):
        lock = ours[f".github/tagboat/{name}.txt"].decode()
        assert f"tagboat=={__version__} " in lock
        assert "://" not in lock
        pins = re.findall(r"(?m)^\S+==", lock)
        assert len(pins) == len(re.findall(r"(?m)^\S+==\S+ \\\n    --hash=sha256:", lock))
    assert len(re.findall(r"(?m)^\S+==", ours[".github/tagboat/publish.txt"].decode())) <= 25
    assert zizmor(root) == []
    again = init()
    assert (again.exit, again.out) == (0, "all files are as the configuration asks for\n")
    assert files(root) == ours


def test_what_is_not_ours_is_shown_as_a_patch_and_taken_over_by_git(init: Call, root: Path) -> None:
    folder = root / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yml").write_text("on: push\njobs: {a: {runs-on: x, steps: [{run: y}]}}")
    before = files(root)
    said = init()
    assert said.exit == 3
    assert "ci.yml is not Tagboat's" in said.err
    assert "-on: push\n" in said.out
    assert files(root) == before
    patch = init("--diff")
    assert patch.exit == 0
    assert files(root) == before
    subprocess.run(["git", "apply", "-"], input=patch.out, cwd=root, text=True, check=True, timeout=60)
    assert init().out == "all files are as the configuration asks for\n"


def test_a_tagboat_that_no_index_has_is_refused_with_a_way_out(call: Call, root: Path) -> None:
    said = call("init", root, "--workflows", "--tagboat", "tagboat==0.0.1.dev9")
    assert said.exit == 1
    assert "tagboat[build]==0.0.1.dev9" in said.err
    assert "--find-links DIR" in said.err
    assert not (root / ".github").exists()


@pytest.mark.parametrize("words", [["--diff"], ["--tagboat", "x"], ["--workflows", "--tagboat", "requests"]])
def test_words_that_do_not_fit_are_refused(call: Call, root: Path, words: list[str]) -> None:
    assert call("init", root, *words).exit == 2


def test_nothing_is_written_through_a_link_that_leads_out(init: Call, root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (root / ".github").symlink_to(tmp_path / "outside")
    said = init()
    assert said.exit == 3
    assert list((tmp_path / "outside").iterdir()) == []
    assert set(files(root)) == {"pyproject.toml"}


def test_print_shows_the_texts_and_writes_nothing_for_the_repository_that_is_named(
    init: Call, root: Path
) -> None:
    git(root, "remote", "remove", "origin")
    before = files(root)
    assert init().exit == 2
    said = init("--repository", "acme/other", "--print")
    assert said.exit == 0
    assert "==> .github/workflows/release.yml\n" in said.out
    assert "github.repository == 'acme/other'" in said.out
    assert files(root) == before
