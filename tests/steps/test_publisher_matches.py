from __future__ import annotations

from typing import Any

import pytest

from tagboat.core.release import Release
from tagboat.core.step import StepState
from tagboat.core.verdict import Verdict
from tagboat.errors import DeniedError, TagboatError, UnavailableError
from tagboat.ports.forge import Environment
from tagboat.workflows.writing.mark import marked

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


def kept_out(bench: Any, environment: Environment, **options: Any) -> Any:
    bench.hosted.environments[environment.name] = environment
    return guard(bench, RIGHT, **options)


def test_an_environment_that_keeps_the_tag_out_fails_before_the_tag_is_made(bench: Any) -> None:
    (finding,) = kept_out(bench, Environment("pypi", listed=True, branches=("main",))).findings
    assert finding.verdict is Verdict.FAIL
    assert "environment pypi lets no run for the tag v1.0 deploy, only branch main" in finding.reason
    assert "let it deploy in the environment's settings" in finding.remedy
    (finding,) = kept_out(bench, Environment("pypi", listed=True)).findings
    assert finding.verdict is Verdict.FAIL
    assert "its list of branches and tags is empty" in finding.reason


def test_an_environment_for_protected_branches_only_warns_of_a_tag(bench: Any) -> None:
    protected = Environment("pypi", protected=True)
    (finding,) = kept_out(bench, protected).findings
    assert finding.verdict is Verdict.WARN
    assert "for the tag v1.0 deploy, unless it is protected" in finding.reason
    assert "environment" not in kept_out(bench, protected, tags=()).summary


def test_an_environment_that_keeps_the_branch_out_is_told_where_a_person_starts_the_workflow(
    bench: Any,
) -> None:
    tags = Environment("pypi", listed=True, tags=("v*",))
    (finding,) = kept_out(bench, tags, tags=()).findings
    assert "lets no run for the branch main deploy, only tag v*" in finding.reason
    assert not kept_out(bench, tags).findings


@pytest.mark.parametrize(
    "environment",
    [
        Environment("pypi"),
        Environment("pypi", listed=True, branches=("main",), tags=("v*",)),
        Environment("pypi", listed=True, tags=("{a,v}*",)),
    ],
)
def test_what_lets_it_deploy_or_cannot_be_judged_is_not_mentioned(
    bench: Any, environment: Environment
) -> None:
    assert not kept_out(bench, environment).findings


@pytest.mark.parametrize(
    ("error", "required"), [(DeniedError, True), (DeniedError, False), (UnavailableError, False)]
)
def test_a_forge_that_tells_nothing_of_environments_keeps_nobody_out(
    bench: Any, monkeypatch: pytest.MonkeyPatch, error: type[TagboatError], required: bool
) -> None:
    silent(monkeypatch, bench, error)
    assert not kept_out(bench, Environment("pypi", listed=True), required=required).findings


def test_a_hand_over_waits_for_a_forge_that_is_down(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    silent(monkeypatch, bench, UnavailableError)
    with pytest.raises(UnavailableError):
        kept_out(bench, Environment("pypi"))


def silent(monkeypatch: pytest.MonkeyPatch, bench: Any, error: type[TagboatError]) -> None:
    def refuse(_name: str) -> None:
        raise error("the forge does not tell", remedy="ask again")

    monkeypatch.setattr(bench.forge, "environment", refuse)


@pytest.mark.parametrize(("ours", "tags", "refused"), [(True, 2, True), (True, 1, False), (False, 2, False)])
def test_our_own_workflow_takes_no_build_that_was_made_for_several_tags(
    bench: Any, ours: bool, tags: int, refused: bool
) -> None:
    bench.others = (Release("other", "1.0", "other-v1.0", bench.commit),)[: tags - 1]
    text = marked(RIGHT) if ours else RIGHT
    receipt = guard(bench, text)
    assert bool(receipt.findings) is refused
    if refused:
        assert "makes the tags other-v1.0, v1.0: release one after" in receipt.findings[0].reason
