"""The turn of a job, or of a called workflow, in its concurrency group."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tagboat.sandbox.actions.expressions import Scope, fill, text, truthy
from tagboat.sandbox.actions.signals import Signal
from tagboat.sandbox.actions.workflow.model import Concurrency
from tagboat.sandbox.actions.workshop import Course

Held = Mapping[str, str]
"""The groups that a run holds around something, in lower case, and who of it holds each."""

TOP = "top level workflow"
"""Who holds the group of a run itself, in GitHub's words."""


class Turn:
    """Somebody's turn, with nothing to wait for where no group is wanted.

    ``admitted`` tells whether it came before the signal; ``held`` are the groups that are held while it lasts. A group that
    something around it holds would never be free: then ``deadlock`` says so, and nobody waits.

    Raises:
        InvalidError: The name of the group cannot be evaluated.
    """

    def __init__(
        self, course: Course, wanted: Concurrency | None, scope: Scope, signal: Signal, held: Held, who: str
    ) -> None:
        self.admitted = wanted is None
        self.held = dict(held)
        self.deadlock = ""
        self._course = course
        self._signal = signal
        self._name = text(fill(wanted.group, scope)) if wanted else ""
        cancel = wanted.cancel if wanted else False
        self._cancels = truthy(fill(cancel, scope)) if isinstance(cancel, str) else bool(cancel)
        holder = held.get(self._name.lower())
        if wanted and holder:
            self.deadlock = f"Canceling since a deadlock for concurrency group '{self._name}' was detected between '{holder}' and '{who}'"
        elif wanted:
            self.held[self._name.lower()] = who

    async def __aenter__(self) -> Self:
        """Wait until the group is free, or the signal comes."""
        if self.admitted or self.deadlock:
            return self
        groups, repository = self._course.workshop.groups, self._course.repository.id
        self._place = groups.enter(repository, self._name, self._signal.cancel, cancels=self._cancels)
        try:
            self.admitted = await self._signal.during(self._place.admitted)
        except BaseException:
            groups.leave(repository, self._name, self._place)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn to whoever waits."""
        if self._name and not self.deadlock:
            self._course.workshop.groups.leave(self._course.repository.id, self._name, self._place)
