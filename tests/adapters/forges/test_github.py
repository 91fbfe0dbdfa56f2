"""What only a misbehaving or a distant forge does; the rest is held by the contract against the sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_github import DRAFT, MISSING, REPOSITORY, SECRET, made, run

from tagboat.adapters.addresses import Addresses
from tagboat.adapters.forges.github import GitHub
from tagboat.adapters.http import HTTP, Credentials
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    DeniedError,
    InvalidError,
    StepFailedError,
    UnavailableError,
)
from tagboat.ports.forge import Asset, WorkflowRun
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import Script, ScriptedServer, answer, json_answer


@pytest.mark.parametrize(
    "name", ["", "o", "o/", "/r", "o/r/x", "o/..", "../r", "o r/x", "o/r?x", "o/r\n", "é/r"]
)
def test_a_repository_is_owner_and_name(server: ScriptedServer, clock: FakeClock, name: str) -> None:
    addresses = Addresses(api=server.url, uploads=server.url, git=server.url)
    with pytest.raises(InvalidError):
        GitHub(HTTP(clock, environment={}), addresses, name)


def test_a_wrong_token_is_denied(server: ScriptedServer, github: GitHub) -> None:
    server.play(json_answer('{"message": "Bad credentials"}', status="401 Unauthorized"))
    with pytest.raises(DeniedError, match="Bad credentials"):
        github.viewer()


FORBIDDEN = json_answer('{"message": "Resource not accessible by integration"}', status="403 Forbidden")


@pytest.mark.parametrize(("below", "question"), [("", "/graphql"), ("/api/v3", "/api/graphql")])
def test_a_workflow_s_token_is_told_its_login_by_graphql_and_asks_once(
    server: ScriptedServer, clock: FakeClock, below: str, question: str
) -> None:
    addresses = Addresses(api=f"{server.url}{below}", uploads=server.url, git=server.url)
    forge = GitHub(HTTP(clock, environment={}), addresses, "o/r", Credentials.bearer(SECRET))
    server.play(FORBIDDEN, json_answer('{"data": {"viewer": {"login": "github-actions[bot]"}}}'), MISSING)
    assert [forge.viewer(), forge.viewer()] == ["github-actions[bot]"] * 2
    assert [received.line for received in server.received] == [
        f"GET {below}/user HTTP/1.1",
        f"POST {question} HTTP/1.1",
    ]


@pytest.mark.parametrize(
    "said",
    [FORBIDDEN, MISSING, json_answer('{"data": null, "errors": [{"message": "no"}]}'), json_answer("{}")],
)
def test_a_token_that_graphql_does_not_know_either_has_no_login(
    server: ScriptedServer, github: GitHub, said: Script
) -> None:
    server.play(FORBIDDEN, said)
    assert github.viewer() == ""


def test_a_forge_that_fails_when_asked_for_the_login_is_unavailable_and_nothing_was_written(
    server: ScriptedServer, github: GitHub
) -> None:
    server.play(FORBIDDEN, json_answer("{}", status="500 Internal Server Error"))
    with pytest.raises(UnavailableError) as caught:
        github.viewer()
    assert not isinstance(caught.value, AnswerLostError)


def test_a_person_s_login_is_asked_for_once(server: ScriptedServer, github: GitHub) -> None:
    server.play(json_answer('{"login": "me"}'), MISSING)
    assert [github.viewer(), github.viewer()] == ["me", "me"]


@pytest.mark.parametrize(("push", "expected"), [("true", True), ("false", False)])
def test_a_person_s_token_may_write_where_the_person_may_push(
    server: ScriptedServer, github: GitHub, push: str, expected: bool
) -> None:
    repository = json_answer(f'{{"default_branch": "main", "permissions": {{"push": {push}}}}}')
    server.play(repository, json_answer('{"login": "me"}'))
    assert github.may_write() is expected


def test_the_forge_does_not_tell_what_a_workflow_s_token_may_write(
    server: ScriptedServer, github: GitHub
) -> None:
    repository = json_answer('{"default_branch": "main", "permissions": {"push": false}}')
    refusal = json_answer('{"message": "Resource not accessible by integration"}', status="403 Forbidden")
    server.play(repository, refusal)
    assert github.may_write() is None


def test_without_a_token_nobody_may_write_and_nobody_is_asked(
    server: ScriptedServer, clock: FakeClock
) -> None:
    assert made(server, clock, None).may_write() is False
    assert server.received == []


@pytest.mark.parametrize(
    ("header", "value"),
    [("X-Accepted-GitHub-Permissions", "contents=write"), ("X-Accepted-OAuth-Scopes", "repo")],
)
def test_a_missing_permission_is_named(
    server: ScriptedServer, github: GitHub, header: str, value: str
) -> None:
    server.play(json_answer('{"message": "no"}', status="403 Forbidden", **{header: value}))
    with pytest.raises(DeniedError) as caught:
        github.publish(DRAFT, prerelease=False, latest=True)
    assert value in caught.value.remedy


def test_nothing_seen_in_a_hidden_repository_is_not_taken_for_absent(
    server: ScriptedServer, github: GitHub, clock: FakeClock
) -> None:
    server.play(MISSING)
    for forge, remedy in ((github, "may not see it"), (made(server, clock, None), "needs a token")):
        with pytest.raises(DeniedError, match="no repository o/r") as caught:
            forge.tag_commit("v1")
        assert remedy in caught.value.remedy
        with pytest.raises(DeniedError):
            forge.releases()


def test_absence_is_believed_in_a_visible_repository(server: ScriptedServer, github: GitHub) -> None:
    server.play(MISSING, REPOSITORY, MISSING)
    assert github.tag_commit("v1") is None
    assert github.read("c" * 40, "x") is None
    assert len(server.received) == 3


@pytest.mark.parametrize(
    "body",
    ["", "[", "null", "[]", "{}", '{"workflow_runs": {}}', '{"workflow_runs": [1]}', '{"workflow_runs": [{"id": "x"}]}', "[" * 100_000],
)  # fmt: skip
def test_json_of_another_shape_is_unavailable(server: ScriptedServer, github: GitHub, body: str) -> None:
    server.play(json_answer(body))
    with pytest.raises(UnavailableError):
        github.runs("c" * 40)


def test_refusals_carry_the_forges_words_without_controls_or_secrets(
    server: ScriptedServer, github: GitHub
) -> None:
    body = {
        "message": f"Validation \x1b[31mFailed {SECRET}",
        "errors": [{"field": "tag_name", "code": "invalid"}, "odd"],
    }
    server.play(json_answer(json.dumps(body), status="422 Unprocessable Entity"))
    with pytest.raises(StepFailedError) as caught:
        github.create_draft(tag="v1", commit="c", title="t", notes="n", prerelease=False)
    assert "Validation Failed ***; tag_name invalid; odd" in caught.value.cause


def test_a_taken_asset_name_is_a_conflict(server: ScriptedServer, github: GitHub, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    taken = json_answer(
        '{"message": "Validation Failed", "errors": [{"code": "already_exists"}]}',
        status="422 Unprocessable Entity",
    )
    server.play(taken, json_answer("[]"))
    with pytest.raises(ConflictError):
        github.upload_asset(DRAFT, "a", tmp_path / "a")
    assert server.received[0].line.startswith("POST /up/repos/o/r/releases/1/assets?name=a ")


def test_an_asset_stored_under_another_name_is_a_conflict(
    server: ScriptedServer, github: GitHub, tmp_path: Path
) -> None:
    (tmp_path / "a b").write_text("x")
    stored = {"id": 1, "name": "a.b", "size": 1, "digest": None, "uploader": None, "state": "uploaded"}
    server.play(json_answer(json.dumps(stored), status="201 Created"))
    with pytest.raises(ConflictError, match=r"under the name a\.b"):
        github.upload_asset(DRAFT, "a b", tmp_path / "a b")


def test_a_moved_repository_is_told(server: ScriptedServer, github: GitHub) -> None:
    server.play(
        json_answer('{"message": "Moved Permanently"}', status="301 Moved Permanently", Location="/x")
    )
    with pytest.raises(StepFailedError) as caught:
        github.releases()
    assert "moved" in caught.value.remedy


def test_deleting_what_we_may_not_delete_is_denied(server: ScriptedServer, github: GitHub) -> None:
    asset = Asset(1, "a", 1, "", "", "")
    server.play(MISSING, json_answer('{"id": 1}'))
    with pytest.raises(DeniedError):
        github.delete_asset(asset)
    server.play(MISSING, MISSING)
    github.delete_asset(asset)


def test_a_write_answered_with_a_page_may_have_been_done(server: ScriptedServer, github: GitHub) -> None:
    server.play(answer("<h1>Unicorn!</h1>", status="502 Bad Gateway", content_type="text/html"))
    with pytest.raises(AnswerLostError, match="Unicorn!"):
        github.publish(DRAFT, prerelease=False, latest=True)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": "one"}'])
def test_a_write_whose_answer_cannot_be_read_was_done(
    server: ScriptedServer, github: GitHub, body: str
) -> None:
    server.play(json_answer(body, status="201 Created"))
    with pytest.raises(AnswerLostError):
        github.create_draft(tag="v1", commit="c", title="t", notes="n", prerelease=False)


def test_text_from_the_forge_cannot_steer_a_terminal(server: ScriptedServer, github: GitHub) -> None:
    listed = [run(1, name="CI\x1b[2J\u202e", head_branch=None, conclusion=None, status="queued")]
    server.play(json_answer(json.dumps({"workflow_runs": listed})))
    (found,) = github.runs("c" * 40)
    assert found == WorkflowRun(
        1, "ci.yml", "CI<U+202E>", "c" * 40, "", "push", "queued", "", "https://forge.invalid/1"
    )


def test_a_folder_read_as_a_file_is_nothing(server: ScriptedServer, github: GitHub) -> None:
    server.play(json_answer("[]"))
    assert github.read("c" * 40, "src") is None
    server.play(answer('{"a": 1}', content_type="application/vnd.github.raw+json; charset=utf-8"))
    assert github.read("c" * 40, "data.json") == b'{"a": 1}'
