"""Without a tag, the version in the files is the last release: what is planned never falls behind it."""

from datetime import date

import pytest

from tagboat.config.planning import Planning, Rules, Versioning
from tagboat.core.proposal import Next
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.memory_history import MemoryHistory

TODAY = date(2026, 1, 31)


def project(version: str) -> dict[bytes, bytes]:
    return {b"pyproject.toml": b'[project]\nname = "boat"\nversion = "%s"\n' % version.encode()}


def planned(
    version: str, rules: Rules | None = None, tags: dict[str, str] | None = None, **asked: str
) -> Next:
    commits = (
        Drawn("begun", (), b"feat!: begin", project("0.0.1")),
        Drawn("written", ("begun",), b"feat!: write", project(version)),
        Drawn("later", ("written",), b"feat: later", project(version)),
    )
    history = MemoryHistory(Drawing(commits, tags or {}, {"main": "later"}))
    chosen = {"boat": asked["chosen"]} if asked else {}
    wanted = Wanted(history.ids["later"], TODAY, chosen=chosen)
    (found,) = propose(history, Planning("tagboat", components=(rules or Rules("boat"),)), wanted)
    return found


def test_the_version_in_the_files_is_the_last_release() -> None:
    found = planned("1.4.0")
    assert (found.last, found.last_tag, found.version) == ("1.4.0", "", "1.5.0")
    assert [change.subject for change in found.changes] == ["later"]
    assert any("1.4.0 in pyproject.toml" in text and "--tags" in text for text in found.warnings)


def test_a_tag_of_another_form_does_not_hide_it() -> None:
    assert planned("1.4.0", tags={"release-1.4.0": "written"}).version == "1.5.0"


@pytest.mark.parametrize("version", ["0.0.0", "0.1.0", "0.1.0.dev0", "nonsense"])
def test_the_first_release_is_the_initial_one_where_the_files_are_not_ahead(version: str) -> None:
    found = planned(version)
    assert (found.last, found.version, found.warnings) == ("", "0.1.0", ())


def test_whoever_names_a_version_is_not_bound() -> None:
    assert planned("1.4.0", chosen="1.4.0").version == "1.4.0"
    assert planned("1.4.0", chosen="minor").version == "1.5.0"
    assert planned("1.4.0", Rules("boat", versioning=Versioning(release_as="1.4.0"))).version == "1.4.0"
    assert planned("1.4.0", tags={"v1.3.0": "written"}).version == "1.4.0"
