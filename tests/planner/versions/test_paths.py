from datetime import date

import pytest

from tagboat.config.planning import PathRule, Versioning
from tagboat.core.change import Change, Level
from tagboat.errors import ConfigError
from tagboat.planner.versions.decide import Decision, decide
from tagboat.planner.versions.paths import PathChange, evidence, matches

POLICY = Versioning(
    strategy="paths",
    paths=(
        PathRule(("apps/*/manifest.py",), Level.MAJOR, only="set", reason="the set of apps changed"),
        PathRule(
            ("apps/*/models.py", "apps/*/models/**", "config/settings/**"),
            Level.MINOR,
            reason="public contract",
        ),
        PathRule(
            ("apps/*/migrations/[0-9]*.py",), Level.MINOR, only="content", content=r"(?:Create|Delete)Model\("
        ),
        PathRule(("apps/*/both.py",), Level.MAJOR),
        PathRule(("apps/*/both.py", "apps/*/rising.py"), Level.MINOR),
        PathRule(("apps/*/rising.py",), Level.MAJOR),
        PathRule(("docs/**", "**/tests/**", "**/*_test.py"), Level.PATCH, cap=True, reason="patch only"),
    ),
)


def planned(
    last: str, *paths: PathChange, taken: tuple[str, ...] = (), reviewed: str = "", rules: Versioning = POLICY
) -> Decision:
    changes = (Change("c" * 40, "feat", "", "whatever it says", ("breaks",)),)
    return decide(last, changes, rules, today=date(2026, 11, 21), taken=taken, reviewed=reviewed, paths=paths)


@pytest.mark.parametrize(
    ("change", "version"),
    [
        (PathChange("apps/mail/manifest.py", "added"), "1.0.0"),
        (PathChange("apps/mail/manifest.py", "removed"), "1.0.0"),
        (PathChange("apps/mail/manifest.py", "modified"), "0.2.10"),
        (PathChange("apps/mail/models.py", "modified"), "0.3.0"),
        (PathChange("apps/mail/models/deep/one.py", "modified"), "0.3.0"),
        (PathChange("apps/mail/models/tests/one.py", "modified"), "0.2.10"),
        (PathChange("apps/mail/migrations/0001_x.py", "added", ("    migrations.CreateModel(",)), "0.3.0"),
        (PathChange("apps/mail/migrations/0001_x.py", "added", ("    migrations.AddField(",)), "0.2.10"),
        (PathChange("docs/index.md", "modified"), "0.2.10"),
        (PathChange("apps/mail/both.py", "modified"), "1.0.0"),
        (PathChange("apps/mail/rising.py", "modified"), "1.0.0"),
        (PathChange("README.md", "modified"), "0.2.10"),
    ],
)
def test_the_files_decide_and_not_the_messages(change: PathChange, version: str) -> None:
    assert planned("0.2.9", change).version == version


def test_the_reasons_name_the_file_and_the_rule() -> None:
    decision = planned(
        "0.2.9", PathChange("README.md", "modified"), PathChange("apps/a/manifest.py", "added")
    )
    assert decision.reasons[0].rule == "the set of apps changed is major"
    assert decision.reasons[0].text == "apps/a/manifest.py added"


@pytest.mark.parametrize(
    ("reviewed", "version"), [("0.3.0", "0.3.0"), ("0.4.2", "0.4.2"), ("0.2.10", "0.3.0")]
)
def test_a_reviewed_version_stays_when_it_is_far_enough(reviewed: str, version: str) -> None:
    assert planned("0.2.9", PathChange("apps/a/models.py", "modified"), reviewed=reviewed).version == version


def test_the_baseline_is_the_highest_final_version_that_exists() -> None:
    decision = planned("0.2.9", PathChange("README.md", "added"), taken=("0.3.5", "0.4.0rc1", "odd", "0.1"))
    assert decision.version == "0.3.6"


def test_before_the_first_release_the_reviewed_version_stays() -> None:
    assert planned("", PathChange("apps/a/manifest.py", "added"), reviewed="0.1.4").version == "0.1.4"


def test_without_changed_files_nothing_moves_further_than_a_person_says() -> None:
    rules = Versioning(strategy="paths", releases="level")
    assert planned("0.2.9", rules=rules).version == ""


def test_every_expression_that_is_none_is_told() -> None:
    rules = Versioning(
        paths=(
            PathRule(("a",), Level.MINOR, only="content", content="("),
            PathRule(("b",), Level.MINOR, only="content", content="*"),
        )
    )
    with pytest.raises(ConfigError, match=r"path rule 1(?s:.*)path rule 2"):
        evidence((PathChange("a", "added"),), rules, {})


@pytest.mark.parametrize(
    ("pattern", "path", "answer"),
    [
        ("a/*.py", "a/b.py", True),
        ("a/*.py", "a/b/c.py", False),
        ("**/c.py", "c.py", True),
        ("**/c.py", "a/b/c.py", True),
        ("a/**", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("a/**/b/**/c", "a/x/b/y/b/z/c", True),
        ("a/**/b/**/c", "a/x/y/c", False),
        ("**", "anything/at/all", True),
        ("a/**", "a", False),
        ("**/a", "b", False),
        ("a", "a/b", False),
        ("A", "a", False),
        ("/".join(["**", "a"] * 40) + "/b", "/".join(["a"] * 2000), False),
    ],
)
def test_patterns_match_whole_paths(pattern: str, path: str, answer: bool) -> None:
    assert matches(pattern, path) is answer
