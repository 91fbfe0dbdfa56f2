"""Rules about what starts: a tag is for a release, and for nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.flaw import Flaw, View
from tagboat.workflows.audit.publishing import needed, waiting
from tagboat.workflows.counting import Count
from tagboat.workflows.event import Event
from tagboat.workflows.model import Workflow


def tag_starts_ci(view: View) -> Iterator[Flaw]:
    """A pushed tag starts a workflow that publishes nothing: what it tests was tested when it was merged."""
    for path, found in _started(view).items():
        workflow = view.workflows[path]
        if view.publishes(workflow):
            continue
        event, counts = max(found, key=lambda one: sum(count.least for count in one[1]))
        least, gpu = sum(c.least for c in counts), sum(c.least for c in counts if c.gpu)
        open_ = "at least " if any(count.most is None for count in counts) else ""
        machines = f", {gpu} of them with a GPU" if gpu else ""
        trigger = workflow.trigger("push")
        yield Flaw(
            "tag-starts-ci",
            Verdict.WARN,
            path,
            trigger.line if trigger else 0,
            f"a pushed tag {event.short} starts {open_}{least} job{'' if least == 1 else 's'}{machines}, and none of them publishes",
            "say on.push.branches only: the tagged commit was validated on its branch",
        )


def tag_starts_more(view: View) -> Iterator[Flaw]:
    """A release workflow that a tag starts has jobs that the publishing jobs do not wait for."""
    for path, found in _started(view).items():
        workflow = view.workflows[path]
        if not view.publishes(workflow):
            continue
        useful = _useful(view, workflow)
        started = {count.job.partition("/")[0] for _, counts in found for count in counts}
        for job in workflow.jobs:
            if job.id in started and useful and job.id not in useful:
                yield Flaw(
                    "tag-starts-more",
                    Verdict.WARN,
                    path,
                    job.line,
                    f"a pushed tag starts job {job.id}, and nothing that is published waits for it",
                    "move it to the workflow of pull requests, or let the publishing job need it",
                )


def publish_beside(view: View) -> Iterator[Flaw]:
    """A pushed tag starts a workflow that publishes, and another one is the configured release."""
    if view.release not in view.workflows or not view.publishing[view.release]:
        return
    for path, found in _started(view).items():
        started = {count.job.partition("/")[0] for _, counts in found for count in counts}
        jobs = [job for job in view.workflows[path].jobs if job.id in view.publishing[path] & started]
        if path != view.release and jobs:
            yield Flaw(
                "publish-beside-release",
                Verdict.FAIL,
                path,
                jobs[0].line,
                f"a pushed tag {found[0][0].short} starts job {jobs[0].id}, which publishes, and {view.release} publishes, too",
                "remove the one that is no longer meant: what two of them upload need not be the same",
            )


def workflow_run(view: View) -> Iterator[Flaw]:
    """A workflow follows another one's run: it takes its rights and its files from a run that others started."""
    for workflow in view.workflows.values():
        trigger = workflow.trigger("workflow_run")
        if trigger is not None:
            names = ", ".join(trigger.workflows) or "others"
            yield Flaw(
                "cross-run-trigger",
                view.grave(workflow),
                workflow.file,
                trigger.line,
                f"it is started by the end of another run ({names}), with rights that that run had not",
                "make one run of it: call the other workflow as a reusable one, and let jobs need each other",
            )


def _started(view: View) -> dict[str, list[tuple[Event, list[Count]]]]:
    """Return what the tags start: path of the started file to each tag's event and jobs."""
    found: dict[str, list[tuple[Event, list[Count]]]] = defaultdict(list)
    for started in view.tags:
        by_file: dict[str, list[Count]] = defaultdict(list)
        for count in started.counts:
            by_file[count.workflow].append(count)
        for path, counts in by_file.items():
            found[path].append((started.event, counts))
    return found


def _useful(view: View, workflow: Workflow) -> set[str]:
    """Return the publishing jobs, those that they wait for, and those that wait for them."""
    publishing = view.publishing[workflow.file]
    return {*publishing, *needed(workflow, publishing), *waiting(workflow, publishing)}
