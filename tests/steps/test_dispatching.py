"""The step that starts the workflow on the tag: once, whatever is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tagboat.errors import AnswerLostError, StepFailedError

MANIFEST = "a" * 64
PUSH = {"tag": "v2.0", "commit": "c" * 40, "title": "demo 2.0", "manifest": MANIFEST}
DISPATCH = {
    "tag": "v2.0",
    "commit": "c" * 40,
    "workflow": "release.yml",
    "component": "demo",
    "manifest": MANIFEST,
}
WORKFLOW = b"""\
on:
  workflow_dispatch:
    inputs:
      tag: {type: string, required: true}
      dry-run: {type: boolean, default: true}
      who: {type: string}
jobs:
  publish: {runs-on: ubuntu-latest, steps: [{run: tagboat publish}]}
"""


def startable(bench: Any, text: bytes = WORKFLOW) -> None:
    bench.hosted.trees.setdefault(bench.commit, {})[".github/workflows/release.yml"] = text
    bench.hosted.workflows.add("release.yml")
    bench.run("push-tag", **PUSH)


def test_a_workflow_is_started_on_the_tag_with_the_inputs_that_it_has(bench: Any) -> None:
    startable(bench)
    assert bench.find("dispatch-run", **DISPATCH) is None
    number = bench.run("dispatch-run", **DISPATCH).facts["run"]
    assert bench.hosted.dispatched == [("release.yml", "v2.0", {"tag": "v2.0", "dry-run": "false"})]
    found = bench.find("dispatch-run", **DISPATCH)
    assert found.facts == {"run": number}


def test_a_run_that_somebody_started_for_the_tag_is_not_started_again(bench: Any) -> None:
    """Whatever became of it: it is run again, not started again; but a dry run is none."""
    startable(bench)
    by_hand = {"workflow": "release.yml", "branch": "main", "event": "workflow_dispatch"}
    bench.forge.play(bench.commit, **by_hand, title="Release v2.0 (dry run)")
    assert bench.find("dispatch-run", **DISPATCH) is None
    run = bench.forge.play(bench.commit, **by_hand, title="Release v2.0", conclusion="failure")
    assert bench.find("dispatch-run", **DISPATCH).facts == {"run": run.id}


@pytest.mark.parametrize("kind", ["drop-before", "drop-after"])
def test_a_lost_answer_to_a_dispatch_says_what_a_later_start_does(bench: Any, kind: str) -> None:
    startable(bench)
    bench.forge.orders.add("dispatch", kind)
    with pytest.raises(AnswerLostError) as caught:
        bench.run("dispatch-run", **DISPATCH)
    assert "only if there is still none" in caught.value.remedy
    assert (bench.find("dispatch-run", **DISPATCH) is None) == (kind == "drop-before")


def test_a_workflow_that_is_not_at_the_tag_is_not_started(bench: Any) -> None:
    bench.run("push-tag", **PUSH)
    with pytest.raises(StepFailedError, match=r"release\.yml is not at c{12}"):
        bench.run("dispatch-run", **DISPATCH)
