"""The run of the forge's workflow that a release was handed to: which one it is, and what became of it.

Rules (observed behaviour of GitHub):

- a run belongs to a tag when it ran for the tag's commit and was started for the tag itself, or says in its name that it
  releases the tag; or, where the tag starts it by itself and none did, for anything else at that commit after the tag was
  made, as a dispatch on the branch is; never for a pull request, or when its name says that it is a dry run or
  about another tag;
- a dispatch's inputs cannot be read, but the name of the run can, and the generated workflow writes them into it;
- a tag that we made says when: the forge dated it, as it dates its runs. What is older belongs to a tag before it;
- a re-run is a new attempt of the same run, with the run's number and a start of its own: the latest start counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tagboat.core.plan import Plan
from tagboat.core.secrecy import ending
from tagboat.core.text import plain
from tagboat.errors import DeniedError, StepFailedError, UnavailableError
from tagboat.ports import Ports
from tagboat.ports.clock import growing_pauses
from tagboat.ports.forge import ForgeTag, Job, WorkflowRun
from tagboat.workflows import run_name

_GOOD = ("success", "skipped", "neutral", "")
_WORDS = {
    "failure": "failed",
    "cancelled": "was cancelled",
    "timed_out": "timed out",
    "action_required": "requires somebody's action",
    "startup_failure": "could not start",
    "skipped": "was skipped whole",
}
_NAMES = "Manifest: "
_LINES, _SIGNS = 20, 1500
_LOOKS, _FIRST_PAUSE = 6, 1.0


def message(title: str, manifest: str) -> str:
    """Return the text of the tag that hands over the build with this Manifest."""
    return f"{plain(title, limit=200)}\n\n{_NAMES}{manifest}\n"


def ours(tag: ForgeTag, manifest: str) -> bool:
    """Tell whether the tag says that it was made for this Manifest."""
    return named(tag) == manifest


def named(tag: ForgeTag) -> str:
    """Return the digest of the Manifest that the tag was made for, as its message says; "" when it names not just one."""
    found = {line[len(_NAMES) :] for line in tag.message.splitlines() if line.startswith(_NAMES)}
    digest = found.pop() if len(found) == 1 else ""
    return digest if re.fullmatch(r"[0-9a-f]{64}", digest) else ""


def the_run(ports: Ports, tag: str, workflow: str, manifest: str, *, by_tag: bool) -> WorkflowRun | None:
    """Return the run of the workflow that belongs to the tag as it is on the forge, or None while there is none.

    Args:
        ports: the forge among them.
        tag: the tag's name.
        workflow: the file's name.
        manifest: the digest that a tag of ours names.
        by_tag: the tag starts it by itself; else only a run that says that it is for the tag is its run.
    """
    found = ports.forge.tag(tag)
    if found is None:
        return None
    runs = ports.forge.workflow_runs(workflow, found.commit)
    return newest(runs, found, dated=ours(found, manifest), strict=not by_tag)


def newest(
    runs: Sequence[WorkflowRun], tag: ForgeTag, *, dated: bool, strict: bool = False
) -> WorkflowRun | None:
    """Return the run of these that belongs to the tag and started last.

    Args:
        runs: those of one workflow at the tag's commit.
        tag: the tag.
        dated: its date is the forge's, as runs' dates are.
        strict: what does not say that it is for the tag is not its run.
    """
    made = _moment(tag.made) if dated else None
    counted = [r for r in runs if not (r.event.startswith("pull_request") or run_name.dry(r.title, tag.name))]
    if made is not None:
        counted = [run for run in counted if (_moment(run.created) or made) >= made]
    own = [run for run in counted if run.branch == tag.name or run_name.releases(run.title, tag.name)]
    if not own and made is not None and not strict:
        own = [run for run in counted if not run_name.of_another(run.title, tag.name)]
    never = datetime.min.replace(tzinfo=UTC)
    return max(own, key=lambda r: (_moment(r.started) or _moment(r.created) or never, r.id), default=None)


def rerun(ports: Ports, plan: Plan) -> Sequence[WorkflowRun]:
    """Let the runs that this plan follows run again where they have failed, and return them as they were.

    Raises:
        DeniedError: the forge refuses.
        AnswerLostError: whether it runs again shows when it is followed.
    """
    again = []
    for step in (step for step in plan.steps if step.kind == "follow-run"):
        named = [str(step.options[name]) for name in ("tag", "workflow", "manifest")]
        by_tag = bool(step.options["by_tag"])
        found = the_run(ports, *named, by_tag=by_tag)
        if found is None or found.status != "completed" or found.conclusion == "success":
            continue
        ports.ledger.append("rerun", step=step.key, body={"run": found.id, "attempt": found.attempt})
        ports.forge.rerun_failed(found)
        again.append(found)
        for pause in growing_pauses(_LOOKS, _FIRST_PAUSE):
            now = the_run(ports, *named, by_tag=by_tag)
            if now is None or (now.id, now.attempt) != (found.id, found.attempt):
                break
            ports.clock.sleep(pause)
    return again


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def became(run: WorkflowRun) -> str:
    """Say what became of a finished run."""
    how = _WORDS.get(run.conclusion, f"ended as {plain(run.conclusion or 'nothing', limit=40)}")
    again = f", attempt {run.attempt}" if run.attempt > 1 else ""
    return f"{run.workflow or run.name} {how} (run {run.id}{again}): {run.url}"


def failure(ports: Ports, run: WorkflowRun, jobs: Sequence[Job]) -> str:
    """Say what became of a run that did not succeed, with the first job to blame, and how its log ends."""
    bad = [job for job in jobs if job.conclusion not in _GOOD]
    if not bad:
        return became(run)
    # What was cancelled was cancelled because of what failed.
    job = min(bad, key=lambda each: each.conclusion != "failure")
    step = next((step.name for step in job.steps if step.conclusion not in _GOOD), "")
    how = _WORDS.get(job.conclusion, f"ended as {plain(job.conclusion, limit=40)}")
    where = f" in the step '{plain(step, limit=100)}'" if step else ""
    told = f"{became(run)}; its job {plain(job.name, limit=100)} {how}{where}"
    return f"{told}; {_last_words(ports, job)}"


def _last_words(ports: Ports, job: Job) -> str:
    try:
        log = ports.forge.job_log(job) if job.id else None
    except (UnavailableError, DeniedError, StepFailedError) as error:
        return f"its log is not to be had: {error.cause}"
    lines = [_unstamped(line)[:200] for line in ending(log or "", 20_000).splitlines() if line.strip()]
    said = "\n".join(lines[-_LINES:])[-_SIGNS:]
    return f"its log ends:\n{said}" if said else "it has no log"


def _unstamped(line: str) -> str:
    """A line without the moment that GitHub writes before it."""
    stamp, _, rest = line.partition(" ")
    return rest if len(stamp) > 19 and stamp.endswith("Z") and _moment(stamp[:19]) else line
