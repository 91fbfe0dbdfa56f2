"""A job and a registered publisher, compared as an index compares them."""

from __future__ import annotations

import pytest

from tagboat.core.publisher import Publisher, differences, peculiarities, publisher_of
from tagboat.testing.identity import GITHUB_CLAIMS

GITHUB = Publisher("acme", "rowboat", "release.yml", "pypi")


def test_a_job_of_github_says_what_its_publisher_would_be() -> None:
    assert publisher_of(GITHUB_CLAIMS) == GITHUB


def test_a_job_of_gitlab_does_too() -> None:
    claims = {
        "project_path": "acme/boats/rowboat",
        "ci_config_ref_uri": "gitlab.example/acme/boats/rowboat//ci/release.yml@refs/heads/main",
        "environment": "pypi",
    }
    assert publisher_of(claims) == Publisher("acme/boats", "rowboat", "ci/release.yml", "pypi")


@pytest.mark.parametrize(
    "claims", [{}, {"repository": 1, "job_workflow_ref": []}, {"repository": "x" * 9999}]
)
def test_claims_of_any_shape_are_read(claims: dict[str, object]) -> None:
    assert len(publisher_of(claims).told()) < 500


def test_only_what_a_terminal_may_show_is_told() -> None:
    assert publisher_of({"environment": "\x1b[31mred\n"}).environment == "red"


@pytest.mark.parametrize(
    ("expected", "settings"),
    [
        (GITHUB, []),
        (Publisher("ACME", "rowboat", "release.yml", "PyPI"), []),
        (Publisher("acme", "RowBoat", "release.yml", "pypi"), ["repository"]),
        (Publisher("", "", "", ""), []),
        (
            Publisher("other", "dinghy", "Release.yml", "prod"),
            ["owner", "repository", "workflow", "environment"],
        ),
        (Publisher("acme", "rowboat", "publish.yml", "pypi"), ["workflow"]),
    ],
)
def test_owners_and_environments_compare_without_case_and_repositories_and_files_with_it(
    expected: Publisher, settings: list[str]
) -> None:
    found = differences(GITHUB, expected)
    assert [each.setting for each in found] == settings
    for each in found:
        assert each.job in each.told()
        assert each.expected in each.told()


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        (
            {"job_workflow_ref": "else/where/.github/workflows/publish.yml@v1"},
            "another repository, else/where",
        ),
        ({"job_workflow_ref": "acme/rowboat/.github/workflows/build.yml@main"}, "release.yml calls"),
        ({"event_name": "pull_request_target"}, "pull_request_target"),
        ({"environment": ""}, "no environment"),
    ],
)
def test_what_no_setting_can_make_right_is_named(claims: dict[str, object], word: str) -> None:
    (said,) = peculiarities({**GITHUB_CLAIMS, **claims})
    assert word in said


def test_an_ordinary_job_has_no_peculiarity() -> None:
    assert list(peculiarities(GITHUB_CLAIMS)) == []
