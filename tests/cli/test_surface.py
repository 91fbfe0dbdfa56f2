"""What the command line promises whatever the command: words, statuses, JSON, light help, missing extras."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from answer_schema import ANSWER
from harbour import command, environment

from tagboat.cli.main import COMMANDS

EXTRAS = ("uv", "twine", "build", "aiohttp", "trustme", "check_wheel_contents", "pyproject_hooks")


def tagboat(
    *words: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> tuple[int, str, str]:
    done = subprocess.run(
        command(*words),
        env=env or environment(),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def without(modules: tuple[str, ...], *words: str | Path, cwd: Path) -> tuple[int, str, str]:
    """Call the command in a Python that lacks these modules."""
    program = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {modules!r}: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        f"sys.argv = {['tagboat', *map(str, words)]!r}\n"
        "from tagboat.__main__ import main\nmain()\n"
    )
    env = environment(XDG_STATE_HOME=str(cwd / "user-state"))
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("wrong", "meant"), [("relase", "release"), ("statsu", "status"), ("rehearsal", "rehearse")]
)
def test_an_unknown_command_suggests_the_near_one(wrong: str, meant: str) -> None:
    status, out, err = tagboat(wrong)
    assert (status, out) == (2, "")
    assert f"Did you mean '{meant}'?" in err


def test_nothing_near_is_suggested_for_nonsense() -> None:
    status, _, err = tagboat("zzz")
    assert status == 2
    assert "Did you mean" not in err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["release", "--json", "--tga", "v1"], "release"),
        (["release", "--json", "no-such-folder"], "release"),
        (["build", "--json"], "build"),
        (["ledger", "verify", "--json", "no-such-file"], "ledger verify"),
        (["sandbox", "up", "--json"], "sandbox up"),
        (["sandbox", "fault", "--dir", "x", "--json"], "sandbox fault"),
        (["verify", "no-such-manifest", "--json"], "verify"),
    ],
)
def test_a_usage_error_is_answered_in_json_where_json_was_asked(words: list[str], named: str) -> None:
    status, out, err = tagboat(*words)
    answer = json.loads(out)
    assert not list(ANSWER.iter_errors(answer))
    assert (status, answer["exit"], answer["error"]["code"], answer["command"]) == (2, 2, "usage", named)
    assert answer["error"]["remedy"] == f"tagboat {named} --help"
    assert err.startswith("Usage:")


@pytest.mark.parametrize("words", [["release", "--no-such"], ["gather"], ["publish"], ["resume", "x"]])
def test_a_usage_error_exits_2_and_prints_no_data(words: list[str]) -> None:
    status, out, err = tagboat(*words)
    assert (status, out) == (2, "")
    assert err.startswith("Usage:")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_command_and_its_variable(shell: str) -> None:
    status, out, _ = tagboat("completion", shell)
    assert status == 0
    assert "_TAGBOAT_COMPLETE" in out


def test_completion_knows_commands_and_options() -> None:
    env = environment(_TAGBOAT_COMPLETE="bash_complete", COMP_WORDS="tagboat re", COMP_CWORD="1")
    done = subprocess.run(
        ["tagboat"], executable=_script(), env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert {"plain,release", "plain,rehearse", "plain,resume"} <= set(done.stdout.split("\n")), done.stderr


def _script() -> str:
    return str(Path(sys.executable).with_name("tagboat"))


def test_every_help_is_light(tmp_path: Path) -> None:
    """Nothing but click and light modules of our own for --help of any command."""
    program = (
        "import json, sys\nfrom importlib import import_module\nbefore = set(sys.modules)\n"
        f"for name in {list(COMMANDS)!r}: import_module('tagboat.cli.commands.' + name)\n"
        "loaded = set(sys.modules) - before\n"
        "print(json.dumps(sorted({m.partition('.')[0] for m in loaded} - sys.stdlib_module_names)))\n"
        "print(json.dumps(sorted(m for m in loaded if m.startswith('tagboat.'))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=tmp_path,
    )
    packages, ours = (json.loads(line) for line in done.stdout.splitlines())
    assert set(packages) == {"click", "tagboat"}
    assert {name.split(".")[1] for name in ours} == {"cli", "core", "errors", "_version"}


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["rehearse", "."], "sandbox"),
        (["sandbox", "up", "--dir", "box"], "sandbox"),
        (["release", "--tag", "v1.0"], "build"),
        (["build", "--tag", "v1.0", "--out", "out"], "build"),
        (["gather", ".", "--out", "out"], "build"),
        (["confirm", "--manifest", "manifest.json"], "build"),
    ],
)
def test_a_missing_extra_is_named_before_anything_starts(
    tmp_path: Path, words: list[str], extra: str
) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    status, out, _ = without(EXTRAS, *words, "--json", cwd=tmp_path)
    answer = json.loads(out)
    assert (status, answer["error"]["code"]) == (2, "missing-extra")
    assert answer["error"]["remedy"] == f"pip install 'tagboat[{extra}]'"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["manifest.json"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--version"], 0),
        (["status", "--json"], 0),
        (["config", "schema"], 0),
        (["completion", "bash"], 0),
        (["sandbox", "status", "--dir", "box", "--json"], 8),
        (["sandbox", "down", "--dir", "box", "--json"], 0),
        (["publish", "--manifest", "manifest.json"], 7),
        (["verify", "manifest.json", "--offline"], 7),
    ],
)
def test_commands_that_need_no_extra_work_without_them(tmp_path: Path, words: list[str], status: int) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "box").mkdir()
    assert without(EXTRAS, *words, cwd=tmp_path)[0] == status


@pytest.mark.parametrize("words", [["--help"], ["config", "schema"], ["completion", "zsh"]])
def test_a_reader_that_went_away_is_no_traceback(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            command(*words),
            env=environment(),
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


def test_an_ascii_locale_ends_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "jéct"
    folder.mkdir()
    poor = environment(PYTHONIOENCODING="ascii")
    status, out, _ = tagboat("config", "check", str(folder), "--json", env=poor)
    assert (status, out.isascii()) == (3, True)
    assert "j\\u00e9ct" in out
    assert tagboat("config", "check", str(folder), env=poor)[0] == 3
    poorer = poor | {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert tagboat("config", "check", str(folder), env=poorer)[0] == 3
