"""Jobs for real on this machine: directories, shells, files, results. No forge is needed for these."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.commands import Annotation
from tagboat.sandbox.actions.job.order import Ended, Order, StoredArtifact
from tagboat.sandbox.actions.job.walk import JobWalk
from tagboat.sandbox.actions.log import whole_log
from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.workflow import read_workflow
from tagboat.sandbox.actions.workflow.model import Defaults

GITHUB = {
    "repository": "acme/demo",
    "ref": "refs/heads/main",
    "sha": "1" * 40,
    "event": {"x": 1},
    "run_id": "7",
}


@dataclass
class Shelf:
    """Artifacts in a folder."""

    folder: Path
    kept: dict[str, StoredArtifact] = field(default_factory=dict)

    def listed(self) -> list[StoredArtifact]:
        return list(self.kept.values())

    def put(self, name: str, content: Path, *, days: int, overwrite: bool) -> StoredArtifact:
        if name in self.kept and not overwrite:
            raise StepFailedError("(409) Conflict")
        place = content.rename(self.folder / f"{name}.zip")
        self.kept[name] = StoredArtifact(len(self.kept) + 1, name, place, "abc")
        return self.kept[name]


@dataclass
class Went:
    """How a job went."""

    ended: Ended
    log: str
    steps: dict[str, str | None]
    annotations: list[Annotation]
    summary: str


@dataclass
class Hearing:
    numbered: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)
    summary: str = ""
    cancel_at: str = ""
    walk: JobWalk | None = None

    def step(self, number: int, name: str, status: str, conclusion: str | None) -> None:
        self.numbered[number] = name, conclusion
        if self.walk and name == self.cancel_at and status == "in_progress":
            self.walk.cancel()

    def annotate(self, annotation: Annotation) -> None:
        self.annotations.append(annotation)

    def summarize(self, text: str) -> None:
        self.summary += text


class Bench:
    """Runs the steps of a job in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shelf = Shelf(folder)
        self.runs = 0

    def __call__(
        self, steps: str, rest: str = "", *, cancel_at: str = "", minute: float = 60.0, **more: Any
    ) -> Went:
        text = f"on: push\njobs:\n  a:\n    runs-on: x\n{indent(dedent(rest), '    ')}\n    steps:\n"
        workflow = read_workflow(
            (text + indent(dedent(steps), "      ")).encode(), ".github/workflows/ci.yml"
        )
        self.runs += 1
        hearing = Hearing(cancel_at=cancel_at)

        async def go() -> Ended:
            order = Order(
                job=workflow.jobs["a"],
                name="a",
                contexts={
                    "github": GITHUB,
                    "secrets": {"PASSWORD": "hunter2"},
                    "inputs": {},
                    "matrix": {},
                    "needs": {},
                },
                env=more.get("env", {}),
                defaults=workflow.jobs["a"].defaults if rest else Defaults(),
                token="job-token",
                folder=self.folder / "job",
                log=self.folder / f"log{self.runs}",
                hidden=("hunter2",),
                minutes=more.get("minutes"),
            )
            machine = Machine(
                "https://localhost:1", "https://localhost:1/api", "", "", {"TRUST": "ca"}, minute=minute
            )
            hearing.walk = JobWalk(order, machine, hearing, self.shelf, mark="test")
            return await hearing.walk.go()

        ended = asyncio.run(go())
        assert not (self.folder / "job").exists()
        log = whole_log(self.folder / f"log{self.runs}").decode()
        return Went(ended, log, dict(hearing.numbered.values()), hearing.annotations, hearing.summary)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_steps_speak_to_each_other_through_files(bench: Bench) -> None:
    went = bench(
        """
        - id: one
          run: |
            echo "answer=42" >> "$GITHUB_OUTPUT"
            echo "COLOUR=red" >> "$GITHUB_ENV"
            echo "GITHUB_SHA=evil" >> "$GITHUB_ENV"
            mkdir -p bin; printf '#!/bin/sh\\necho from tool' > bin/tool; chmod +x bin/tool
            echo "$PWD/bin" >> "$GITHUB_PATH"
            echo "# Summary hunter2" >> "$GITHUB_STEP_SUMMARY"
        - run: 'tool; echo "$COLOUR ${{ steps.one.outputs.answer }} ${{ env.COLOUR }} $GITHUB_SHA"'
        """,
        "outputs: {n: '${{ steps.one.outputs.answer }}', secret: 'x${{ secrets.PASSWORD }}'}",
    )
    assert went.ended == Ended("success", {"n": "42"})
    assert "from tool" in went.log
    assert f"red 42 red {'1' * 40}" in went.log
    assert "hunter2" not in went.log
    assert went.summary == "# Summary ***\n"
    assert list(went.steps.values()) == ["success"] * 4


def test_a_job_sees_nothing_of_the_sandbox_but_its_path(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWINE_PASSWORD", "of the host")
    went = bench(
        '- {run: env | sort}\n- {run: \'pwd; ls -A "$HOME" "$GITHUB_WORKSPACE"; cat "$GITHUB_EVENT_PATH"\'}'
    )
    assert "of the host" not in went.log
    assert os.environ["HOME"] + "\n" not in went.log
    for said in ("CI=true", "GITHUB_REPOSITORY=acme/demo", "RUNNER_OS=Linux", "TRUST=ca", "GITHUB_RUN_ID=7"):
        assert f" {said}\n" in went.log
    assert "ACTIONS_ID_TOKEN" not in went.log
    assert "/demo/demo\n" in went.log


@pytest.mark.parametrize(
    ("step", "result"),
    [
        ("{run: 'false; true'}", "failure"),
        ("{run: 'false | true'}", "success"),
        ("{run: 'false | true', shell: bash}", "failure"),
        ("{run: 'false | true', shell: sh}", "success"),
        ("{run: 'import sys; sys.exit(len(sys.argv) - 1)', shell: python}", "success"),
        ("{run: 'exit 1', shell: 'bash -c \"bash {0} || true\"'}", "success"),
        ("{run: x, working-directory: nowhere}", "failure"),
        ("{run: 'printf \"A=b\\\\0c\" >> $GITHUB_ENV'}\n- {run: 'true'}", "failure"),
        ("{run: 'echo ::set-env name=A::b'}", "failure"),
        ("{run: 'echo broken >> $GITHUB_OUTPUT'}", "failure"),
        ("{run: 'exit 1', continue-on-error: true}", "success"),
        ("{run: 'exit 1', continue-on-error: '${{ github.run_id == 8 }}'}", "failure"),
        ("{run: 'echo ${{ fromJSON(github.ref) }}'}", "failure"),
        ("{run: 'read x || exit 0; exit 1'}", "success"),
    ],
)
def test_how_a_step_ends_is_how_a_job_ends(bench: Bench, step: str, result: str) -> None:
    assert bench(f"- {step}").ended.result == result


def test_conditions_follow_the_status_so_far(bench: Bench) -> None:
    went = bench(
        """
        - {id: bad, name: bad, run: exit 3}
        - {name: plain, run: 'true'}
        - {name: mended, if: failure(), run: 'test ${{ steps.bad.outcome }} = failure'}
        - {name: always, if: always(), run: 'echo ${{ job.status }}'}
        - {name: lenient, if: always(), run: exit 1, continue-on-error: true}
        - {name: cancelled, if: cancelled(), run: 'true'}
        """
    )
    assert went.ended.result == "failure"
    assert {
        name: went.steps[name] for name in ("bad", "plain", "mended", "always", "lenient", "cancelled")
    } == {
        "bad": "failure",
        "plain": "skipped",
        "mended": "success",
        "always": "success",
        "lenient": "success",
        "cancelled": "skipped",
    }
    assert went.annotations[0] == Annotation("failure", "Process completed with exit code 3.")


def test_a_cancelled_job_ends_its_step_and_runs_what_is_always_run(bench: Bench) -> None:
    went = bench(
        """
        - {name: long, run: 'exec python3 -c "import threading; threading.Event().wait()"'}
        - {name: next, run: 'true'}
        - {name: tidy, if: always(), run: 'echo tidy ${{ job.status }}'}
        """,
        cancel_at="long",
    )
    assert went.ended.result == "cancelled"
    assert (went.steps["long"], went.steps["next"], went.steps["tidy"]) == ("cancelled", "skipped", "success")
    assert "tidy cancelled" in went.log


def test_time_limits_of_steps_and_jobs(bench: Bench) -> None:
    forever = "exec python3 -c 'import threading; threading.Event().wait()'"
    went = bench(
        f"- {{name: slow, timeout-minutes: 1, run: \"{forever}\"}}\n- {{name: after, if: failure(), run: 'true'}}",
        minute=0.2,
    )
    assert (went.steps["slow"], went.steps["after"]) == ("failure", "success")
    assert "has timed out after 1 minutes" in went.log
    went = bench(f'- {{name: slow, run: "{forever}"}}', minute=0.2, minutes=1)
    assert (went.ended.result, went.steps["slow"]) == ("cancelled", "cancelled")
    assert "exceeded the maximum execution time of 1 minutes" in went.log


def test_nothing_that_a_job_started_outlives_it(bench: Bench, tmp_path: Path) -> None:
    place = tmp_path / "pid"
    bench(
        f"- run: setsid python3 -c 'import threading; threading.Event().wait()' >/dev/null 2>&1 & echo $! > {place}\n"
    )
    stat = Path("/proc") / place.read_text().strip() / "stat"
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_defaults_and_environment_of_workflow_job_and_step_lie_over_each_other(bench: Bench) -> None:
    went = bench(
        """
        - run: mkdir -p sub
          working-directory: .
        - {run: 'echo "$PWD $A $B"', env: {B: step}}
        - {run: 'echo "$A $B ${{ env.B }}"', shell: sh, working-directory: .}
        """,
        "defaults: {run: {shell: bash, working-directory: sub}}",
        env={"A": "job", "B": "job"},
    )
    assert "/demo/sub job step" in went.log
    assert "job job job" in went.log


def test_artifacts_go_from_job_to_job(bench: Bench) -> None:
    went = bench(
        """
        - run: mkdir -p dist/a dist/.hid && echo 1 > dist/a/x.txt && echo 2 > dist/y.txt && echo 3 > dist/.hid/z
        - {id: up, uses: actions/upload-artifact@v4, with: {name: dist, path: dist}}
        - {uses: actions/upload-artifact@v4, with: {name: one, path: dist/y.txt}}
        - {uses: actions/upload-artifact@v4, with: {name: some, path: "dist/**/*.txt\\n!dist/a/**\\n"}}
        - {name: none, uses: actions/upload-artifact@v4, with: {name: n, path: nothing}}
        - {name: error, uses: actions/upload-artifact@v4, with: {name: n, path: no, if-no-files-found: error}}
        """
    )
    assert went.steps["none"] == "success"
    assert went.steps["error"] == "failure"
    assert sorted(bench.shelf.kept) == ["dist", "one", "some"]
    went = bench(
        """
        - {uses: actions/download-artifact@v4, with: {name: dist, path: a}}
        - {uses: actions/download-artifact@v4, with: {path: b}}
        - {uses: actions/download-artifact@v4, with: {pattern: '*o*e', path: c, merge-multiple: true}}
        - run: find . -type f | sort | tr '\\n' ' '
        - {uses: actions/download-artifact@v4, with: {name: none}}
        """
    )
    files = "./a/a/x.txt ./a/y.txt ./b/dist/a/x.txt ./b/dist/y.txt ./b/one/y.txt ./b/some/y.txt ./c/y.txt"
    assert files in went.log
    assert "Artifact not found for name: none. The run has: dist, one, some" in went.log
    assert "Tagboat's stand-in for actions/download-artifact" in went.log


def test_a_composite_action_of_the_repository(bench: Bench) -> None:
    action = """
    inputs: {who: {required: true}, greeting: {default: Hello}}
    outputs: {said: {value: '${{ steps.s.outputs.said }}'}}
    runs:
      using: composite
      steps:
        - id: s
          shell: bash
          run: |
            echo "said=${{ inputs.greeting }} ${{ inputs.who }}" >> "$GITHUB_OUTPUT"
            echo "SEEN=yes" >> "$GITHUB_ENV"
            test -f "$GITHUB_ACTION_PATH/action.yml"
    """
    steps = f"""
- run: |
    mkdir -p greet node
    cat > greet/action.yml <<'EOF'
{indent(dedent(action), "    ").replace("${{", "${{ '${{' }}")}
    EOF
    printf 'runs: {{using: node20, main: x.js}}\\n' > node/action.yml
- {{id: g, uses: ./greet, with: {{who: Ada}}}}
- run: echo "${{{{ steps.g.outputs.said }}}} $SEEN"
- {{name: node, uses: ./node, continue-on-error: true}}
- {{name: gone, uses: ./gone}}
"""
    went = bench(steps)
    assert "Hello Ada yes" in went.log
    assert "an action that runs using 'node20': not in this sandbox" in went.log
    assert "Did you forget to run actions/checkout" in went.log


@pytest.mark.slow
def test_an_interpreter_is_set_up_with_a_clean_pip(bench: Bench) -> None:
    went = bench(
        """
        - {id: py, uses: actions/setup-python@v5, with: {python-version: 3.x}}
        - run: |
            test "$(command -v python)" = "${{ steps.py.outputs.python-path }}"
            test "$(python -c 'import sys; print(sys.prefix)')" = "$pythonLocation"
            python -m pip --version
            head -1 "$(command -v pip)" | grep -F "$pythonLocation/bin/python"
            ! python -c 'import tagboat'
        - {name: none, uses: actions/setup-python@v5, with: {python-version: '3.1'}}
        """
    )
    assert "/tools/Python/" in went.log
    assert went.steps["none"] == "failure"
    assert "The version '3.1' was not found: this machine has the interpreters 3." in went.log


@pytest.mark.slow
def test_uv_is_set_up(bench: Bench) -> None:
    went = bench("- {uses: astral-sh/setup-uv@v6, with: {version: 0.1.0}}\n- {run: uv --version}")
    assert went.ended.result == "success"
    assert "uv 0.1.0 was asked for; this machine has" in went.log
