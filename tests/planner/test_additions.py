"""What a text says of breaking changes, of a commit that changes nothing that anybody has."""

from __future__ import annotations

from datetime import date

import pytest

from tagboat.config.planning import Planning, ReadingRules, Rules
from tagboat.core.proposal import Next
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.memory_history import MemoryHistory

BEFORE = {b"acme/old.py": b"1", b"tests/__init__.py": b"", b"noxfile.py": b"1", b".coveragerc": b"1"}
TOLD = b"feat: a client (#2)\n\nfeat: a client\n\nfix!: a field of somebody else's is gone\n"


def planned(message: bytes, files: dict[bytes, bytes | None], rules: Rules | None = None) -> Next:
    """Plan one commit behind 1.0.0 that writes these files; None removes one."""
    after = {path: text for path, text in {**BEFORE, **files}.items() if text is not None}
    commits = [Drawn("0", (), b"feat: begin", BEFORE), Drawn("1", ("0",), message, after)]
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "0"}))
    planning = Planning("tagboat", components=(rules or Rules("acme"),))
    (found,) = propose(held, planning, Wanted(held.ids["1"], date(2024, 2, 29)))
    return found


def test_what_is_new_breaks_nothing() -> None:
    found = planned(TOLD, {b"acme/client.py": b"1"})
    assert found.version == "1.1.0"
    assert found.reasons[0].rule == "feat is minor"
    (warning,) = found.warnings
    assert "changes nothing that was there before" in warning
    assert "a field of somebody else's is gone" in warning
    assert "Release-As" in warning
    assert "BREAKING CHANGES" in found.section, "the notes say what the message says"


@pytest.mark.parametrize("path", [b"tests/__init__.py", b"noxfile.py", b".coveragerc", b"docs/index.md"])
def test_tests_and_tools_of_development_reach_nobody(path: bytes) -> None:
    assert planned(TOLD, {b"acme/client.py": b"1", path: b"2"}).version == "1.1.0"


@pytest.mark.parametrize("text", [b"2", None])
def test_what_changes_a_file_that_people_have_may_break_it(text: bytes | None) -> None:
    found = planned(TOLD, {b"acme/client.py": b"1", b"acme/old.py": text})
    assert (found.version, found.warnings) == ("2.0.0", ())


@pytest.mark.parametrize(
    "message",
    [
        b"feat!: a client",
        b"feat: a client\n\nBREAKING CHANGE: the service must be 2.0",
        b"feat: a client (#2)\n\nfeat!: a client",
        b"A client (#2)\n\nfeat!: a client",
        b"feat: a client\n\nBEGIN_COMMIT_OVERRIDE\nfeat: a client\n\nfix!: gone\nEND_COMMIT_OVERRIDE",
    ],
)
def test_what_a_person_says_of_the_commit_itself_counts(message: bytes) -> None:
    found = planned(message, {b"acme/client.py": b"1"})
    assert (found.version, found.warnings) == ("2.0.0", ())


def test_the_folders_of_tests_are_the_component_s() -> None:
    inner = Rules("acme", path="acme")
    assert planned(TOLD, {b"acme/client.py": b"1", b"acme/old.py": b"2"}, inner).version == "2.0.0"
    assert planned(TOLD, {b"acme/tests/test_client.py": b"1", b"noxfile.py": b"2"}, inner).version == "1.1.0"


def test_the_bullets_of_a_squash_are_told_below_the_header_too() -> None:
    rules = Rules("acme", reading=ReadingRules(bullets=True))
    message = b"feat: a client (#2)\n\n* feat: a client\n* fix!: gone\n"
    assert planned(message, {b"acme/client.py": b"1"}, rules).version == "1.1.0"
