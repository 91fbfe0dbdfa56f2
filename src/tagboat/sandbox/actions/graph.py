"""The jobs of one workflow in a run, its own or a called one's: begun in the order of ``needs``, matrices expanded."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tagboat.errors import InvalidError
from tagboat.sandbox.actions import inputs as declared
from tagboat.sandbox.actions import schedule
from tagboat.sandbox.actions.commands import Annotation
from tagboat.sandbox.actions.expressions import Scope, Value, fill, fill_all, number, text, truthy
from tagboat.sandbox.actions.gates import values
from tagboat.sandbox.actions.leaf import Leaf, Refused
from tagboat.sandbox.actions.matrix import Combination, combinations, suffix
from tagboat.sandbox.actions.permissions import limited
from tagboat.sandbox.actions.schedule import Lanes
from tagboat.sandbox.actions.signals import Signal
from tagboat.sandbox.actions.turn import Held, Turn
from tagboat.sandbox.actions.workflow import Job, Workflow, permissions_of
from tagboat.sandbox.actions.workshop import Course
from tagboat.sandbox.forge.runs import State


@dataclass(slots=True)
class Result:
    """What became of a job or of a whole workflow."""

    result: str
    outputs: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A workflow as it is called in a run: the run's own has no prefixes, no limit, and the repository's secrets."""

    workflow: Workflow
    key: str = ""
    title: str = ""
    inputs: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, Value] | None = None
    limit: dict[str, str] | None = None
    fresh: bool = False
    held: Held = field(default_factory=dict)


class Graph:
    """One called workflow on its way."""

    def __init__(self, course: Course, call: Call, signal: Signal) -> None:
        self._course = course
        self._call = call
        self._signal = signal
        jobs = call.workflow.jobs
        lower = {name.lower(): name for name in jobs}
        self._needs = {name: tuple(lower[need.lower()] for need in job.needs) for name, job in jobs.items()}
        self._results: dict[str, Result] = {}
        self._redone: set[str] = set()

    async def go(self) -> Result:
        """All jobs; returns the result of the whole and its outputs."""
        going: dict[asyncio.Task[Result], str] = {}
        begun: set[str] = set()
        try:
            while True:
                ended = {name: each.result for name, each in self._results.items()}
                for name in schedule.ready(self._needs, begun, ended):
                    begun.add(name)
                    going[asyncio.create_task(self._job(self._call.workflow.jobs[name]))] = name
                if not going:
                    break
                done, _ = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._results[going.pop(task)] = task.result()
        finally:
            for task in going:
                task.cancel()
            await asyncio.gather(*going, return_exceptions=True)
        result = schedule.combined(each.result for each in self._results.values())
        return Result("success" if result == "skipped" and not self._call.key else result, self._outputs())

    def _outputs(self) -> dict[str, Value]:
        called = self._call.workflow.triggers.called
        if called is None or not self._call.key:
            return {}
        jobs: dict[str, Value] = {
            name: {"result": each.result, "outputs": each.outputs} for name, each in self._results.items()
        }
        scope = Scope({**self._contexts(), "jobs": jobs})
        return {name: text(fill(source, scope)) for name, source in called.outputs.items()}

    def _contexts(self) -> dict[str, Value]:
        course = self._course
        return {
            "github": course.github,
            "inputs": dict(self._call.inputs),
            "vars": dict(values(course.workshop.forge.records, course.repository, "", hidden=False)),
        }

    def _scope(self, job: Job) -> Scope:
        needs: dict[str, Value] = {
            name: {"result": self._results[name].result, "outputs": self._results[name].outputs}
            for name in self._needs[job.id]
        }
        return Scope({**self._contexts(), "needs": needs})

    async def _job(self, job: Job) -> Result:
        key = f"{self._call.key}{job.id}"
        fresh = self._call.fresh or any(need in self._redone for need in self._needs[job.id])
        before = (
            {} if fresh else {name: kept for name, kept in self._course.kept.items() if _within(name, key)}
        )
        if before and all(kept.result in ("success", "skipped") for kept in before.values()):
            return self._kept(job, key, list(before))
        self._redone.add(job.id)
        try:
            if not self._runs(job):
                return self._skip(job, key)
            scope = self._scope(job)
            strategy = job.strategy
            combos = (
                combinations(fill_all(strategy.matrix, scope))
                if strategy and strategy.matrix is not None
                else []
            )
            fast = truthy(_value(strategy.fail_fast, scope)) if strategy else True
            most = _most(strategy.most, scope) if strategy and strategy.most is not None else len(combos)
            lanes = Lanes(len(combos) or 1, max(most, 1), fast)
        except InvalidError as problem:
            Refused(self._course, key, self._named(job)).tell(problem.cause)
            return Result("failure")
        return await self._lanes(job, key, lanes, combos, fresh=fresh)

    def _runs(self, job: Job) -> bool:
        before = [self._results[name].result for name in schedule.ancestors(self._needs, job.id)]
        cancelled = self._signal.cancelled.is_set()
        if self._signal.forced:
            return False
        return schedule.runs(job.condition, before, cancelled=cancelled, scope=self._scope(job))

    def _skip(self, job: Job, key: str) -> Result:
        ending = "cancelled" if self._signal.cancelled.is_set() else "skipped"
        self._course.workshop.book.add_job(
            self._course.run, key, self._named(job), state=State("completed", ending)
        )
        return Result(ending)

    def _named(self, job: Job) -> str:
        name = job.name or job.id
        try:
            return self._call.title + (
                text(fill(name, self._scope(job))) if "matrix." not in name else job.id
            )
        except InvalidError:
            return self._call.title + job.id

    def _kept(self, job: Job, key: str, keys: list[str]) -> Result:
        """A job of the attempt before, as it was."""
        self._course.workshop.book.keep_jobs(self._course.run, self._course.run.attempt - 1, keys)
        kept = self._course.kept
        found = Result(schedule.combined(kept[name].result for name in keys))
        if job.uses is None:
            for name in keys:
                found.outputs |= {output: value for output, value in kept[name].outputs.items() if value}
            return found
        for index in sorted({name[len(key) :].partition("/")[0] for name in keys}):
            inner = Graph(self._course, self._called(job, f"{key}{index}/", "", {}, {}), self._signal)
            inner._recall(kept)
            found.outputs |= {name: value for name, value in inner._outputs().items() if value}
        return found

    def _recall(self, kept: Mapping[str, schedule.Kept]) -> None:
        """Take the results of jobs from an earlier attempt, for the outputs of the workflow."""
        for name in self._call.workflow.jobs:
            keys = [each for each in kept if _within(each, f"{self._call.key}{name}")]
            result = Result(schedule.combined(kept[each].result for each in keys))
            for each in keys:
                result.outputs |= kept[each].outputs
            self._results[name] = result

    async def _lanes(
        self, job: Job, key: str, lanes: Lanes, combos: list[Combination], *, fresh: bool
    ) -> Result:
        going: dict[asyncio.Task[tuple[Result, bool]], int] = {}
        ended: list[Result] = []
        with self._signal.below() as signal:
            try:
                while True:
                    if not signal.cancelled.is_set():
                        for index in lanes.startable():
                            combo = combos[index] if combos else {}
                            deed = self._one(job, key, index, len(combos), combo, signal, lanes, fresh=fresh)
                            going[asyncio.create_task(deed)] = index
                        lanes = lanes.begin()
                    if not going:
                        break
                    done, _ = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        del going[task]
                        result, lenient = task.result()
                        lanes = lanes.end(result.result, lenient=lenient)
                        ended.append(Result("success", result.outputs) if lenient else result)
                    if lanes.cancels and not signal.cancelled.is_set():
                        signal.cancel()
            finally:
                for task in going:
                    task.cancel()
                await asyncio.gather(*going, return_exceptions=True)
        for index in range(lanes.begun, lanes.count):
            self._never(job, key, index, combos[index])
            ended.append(Result("cancelled"))
        whole = Result(schedule.combined(each.result for each in ended))
        for each in ended:
            whole.outputs |= {name: value for name, value in each.outputs.items() if value}
        return whole

    def _never(self, job: Job, key: str, index: int, combo: Combination) -> None:
        """A combination that is not begun any more, because a sister failed or the run was cancelled."""
        name = f"{self._call.title}{job.id}{suffix(combo)}"
        state = State("completed", "cancelled")
        self._course.workshop.book.add_job(self._course.run, f"{key}[{index}]", name, state=state)

    async def _one(
        self,
        job: Job,
        key: str,
        index: int,
        count: int,
        combo: Combination,
        signal: Signal,
        lanes: Lanes,
        *,
        fresh: bool,
    ) -> tuple[Result, bool]:
        """One combination of a job; also whether its failure is forgiven."""
        key = f"{key}[{index}]" if count else key
        kept = None if fresh else self._course.kept.get(key)
        if kept and kept.result == "success" and job.uses is None:
            self._course.workshop.book.keep_jobs(self._course.run, self._course.run.attempt - 1, [key])
            return Result("success", dict(kept.outputs)), False
        strategy: dict[str, Value] = {
            "fail-fast": lanes.fail_fast,
            "job-index": index,
            "job-total": count or 1,
            "max-parallel": lanes.most,
        }
        scope = self._scope(job).also(matrix=dict(combo), strategy=strategy)
        title = self._named(job)
        try:
            said = text(fill(job.name, scope)) if job.name else job.id
            title = self._call.title + said + ("" if job.name and "${{" in job.name else suffix(combo))
            lenient = truthy(_value(job.lenient, scope))
            asked = permissions_of(self._call.workflow, job, self._call.limit)
            granted, _ = limited(asked, self._call.limit) if self._call.limit is not None else (asked, [])
            if job.uses is not None:
                call = self._called(
                    job, f"{key}/", f"{title} / ", self._given(job, scope), granted, fresh=fresh
                )
                return await self._callee(job, key, title, scope, call, signal), False
            leaf = Leaf(
                self._course,
                self._call.workflow,
                job,
                key,
                title,
                scope,
                granted,
                self._call.secrets,
                self._call.held,
            )
            ended = await leaf.go(signal)
        except InvalidError as problem:
            Refused(self._course, key, title).tell(problem.cause)
            return Result("failure"), False
        return Result(ended.result, dict(ended.outputs)), lenient and ended.result == "failure"

    async def _callee(
        self, job: Job, key: str, title: str, scope: Scope, call: Call, signal: Signal
    ) -> Result:
        """A called workflow, in its turn: its caller may be in a group, and so may it itself."""
        inner = Scope({**self._contexts(), "inputs": dict(call.inputs)})
        with signal.below() as own:
            async with Turn(self._course, job.concurrency, scope, own, self._call.held, job.id) as turn:
                told = turn.deadlock
                if turn.admitted:
                    wanted = call.workflow.concurrency
                    async with Turn(self._course, wanted, inner, own, turn.held, job.id) as second:
                        told = second.deadlock
                        if second.admitted:
                            return await Graph(self._course, replace(call, held=second.held), own).go()
        book = self._course.workshop.book
        record = book.add_job(self._course.run, key, title, state=State("completed", "cancelled"))
        if told:
            book.annotate(record, Annotation("failure", told))
        return Result("cancelled")

    def _given(self, job: Job, scope: Scope) -> dict[str, Value]:
        found = fill_all(dict(job.given), scope)
        return dict(found) if isinstance(found, Mapping) else {}

    def _called(
        self,
        job: Job,
        key: str,
        title: str,
        given: Mapping[str, Value],
        granted: dict[str, str],
        *,
        fresh: bool = False,
    ) -> Call:
        workflow = self._course.workflows[str(PurePosixPath(job.uses or ""))]
        called = workflow.triggers.called
        entries = called.inputs if called else {}
        scope = Scope(self._contexts())
        defaults = {
            name: fill(entry.default, scope) if isinstance(entry.default, str) else entry.default
            for name, entry in entries.items()
        }
        return Call(
            workflow=workflow,
            key=key,
            title=title,
            inputs=declared.called(entries, given, {name: _plain(value) for name, value in defaults.items()}),
            secrets=self._handed_on(job),
            limit=granted,
            fresh=fresh,
        )

    def _handed_on(self, job: Job) -> Mapping[str, Value] | None:
        """The secrets that a callee sees: all of the caller's with ``inherit``, else those that are named."""
        if job.secrets == "inherit":
            return self._call.secrets
        course = self._course
        own = self._call.secrets
        if own is None:
            own = dict(values(course.workshop.forge.records, course.repository, "", hidden=True))
        given = job.secrets if isinstance(job.secrets, Mapping) else {}
        scope = self._scope(job).also(secrets=dict(own), matrix={}, strategy={})
        return {name: text(fill(str(value), scope)) for name, value in given.items()}


def _within(name: str, key: str) -> bool:
    """Whether a job's key is that of this job, of one of its combinations, or of a job that it calls."""
    return name == key or name.startswith((f"{key}/", f"{key}["))


def _most(value: object, scope: Scope) -> int:
    found = number(_value(value, scope))
    if not 1 <= found < math.inf:
        raise InvalidError(f"max-parallel has to be a number above zero, not '{value}'")
    return int(found)


def _value(value: object, scope: Scope) -> Value:
    return fill(value, scope) if isinstance(value, str) else _plain(value)


def _plain(value: object) -> Value:
    return value if isinstance(value, str | bool | int | float) else None
