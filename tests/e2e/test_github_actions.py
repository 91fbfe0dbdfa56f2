"""What a job of GitHub Actions is told beside the answer, and that nobody else is told any of it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from forge_ci import CiRun, parsed
from harbour import Answer, Project, command, run
from projects import flit

SECRET = "ghs_0123456789abcdef"  # a token that nobody issued


@pytest.fixture
def ci(project: Project, tmp_path: Path) -> CiRun:
    return CiRun(project, tmp_path / "ci")


def obeyed(answer: Answer) -> list[str]:
    """The lines of standard error that the runner would obey."""
    return [line for line in answer.err.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def commands(answer: Answer) -> list[str]:
    """Those that are no masks."""
    return [line for line in obeyed(answer) if not line.startswith("::add-mask::")]


def test_a_failed_job_annotates_and_gives_cause_and_remedy(ci: CiRun) -> None:
    answer = ci.job("check", "check", "--tag", "v9.9", GH_TOKEN=SECRET)
    assert answer.exit == 3, answer.err
    (error,) = commands(answer)
    masked = [line for line in obeyed(answer) if line != error]
    assert f"::add-mask::{SECRET}" in masked
    assert f"::add-mask::{ci.project.harbour.addresses.token}" in masked, "it came from a file"
    assert len(masked) == len(set(masked))
    assert error.startswith("::error title=tagboat check%3A refused::the tag v9.9 does not exist")
    assert "%0Aremedy: " in error
    given = ci.outputs["check"]
    assert (given["result"], given["exit"], given["error"]) == ("refused", "3", "refused")
    assert (given["cause"], given["remedy"]) == (answer.cause, answer.remedy)
    assert "## tagboat check: refused" in ci.summary()
    assert answer.cause in ci.summary()
    assert SECRET not in ci.summary()
    assert f"/{ci.project.repository}/actions/runs/1" in ci.summary()


def test_a_mistake_in_the_configuration_is_annotated_at_its_line(project: Project, ci: CiRun) -> None:
    files = flit(project.name, tagboat='colour = "blue"')
    tag = project.ready("1.0", files)
    answer = ci.job("check", "check", "--tag", tag)
    assert answer.exit == 2, answer.err
    (error,) = commands(answer)
    text = str(files["pyproject.toml"])
    line = 1 + text[: text.index("colour")].count("\n")
    assert error.startswith(f"::error file=pyproject.toml,line={line},title=tagboat check%3A invalid::")


def test_a_warning_of_a_guard_is_annotated(project: Project, ci: CiRun) -> None:
    tag = project.ready("1.0", _goes_on_without_an_index(project))
    project.harbour.faults.add("pypi", "simple", "status", value=503, times=1000)
    answer = ci.job("check", "check", "--tag", tag)
    warned = [f for row in answer.json["steps"] for f in row.get("findings", ()) if f["verdict"] == "warn"]
    assert len(warned) == len([line for line in commands(answer) if line.startswith("::warning ")])
    assert warned, answer.json["steps"]


def _goes_on_without_an_index(project: Project) -> dict[str, str | bytes]:
    files = flit(project.name)
    text = str(files["pyproject.toml"])
    return {
        **files,
        "pyproject.toml": text.replace("[tool.tagboat.policy]", '[tool.tagboat.policy]\nindex-down = "go"'),
    }


def test_elsewhere_nothing_of_it_is_said_or_written(project: Project, tmp_path: Path) -> None:
    paths = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    env = {**project.env, **paths, "GH_TOKEN": SECRET}
    places = ["--sandbox", project.harbour.directory, "--state", tmp_path / "state"]
    answer = run(["check", "--tag", "v9.9", *places], project.work, env)
    assert answer.exit == 3
    assert obeyed(answer) == []
    assert not any(Path(path).exists() for path in paths.values())


def test_words_of_strangers_are_no_commands(project: Project, ci: CiRun) -> None:
    """In the log, in the answer, in the outputs or in the summary."""
    evil = "##[add-mask]the ::error::x\n::set-output name=tag::v666\nEOF"
    answer = ci.job("check", "check", "--tag", "v1.0", "--component", evil)
    assert answer.exit in (2, 3), answer.err
    (error,) = commands(answer)
    assert error.startswith("::error title=tagboat check%3A ")
    assert "##[" not in answer.out + answer.err.replace(error, "")
    assert ci.outputs["check"]["tag"] == ""
    loud = subprocess.run(
        command("check", "--tag", "v1.0", "--component", evil, "--sandbox", project.harbour.directory),
        cwd=tmp_folder(ci), env={**project.env, **ci.environment(tmp_folder(ci), "loud")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    said = [
        line for line in loud.stderr.splitlines() if re.match(r"\s*::(?!add-mask)", line) or "##[" in line
    ]
    assert len(said) == 1, loud.stderr


def tmp_folder(ci: CiRun) -> Path:
    folder = ci.root / "loud"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_runner_that_names_a_file_that_cannot_be_written_does_not_stop_the_release(ci: CiRun) -> None:
    answer = ci.job("check", "check", "--tag", "v9.9", GITHUB_OUTPUT="/nowhere/output")
    assert answer.exit == 3, answer.err
    assert any("GITHUB_OUTPUT cannot be written" in line for line in commands(answer))


class TestReport:
    """One issue for a release that fails."""

    FAILED = {  # noqa: RUF012 - a test's own
        "check": {"result": "success", "outputs": {"component": "boat", "tag": "v1.0"}},
        "publish": {
            "result": "failure",
            "outputs": {"cause": "pypi said @team: no", "remedy": "wait", "exit": "6"},
        },
        "confirm": {"result": "skipped", "outputs": {}},
    }
    GOOD = {  # noqa: RUF012 - a test's own
        **FAILED,
        "publish": {"result": "success", "outputs": {}},
        "confirm": {"result": "success", "outputs": {}},
    }

    def test_failures_and_success(self, project: Project, tmp_path: Path) -> None:
        """Opened once, commented when it is another failure, closed by success; a dry run changes nothing."""
        deeds = [
            self.report(project, tmp_path, number, needs)
            for number, needs in enumerate(
                [
                    {**self.GOOD, "confirm": {"result": "skipped"}},
                    self.FAILED,
                    self.FAILED,
                    {**self.FAILED, "publish": {"result": "cancelled"}},
                    self.GOOD,
                    self.GOOD,
                ],
                start=1,
            )
        ]
        assert deeds == ["none", "opened", "unchanged", "updated", "closed", "none"]
        (issue,) = project.harbour.api("GET", f"/repos/{project.repository}/issues?state=all")
        assert (issue["title"], issue["state"]) == ("The release of boat failed", "closed")
        assert f"gh run rerun 4 --failed --repo {project.repository}" in issue["body"]
        place = f"/repos/{project.repository}/issues/{issue['number']}/comments"
        comments = [comment["body"] for comment in project.harbour.api("GET", place)]
        assert [text.split(":")[0].split("\n")[0] for text in comments] == [
            "It fails in another way now.",
            "A release succeeded",
        ]

    def report(self, project: Project, folder: Path, number: int, needs: object) -> str:
        ci = CiRun(project, folder / "ci", number=number)
        machine = ci.root / f"machine-{number}"
        machine.mkdir(parents=True)
        env = {**project.env, **ci.environment(machine, "report"), "TAGBOAT_NEEDS": json.dumps(needs)}
        answer = run(["report", "--sandbox", project.harbour.directory], machine, env)
        assert answer.exit == 0, answer.err
        assert parsed((machine / "output").read_text())["result"] == "succeeded"
        return str(answer.json["deed"])

    @pytest.mark.parametrize("needs", ["[]", "{", '{"a": 1}', '{"check": {"result": "success"}}'])
    def test_what_says_nothing_is_invalid(self, project: Project, needs: str) -> None:
        places = ["--sandbox", project.harbour.directory, "--repository", project.repository]
        answer = run(["report", *places, "--needs", needs], project.work, project.env)
        assert (answer.exit, answer.json["error"]["code"]) == (2, "usage")
