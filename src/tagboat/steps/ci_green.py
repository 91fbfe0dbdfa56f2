"""Guard: CI succeeded on an allowed branch for exactly this commit.

Rules (observed behaviour of GitHub):

- the newest run of each workflow counts, because a re-run is a new attempt of the same run;
- a pull request's run is about a merge that may never have happened, so it does not count;
- a release runs on the very commit that it is about: its own run, and those before it, are no CI unless somebody says so;
- a job that was skipped counts as success there, so every job is compared with what it is expected to conclude.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict, worst
from tagboat.ports import Ports
from tagboat.ports.forge import WorkflowRun
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE
_POLL = 15.0


@dataclass(frozen=True, slots=True)
class Options:
    """Where CI must have run, on what, and for how many seconds an unfinished run is waited for.

    ``releasing`` is the workflow that releases; it counts only where ``checks`` names it.
    """

    commit: str
    branches: tuple[str, ...]
    checks: tuple[str, ...]
    wait: int
    jobs: Mapping[str, str] = field(default_factory=dict)
    releasing: str = ""


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Judge the runs; wait, within bounds, while they are queued or running."""
    options = inputs.options(Options)
    deadline = ports.clock.monotonic() + options.wait
    while True:
        runs = ports.forge.runs(options.commit)
        findings, counted = _judge(ports, options, runs)
        if worst(findings) is not Verdict.WAIT or ports.clock.monotonic() >= deadline:
            break
        attempt.log("; ".join(f.reason for f in findings if f.verdict is Verdict.WAIT))
        ports.clock.sleep(min(_POLL, max(deadline - ports.clock.monotonic(), 0.1)))
    facts: dict[str, JSON] = {"runs": [{"id": r.id, "workflow": r.workflow, "url": r.url} for r in counted]}
    bad = [f for f in findings if f.verdict is not Verdict.PASS]
    summary = bad[0].reason if bad else "; ".join(f.reason for f in findings)
    return Receipt(summary, facts, findings=tuple(bad))


def _judge(
    ports: Ports, options: Options, runs: Sequence[WorkflowRun]
) -> tuple[list[Finding], list[WorkflowRun]]:
    here = [r for r in runs if r.branch in options.branches and not r.event.startswith("pull_request")]
    ran = dict.fromkeys(r.workflow or r.name for r in here)
    wanted = options.checks or tuple(name for name in ran if name != options.releasing)
    if not wanted:
        return [_missing(ports, options, runs, "a CI run")], []
    findings: list[Finding] = []
    counted: list[WorkflowRun] = []
    for check in wanted:
        newest = max(
            (r for r in here if check in (r.workflow, r.name)), key=lambda r: (r.id, r.attempt), default=None
        )
        if newest is None:
            findings.append(_missing(ports, options, runs, f"a run of {check}"))
        else:
            counted.append(newest)
            findings.extend(_judge_run(ports, options, newest))
    return findings, counted


def _missing(ports: Ports, options: Options, runs: Sequence[WorkflowRun], what: str) -> Finding:
    branches, commit = ", ".join(options.branches), options.commit[:12]
    on_branch = [r for r in runs if r.branch in options.branches and not r.event.startswith("pull_request")]
    if on_branch:
        seen = ", ".join(sorted({r.workflow or r.name for r in on_branch}))
        return Finding(
            Verdict.FAIL,
            f"{what} for {commit} on {branches} is missing; others ran there: {seen}",
            "start that workflow for this commit, or correct the component's checks",
            "ci-missing",
        )
    if runs:
        seen = ", ".join(
            sorted(
                {
                    f"{r.workflow or r.name} ({r.event} on {r.branch}: {r.conclusion or r.status})"
                    for r in runs
                }
            )
        )
        return Finding(
            Verdict.FAIL,
            f"{what} for {commit} on {branches} is missing; there is only: {seen}",
            f"run CI on {branches} for this commit; a run elsewhere proves another tree",
            "ci-other-branch",
        )
    others = [r for branch in options.branches for r in ports.forge.branch_runs(branch)]
    if others:
        return Finding(
            Verdict.FAIL,
            f"{what} for {commit} on {branches} is missing; the newest there is for {others[0].commit[:12]}",
            "tag the commit that CI validated, or run CI on this one",
            "ci-other-commit",
        )
    return Finding(
        Verdict.FAIL, f"{what} for {commit} on {branches} is missing", "run CI on this commit", "ci-missing"
    )


def _judge_run(ports: Ports, options: Options, run: WorkflowRun) -> list[Finding]:
    name = run.workflow or run.name
    if run.status != "completed":
        reason = f"{name} is {run.status.replace('_', ' ')} for {options.commit[:12]}: {run.url}"
        return [Finding(Verdict.WAIT, reason, "start again when it has finished", "ci-running")]
    if run.conclusion != "success":
        word = {"failure": "failed", "timed_out": "timed out"}.get(run.conclusion, f"was {run.conclusion}")
        code = {"failure": "ci-failed", "cancelled": "ci-cancelled", "skipped": "ci-skipped"}.get(
            run.conclusion, "ci-failed"
        )
        remedy = (
            "re-run it"
            if code != "ci-failed"
            else "repair the commit and tag the repaired one, or re-run a flaky job"
        )
        return [Finding(Verdict.FAIL, f"{name} {word} for {options.commit[:12]}: {run.url}", remedy, code)]
    wrong = []
    for job in ports.forge.jobs(run):
        expected = next(
            (c for pattern, c in options.jobs.items() if fnmatchcase(job.name, pattern)), "success"
        )
        if job.conclusion != expected:
            wrong.append(f"{job.name} is {job.conclusion or job.status}, not {expected}")
    if wrong:
        skipped = all(" is skipped" in text for text in wrong)
        return [
            Finding(
                Verdict.FAIL,
                f"{name} counts as green, but {'; '.join(wrong)}: {run.url}",
                "run these jobs, or state the expected conclusion in the component's 'jobs'",
                "ci-jobs-skipped" if skipped else "ci-jobs",
            )
        ]
    return [Finding(Verdict.PASS, f"{name} succeeded on {run.branch}: {run.url}", code="ci-green")]
