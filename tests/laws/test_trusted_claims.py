"""Law: whatever a token claims and whoever is trusted, a publisher is found only for the claims that are its own."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tagboat.sandbox.index.claims import NoPublisherError, matching
from tagboat.sandbox.index.publishers import Kept, Publisher

REPOSITORIES = st.sampled_from(["acme/boat", "ACME/Boat", "acme/raft", "evil/boat", "acme/boat/x", "acme"])
FILES = st.sampled_from(["release.yml", "Release.yml", "release.yaml", "ci.yml", "x@release.yml"])
ENVIRONMENTS = st.sampled_from(["", "pypi", "PyPI", "other"])
REFS = st.sampled_from(["refs/heads/main", "refs/heads/Main", "refs/tags/a.yml@b", "", "5" * 40])
OWNERS = st.sampled_from(["1", "2"])


@st.composite
def publishers(draw: st.DrawFn) -> list[Kept]:
    def one(number: int) -> Kept:
        environment = draw(ENVIRONMENTS).lower()
        return Kept(
            number, Publisher("github", draw(REPOSITORIES), draw(OWNERS), draw(FILES), environment), None
        )

    return [one(number) for number in range(draw(st.integers(1, 4)))]


def workflow(repository: str, file: str, ref: str) -> str:
    return f"{repository}/.github/workflows/{file}@{ref}"


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Kept], dict[str, Any]]:
    """Publishers, and the claims of one of them with up to two exchanged for others."""
    kept = draw(publishers())
    mine, ref = draw(st.sampled_from(kept)).publisher, draw(REFS)
    claims: dict[str, Any] = {
        "repository": mine.repository,
        "repository_owner": mine.repository.partition("/")[0],
        "repository_owner_id": mine.owner_id,
        "sub": f"repo:{mine.repository}:ref:x",
        "job_workflow_ref": workflow(mine.repository, mine.workflow, ref),
        "ref": ref,
        "sha": draw(REFS),
        "event_name": "push",
        "environment": mine.environment,
        "jti": "1",
    }
    others: dict[str, st.SearchStrategy[Any]] = {
        "repository": REPOSITORIES,
        "repository_owner": st.just("evil"),
        "repository_owner_id": OWNERS,
        "sub": REPOSITORIES.map(lambda name: f"repo:{name}:ref:x"),
        "job_workflow_ref": st.builds(workflow, REPOSITORIES, FILES, REFS),
        "ref": REFS,
        "event_name": st.just("pull_request_target"),
        "environment": ENVIRONMENTS,
    }
    for name in draw(st.sets(st.sampled_from(sorted(others)), max_size=2)):
        claims[name] = draw(st.one_of(others[name], st.sampled_from([None, 5, [], {}])))
    return kept, claims


@given(questions())
def test_a_publisher_is_only_who_it_says(question: tuple[list[Kept], dict[str, Any]]) -> None:
    kept, claims = question
    try:
        found = matching("github", kept, claims, "lab.example").publisher
    except NoPublisherError:
        return
    assert claims["event_name"] != "pull_request_target"
    assert claims["repository"].lower() == found.repository.lower()
    assert claims["repository_owner_id"] == found.owner_id
    environment = claims["environment"] if isinstance(claims["environment"], str) else ""
    assert found.environment in ("", environment.lower())
    place = f"{found.repository}/.github/workflows/{found.workflow}"
    said = claims["job_workflow_ref"]
    assert said[: len(place)].lower() == place.lower()
    assert said[: len(place)].endswith(found.workflow)
    assert said[len(place) + 1 :] in {claims["ref"], claims["sha"]} - {""}
