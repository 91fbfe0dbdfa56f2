from __future__ import annotations

from typing import Any

from tagboat.core.step import StepState
from tagboat.core.verdict import Verdict

PATH = ".github/workflows/release.yml"
RIGHT = """\
on: {push: {tags: ["v*"]}, workflow_dispatch: }
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions: {id-token: write}
    steps:
      - run: tagboat publish --manifest manifest.json
"""


def guard(bench: Any, text: str | None, **options: Any) -> Any:
    if text is not None:
        bench.hosted.trees.setdefault(bench.commit, {})[PATH] = text.encode()
    settings = {"owner": "", "repository": "", "workflow": "release.yml", "environment": "pypi"}
    given = {
        "tag": "v1.0",
        "commit": bench.commit,
        "branch": "main",
        "tags": ("v{version}",),
        "required": True,
        **options,
    }
    return bench.run("publisher-matches", publishers=given.pop("publishers", {"pypi": settings}), **given)


def test_a_workflow_that_fits_passes_and_says_what_the_index_must_know(bench: Any) -> None:
    receipt = guard(bench, RIGHT)
    assert not receipt.findings
    assert "owner acme, repository demo, workflow release.yml, environment pypi" in receipt.summary


def test_all_mismatches_are_one_failing_finding(bench: Any) -> None:
    (finding,) = guard(bench, RIGHT.replace("id-token: write", "").replace("pypi", "other")).findings
    assert (finding.verdict, finding.code) == (Verdict.FAIL, "publisher-mismatch")
    assert "runs in other" in finding.reason
    assert "gets no identity" in finding.reason


def test_a_release_that_may_be_published_otherwise_is_only_warned(bench: Any) -> None:
    (finding,) = guard(
        bench, RIGHT.replace("environment: pypi", "environment: other"), required=False
    ).findings
    assert finding.verdict is Verdict.WARN


def test_no_publishing_workflow_is_skipped_where_none_is_required(bench: Any) -> None:
    assert guard(bench, None, required=False).state is StepState.SKIPPED
    assert guard(bench, RIGHT.replace("tagboat publish", "make"), required=False).state is StepState.SKIPPED


def test_a_hand_over_needs_the_workflow(bench: Any) -> None:
    (finding,) = guard(bench, None).findings
    assert finding.reason == f"{PATH} is not there"


def test_a_workflow_that_a_person_starts_is_read_on_the_branch(bench: Any) -> None:
    head = "e" * 40
    bench.hosted.branches["main"] = head
    by_hand = RIGHT.replace('push: {tags: ["v*"]}, ', "")
    assert by_hand != RIGHT
    bench.hosted.trees[head] = {PATH: by_hand.encode()}
    receipt = guard(bench, RIGHT.replace("pypi", "old"), tags=())
    assert receipt.facts["commit"] == head
    assert not receipt.findings


def test_a_configured_repository_is_held_against_the_forge_s(bench: Any) -> None:
    settings = {"owner": "upstream", "repository": "demo", "workflow": "release.yml", "environment": "pypi"}
    (finding,) = guard(bench, RIGHT, publishers={"pypi": settings}).findings
    assert finding.reason == "the workflow runs in acme/demo, and the publisher names upstream/demo"


def test_what_only_may_keep_the_index_from_accepting_warns_also_where_the_release_is_handed_over(
    bench: Any,
) -> None:
    (finding,) = guard(bench, RIGHT.replace("on: {", "on: {schedule: [{cron: '1 2 * * *'}], ")).findings
    assert finding.verdict is Verdict.WARN
    assert "schedule starts it, too" in finding.reason
