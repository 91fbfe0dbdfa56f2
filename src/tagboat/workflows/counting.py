"""The jobs of one workflow file that an event starts, with those of the files that it calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tagboat.workflows.evaluation import Contexts, interpolate, placed, split
from tagboat.workflows.event import Event
from tagboat.workflows.job_order import holds, needs, ordered
from tagboat.workflows.matrix import Combination, combinations
from tagboat.workflows.model import Data, Job, Trigger, Workflow
from tagboat.workflows.values import UNKNOWN, Open, Value

_GPU: Final = re.compile(r"gpu|cuda|\b(?:a10g?|a100|h100|h200|l4|l40s?|t4|v100|rtx\w*)\b", re.IGNORECASE)
_SYSTEMS: Final = (("windows", "windows"), ("macos", "macos"), ("ubuntu", "linux"), ("linux", "linux"))
_DEEPEST: Final = 10
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Count:
    """The jobs of one entry of a workflow file.

    Attributes:
        job: its id; a called workflow's job stands behind a slash.
        least: how many surely start.
        most: how many can start; None when only a run can tell.
        system: ``linux``, ``windows``, ``macos`` or "" when unknown.
        gpu: whether it wants a machine with a GPU.
        why: why the numbers are open; "" when they are not.
    """

    workflow: str
    job: str
    least: int
    most: int | None
    system: str = ""
    gpu: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts the jobs that an event starts; more than any run has are left open, so that files that call each other end."""

    workflows: Mapping[str, Workflow]
    event: Event
    assumed: Mapping[str, int]
    recorded: Mapping[str, int]
    looked_at: list[None] = field(default_factory=list)

    def counts(self, path: str) -> Iterator[Count]:
        """Yield the jobs of one file that is started, and of those that it calls."""
        workflow = self.workflows[path]
        inputs = _inputs(workflow.trigger(self.event.name), self.event.inputs)
        yield from self._jobs(path, workflow, self._contexts(inputs), "", 1)

    def _jobs(
        self, path: str, workflow: Workflow, contexts: Contexts, before: str, depth: int
    ) -> Iterator[Count]:
        skipped: set[str] = set()
        doubtful: set[str] = set()
        for job in ordered(workflow.jobs):
            known = {**contexts, "needs": needs(job, skipped, doubtful, self.event.outputs)}
            with placed(workflow.file, job.condition.line or job.line):
                starts = holds(job, known, skipped, doubtful)
            if starts is False:
                skipped.add(job.id)
                continue
            if starts is None:
                doubtful.add(job.id)
            with placed(workflow.file, job.line):
                counts = list(self._job(path, job, known, before, depth))
            for count in counts:
                said = count.why or ("its 'if' depends on the run" if starts is None else "")
                yield count if starts else replace(count, least=0, why=said)

    def _job(self, path: str, job: Job, contexts: Contexts, before: str, depth: int) -> Iterator[Count]:
        name = f"{before}{job.id}"
        found, told = self._combinations(f"{path.rsplit('/', 1)[-1]}:{name}", job, contexts)
        if found is None:
            open_ = {**contexts, "matrix": UNKNOWN}
            why = f"its matrix is made at run time; --assume {name}=N says its size"
            counts = self._started(path, job, open_, name, depth)
            yield from (replace(count, most=None, why=why) for count in counts)
            return
        merged: dict[tuple[str, str, str, bool, str], Count] = {}
        for combination in found:
            matrix: Value = combination if told else UNKNOWN
            for count in self._started(path, job, {**contexts, "matrix": matrix}, name, depth):
                key = (count.workflow, count.job, count.system, count.gpu, count.why)
                have = merged.get(key)
                merged[key] = _added(have, count) if have else count
        yield from merged.values()

    def _combinations(
        self, key: str, job: Job, contexts: Contexts
    ) -> tuple[Sequence[Combination] | None, bool]:
        """Return what a job's matrix makes, None when nothing tells, and whether its values are known too."""
        number = self.assumed.get(key, self.assumed.get(key.partition(":")[2]))
        if number is None:
            found = combinations(job.matrix, contexts) if job.matrix else ({},)
            if found is not None:
                return found, True
            number = self.recorded.get(key)
        return (None if number is None else tuple({} for _ in range(number))), job.matrix is None

    def _started(self, path: str, job: Job, contexts: Contexts, name: str, depth: int) -> Iterator[Count]:
        self.looked_at.append(None)
        if len(self.looked_at) > _MOST:
            yield Count(path, name, 1, None, why="more jobs start than are counted")
            return
        if job.uses:
            yield from self._called(path, job, contexts, name, depth)
            return
        said = " ".join(_known(label, contexts) for label in job.labels).replace("_", "-")
        system = next((system for word, system in _SYSTEMS if word in said.lower()), "")
        yield Count(path, name, 1, 1, system, gpu=_GPU.search(said) is not None)

    def _called(self, path: str, job: Job, contexts: Contexts, name: str, depth: int) -> Iterator[Count]:
        target = job.uses.removeprefix("./")
        called = self.workflows.get(target)
        if called is None or not job.uses.startswith("./") or depth > _DEEPEST:
            yield Count(path, name, 1, None, why=f"{job.uses} is not in this repository")
            return
        given = {key: interpolate(value, contexts) for key, value in job.inputs.items()}
        inputs = _inputs(called.trigger("workflow_call"), given)
        yield from self._jobs(path, called, self._contexts(inputs), f"{name}/", depth + 1)

    def _contexts(self, inputs: Value) -> dict[str, Value]:
        event = self.event
        github: dict[str, Value] = {
            "event_name": event.name,
            "ref": event.ref,
            "ref_name": event.short,
            "ref_type": "tag" if event.is_tag else "branch",
            "repository": event.repository,
            "repository_owner": event.repository.partition("/")[0],
            "event": Open(
                {
                    "inputs": inputs,
                    "repository": Open({"default_branch": event.default_branch, "fork": False}),
                }
            ),
        }
        if event.name != "pull_request":
            github |= {"head_ref": "", "base_ref": ""}
        return {"github": Open(github), "inputs": inputs}


def _known(label: str, contexts: Contexts) -> str:
    """Return what is known of a machine's label: the text around an expression that only a run can tell."""
    value = interpolate(label, contexts)
    return value if isinstance(value, str) else "".join(part for part, inside in split(label) if not inside)


def _inputs(trigger: Trigger | None, given: Mapping[str, Value]) -> Value:
    inputs = trigger.inputs if trigger else ()
    return {**{str(item.name): _default(item.default) for item in inputs}, **given}


def _default(value: Data) -> Value:
    return "" if value is None else value


def _added(one: Count, other: Count) -> Count:
    most = None if one.most is None or other.most is None else one.most + other.most
    return replace(one, least=one.least + other.least, most=most)
