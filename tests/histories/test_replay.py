"""Real projects' past releases, planned once more: so many must come out as they were released, and as the tool made them.

The histories are bare partial clones with one line for each release in a file beside them. ``TAGBOAT_HISTORIES`` names
their folder; without it they are looked for in ``../shared/histories`` beside the project.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

pytestmark = pytest.mark.slow

_DATE = re.compile(r" ?\([0-9]{4}-[0-9]{2}-[0-9]{2}\)")
_AMENDED: Final = "auto-release-candidate-2023-10-01"
"""The one draft of pypiserver that a person changed afterwards."""


@dataclass(frozen=True)
class Least:
    """How many releases must be right: as released, and as release-please's own library makes them."""

    versions: int
    sections: int = 0
    agree_versions: int = 0
    agree_sections: int = 0


LEAST: Mapping[str, Least] = {
    "runpod+flash": Least(64, 61, 61, 61),
    "open-feature+python-sdk": Least(30, 26, 30, 30),
    "googleapis+python-api-core": Least(78, 8, 77, 78),
    "googleapis+python-storage": Least(65, 7, 63, 66),
    "googleapis+google-auth-library-python": Least(144, 14, 143, 142),
    "openai+openai-python": Least(292, 3, 291, 293),
    "python-semantic-release+python-semantic-release": Least(252),
    "commitizen-tools+commitizen": Least(273),
}

LONG = ("python-semantic-release+python-semantic-release", "commitizen-tools+commitizen")
"""Their hundreds of releases take a minute, and have no sections to compare."""


@pytest.fixture(scope="module")
def histories() -> Path:
    said = os.environ.get("TAGBOAT_HISTORIES")
    folder = Path(said) if said else Path(__file__).parents[3] / "shared" / "histories"
    if not folder.is_dir():
        pytest.skip(
            "there are no histories: TAGBOAT_HISTORIES names no folder, and none lies beside the project"
        )
    return folder


def history(folder: Path, name: str) -> Path:
    repository = folder / f"{name}.git"
    if not repository.is_dir():
        pytest.skip(f"the history {name} is not in the folder of histories")
    return repository


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long if name in LONG else ()) for name in LEAST]
)
@pytest.mark.timeout(300)
def test_past_releases_come_out_as_they_were_made(histories: Path, name: str) -> None:
    repository = history(histories, name)
    truth = histories / f"{name}.truth.jsonl"
    wanted = rows(truth.read_text(encoding="utf-8"))
    replayed = rows(tagboat("replay", repository, "--releases", truth, "--json"))
    # A tag can occur twice, so rows are compared by their places and not by their tags.
    assert [row["tag"] for row in replayed] == [row["tag"] for row in wanted]
    got, least = counted(wanted, replayed), LEAST[name]
    short = [key for key in got if got[key] < getattr(least, key)]
    assert not short, f"{name}: {got}, at least {least}"


@pytest.mark.timeout(300)
def test_the_monthly_drafts_come_out_to_the_byte(histories: Path) -> None:
    repository = history(histories, "pypiserver+pypiserver")
    drafts = rows(tagboat("replay", repository, "--drafts", "--json"))
    names = {row["branch"] for row in drafts}
    assert len(drafts) == len(names) >= 32
    wrong = [
        row["branch"]
        for row in drafts
        if row["branch"] != _AMENDED and drafted(repository, row["branch"]) != row["content"]
    ]
    assert not wrong
    assert all(row["branch"].endswith(row["date"]) for row in drafts)


def counted(wanted: list[dict[str, Any]], replayed: list[dict[str, Any]]) -> dict[str, int]:
    got = dict.fromkeys(("versions", "sections", "agree_versions", "agree_sections"), 0)
    for want, have in zip(wanted, replayed, strict=True):
        section = undated(have["section"])
        got["versions"] += have["version"] == want["released_version"]
        got["sections"] += section == undated(want.get("released_section"))
        got["agree_versions"] += have["version"] == want.get("reference_version")
        got["agree_sections"] += section == undated(want.get("reference_section"))
    return got


def undated(text: str | None) -> str:
    return _DATE.sub("", text or "").strip()


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def drafted(repository: Path, branch: str) -> str:
    """Return what the project's own job wrote on a branch."""
    done = subprocess.run(
        ["git", f"--git-dir={repository}", "show", f"{branch}:CHANGES.rst"],
        env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode("utf-8", "replace")


def tagboat(*words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tagboat", *map(str, words)], capture_output=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8")
