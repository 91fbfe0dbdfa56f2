"""What comes from somebody who stands between us and the forge, or from a forge that does not know itself."""

from __future__ import annotations

import pytest
from scripted_github import SECRET

from tagboat.adapters.forges.github import GitHub
from tagboat.errors import AnswerLostError, DeniedError, UnavailableError
from tagboat.ports.forge import Asset, Issue, Job
from tagboat.testing.scripted_server import ScriptedServer, answer, json_answer


def test_a_login_page_is_no_answer_of_the_forge(server: ScriptedServer, github: GitHub) -> None:
    server.play(
        answer(
            "<html><script>evil()</script><h1>Sign in</h1></html>", content_type="text/html; charset=utf-8"
        )
    )
    for read in (
        github.releases,
        lambda: github.read("c" * 40, "README.md"),
        lambda: github.job_log(Job("test", "completed", "success", 7)),
    ):
        with pytest.raises(UnavailableError, match="page for people"):
            read()


def test_a_login_page_is_not_the_answer_to_a_write(server: ScriptedServer, github: GitHub) -> None:
    server.play(answer("<html>Sign in</html>", content_type="text/html"))
    asset = Asset(7, "demo.bin", 1, "", "", "")
    for write in (
        lambda: github.comment_issue(Issue(7, "", "", "", ""), "word"),
        lambda: github.delete_asset(asset),
        lambda: github.create_draft(tag="v1", commit="c" * 40, title="", notes="", prerelease=False),
    ):
        with pytest.raises(AnswerLostError, match="page for people"):
            write()


def test_what_is_no_json_is_told_without_the_credential_that_it_quotes(
    server: ScriptedServer, github: GitHub
) -> None:
    server.play(answer(f"you sent {SECRET}", content_type="text/plain"))
    with pytest.raises(UnavailableError, match=r"not JSON: you sent \*\*\*"):
        github.releases()


def test_a_server_that_fails_is_unavailable_whatever_its_number(
    server: ScriptedServer, github: GitHub
) -> None:
    server.play(answer(status="501 Not Implemented"))
    with pytest.raises(UnavailableError):
        github.releases()


def test_a_default_branch_is_never_guessed(server: ScriptedServer, github: GitHub) -> None:
    server.play(json_answer("{}", status="404 Not Found"), json_answer('{"default_branch": "trunk"}'))
    with pytest.raises(DeniedError, match="shows us no repository"):
        github.default_branch()


def test_a_tag_whose_object_is_not_shown_is_not_taken_for_none(
    server: ScriptedServer, github: GitHub
) -> None:
    ref = json_answer('{"object": {"type": "tag", "sha": "ab"}}')
    server.play(ref, json_answer("{}", status="404 Not Found"))
    with pytest.raises(UnavailableError, match="its object is not shown"):
        github.tag("v1")
