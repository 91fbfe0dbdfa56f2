"""Every way in which an index says no: with which code, for which cause, and with what to do; nothing of either side is scripted.

The texts are those of docs/reference/refusals.md: ``make refusals`` writes them down, and a run compares.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from refusal_cases import CASES
from refusing_index import Clock, NoIdentityError, Place

from tagboat.errors import TagboatError
from tagboat.sandbox.server import Sandbox, running_sandbox

CODES = {"denied", "step-failed", "unavailable", "no identity"}
RECORDED = Path(__file__).parents[2] / "docs" / "reference" / "refusals.json"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Clock]]:
    clock = Clock()
    with running_sandbox(tmp_path_factory.mktemp("refusals") / "sandbox", now=clock) as running:
        yield running, clock


@pytest.mark.parametrize("number", range(len(CASES)), ids=[str(case) for case in CASES])
def test_a_refusal_has_its_code_its_cause_and_its_remedy(
    held: tuple[Sandbox, Clock], tmp_path: Path, number: int, request: pytest.FixtureRequest
) -> None:
    case, place = CASES[number], Place(*held, tmp_path, number)
    with pytest.raises((TagboatError, NoIdentityError)) as caught:
        case.deed(place)
    error = caught.value
    assert isinstance(error, TagboatError | NoIdentityError)
    cause, remedy = place.steady(error.cause), place.steady(error.remedy)
    assert case.cause in cause
    assert remedy
    assert "eyJ" not in cause + remedy
    row = {"group": case.group, "what": case.what, "index": place.http.code, "code": error.code}
    row |= {"cause": cause, "remedy": remedy}
    record = request.config.getoption("--record-refusals")
    if record:
        rows = request.config.stash.setdefault(ROWS, {})
        rows[number] = row
        record.write_text(json.dumps([rows[n] for n in sorted(rows)], indent=1, ensure_ascii=False) + "\n")
    else:
        assert row == json.loads(RECORDED.read_text())[number], "make refusals"


ROWS = pytest.StashKey[dict[int, dict[str, str]]]()


def test_there_are_enough_of_them_and_each_is_told_once() -> None:
    assert len(CASES) >= 40
    assert Counter(str(case) for case in CASES).most_common(1)[0][1] == 1
    recorded = json.loads(RECORDED.read_text())
    assert [row["what"] for row in recorded] == [case.what for case in CASES], "make refusals"
    assert {row["code"] for row in recorded} <= CODES
