"""Concurrency groups below a run: of jobs, of jobs that call a workflow, and of workflows that are called."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ci_world import Ci

from tagboat.sandbox.actions.expressions import Scope
from tagboat.sandbox.actions.groups import Groups
from tagboat.sandbox.actions.signals import Signal
from tagboat.sandbox.actions.turn import Turn
from tagboat.sandbox.actions.workflow.model import Concurrency

FOREVER = 'exec python3 -c "import threading; threading.Event().wait()"'
TRUE = "runs-on: ubuntu-latest, steps: [{run: 'true'}]"


def test_who_asks_for_a_group_that_its_own_run_holds_is_cancelled(ci: Ci) -> None:
    run = ci.ran(
        ci=f"""
        on: push
        concurrency: Release
        jobs:
          a: {{concurrency: release, {TRUE}}}
          b: {{concurrency: other, {TRUE}}}
          c: {{uses: ./.github/workflows/called.yml}}
          d: {{concurrency: mine, uses: ./.github/workflows/mine.yml}}
          e: {{concurrency: release, uses: ./.github/workflows/mine.yml}}
        """,
        called=f"on: workflow_call\nconcurrency: ${{{{ 'release' }}}}\njobs: {{x: {{{TRUE}}}}}\n",
        mine=f"on: workflow_call\njobs: {{x: {{concurrency: mine, {TRUE}}}}}\n",
    )
    assert run.conclusion == "cancelled"
    assert ci.states(run) == {
        "a": "cancelled",
        "b": "success",
        "c": "cancelled",
        "d / x": "cancelled",
        "e": "cancelled",
    }
    said = {}
    for job in ci.client.get(f"{ci.path}/actions/runs/{run.id}/jobs").json["jobs"]:
        check = job["check_run_url"].rpartition("/")[2]
        notes: list[Any] = ci.client.get(f"{ci.path}/check-runs/{check}/annotations").json
        said[job["name"]] = [note["message"] for note in notes]
    start = "Canceling since a deadlock for concurrency group"
    assert said["a"] == [f"{start} 'release' was detected between 'top level workflow' and 'a'"]
    assert said["c"] == [f"{start} 'release' was detected between 'top level workflow' and 'c'"]
    assert said["d / x"] == [f"{start} 'mine' was detected between 'd' and 'x'"]


def test_a_called_workflow_waits_for_its_group(ci: Ci) -> None:
    ci.push_workflows(
        holder=f"""
        on: workflow_dispatch
        concurrency: slot
        jobs: {{a: {{runs-on: ubuntu-latest, steps: [{{run: '{FOREVER}'}}]}}}}
        """,
        caller="""
        on: workflow_dispatch
        jobs: {a: {uses: ./.github/workflows/called.yml}}
        """,
        called=f"on: workflow_call\nconcurrency: {{group: slot, cancel-in-progress: true}}\njobs: {{x: {{{TRUE}}}}}\n",
    )
    place = f"{ci.path}/actions/workflows/holder.yml/dispatches"
    ci.client.post(place, {"ref": "main"})
    holder = ci.wait(ci.runs()[0]["id"], "in_progress")
    assert ci.dispatch("caller").conclusion == "success"
    assert ci.wait(holder.id).conclusion == "cancelled"  # called workflows, too, cancel who is in their way


def test_who_is_taken_away_while_waiting_leaves_its_place() -> None:
    groups = Groups()
    course: Any = SimpleNamespace(workshop=SimpleNamespace(groups=groups), repository=SimpleNamespace(id=1))

    async def go() -> bool:
        first = groups.enter(1, "g", lambda: None, cancels=False)

        async def wait() -> None:
            async with Turn(cast("Any", course), Concurrency("g"), Scope({}), Signal(), {}, "x"):
                raise AssertionError

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        groups.leave(1, "g", first)
        return groups.enter(1, "g", lambda: None, cancels=False).admitted.is_set()

    assert asyncio.run(go())
