"""init, and config show, check and schema, on repositories as users have them."""

import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from berth import Call
from harbour import environment
from projects import flit

SETUP_PY = "from setuptools import setup\nsetup(name='rowboat', version='1.0', py_modules=['rowboat'])\n"
SETUP_CFG = "[metadata]\nname = rowboat\nversion = 1.0\n\n[options]\npy_modules = rowboat\n"

Repository = Callable[..., Path]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    def made(files: dict[str, str | bytes], *, commit: bool = True, name: str = "work") -> Path:
        root = tmp_path / name
        root.mkdir()
        for file, content in files.items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        git(root, "init", "--quiet", "--initial-branch=main")
        if commit:
            git(root, "add", "-A")
            git(root, "commit", "--quiet", "-m", "Begin")
        return root

    return made


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def bare_flit() -> dict[str, str | bytes]:
    """A flit package that says nothing about Tagboat."""
    files = flit("rowboat")
    text = str(files["pyproject.toml"])
    return {**files, "pyproject.toml": text[: text.index("[tool.tagboat")]}


def test_init_appends_what_config_check_accepts(call: Call, repository: Repository) -> None:
    root = repository(bare_flit())
    before = (root / "pyproject.toml").read_bytes()
    said = call("init", root, "--json")
    assert said.exit == 0, said.err
    after = (root / "pyproject.toml").read_bytes()
    assert after.startswith(before)
    assert set(tomllib.loads(after.decode())["tool"]["tagboat"]["components"]) == {"rowboat"}
    assert call("config", "check", root, "--json").json["components"] == ["rowboat"]
    assert said.json["file"] == str(root / "pyproject.toml")


@pytest.mark.parametrize(
    "files", [{"setup.cfg": SETUP_CFG, "setup.py": "import setuptools; setuptools.setup()\n"}]
)
def test_init_without_pyproject_writes_a_tagboat_toml_that_is_followed(
    call: Call, repository: Repository, files: dict[str, str | bytes]
) -> None:
    root = repository({**files, "rowboat.py": "value = 1\n"})
    said = call("init", root, "--json")
    assert said.exit == 0, said.err
    written = tomllib.loads((root / "tagboat.toml").read_text())
    assert set(written) == {"components"}
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "Configure")
    checked = call("config", "check", root)
    assert checked.out.startswith("tagboat.toml: 1 components: rowboat"), checked.err
    assert call("config", "show", root, "--json").json["config"]["source"] == "tagboat.toml"


def test_init_from_a_folder_below_writes_at_the_root(call: Call, repository: Repository) -> None:
    root = repository(bare_flit())
    assert call("init", root / "rowboat").exit == 0
    assert not (root / "rowboat" / "tagboat.toml").exists()
    assert "[tool.tagboat]" in (root / "pyproject.toml").read_text()


@pytest.mark.parametrize("where", ["pyproject.toml", "tagboat.toml"])
def test_init_never_overwrites_a_configuration(call: Call, repository: Repository, where: str) -> None:
    root = repository(bare_flit())
    if where == "pyproject.toml":
        assert call("init", root).exit == 0
    else:
        (root / where).write_text("[components.rowboat]\n")
    before = {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}
    said = call("init", root, "--json")
    assert (said.exit, said.json["error"]["code"]) == (3, "refused")
    assert {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()} == before


def test_init_can_print_and_write_nothing(call: Call, repository: Repository) -> None:
    root = repository(bare_flit())
    said = call("init", root, "--print")
    assert (said.exit, git(root, "status", "--porcelain")) == (0, "")
    assert "rowboat" in tomllib.loads(said.out)["tool"]["tagboat"]["components"]


def test_what_is_no_project_or_no_repository_is_refused(
    call: Call, repository: Repository, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    nothing = repository({"notes.txt": "x\n"})
    for words in (["init", empty], ["config", "check", empty], ["config", "show", empty], ["init", nothing]):
        said = call(*words, "--json")
        assert said.exit in (2, 3), words
        assert said.json["error"]["remedy"]
    unborn = repository(bare_flit(), commit=False, name="unborn")
    assert call("config", "show", unborn).exit == 3
    git(nothing, "clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert call("init", tmp_path / "bare.git").exit in (2, 3)


def test_config_check_reports_every_mistake_with_its_line(call: Call, repository: Repository) -> None:
    files = bare_flit()
    wrong = '\n[tool.tagboat]\nrepositry = "a/b"\n\n[tool.tagboat.components.rowboat]\ntag = 5\n'
    root = repository({**files, "pyproject.toml": str(files["pyproject.toml"]) + wrong})
    said = call("config", "check", root, "--json")
    assert (said.exit, said.json["error"]["code"]) == (2, "config")
    assert "repository" in said.json["error"]["cause"]
    assert said.json["error"]["cause"].count("pyproject.toml") >= 2


def test_config_show_follows_the_commit_and_check_the_files(call: Call, repository: Repository) -> None:
    root = repository(bare_flit())
    (root / "pyproject.toml").write_text("this is not toml")
    assert call("config", "show", root).exit == 0
    assert call("config", "check", root).exit == 2


def test_the_schema_is_json_and_describes_the_components(call: Call) -> None:
    said = call("config", "schema")
    assert "components" in json.loads(said.out)["properties"]
