"""The forge's CI as one object: it hears of pushes and dispatches, and has runs, re-runs and decisions under way."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from tagboat.errors import InvalidError
from tagboat.sandbox.actions import child, inputs, triggers
from tagboat.sandbox.actions.book import Book
from tagboat.sandbox.actions.events import Origin, about_repository, push_payload
from tagboat.sandbox.actions.expressions import Scope, Value, fill, text
from tagboat.sandbox.actions.files import changed_paths, read_at, workflow_paths
from tagboat.sandbox.actions.leaf import BOT
from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.model import Execution, Lent, Switch
from tagboat.sandbox.actions.running import Running
from tagboat.sandbox.actions.workflow import Workflow
from tagboat.sandbox.actions.workshop import Workshop
from tagboat.sandbox.forge.access import Caller, digest
from tagboat.sandbox.forge.forge import Forge
from tagboat.sandbox.forge.git.history import is_ancestor
from tagboat.sandbox.forge.git.objects import Commit, read_commit
from tagboat.sandbox.forge.git.refs import NOTHING
from tagboat.sandbox.forge.model import Repository, Run, Token
from tagboat.sandbox.forge.runs import workflow_of

JOBS_AT_ONCE: Final = 4
Move = tuple[str, str, str]
"""A reference that moved: its full name, where it stood, where it stands."""


class Actions:
    """Starts runs and keeps those that are under way, all in the loop's thread."""

    def __init__(self, forge: Forge, machine: Machine) -> None:
        folder = forge.frame.state.directory / "actions"
        self._shop = Workshop(
            forge=forge,
            book=Book(forge.records, folder / "logs"),
            machine=machine,
            folder=folder / "work",
            mark=f"tagboat_{digest(str(folder.resolve()))[:16]}",
            places=asyncio.Semaphore(JOBS_AT_ONCE),
        )
        self._live: dict[int, Running] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @property
    def forge(self) -> Forge:
        """Whose CI this is."""
        return self._shop.forge

    @property
    def book(self) -> Book:
        """What is on record of runs."""
        return self._shop.book

    async def start(self) -> None:
        """Begin to listen; runs of a sandbox that was killed are ended on record, and their processes for good."""
        forge = self._shop.forge
        await asyncio.to_thread(child.end_orphans, self._shop.mark)
        await asyncio.to_thread(shutil.rmtree, self._shop.folder, ignore_errors=True)
        self._take_back()
        for execution in forge.records.all(Execution, conclusion=None):
            run = forge.records.get(Run, id=execution.run_id)
            if run and run.attempt == execution.attempt:
                self._end_on_record(run, "failure", "the sandbox was killed while this run was under way")
        forge.references.watch = self._moved

    async def stop(self) -> None:
        """End everything that is under way, and say so on record."""
        self._shop.forge.references.watch = None
        for running in self._live.values():
            running.cancel(force=True, note="the sandbox was stopped while this run was under way")
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=10)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _take_back(self) -> None:
        """End what jobs of a sandbox that was killed still hold: whoever kept it could use it."""
        records, identity = self._shop.forge.records, self._shop.machine.identity
        for lent in records.all(Lent):
            token = records.get(Token, id=lent.token_id)
            if token:
                records.remove(token)
            if lent.grant and identity is not None:
                identity.revoke(lent.grant)
            records.remove(lent)

    def _end_on_record(self, run: Run, conclusion: str, note: str) -> None:
        for job, fact in self.book.jobs(run):
            if job.status != "completed":
                self.book.end_job(job, conclusion, result=conclusion, outputs={})
                self.book.set_fact(fact.job_id, result=conclusion)
        self.book.end_run(run, conclusion, note)

    def enabled(self, repository: Repository) -> bool:
        """Whether workflows run in this repository."""
        found = self._shop.forge.records.get(Switch, repository_id=repository.id)
        return bool(found and found.enabled)

    def enable(self, repository: Repository, *, enabled: bool) -> None:
        """Let workflows run, or not; those of the default branch become known."""
        records = self._shop.forge.records
        found = records.get(Switch, repository_id=repository.id)
        if found:
            records.change(found, enabled=enabled)
        else:
            records.add(Switch, repository_id=repository.id, enabled=enabled)
        if enabled:
            self._register(repository)

    def live(self, run: Run) -> Running | None:
        """The run, when it is under way."""
        return self._live.get(run.id)

    # What starts runs

    def _moved(self, repository: Repository, moves: Sequence[Move], caller: Caller | None) -> None:
        """References moved. What the token of a workflow pushed starts nothing, as on GitHub."""
        if any(ref == f"refs/heads/{repository.default_branch}" for ref, _, _ in moves):
            self._register(repository)
        if not self.enabled(repository) or caller is None or caller.login == BOT:
            return
        tags = [name for name, _, _ in moves if name.startswith("refs/tags/")]
        for ref, old, new in moves:
            if new == NOTHING or (ref in tags and len(tags) > triggers.MOST_TAGS):
                continue
            if ref.startswith(("refs/heads/", "refs/tags/")):
                self._pushed(repository, ref, old, new, caller.login)

    def _pushed(self, repository: Repository, ref: str, old: str, new: str, pusher: str) -> None:
        git = self._shop.forge.git(repository)
        commit = read_commit(git, new)
        if commit is None or triggers.skipped_by_message(commit.message):
            return
        forced = old != NOTHING and ref.startswith("refs/heads/") and not is_ancestor(git, old, new)
        payload = push_payload(
            self._about(repository), commit, ref=ref, old=old, new=new, forced=forced, pusher=pusher
        )

        def paths() -> list[str]:
            return changed_paths(git, old, commit.sha, repository.default_branch)

        for path in workflow_paths(git, commit.sha):
            origin = Origin("push", path, ref, commit.sha, pusher, payload, commit.sha)
            try:
                found = read_at(git, commit.sha, path)
            except InvalidError as problem:
                self._unreadable(repository, origin, commit, problem)
                continue
            if triggers.push_starts(found[path].triggers.push, ref, paths):
                self._begin(repository, origin, found, commit)

    def dispatch(
        self,
        repository: Repository,
        path: str,
        ref: str,
        commit: Commit,
        given: Mapping[str, object],
        login: str,
    ) -> Run:
        """A run on demand.

        Raises:
            InvalidError: In GitHub's words: there is no such trigger, an input is wrong; or the file cannot be run here.
        """
        found = read_at(self._shop.forge.git(repository), commit.sha, path)
        declared = found[path].triggers.dispatch
        if declared is None:
            raise InvalidError("Workflow does not have 'workflow_dispatch' trigger")
        typed = inputs.dispatched(declared, given)
        shown: dict[str, Value] = {name: text(value) for name, value in typed.items()}
        payload: dict[str, Value] = {
            "inputs": shown,
            "ref": ref,
            "repository": self._about(repository),
            "sender": {"login": login},
            "workflow": path,
        }
        origin = Origin("workflow_dispatch", path, ref, commit.sha, login, payload, commit.sha, inputs=typed)
        return self._begin(repository, origin, found, commit)

    def opened(
        self, repository: Repository, payload: Mapping[str, Value], *, merge: Commit, head: Commit, login: str
    ) -> list[Run]:
        """Runs for a pull request: workflows are read at its merge commit, the runs stand beside its head."""
        git = self._shop.forge.git(repository)
        number, action = payload["number"], text(payload["action"])
        base, branch = text(payload["base"]), text(payload["head"])

        def paths() -> list[str]:
            return changed_paths(git, merge.parents[0], merge.sha, repository.default_branch)

        started = []
        for path in workflow_paths(git, merge.sha):
            request: dict[str, Value] = {
                "number": number,
                "head": {"ref": branch, "sha": head.sha, "repo": self._about(repository)},
                "base": {"ref": base, "sha": merge.parents[0], "repo": self._about(repository)},
            }
            about: dict[str, Value] = {
                "action": action,
                "number": number,
                "pull_request": request,
                "repository": self._about(repository),
                "sender": {"login": login},
            }
            origin = Origin(
                "pull_request", path, f"refs/pull/{text(number)}/merge", merge.sha, login, about, merge.sha,
                head_ref=branch, base_ref=base,
            )  # fmt: skip
            try:
                found = read_at(git, merge.sha, path)
            except InvalidError as problem:
                self._unreadable(repository, origin, head, problem)
                continue
            if triggers.pull_request_starts(found[path].triggers.pull_request, action, base, paths):
                started.append(self._begin(repository, origin, found, head))
        return started

    def _about(self, repository: Repository) -> dict[str, Value]:
        return about_repository(repository, self._shop.forge.owner_of(repository), self._shop.machine.server)

    def _unreadable(
        self, repository: Repository, origin: Origin, commit: Commit, problem: InvalidError
    ) -> None:
        """A file that is no workflow, or one that this sandbox cannot run: GitHub shows a run that failed to start."""
        branch = origin.head_ref or origin.ref.split("/", 2)[-1]
        run = self.book.new_run(
            repository, origin, name=origin.path, title=origin.path, branch=branch, head=commit.sha
        )
        self.book.end_run(run, "startup_failure", problem.cause)

    def _begin(
        self, repository: Repository, origin: Origin, found: dict[str, Workflow], commit: Commit
    ) -> Run:
        workflow = found[origin.path]
        branch = origin.head_ref or origin.ref.split("/", 2)[-1]
        title = commit.message.split("\n", 1)[0] if origin.event != "workflow_dispatch" else workflow.name
        with self._shop.forge.records.together():
            workflow_of(self._shop.forge.records, repository, origin.path, workflow.name)
            run = self.book.new_run(
                repository, origin, name=workflow.name, title=title, branch=branch, head=commit.sha
            )
        running = Running.of(self._shop, run, repository, origin, found)
        if workflow.title:
            try:
                scope = Scope({"github": running.course.github, "inputs": dict(origin.inputs), "vars": {}})
                said = text(fill(workflow.title, scope))
                run = self._shop.forge.records.change(run, title=said or title)
            except InvalidError as problem:
                return self.book.end_run(run, "startup_failure", problem.cause)
        self._go(running)
        return run

    def again(self, run: Run, *, keys: set[str] | None, login: str) -> None:
        """A new attempt: of everything (no ``keys``), or of the jobs with these keys and what waits for them.

        Raises:
            InvalidError: The run was never executed, or its file cannot be read any more.
        """
        origin = self.book.origin(run)
        repository = self._shop.forge.records.get(Repository, id=run.repository_id)
        if origin is None or repository is None:
            raise InvalidError("this run was played, not executed")
        found = read_at(self._shop.forge.git(repository), origin.file_sha, origin.path)
        before = {} if keys is None else self.book.remembered(run, run.attempt)
        kept = {key: each for key, each in before.items() if key not in (keys or ())}
        run = self.book.next_attempt(run, origin)
        running = Running.of(self._shop, run, repository, origin, found, kept)
        running.course.github["triggering_actor"] = login
        self._go(running)

    def _go(self, running: Running) -> None:
        number = running.course.run.id
        self._live[number] = running

        async def go() -> None:
            try:
                await running.go()
            finally:
                del self._live[number], self._tasks[number]
                self.book.bell.ring()

        self._tasks[number] = asyncio.get_running_loop().create_task(go())

    def _register(self, repository: Repository) -> None:
        """Let the workflows of the default branch be known, as GitHub lists them before they ever ran."""
        git = self._shop.forge.git(repository)
        head = read_commit(git, f"refs/heads/{repository.default_branch}")
        for path in workflow_paths(git, head.sha) if head else ():
            name = path
            try:
                name = read_at(git, head.sha, path)[path].name if head else path
            except InvalidError:
                name = path
            workflow_of(self._shop.forge.records, repository, path, name)


ACTIONS: Final = web.AppKey("actions", Actions)
"""The forge's CI, for the routes."""
