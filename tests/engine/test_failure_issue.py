"""One issue for each project and component, whatever fails and however often."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.engine.failure_issue import FailedJob, Failure, failed, succeeded
from tagboat.errors import AnswerLostError, DeniedError
from tagboat.testing.clock import FakeClock
from tagboat.testing.forge import FakeForge

JOB = FailedJob("publish", "failure", "pypi refused the file", "give the token the permission")
FIRST = Failure("acme/demo", "demo", "v1.0", (JOB,), "https://forge.invalid/acme/demo/actions/runs/7", "7")
NEXT_RUN = replace(FIRST, run="https://forge.invalid/acme/demo/actions/runs/8", number="8")


@pytest.fixture
def forge() -> FakeForge:
    return FakeForge()


def comments(forge: FakeForge) -> list[str]:
    return [text for each in forge.hosted.comments.values() for text in each]


def test_a_failure_opens_one_issue_with_cause_remedy_run_and_command(forge: FakeForge) -> None:
    deed, issue = failed(forge, FakeClock(), FIRST)
    assert (deed, issue.title) == ("opened", "The release of demo failed")
    for text in (JOB.cause, JOB.remedy, FIRST.run, "gh run rerun 7 --failed --repo acme/demo"):
        assert text in issue.body


def test_the_same_failure_again_is_not_said_again(forge: FakeForge) -> None:
    failed(forge, FakeClock(), FIRST)
    assert failed(forge, FakeClock(), FIRST)[0] == "unchanged"
    deed, issue = failed(forge, FakeClock(), NEXT_RUN)
    assert (deed, NEXT_RUN.run in issue.body) == ("unchanged", True)
    assert (len(forge.hosted.issues), comments(forge)) == (1, [])


def test_another_failure_changes_the_issue_and_is_said_once(forge: FakeForge) -> None:
    failed(forge, FakeClock(), FIRST)
    other = replace(NEXT_RUN, jobs=(replace(JOB, cause="the index is down"),))
    assert failed(forge, FakeClock(), other)[0] == "updated"
    assert failed(forge, FakeClock(), other)[0] == "unchanged"
    (comment,) = comments(forge)
    assert "the index is down" in comment
    assert len(forge.hosted.issues) == 1


def test_success_closes_it_and_another_component_has_its_own(forge: FakeForge) -> None:
    failed(forge, FakeClock(), FIRST)
    failed(forge, FakeClock(), replace(FIRST, component="other"))
    assert len(forge.hosted.issues) == 2
    assert succeeded(forge, FIRST)[0] == "closed"
    assert [issue.title for issue in forge.hosted.issues.values()] == ["The release of other failed"]
    assert succeeded(forge, FIRST) == ("none", None)


@pytest.mark.parametrize("deed", ["comment-issue", "close-issue"])
def test_a_success_whose_answer_was_lost_is_not_said_twice(forge: FakeForge, deed: str) -> None:
    failed(forge, FakeClock(), FIRST)
    forge.orders.add(deed, "drop-after")
    with pytest.raises(AnswerLostError):
        succeeded(forge, FIRST)
    succeeded(forge, FIRST)
    assert forge.hosted.issues == {}
    assert len(comments(forge)) <= 1


def test_an_issue_of_a_stranger_with_our_mark_is_left_alone(forge: FakeForge) -> None:
    FakeForge(forge.hosted, login="eve").open_issue(title="x", body=FIRST.body)
    assert failed(forge, FakeClock(), FIRST)[0] == "opened"
    assert len(forge.hosted.issues) == 2


@pytest.mark.parametrize("fault", ["drop-after", "truncate"])
def test_an_opening_whose_answer_was_lost_is_looked_for(forge: FakeForge, fault: str) -> None:
    forge.orders.add("open-issue", fault)
    assert failed(forge, FakeClock(), FIRST)[0] == "opened"
    assert len(forge.hosted.issues) == 1


def test_an_opening_that_is_nowhere_to_be_seen_is_told_and_not_repeated(forge: FakeForge) -> None:
    forge.orders.add("open-issue", "drop-before")
    with pytest.raises(AnswerLostError):
        failed(forge, FakeClock(), FIRST)
    assert forge.hosted.issues == {}


def test_who_is_nobody_reports_nothing() -> None:
    with pytest.raises(DeniedError):
        failed(FakeForge(login=""), FakeClock(), FIRST)


HOSTILE = st.lists(
    st.sampled_from(
        ["-->", "<!--", "```", "`", "@team", "#1", "<img src=x>", "\n", "](http://x)", "~~~", "--", ">"]
    )
    | st.text(max_size=6),
    max_size=8,
).map("".join)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_that_a_stranger_wrote_leaves_its_block(name: str, tag: str, cause: str, remedy: str) -> None:
    failure = Failure("acme/demo", name, tag, (FailedJob(name, "failure", cause, remedy),), "", "7")
    assert failure.body.startswith(failure.mark + "\n")
    outside, fence = [], ""
    for line in failure.body.split("\n"):
        if not fence and line.endswith("`text") and set(line.removesuffix("text")) == {"`"}:
            fence = line.removesuffix("text")
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    assert fence == ""
    for line in outside[2:]:
        assert re.fullmatch(r"(?:The|What|To|This)[A-Za-z0-9 ,._/`:()~-]*|", line), line
    for line in outside[:2]:
        assert re.fullmatch(r"<!-- (?:(?!--)[A-Za-z0-9 ,._/~:-])* -->", line), line


def test_a_release_whose_tag_nobody_knows_is_told_without_one(forge: FakeForge) -> None:
    _, issue = failed(forge, FakeClock(), Failure("acme/demo", "demo", ""))
    assert "\ndemo\n" in issue.body
    assert "tagboat release --tag TAG --repository acme/demo" in issue.body
    assert "''" not in issue.body
