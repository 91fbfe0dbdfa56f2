"""The process that dies: ``tagboat`` itself, told by its first argument where to kill itself.

The rest of the arguments are the command line. The orders hook into the engine, the ledger and the disk from below, so
that the command runs as it always does.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tagboat.engine.events import StepEvent
from tagboat.engine.inline import InlineEngine
from tagboat.engine.ledger import SqliteLedger
from tagboat.steps.kinds import Kind, load_kind


class Killer:
    """Counts what passes, writes it down when asked to, and dies at the ordered point."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._kill = order.get("kill")
        self._seen: dict[str, int] = {}
        self._record = Path(order["record"]) if order.get("record") else None

    def step(self, event: StepEvent) -> None:
        """A moment of a step."""
        self.passed(f"step {event.step.key} {event.moment}", reused=event.reused)
        self.passed("moment")

    def passed(self, point: str, *, reused: bool = False) -> None:
        """Note a point; die when it is the ordered one."""
        self._seen[point] = self._seen.get(point, 0) + 1
        here = f"{point} {self._seen[point]}"
        if self._record is not None and not reused:
            with self._record.open("a") as file:
                file.write(here + "\n")
        if here == self._kill:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a point before and a point after it."""

        @wraps(function)
        def watched(*arguments: Any, **options: Any) -> Any:
            self.passed(f"{name} before")
            answer = function(*arguments, **options)
            self.passed(f"{name} after")
            return answer

        return watched


def without_find(name: str) -> Kind:
    """Return the kind as it would be if nobody had thought of looking."""
    kind = load_kind(name)
    looking_at_nothing = SimpleNamespace(
        PHASE=kind.PHASE, EFFECT=kind.EFFECT, run=kind.run, find=lambda _ports, _inputs: None
    )
    return cast("Kind", looking_at_nothing)


def hook(order: dict[str, Any]) -> None:
    """Let the killer watch the engine, the ledger and the disk of this process."""
    killer = Killer(order)
    construct = InlineEngine.__init__

    def constructed(self: InlineEngine, *arguments: Any, **options: Any) -> None:
        watch = options.get("observer")

        def both(event: StepEvent) -> None:
            killer.step(event)
            if watch is not None:
                watch(event)

        more = {"kinds": without_find} if order.get("without_find") else {}
        construct(self, *arguments, **{**options, "observer": both, **more})

    InlineEngine.__init__ = constructed  # type: ignore[method-assign] # this process exists to be watched
    SqliteLedger.append = killer.around("ledger", SqliteLedger.append)  # type: ignore[method-assign] # likewise
    os.fsync = killer.around("disk", os.fsync)


def main() -> None:
    """Take the order off the command line and become ``tagboat``."""
    hook(json.loads(sys.argv.pop(1)))
    sys.argv[0] = "tagboat"
    runpy.run_module("tagboat", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
