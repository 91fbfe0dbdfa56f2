"""Limits of a forge, and lists of many pages."""

from __future__ import annotations

import json

import pytest
from scripted_github import DRAFT, SECRET, made, release, run

from tagboat.adapters.forges.github import GitHub
from tagboat.adapters.forges.github_calls import next_page
from tagboat.adapters.http import Credentials
from tagboat.errors import (
    UnavailableError,
)
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import ScriptedServer, json_answer


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "30"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225629"},
    ],
)
@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests"])
def test_a_short_rate_limit_is_waited_out(
    server: ScriptedServer, github: GitHub, clock: FakeClock, status: str, headers: dict[str, str]
) -> None:
    limited = json_answer('{"message": "API rate limit exceeded"}', status=status, **headers)
    server.play(limited, json_answer('{"login": "me"}'))
    assert github.viewer() == "me"
    assert clock.pauses == [30.0]
    server.play(limited, json_answer(json.dumps(release(draft=False))))
    writer = made(server, FakeClock(), Credentials.bearer(SECRET))
    assert not writer.publish(DRAFT, prerelease=False, latest=True).draft


def test_a_secondary_limit_without_a_time_means_a_minute(
    server: ScriptedServer, github: GitHub, clock: FakeClock
) -> None:
    limited = json_answer('{"message": "You have exceeded a secondary rate limit"}', status="403 Forbidden")
    server.play(limited, json_answer('{"login": "me"}'))
    assert github.viewer() == "me"
    assert clock.pauses == [60.0]


def test_an_issue_of_somebody_else_is_not_ours_whatever_the_forge_was_asked(
    server: ScriptedServer, github: GitHub
) -> None:
    def issue(number: int, author: str, **more: object) -> dict[str, object]:
        return {
            "number": number,
            "title": "t",
            "body": "mark",
            "user": {"login": author},
            "html_url": "u",
            **more,
        }

    listed = [issue(1, "eve"), issue(2, "ada", pull_request={}), issue(4, "ada"), issue(3, "ada")]
    server.play(json_answer('{"login": "ada"}'), json_answer(json.dumps(listed)))
    found = github.find_issue("mark")
    assert found is not None
    assert found.number == 3


def test_a_rate_limit_without_a_sensible_end_is_told(server: ScriptedServer, github: GitHub) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "999999999999"}
    server.play(json_answer('{"message": "API rate limit exceeded"}', status="403 Forbidden", **headers))
    with pytest.raises(UnavailableError, match="rate limit is used up"):
        github.viewer()


@pytest.mark.parametrize("url", ["http://[x/", "http://localhost:99999999/", "https://elsewhere.invalid/"])
def test_a_next_page_elsewhere_or_nowhere_is_not_asked_for(
    server: ScriptedServer, github: GitHub, url: str
) -> None:
    server.play(json_answer("[]", Link=f'<{url}>; rel="next"'))
    with pytest.raises(UnavailableError, match="another host"):
        github.releases()
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ('<https://x/?a=1,2&page=2>; rel="next", <https://x/?page=9>; rel="last"', "https://x/?a=1,2&page=2"),
        ('<https://x/?page=1>; rel="prev", <https://x/?page=3>; a=b; rel=next', "https://x/?page=3"),
        ('<https://x/>; rel="nexttime"', ""),
        ("", ""),
        ("<>;" * 700_000, ""),
        ("<" * 2_000_000, ""),
    ],
)
def test_the_next_page_is_the_link_that_says_so(link: str, page: str) -> None:
    """The last two take hours where the time grows with the square of the length."""
    assert next_page(link) == page


def test_a_long_rate_limit_is_told_with_its_end(
    server: ScriptedServer, github: GitHub, clock: FakeClock
) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767227399"}
    server.play(json_answer('{"message": "API rate limit exceeded"}', status="403 Forbidden", **headers))
    with pytest.raises(UnavailableError, match="rate limit") as caught:
        github.releases()
    assert "2026-01-01 00:30:00 UTC" in caught.value.remedy
    assert clock.pauses == []


def test_runs_are_sorted_and_those_of_other_commits_left_out(server: ScriptedServer, github: GitHub) -> None:
    commit = "c" * 40
    listed = [run(2), run(9, "d" * 40), run(3, run_attempt=1, conclusion="failure"), run(3, run_attempt=2)]
    server.play(json_answer(json.dumps({"total_count": 4, "workflow_runs": listed})))
    assert [(found.id, found.workflow, found.attempt) for found in github.runs(commit)] == [
        (3, "ci.yml", 2),
        (2, "ci.yml", 1),
    ]


def test_pages_are_followed_on_the_same_host_only(server: ScriptedServer, github: GitHub) -> None:
    def page(target: str) -> str:
        return f'<{server.url}/prev>; rel="prev", <{target}>; rel="next"'

    server.play(
        json_answer(json.dumps([release(id=1)]), Link=page(f"{server.url}/second")),
        json_answer(json.dumps([release(id=2)])),
    )
    assert [found.id for found in github.releases()] == [2, 1]
    server.play(json_answer("[]", Link=page("http://127.0.0.2:1/")))
    with pytest.raises(UnavailableError, match="another host"):
        github.releases()


def test_a_list_without_end_is_given_up(server: ScriptedServer, github: GitHub) -> None:
    server.play(json_answer("[]", Link=f'<{server.url}/again>; rel="next"'))
    with pytest.raises(UnavailableError, match="more than 100 pages"):
        github.releases()
