"""In which order the jobs of a workflow go, as pure rules: what is ready, whether it runs, what a matrix comes to.

Results are GitHub's words: ``success``, ``failure``, ``cancelled``, ``skipped``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tagboat.sandbox.actions.expressions import Scope, Value, holds

Needs = Mapping[str, Collection[str]]
_WORST: Final = ("failure", "cancelled", "success", "skipped")


def ready(needs: Needs, begun: Collection[str], results: Mapping[str, str]) -> list[str]:
    """The jobs that can be decided on now, in the order of the file."""
    return [
        job for job, needed in needs.items() if job not in begun and all(each in results for each in needed)
    ]


def ancestors(needs: Needs, job: str) -> set[str]:
    """All jobs that a job waits for, also through others."""
    found: set[str] = set()
    waiting = list(needs[job])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += needs[name]
    return found


def runs(condition: str | None, before: Iterable[str], *, cancelled: bool, scope: Scope) -> bool:
    """Whether a job runs after all its ancestors ended with these results.

    ``success()`` wants every one of them to have succeeded: one that was skipped, however far up, skips the job too.
    """
    ended = list(before)
    functions = {
        "success": lambda: not cancelled and all(result == "success" for result in ended),
        "failure": lambda: "failure" in ended,
        "cancelled": lambda: cancelled,
        "always": lambda: True,
    }
    return holds(condition, Scope(scope.contexts, {**scope.functions, **functions}))


def combined(results: Iterable[str]) -> str:
    """The result of several jobs as one: the worst decides; nothing at all is success."""
    found = set(results)
    return next((word for word in _WORST if word in found), "success")


@dataclass(frozen=True, slots=True)
class Lanes:
    """The combinations of a matrix on their way: at most ``most`` at once, and a failure may end the others."""

    count: int
    most: int
    fail_fast: bool
    begun: int = 0
    ended: int = 0
    failed: bool = False

    def startable(self) -> range:
        """The indexes that may begin now."""
        if self.failed and self.fail_fast:
            return range(0)
        return range(self.begun, min(self.count, self.ended + self.most))

    def begin(self) -> Lanes:
        """All that may begin, begun."""
        return replace(self, begun=max(self.begun, self.startable().stop))

    def end(self, result: str, *, lenient: bool) -> Lanes:
        """One of them ended."""
        return replace(
            self, ended=self.ended + 1, failed=self.failed or (result == "failure" and not lenient)
        )

    @property
    def cancels(self) -> bool:
        """Whether what is still going shall be cancelled."""
        return self.failed and self.fail_fast


@dataclass(frozen=True, slots=True)
class Kept:
    """What a job of an earlier attempt leaves to the next one."""

    result: str
    outputs: Mapping[str, Value]


def kept(results: Mapping[str, Kept], needs: Needs, again: Collection[str] | None) -> dict[str, Kept]:
    """What is not run again.

    Args:
        results: The jobs of the attempt before, those of a called workflow under their caller.
        needs: Which waits for which.
        again: The jobs asked for, or None for those that failed or were cancelled; what waits for one goes along.
    """
    chosen = (
        set(again)
        if again is not None
        else {job for job in needs if job not in results or results[job].result in ("failure", "cancelled")}
    )
    return {
        job: results[job]
        for job in needs
        if job in results and job not in chosen and not ancestors(needs, job) & chosen
    }
