from __future__ import annotations

from typing import Any

import pytest

from tagboat.core.step import Phase, Receipt, StepState
from tagboat.core.verdict import Verdict
from tagboat.engine.judging import combined
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    DeniedError,
    InterruptedRunError,
    MissingExtraError,
    RefusedError,
    StepFailedError,
    TagboatError,
    UnavailableError,
    WaitingError,
)

LOST = AnswerLostError("no answer", remedy="look")


class SuddenError(BaseException):
    """The end of the process, as far as the engine can tell."""


def moments(play: Any, key: str) -> list[tuple[str, str]]:
    return [(event.moment.value, event.state.value) for event in play.events if event.step.key == key]


def test_an_effect_is_announced_done_and_recorded_in_this_order(play: Any) -> None:
    play.effect("draft")
    assert play.walk()["draft"].facts == {"of": "draft"}
    assert play.called == ["find draft", "run draft"]
    assert play.entries() == [("intent", "draft"), ("outcome", "draft")]
    assert [moment for moment, _ in moments(play, "draft")] == ["started", "intent", "done", "recorded"]


def test_what_is_found_is_not_done(play: Any) -> None:
    play.effect("draft", find=lambda: Receipt("there"))
    assert play.walk()["draft"].summary == "there"
    assert play.called == ["find draft"]
    assert play.entries() == [("outcome", "draft")]
    assert play.events[-1].found


def test_a_recorded_permanent_effect_is_neither_looked_for_nor_done_again(play: Any) -> None:
    play.effect("upload", permanent=True)
    play.walk()
    play.called.clear()
    assert play.walk()["upload"].facts == {"of": "upload"}
    assert play.called == []
    assert play.events[-1].reused


def test_a_recorded_effect_that_could_be_undone_is_looked_up_again(play: Any) -> None:
    there: list[Receipt] = []
    play.effect("draft", find=lambda: there[0] if there else None)
    play.walk()
    there.append(Receipt("there"))
    play.called.clear()
    play.walk()
    assert play.called == ["find draft"]
    there.clear()
    play.called.clear()
    play.walk()
    assert play.called[-1] == "run draft"
    assert play.called.count("run draft") == 1


def test_guards_look_afresh_each_time(play: Any) -> None:
    play.step("ci-green")
    play.walk()
    play.walk()
    assert play.called.count("run ci-green") == 2


def test_an_intent_without_an_outcome_is_looked_for_with_growing_pauses_before_it_is_sent_again(
    play: Any, words: Any
) -> None:
    play.effect("upload", permanent=True, run=words.failing(SuddenError(), times=1))
    with pytest.raises(SuddenError):
        play.walk()
    play.called.clear()
    play.walk()
    assert play.called == ["find upload"] * 3 + ["run upload"]
    assert play.clock.pauses == [0.0, 1.0, 2.0]


def test_an_unknown_effect_that_appears_later_is_not_sent_again(play: Any, words: Any) -> None:
    looks = iter([None, None, None, Receipt("appeared")])
    play.effect("upload", permanent=True, run=words.failing(SuddenError()), find=lambda: next(looks))
    with pytest.raises(SuddenError):
        play.walk()
    assert play.walk()["upload"].summary == "appeared"
    assert play.called.count("run upload") == 1


def test_where_an_earlier_run_had_begun_the_first_missing_effect_is_waited_for_and_no_further_one(
    play: Any,
) -> None:
    for key in ("one", "two"):
        play.effect(key, permanent=True)
    play.walk(begun=True)
    assert play.called == ["find one"] * 3 + ["run one", "find two", "run two"]


def test_a_lost_answer_is_looked_for_and_found(play: Any, words: Any) -> None:
    looks = iter([None, None, Receipt("it arrived")])
    play.effect("upload", permanent=True, run=words.failing(LOST), find=lambda: next(looks))
    assert play.walk()["upload"].summary == "it arrived"
    assert play.called.count("run upload") == 1
    assert ("done", "unknown") in moments(play, "upload")


def test_a_lost_answer_whose_effect_is_not_there_is_sent_again_a_bounded_number_of_times(
    play: Any, words: Any
) -> None:
    play.effect("upload", permanent=True, run=words.failing(LOST))
    with pytest.raises(AnswerLostError):
        play.walk()
    assert play.called.count("run upload") == 3
    assert moments(play, "upload")[-1] == ("recorded", "unknown")


def test_a_try_after_a_lost_answer_may_succeed(play: Any, words: Any) -> None:
    play.effect("upload", permanent=True, run=words.failing(LOST, times=2))
    assert play.walk()["upload"].summary == "at last"
    assert play.called.count("run upload") == 3


@pytest.mark.parametrize("error", [ConflictError("other bytes"), StepFailedError("no"), DeniedError("no")])
@pytest.mark.parametrize("where", ["find", "run"])
def test_nothing_but_a_lost_answer_is_tried_again(
    play: Any, words: Any, error: TagboatError, where: str
) -> None:
    play.effect("upload", permanent=True, **{where: words.failing(error)})
    with pytest.raises(type(error)):
        play.walk()
    assert play.called.count(f"{where} upload") == 1
    assert play.entries()[-1] == ("failure", "upload")


def test_all_guards_of_a_phase_are_asked_and_every_reason_is_told(play: Any, words: Any) -> None:
    play.step("one", run=words.finding(Verdict.FAIL, "first reason", "first remedy"))
    play.step("two")
    play.step("three", run=words.finding(Verdict.FAIL, "second reason", "second remedy"))
    play.step("build", phase=Phase.BUILD)
    with pytest.raises(RefusedError) as caught:
        play.walk()
    assert caught.value.cause == "first reason; second reason"
    assert caught.value.remedy == "first remedy; second remedy"
    assert "run two" in play.called
    assert "run build" not in play.called


def test_what_needs_a_failed_guard_is_not_asked(play: Any, words: Any) -> None:
    play.step("one", run=words.failing(UnavailableError("down")))
    play.step("two", needs=("one",))
    play.step("three")
    with pytest.raises(UnavailableError):
        play.walk()
    assert "run two" not in play.called
    assert "run three" in play.called


def test_nothing_follows_a_failed_effect(play: Any, words: Any) -> None:
    play.effect("one", run=words.failing(StepFailedError("no")))
    play.effect("two")
    with pytest.raises(StepFailedError):
        play.walk()
    assert "find two" not in play.called


def test_a_guard_of_the_next_phase_is_not_asked_after_a_failure(play: Any, words: Any) -> None:
    play.step("one", run=words.finding(Verdict.FAIL))
    play.step("later", phase=Phase.VERIFY)
    with pytest.raises(RefusedError):
        play.walk()
    assert "run later" not in play.called


def test_waiting_is_told_unless_something_failed(play: Any, words: Any) -> None:
    play.step("one", run=words.finding(Verdict.WAIT, "queued"))
    with pytest.raises(WaitingError, match="queued"):
        play.walk()
    assert moments(play, "one")[-1] == ("recorded", "waiting")
    play.step("two", run=words.finding(Verdict.FAIL, "red"))
    with pytest.raises(RefusedError, match="red; queued"):
        play.walk()


def test_a_warning_does_not_stop(play: Any, words: Any) -> None:
    play.step("one", run=words.finding(Verdict.WARN, "odd"))
    assert play.walk()["one"].findings[0].reason == "odd"


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ([RefusedError("a"), ConflictError("b")], 7),
        ([RefusedError("a"), DeniedError("b")], 4),
        ([WaitingError("a"), UnavailableError("b")], 8),
        ([UnavailableError("a"), RefusedError("b"), WaitingError("c")], 3),
        ([StepFailedError("a"), UnavailableError("b")], 1),
        ([WaitingError("a"), MissingExtraError("publish", "uploading")], 2),
    ],
)
def test_the_gravest_error_decides_and_all_causes_are_in_it(errors: list[TagboatError], status: int) -> None:
    causes = [error.cause for error in errors]
    decided = combined(errors)
    assert decided.exit_status == status
    assert all(cause in decided.cause for cause in causes)
    assert str(decided) == decided.cause


def test_a_stop_is_obeyed_between_two_steps_and_what_was_done_is_kept(play: Any) -> None:
    def last() -> Receipt:
        play.stopped = True
        return Receipt("did it")

    play.effect("one", permanent=True, run=last)
    play.effect("two", permanent=True)
    with pytest.raises(InterruptedRunError):
        play.walk()
    assert play.entries() == [("intent", "one"), ("outcome", "one")]
    play.stopped = False
    play.walk()
    assert play.called.count("run one") == 1


def test_a_disk_that_refuses_is_a_failed_step(play: Any, words: Any) -> None:
    play.step("build", phase=Phase.BUILD, run=words.failing(OSError(28, "No space left on device")))
    with pytest.raises(StepFailedError, match="No space left"):
        play.walk()
    assert play.entries()[-1] == ("failure", "build")


def test_what_was_made_of_remade_files_is_made_again(play: Any) -> None:
    record = {"record": {"artifacts": [{"sha256": "a" * 64}]}}
    play.step("build", phase=Phase.BUILD, run=lambda: Receipt("built", record))
    play.step("gather", phase=Phase.BUILD, needs=("build",))
    play.walk()
    play.walk()
    assert play.called.count("run build") == 2, "its file is not kept"
    assert play.called.count("run gather") == 2


def test_made_files_are_reused_until_the_world_has_another_build(play: Any) -> None:
    elsewhere: list[Receipt] = []
    play.step("build", phase=Phase.BUILD, find=lambda: elsewhere[0] if elsewhere else None)
    play.walk()
    play.walk()
    assert play.called.count("run build") == 1
    elsewhere.append(Receipt("adopted", {"of": "another build"}))
    assert play.walk()["build"].summary == "adopted"
    assert play.called.count("run build") == 1


def test_only_the_named_steps_are_done_and_presets_stand_in(play: Any) -> None:
    play.step("one")
    play.step("two", needs=("one",))
    play.step("three")
    receipts = play.walk(only={"two"}, preset={"one": Receipt("given")})
    assert play.called == ["find two", "run two"]
    assert receipts["one"].summary == "given"


def test_every_attempt_keeps_its_own_log_and_number(play: Any, words: Any) -> None:
    play.effect("upload", run=words.failing(StepFailedError("no"), times=1))
    with pytest.raises(StepFailedError):
        play.walk()
    play.walk()
    logs = sorted(path.name for path in (play.folder / "logs").iterdir())
    assert logs == ["upload.1.log", "upload.2.log"]
    assert (play.folder / "logs" / "upload.1.log").read_text() == "running upload\n"
    assert [event.attempt for event in play.events if event.moment == "recorded"] == [1, 2]


def test_a_failed_step_is_told_with_its_remedy(play: Any, words: Any) -> None:
    play.effect("upload", run=words.failing(StepFailedError("no", remedy="repair")))
    with pytest.raises(StepFailedError):
        play.walk()
    event = play.events[-1]
    assert (event.state, event.detail, event.remedy) == (StepState.FAILED, "no", "repair")


def test_an_unanswered_effect_stays_unknown_and_a_refused_one_does_not(play: Any, words: Any) -> None:
    play.effect("upload", permanent=True, run=words.failing(UnavailableError("cut off"), times=3))
    with pytest.raises(UnavailableError):
        play.walk()
    play.called.clear()
    play.walk()
    assert play.called.count("find upload") == 3, "looked for with patience"


def test_an_effect_that_surely_did_not_arrive_is_sent_again(play: Any, words: Any) -> None:
    play.effect("upload", permanent=True, run=words.failing(UnavailableError("cut off"), times=1))
    play.walk()
    assert play.called.count("run upload") == 2


def test_an_effect_that_was_never_sent_is_not_unknown(play: Any, words: Any) -> None:
    play.effect(
        "upload", permanent=True, find=words.failing(UnavailableError("down"), times=1, then=Receipt("x"))
    )
    with pytest.raises(UnavailableError):
        play.walk()
    assert moments(play, "upload")[-1] == ("recorded", "failed")
