"""The judge itself: what it lets pass, and what it refuses."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from github_description import GitHubDescription, github_description, modern

__all__ = ["github_description"]

PLACE = "/repos/acme/demo/git/ref/tags/v1"
REF: dict[str, Any] = {
    "ref": "refs/tags/v1",
    "node_id": "x",
    "url": "https://localhost:1/api/v3/repos/acme/demo/git/refs/tags/v1",
    "object": {"type": "commit", "sha": "1" * 40, "url": "https://localhost:1/api/v3/commit"},
}


def judged(description: GitHubDescription, answer: object, status: int = 200) -> str:
    return description.check("GET", PLACE, status, json.dumps(answer).encode())


def test_a_true_answer_passes_under_its_operations_name(github_description: GitHubDescription) -> None:
    assert judged(github_description, REF) == "git/get-ref"


@pytest.mark.parametrize(
    ("field", "value"), [("ref", 1), ("ref", None), ("url", "no address"), ("object", {"type": "commit"})]
)
def test_a_wrong_or_missing_field_is_refused(
    github_description: GitHubDescription, field: str, value: object
) -> None:
    with pytest.raises(AssertionError, match="git/get-ref 200"):
        judged(github_description, {**REF, field: value})
    lacking = copy.copy(REF)
    del lacking[field]
    with pytest.raises(AssertionError, match=field):
        judged(github_description, lacking)


def test_an_error_needs_its_message_and_where_to_read_on(github_description: GitHubDescription) -> None:
    judged(github_description, {"message": "Not Found", "documentation_url": "https://localhost:1/"}, 404)
    with pytest.raises(AssertionError, match="documentation_url"):
        judged(github_description, {"message": "Not Found"}, 404)


def test_a_status_or_a_path_that_github_does_not_know_is_refused(
    github_description: GitHubDescription,
) -> None:
    with pytest.raises(AssertionError, match="does not document 203"):
        judged(github_description, REF, 203)
    with pytest.raises(AssertionError, match="GitHub has no GET"):
        github_description.check("GET", "/repos/acme/demo/nothing", 200, b"{}")


def test_a_body_where_there_should_be_none_is_refused(github_description: GitHubDescription) -> None:
    place = "/repos/acme/demo/releases/1"
    assert github_description.check("DELETE", place, 204, b"") == "repos/delete-release"
    with pytest.raises(AssertionError, match="none is documented"):
        github_description.check("DELETE", place, 204, b"{}")


def test_nullable_becomes_a_type() -> None:
    assert modern({"type": "string", "nullable": True}) == {"type": ["string", "null"]}
    assert modern({"type": "string", "enum": ["a"], "nullable": True})["enum"] == ["a", None]
    both = modern({"allOf": [{"$ref": "#/components/schemas/x"}], "nullable": True})
    assert both == {"anyOf": [{"allOf": [{"$ref": "#/$defs/x"}]}, {"type": "null"}]}
