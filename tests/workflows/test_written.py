"""What is written for the projects of ``tests/cases/workflows``, as text and as read back."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from judges import actionlint, zizmor
from written_cases import FOLDER, NAMES, kept, project, written

from tagboat.workflows.evaluation import condition
from tagboat.workflows.model import Job, Workflow
from tagboat.workflows.reader import read_workflow
from tagboat.workflows.values import Open, Value

PUBLISHING = {"stage", "publish"}


def read(name: str) -> dict[str, Workflow]:
    names = project(name).config.workflows
    return {
        kind: read_workflow(file, (FOLDER / name / ".github/workflows" / file).read_bytes())
        for kind, file in (("ci", names.ci), ("build", names.build), ("release", names.release))
    }


def jobs(name: str) -> Iterator[tuple[str, Job]]:
    for kind, workflow in read(name).items():
        for job in workflow.jobs:
            yield kind, job


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_those_that_were_reviewed(name: str) -> None:
    assert written(name) == kept(name), "make docs"


@pytest.mark.parametrize("name", NAMES)
def test_zizmor_as_an_auditor_finds_nothing(name: str) -> None:
    assert zizmor(FOLDER / name) == []


@pytest.mark.parametrize("name", NAMES)
def test_actionlint_finds_nothing(name: str) -> None:
    assert actionlint(sorted((FOLDER / name / ".github/workflows").iterdir())) == []


def test_the_judges_do_judge(tmp_path: Path) -> None:
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text(
        "on: push\njobs: {a: {runs-on: ubuntu-latest, needs: b, steps: [{uses: actions/checkout@v4}]}}\n"
    )
    assert {row["ident"] for row in zizmor(tmp_path)} >= {"unpinned-uses", "artipacked"}
    assert len(actionlint([folder / "a.yml"])) == 1


@pytest.mark.parametrize("name", NAMES)
def test_only_what_publishes_may_write_or_has_an_identity(name: str) -> None:
    for kind, workflow in read(name).items():
        assert workflow.permissions is not None
        assert dict(workflow.permissions.scopes) == {}
        for job in workflow.jobs:
            assert job.permissions is not None, job.id
            writes = {scope for scope, level in job.permissions.scopes.items() if level == "write"}
            if kind == "release" and job.id in PUBLISHING:
                assert writes == {"contents", "id-token"}
                assert job.environment is not None
            else:
                assert writes <= ({"contents"} if job.id == "receive" else {"issues"})
                assert job.environment is None


@pytest.mark.parametrize("name", NAMES)
def test_what_publishes_runs_no_code_of_the_project_and_installs_the_short_lock(name: str) -> None:
    for job in read(name)["release"].jobs:
        if job.id in {*PUBLISHING, "receive"}:
            assert not any("checkout" in step.uses for step in job.steps)
            locks = [step.env["LOCK"] for step in job.steps if "LOCK" in step.env]
            assert locks == [".github/tagboat/publish.txt"]


@pytest.mark.parametrize("name", NAMES)
def test_every_job_has_a_limit_and_stays_out_of_forks(name: str) -> None:
    contexts: dict[str, Value] = {"github": Open({"repository": "someone/fork", "event_name": "push"})}
    for _, job in jobs(name):
        assert job.timeout_minutes or job.uses, job.id
        assert condition(job.condition, contexts, "success") is False, job.id


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_one_of_ours_by_commit_and_nothing_is_cached(name: str) -> None:
    pins = project(name).pins
    for _, job in jobs(name):
        for step in job.steps:
            if step.uses:
                action, _, commit = step.uses.partition("@")
                assert pins[action].commit == commit
                assert not [key for key in step.inputs if "cache" in key]
    assert not re.search(r"actions/cache|cache:", "".join(written(name).values()))


@pytest.mark.parametrize("name", NAMES)
def test_ci_starts_for_no_tag_and_the_release_for_nothing_else(name: str) -> None:
    workflows = read(name)
    assert [trigger.name for trigger in workflows["ci"].triggers] == ["pull_request", "push"]
    assert workflows["ci"].triggers[1].branches
    assert [trigger.name for trigger in workflows["build"].triggers] == ["workflow_call"]
    (trigger,) = workflows["release"].triggers
    assert (trigger.name, bool(trigger.branches)) in [("workflow_dispatch", False), ("push", False)]
    concurrency = workflows["release"].concurrency
    assert concurrency is not None
    assert concurrency.cancel_in_progress == "false"


def started(workflow: Workflow, contexts: Mapping[str, Value], failed: str = "") -> dict[str, str]:
    """The jobs in their order and how each ends, when ``failed`` does not succeed."""
    results: dict[str, str] = {}
    for job in workflow.jobs:
        needs: dict[str, Value] = {
            str(need): {"result": results[need], "outputs": contexts["outputs"]} for need in job.needs
        }
        before = [results[need] for need in job.needs]
        status = "success" if all(end == "success" for end in before) else "failure"
        runs = condition(job.condition, {**contexts, "needs": needs}, status)  # type: ignore[arg-type]
        results[str(job.id)] = "skipped" if not runs else "failure" if job.id == failed else "success"
    return results


def dispatched(*, component: str, dry: bool = False, adopted: bool = False) -> dict[str, Value]:
    return {
        "github": Open({"repository": "acme/toolkit"}),
        "inputs": {"component": component, "tag": "v1", "dry-run": dry},
        "outputs": {"adopted": "true" if adopted else "false", "component": component},
    }


def ran(results: Mapping[str, str]) -> list[str]:
    return [job for job, result in results.items() if result != "skipped"]


def test_a_dry_run_starts_nothing_that_may_write() -> None:
    release = read("three-components")["release"]
    assert ran(started(release, dispatched(component="bindings", dry=True))) == [
        "check",
        "build",
        "gather",
        "docs",
    ]


def test_a_build_that_the_forge_holds_is_not_made_again_and_all_that_follows_runs() -> None:
    release = read("three-components")["release"]
    results = started(release, dispatched(component="bindings", adopted=True))
    assert results["build"] == "skipped"
    assert ran(results) == ["check", "gather", "docs", "stage", "try", "publish", "confirm", "report"]


@pytest.mark.parametrize("failed", ["check", "build", "gather", "docs", "stage", "try"])
def test_nothing_final_happens_after_a_failure(failed: str) -> None:
    results = started(read("three-components")["release"], dispatched(component="bindings"), failed)
    assert results["publish"] == results["confirm"] == "skipped"
    assert results["report"] == "success"


def test_a_component_without_a_staging_index_is_published_without_one() -> None:
    release = read("private-index")["release"]
    contexts = {**dispatched(component="closed"), "github": Open({"repository": "acme/hold"})}
    assert ran(started(release, contexts)) == ["check", "build", "gather", "publish", "confirm"]
    contexts = {**dispatched(component="open"), "github": Open({"repository": "acme/hold"})}
    assert started(release, contexts, "try")["publish"] == "skipped"


def test_one_component_takes_few_jobs() -> None:
    workflows = read("three-components")
    contexts: dict[str, Value] = {"github": Open({"repository": "acme/toolkit"}), "outputs": {}}

    def built(component: str) -> int:
        whole: dict[str, Value] = {**contexts, "inputs": {"component": component}}
        results = started(workflows["build"], whole)
        rows = {job.id: job.matrix.include if job.matrix else ("one",) for job in workflows["build"].jobs}
        return sum(len(rows[job]) for job in ran(results))  # type: ignore[index]

    assert built("pathfinder") == 1
    assert built("bindings") == 1 + 3 + 1
    assert built("") == 1 + (1 + 3 + 1) + 1
    release = ran(started(workflows["release"], dispatched(component="pathfinder")))
    assert len(release) - len(["build", "report"]) + built("pathfinder") <= 10


def test_a_skipped_job_does_not_pass_the_gate(tmp_path: Path) -> None:
    gate = read("three-components")["ci"].job("gate")
    assert gate is not None
    assert condition(gate.condition, {"github": Open({"repository": "acme/toolkit"})}, "failure") is True
    assert gate.needs == ("test", "build")
