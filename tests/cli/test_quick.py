from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tagboat.cli import planning, quick
from tagboat.cli.commands.changelog import changelog
from tagboat.cli.commands.plan import plan
from tagboat.testing.drawings import Drawing, Drawn, into_git

WORDS = {"plan": (plan, planning.PlanWords), "changelog": (changelog, planning.ChangelogWords)}
HISTORY = Drawing(
    (
        Drawn(
            "one", (), b"chore: begin", {b"pyproject.toml": b'[project]\nname = "acme"\nversion = "1.0.0"\n'}
        ),
        Drawn("two", ("one",), b"feat: sail", {b"a.txt": b"a"}),
    ),
    tags={"v1.0.0": "one"},
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quick") / "work"
    into_git(HISTORY, folder)
    return folder


def called(words: list[str], folder: Path, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tagboat", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", quick.FLAGS)
def test_the_short_cut_knows_the_options_by_their_names(name: str) -> None:
    command, words = WORDS[name]
    options = {
        word: option for option in command.params if isinstance(option, click.Option) for word in option.opts
    }
    for word, called in {**quick.VALUES, **quick.FLAGS[name]}.items():
        assert options[word].name == called
        assert options[word].is_flag is (word in quick.FLAGS[name])
        assert options[word].multiple is (called == "components")
    assert {option.name for option in options.values()} == set(words._fields)


@pytest.mark.parametrize("name", quick.FLAGS)
def test_what_is_not_said_is_the_same_for_both(name: str) -> None:
    command, words = WORDS[name]
    context = command.make_context(name, [])
    defaults = words._field_defaults
    assert {key: context.params[key] for key in defaults} == {**defaults, "repo": Path()}


@pytest.mark.parametrize(
    "words",
    [
        ["plan"],
        ["plan", "--json", "--repo=."],
        ["plan", "--component", "acme", "--verbose", "--exit-code", "--edits"],
        ["plan", "--since", "v1.0.0", "--until=HEAD~1", "--strict"],
        ["plan", "--component", "other"],
        ["plan", "--diff"],
        ["changelog", "--all"],
        ["changelog", "--json", "--repository", "owner/name"],
    ],
)
def test_both_ways_give_one_answer(repository: Path, words: list[str]) -> None:
    whole = [*words, "--as-of", "2024-02-29"]
    day = called(whole, repository)
    assert quick.understood(words, {}) is not None
    assert quick.understood(whole, {}) is None
    program = (
        "import sys\nfrom datetime import date\nfrom tagboat.cli import planning, quick\n"
        f"command, words = {words[0]!r}, quick._said({words[1:]!r}, quick.FLAGS[{words[0]!r}])\n"
        "words['repo'] = __import__('pathlib').Path(words.get('repo', '.'))\n"
        "made = {'plan': planning.PlanWords, 'changelog': planning.ChangelogWords}[command]\n"
        "getattr(planning, command)(made(**words, as_of=date(2024, 2, 29)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=repository,
        env={"PATH": os.environ["PATH"], "HOME": str(repository)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == day


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["plan", "--help"],
        ["plan", "--repo"],
        ["plan", "--repo", "nowhere"],
        ["plan", "--since", "--json"],
        ["plan", "--json=1"],
        ["plan", "--unknown"],
        ["plan", "--", "--json"],
        ["plan", "word"],
        ["changelog", "--strict"],
        ["release", "--json"],
    ],
)
def test_words_that_are_not_plain_are_left_to_the_whole_command_line(words: list[str]) -> None:
    assert quick.understood(words, {}) is None


def test_a_shell_that_completes_words_is_left_to_the_whole_command_line() -> None:
    assert quick.understood(["plan"], {"_TAGBOAT_COMPLETE": "bash_complete"}) is None


def test_a_reader_who_has_gone_is_no_error_of_ours(repository: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    child = subprocess.run(
        [sys.executable, "-m", "tagboat", "plan", "--json"],
        cwd=repository,
        env={"PATH": os.environ["PATH"], "HOME": str(repository)},
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (child.returncode, child.stderr) == (1, b"")
