"""Rehearsals of projects that say nothing about Tagboat: every back end, and repositories that cannot be rehearsed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from harbour import Answer, answer_of, command, environment, kill, run, sha256, until
from projects import BACK_ENDS

from tagboat.adapters.addresses import PUBLIC
from tagboat.sandbox.addresses import read_addresses
from tagboat.testing.workflow import publishing_workflow


@dataclass
class Workshop:
    """A local repository that no forge knows."""

    folder: Path
    state: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(content)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", "Begin")

    def rehearse(self, *arguments: str, **variables: str) -> Answer:
        return run(
            ["rehearse", self.folder, *arguments, "--state", self.state],
            self.folder,
            environment(**variables),
        )

    def snapshot(self) -> dict[str, tuple[int, str]]:
        return {
            str(path): (path.stat().st_mtime_ns, sha256(path))
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


OFTEN = ("flit", "hatch-vcs", "setuptools-scm")
"""Back ends that are rehearsed in every run; all of them build in tests/adapters/builders."""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path / "tiny-boat", tmp_path / "state")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    "back_end",
    [pytest.param(name, marks=() if name in OFTEN else pytest.mark.long) for name in sorted(BACK_ENDS)],
)
def test_a_project_of_each_back_end_is_rehearsed_without_any_configuration(
    workshop: Workshop, back_end: str
) -> None:
    workshop.commit(BACK_ENDS[back_end])
    if "dynamic" in BACK_ENDS[back_end]["pyproject.toml"]:
        workshop.git("tag", "v0.3.0")
        workshop.commit({"more.txt": "more\n"})
    answer = workshop.rehearse()
    assert answer.exit == 0, answer.err
    assert answer.json["isolation"]
    assert answer.json["not_covered"]
    kinds = sorted(row["role"] for row in answer.json["manifest"])
    assert kinds == ["archive", "checksum", "sdist", "wheel"]
    assert {row["state"] for row in answer.json["steps"]} == {"succeeded"}


@pytest.mark.parametrize(
    ("environment", "said", "codes"),
    [
        ("pypi", "a job like its own was lent a token", set()),
        ("production", "runs in production", {"publisher-mismatch"}),
    ],
)
def test_the_workflow_that_publishes_is_tried_against_the_sandbox_s_index(
    workshop: Workshop, environment: str, said: str, codes: set[str]
) -> None:
    configured = "[components.tiny-boat]\ntargets = ['pypi']\n[workflows]\ntrigger = 'tag'\n"
    workflow = publishing_workflow(environment=environment)
    files = {"tagboat.toml": configured, ".github/workflows/release.yml": workflow}
    workshop.commit({**BACK_ENDS["flit"], **files})
    answer = workshop.rehearse()
    assert answer.exit == 0, answer.err
    step = answer.step("publisher-matches:")
    assert said in json.dumps(step)
    assert {finding["code"] for finding in step.get("findings", ())} == codes


REMOTE = """
[tool.tagboat]
pipeline = "remote-release"

[tool.tagboat.workflows]
release = "ship.yml"
trigger = "{trigger}"
"""


@pytest.mark.parametrize(("back_end", "trigger"), [("flit", "dispatch"), ("hatch-vcs", "tag")])
def test_a_release_that_is_handed_over_is_rehearsed_with_a_player_that_is_named_as_one(
    workshop: Workshop, back_end: str, trigger: str
) -> None:
    files = BACK_ENDS[back_end]
    handed = {".github/workflows/ship.yml": publishing_workflow(by_tag=trigger == "tag")}
    configured = files["pyproject.toml"] + REMOTE.format(trigger=trigger)
    workshop.commit({**files, **handed, "pyproject.toml": configured})
    answer = workshop.rehearse()
    assert answer.exit == 0, answer.err
    assert any("ship.yml itself: a player" in line for line in answer.json["not_covered"])
    pushed = answer.step("push-tag:")
    assert "made" in pushed["reason"]
    assert not pushed["found"]
    assert answer.json["urls"]["arrived:pypi:tiny-boat"]
    (kept,) = (workshop.state / "logs" / "files").iterdir()
    assert "This is no run of ship.yml" in kept.read_text()


@pytest.mark.needs("names")
def test_the_public_names_lead_to_the_sandbox_of_a_rehearsal(workshop: Workshop) -> None:
    workshop.commit(BACK_ENDS["flit"])
    answer = workshop.rehearse()
    assert answer.exit == 0, answer.err
    assert "public names lead to it" in answer.json["isolation"]
    there = read_addresses(workshop.state / "sandbox")
    assert there.front_port == 443
    assert there.issuers == dict(PUBLIC.issuers)


def test_a_static_version_that_is_tagged_already_gets_the_next_patch_in_the_copy_alone(
    workshop: Workshop,
) -> None:
    workshop.commit(BACK_ENDS["flit"])
    workshop.git("tag", "v1.0")
    workshop.commit({"more.txt": "more\n"})
    (workshop.folder / "dirty.txt").write_text("dirty\n")
    before = workshop.snapshot()
    answer = workshop.rehearse()
    assert answer.exit == 0, answer.err
    assert answer.json["releases"][0]["version"] == "1.0.1"
    assert "edited in the copy: pyproject.toml: 1.0.1" in answer.err
    assert workshop.snapshot() == before
    assert workshop.git("tag") == "v1.0"
    assert workshop.git("status", "--porcelain") == "?? dirty.txt"


def test_a_tag_on_the_head_is_rehearsed(workshop: Workshop) -> None:
    workshop.commit(BACK_ENDS["flit"])
    workshop.git("tag", "-a", "-m", "one", "v1.0")
    answer = workshop.rehearse()
    assert answer.exit == 0, answer.err
    (release,) = answer.json["releases"]
    assert (release["tag"], release["commit"]) == ("v1.0", workshop.git("rev-parse", "HEAD"))
    assert "edited" not in answer.err


@pytest.mark.long
def test_an_older_tag_is_rehearsed_when_it_is_named(workshop: Workshop) -> None:
    workshop.commit(BACK_ENDS["flit"])
    workshop.git("tag", "v1.0")
    tagged = workshop.git("rev-parse", "HEAD")
    workshop.commit({"more.txt": "more\n"})
    answer = workshop.rehearse("--tag", "v1.0")
    assert answer.exit == 0, answer.err
    assert answer.json["releases"][0]["commit"] == tagged


def test_a_repository_without_a_project_is_refused(workshop: Workshop) -> None:
    workshop.commit({"README.md": "nothing\n"})
    answer = workshop.rehearse()
    assert answer.exit == 3, answer.err
    assert "no Python project" in answer.cause
    assert answer.remedy


def test_an_empty_repository_is_refused(workshop: Workshop) -> None:
    answer = workshop.rehearse()
    assert answer.exit == 3, answer.err
    assert "no commit yet" in answer.cause


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path) -> None:
    answer = run(["rehearse", tmp_path, "--state", tmp_path / "state"], tmp_path, environment())
    assert answer.exit == 3, answer.err
    assert "git repository" in answer.remedy


def test_a_shallow_clone_is_refused_with_the_command_that_completes_it(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.commit(BACK_ENDS["flit"])
    workshop.commit({"more.txt": "more\n"})
    shallow = Workshop(tmp_path / "shallow", tmp_path / "shallow-state")
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", workshop.folder.as_uri(), shallow.folder],
        env=environment(),
        timeout=60,
        check=True,
    )
    answer = shallow.rehearse()
    assert answer.exit == 3, answer.err
    assert "git fetch --unshallow" in answer.remedy


def test_maturin_without_rust_is_refused_before_anything_is_built(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit(
        {
            "pyproject.toml": '[build-system]\nrequires = ["maturin>=1.7"]\nbuild-backend = "maturin"\n'
            '[project]\nname = "tiny-boat"\nversion = "1.0"\n',
            "Cargo.toml": '[package]\nname = "tiny-boat"\nversion = "1.0.0"\nedition = "2021"\n',
            "src/lib.rs": "",
        }
    )
    path = without(tmp_path / "bin", "cargo", "rustc")
    answer = workshop.rehearse(PATH=str(path))
    assert answer.exit == 3, answer.err
    assert "needs Rust (cargo)" in answer.cause
    assert "adopt" in answer.remedy


@pytest.mark.slow
def test_a_rehearsal_takes_a_folder_that_another_tool_filled(workshop: Workshop, tmp_path: Path) -> None:
    shards = (
        "[tool.tagboat.components.tiny-boat]\n"
        'shards = [{ name = "source", wheel = false }, { name = "wheel", sdist = false, builder = "adopt" }]\n'
    )
    files = BACK_ENDS["flit"]
    workshop.commit({**files, "pyproject.toml": files["pyproject.toml"] + shards})
    wheelhouse = tmp_path / "wheelhouse"
    wheelhouse.mkdir()
    deed = "import sys, flit_core.buildapi as back_end; back_end.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", deed, wheelhouse], cwd=workshop.folder, check=True, timeout=60)
    workshop.git("tag", "v1.0")
    answer = workshop.rehearse("--from", f"wheel={wheelhouse}")
    assert answer.exit == 0, answer.err
    (built,) = wheelhouse.glob("*.whl")
    assert sha256(built) in {row["sha256"] for row in answer.json["manifest"]}


def without(folder: Path, *programs: str) -> Path:
    """A folder with links to all programs of this machine but these."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            link = folder / program.name
            if program.name not in programs and not link.is_symlink():
                link.symlink_to(program)
    return folder


@pytest.mark.long
@pytest.mark.slow
def test_a_killed_rehearsal_is_resumed_with_its_own_sandbox(workshop: Workshop) -> None:
    workshop.commit(BACK_ENDS["flit"])
    process = subprocess.Popen(
        command("rehearse", workshop.folder, "--state", workshop.state, "--json"),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = workshop.state / "sandbox" / "journal.jsonl"
    until(lambda: journal.exists() and '"service": "testpypi"' in journal.read_text(), "the first upload")
    kill(process)
    done = subprocess.run(
        command("resume", "--state", workshop.state, "--json"),
        cwd=workshop.folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    answer = answer_of(done.returncode, done.stdout, done.stderr)
    assert answer.exit == 0, answer.err
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    sent = [(line["service"], line["key"]) for line in lines if line["operation"] == "upload"]
    assert len(sent) == len(set(sent)) == 4
