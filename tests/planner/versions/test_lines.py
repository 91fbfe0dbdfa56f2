import pytest

from tagboat.errors import ConfigError
from tagboat.planner.versions.lines import belonging, leaving

LINES = {"main": ">=2.4", "2.3.x": "==2.3.*", "1.x": ">=1,<2"}


def test_a_line_holds_its_versions_in_their_order_and_nothing_that_is_no_version() -> None:
    versions = ("2.4.0", "2.3.3", "2.3.4rc1", "nightly", "2.3.0", "2.2.9")
    assert belonging(versions, "==2.3.*") == ("2.3.3", "2.3.4rc1", "2.3.0")


def test_a_line_without_bounds_holds_every_version() -> None:
    assert belonging(("1.0", "2.0rc1", "x"), "") == ("1.0", "2.0rc1")


@pytest.mark.parametrize(("specifier", "held"), [(">=2", ("2.0rc1",)), ("<2", ()), (">=2,<3", ("2.0rc1",))])
def test_a_pre_release_belongs_where_its_final_version_does(specifier: str, held: tuple[str, ...]) -> None:
    assert belonging(("2.0rc1",), specifier) == held


def test_a_version_that_leaves_its_line_says_where_it_belongs() -> None:
    assert leaving("2.3.4", "2.3.x", LINES) == ""
    assert (
        leaving("2.4.1", "2.3.x", LINES) == "2.4.1 is outside the line of 2.3.x (==2.3.*); it belongs to main"
    )
    assert leaving("2.0.0", "1.x", LINES) == "2.0.0 is outside the line of 1.x (>=1,<2)"


def test_a_branch_without_a_line_has_no_bounds() -> None:
    assert leaving("9.9.9", "feature", LINES) == ""
    assert leaving("9.9.9", "main", {}) == ""


def test_a_line_that_is_no_specifier_is_told() -> None:
    with pytest.raises(ConfigError, match=r"2\.3\.x.* is no PEP 440 specifier"):
        belonging(("1.0",), "2.3.x")
