"""Who may publish what: claims against publishers, pending publishers, projects that are closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from trusted_place import AT, JOB, OTHER, PUBLISHER, SHA, Place

from tagboat.errors import InvalidError
from tagboat.sandbox import trust
from tagboat.sandbox.trust import GitHubJob, GitLabJob, PublisherOrder


@pytest.mark.parametrize(
    ("job", "description"),
    [
        (replace(JOB, repository="acme/other"), "Publisher with matching claims was not found"),
        (replace(JOB, workflow="ci.yml"), "Publisher with matching claims was not found"),
        (replace(JOB, environment="testpypi"), "Publisher with matching claims was not found"),
        (replace(JOB, environment=""), "Publisher with matching claims was not found"),
        (replace(JOB, more={"repository_owner_id": "999"}), "Publisher with matching claims was not found"),
        (
            replace(JOB, event="pull_request_target"),
            "Publishing from a workflow invoked via 'pull_request_target' is not supported.",
        ),
        (
            replace(JOB, more={"repository_owner": "evil"}),
            "Check failed for required claim 'repository_owner'",
        ),
        (
            replace(JOB, called=OTHER),
            f"The job_workflow_ref claim does not match, expecting one of {AT!r}, got {OTHER!r}",
        ),
        (
            replace(JOB, called="acme/boat/build@x"),
            "Could not job extract workflow filename from OIDC claims",
        ),
        (replace(JOB, repository="acme/Boat"), "Publisher with matching claims was not found"),
    ],
    ids=str,
)
def test_claims_that_are_no_publishers_are_named(trusted: Place, job: GitHubJob, description: str) -> None:
    told = trusted.refused(trusted.token(job))
    assert told == ("invalid-publisher", f"valid token, but no corresponding publisher ({description})")


def test_a_reusable_workflow_of_another_repository_does_not_publish(trusted: Place) -> None:
    called = "other/shared/.github/workflows/release.yml@refs/tags/v1"
    code, description = trusted.refused(trusted.token(replace(JOB, called=called)))
    assert code == "invalid-publisher"
    assert "job_workflow_ref" in description


def test_a_missing_claim_is_named(trusted: Place) -> None:
    for name in ("repository", "event_name", "sha", "jti"):
        told = f"valid token, but no corresponding publisher (Missing claim {name!r})"
        assert trusted.refused(trusted.signed(**{name: None})) == ("invalid-publisher", told)
    assert trusted.refused(trusted.signed(repository=["acme/boat"]))[0] == "invalid-publisher"


def test_upper_and_lower_case_of_owner_and_environment_are_the_same(trusted: Place) -> None:
    trusted.minted(trusted.token(GitHubJob("ACME/boat", SHA, environment="PyPI")))


def test_a_subject_that_the_project_made_up_on_github_is_not_looked_at(trusted: Place) -> None:
    trusted.minted(trusted.token(replace(JOB, more={"sub": "repository_id:1:workflow:release"})))
    trusted.minted(trusted.signed(sub=None))


def test_a_job_may_be_named_by_its_commit(trusted: Place) -> None:
    at_commit = f"acme/boat/.github/workflows/release.yml@{SHA}"
    trusted.minted(trusted.token(replace(JOB, called=at_commit)))


def test_a_publisher_of_any_environment_gives_way_to_the_one_of_the_jobs(place: Place) -> None:
    anywhere = replace(PUBLISHER, environment="")
    trust.add_publisher(place.addresses, "pypi", "anything", anywhere, create=True)
    trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, create=True)
    place.minted()
    place.minted(place.token(replace(JOB, environment="other")))
    place.minted(place.token(replace(JOB, environment="")))
    keys = [key for operation, key, _ in place.journal() if operation == "mint-token"]
    slug = "github:acme/boat/release.yml"
    assert keys == [f"{slug}@pypi", f"{slug}@*", f"{slug}@*"]


def test_a_token_is_for_the_publishers_projects_alone(trusted: Place, kit: Any) -> None:
    trust.add_publisher(trusted.addresses, "pypi", "raft", PUBLISHER, create=True)
    trust.add_publisher(trusted.addresses, "pypi", "ship", replace(PUBLISHER, workflow="x.yml"), create=True)
    token = trusted.minted()
    for name in ("boat", "raft"):
        assert trusted.client.upload(kit.wheel(name), token=token).status == 200
    refused = trusted.client.upload(kit.wheel("ship"), token=token)
    assert (refused.status, refused.reason) == (
        403,
        "Invalid API Token: OIDC scoped token is not valid for project 'ship'",
    )
    assert refused.reason.encode() in refused.body


def test_a_publisher_that_was_removed_takes_its_tokens_along(trusted: Place, kit: Any) -> None:
    token = trusted.minted()
    (kept,) = trust.list_publishers(trusted.addresses, "pypi")
    trust.remove_publisher(trusted.addresses, "pypi", kept["id"])
    assert trusted.client.upload(kit.wheel("boat"), token=token).status == 403
    assert trusted.refused(trusted.token())[0] == "invalid-publisher"
    with pytest.raises(InvalidError, match="no such publisher"):
        trust.remove_publisher(trusted.addresses, "pypi", kept["id"])


def test_a_token_creates_no_project(trusted: Place, kit: Any) -> None:
    refused = trusted.client.upload(kit.wheel("canoe"), token=trusted.minted())
    assert refused.status == 400
    assert refused.reason.startswith("Non-user identities cannot create new projects")


def test_a_pending_publisher_becomes_real_with_its_first_token(place: Place, kit: Any) -> None:
    trust.add_publisher(place.addresses, "pypi", "Row-Boat", PUBLISHER, pending=True)
    rival = replace(PUBLISHER, repository="other/boat")
    trust.add_publisher(place.addresses, "pypi", "row.boat", rival, pending=True)
    assert place.client.get("/simple/row-boat/").status == 404
    token = place.minted()
    (kept,) = trust.list_publishers(place.addresses, "pypi")
    assert (kept["pending"], kept["projects"]) == (None, ["row-boat"])
    assert place.client.get("/simple/row-boat/").json()["files"] == []
    assert place.client.upload(kit.wheel("row-boat"), token=token).status == 200
    place.minted()


def test_a_pending_publisher_whose_name_is_not_the_metadatas_is_found_out_by_the_upload(
    place: Place, kit: Any
) -> None:
    trust.add_publisher(place.addresses, "pypi", "bote", PUBLISHER, pending=True)
    refused = place.client.upload(kit.wheel("boat"), token=place.minted())
    assert (refused.status, refused.reason[:40]) == (400, "Non-user identities cannot create new pr")


def test_a_pending_publisher_comes_too_late_for_a_project_that_exists(place: Place, kit: Any) -> None:
    trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, pending=True)
    assert place.client.upload(kit.wheel("boat")).status == 200
    told = ("invalid-pending-publisher", "valid token, but project already exists")
    assert place.refused(place.token()) == told
    assert place.refused(place.token())[0] == "invalid-publisher"


def test_a_pending_publisher_for_a_name_that_is_not_to_be_had(place: Place, kit: Any) -> None:
    trust.add_publisher(place.addresses, "pypi", "json", PUBLISHER, pending=True)
    code, description = place.refused(place.token())
    assert code == "invalid-payload"
    assert description.startswith("The name 'json' isn't allowed")
    assert place.client.get("/simple/json/").status == 404


def test_a_pending_publisher_waits_for_thirty_days(place: Place) -> None:
    trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, pending=True)
    place.clock.time += 30 * 24 * 3600
    assert place.refused(place.token())[0] == "invalid-publisher"


def test_who_may_not_be_added_is_told(place: Place, kit: Any) -> None:
    with pytest.raises(InvalidError, match="There is no project 'boat'"):
        trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER)
    place.client.upload(kit.wheel("boat"))
    with pytest.raises(InvalidError, match="exists"):
        trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, pending=True)
    for wrong in (
        replace(PUBLISHER, issuer="svn"),
        replace(PUBLISHER, repository="boat"),
        replace(PUBLISHER, repository="a/b/c"),
        replace(PUBLISHER, workflow="release"),
        replace(PUBLISHER, workflow=".github/workflows/release.yml"),
    ):
        with pytest.raises(InvalidError):
            trust.add_publisher(place.addresses, "pypi", "boat", wrong)
    assert trust.list_publishers(place.addresses, "pypi") == []


def test_gitlab_publishes_with_the_token_that_it_hands_out(place: Place, kit: Any) -> None:
    pipeline = PublisherOrder("group/sub/boat", ".gitlab-ci.yml", "production", issuer="gitlab")
    trust.add_publisher(place.addresses, "pypi", "boat", pipeline, create=True)
    job = GitLabJob("group/sub/boat", SHA, environment="production")
    assert place.client.upload(kit.wheel("boat"), token=place.minted(place.token(job))).status == 200
    for other in (
        replace(job, project_path="group/boat"),
        replace(job, config_file="ci/other.yml"),
        replace(job, environment="Production"),
        replace(
            job, more={"ci_config_ref_uri": "gitlab.example/group/sub/boat//.gitlab-ci.yml@refs/heads/main"}
        ),
        replace(job, more={"sub": "project_path:evil/boat:ref_type:branch:ref:main"}),
    ):
        assert place.refused(place.token(other))[0] == "invalid-publisher"


def test_a_workflow_of_one_forge_is_no_pipeline_of_the_other(trusted: Place) -> None:
    job = GitLabJob("acme/boat", SHA, config_file="release.yml", environment="pypi")
    assert trusted.refused(trusted.token(job))[0] == "invalid-publisher"


def test_an_archived_project_refuses_everybody_and_a_quarantined_one_trusted_publishers(
    trusted: Place, kit: Any
) -> None:
    token = trusted.minted()
    trusted.client.control("project-status", {"project": "boat", "status": "quarantined"})
    refused = trusted.client.upload(kit.wheel("boat"), token=token)
    said = "The given token isn't allowed to upload to project 'boat'."
    assert (refused.status, said in refused.reason) == (403, True)
    assert trusted.client.upload(kit.wheel("boat")).status == 200
    assert trusted.client.get("/simple/").json()["projects"] == []
    assert trusted.client.filenames("boat") == []
    assert trusted.client.get("/pypi/boat/json").status == 404
    trusted.client.control("project-status", {"project": "boat", "status": "archived"})
    for given in (token, None):
        refused = trusted.client.upload(kit.wheel("boat", "2.0"), token=given)
        assert (refused.status, "isn't allowed to upload to project 'boat'." in refused.reason) == (403, True)
    trusted.clock.time += 901
    refused = trusted.client.upload(kit.wheel("boat", "2.0"), token=token)
    assert refused.reason == "Invalid API Token: token is expired"  # a token is judged before the project


def test_sizes_count_for_trusted_publishers_as_well(trusted: Place, kit: Any) -> None:
    trusted.client.control("settings", {"file-limit": 10})
    refused = trusted.client.upload(kit.wheel("boat"), token=trusted.minted())
    assert (refused.status, refused.reason[:14]) == (400, "File too large")
    trusted.client.control("settings", {"file-limit": 1 << 20, "project-limit": 10})
    refused = trusted.client.upload(kit.wheel("boat"), token=trusted.minted())
    assert (refused.status, refused.reason[:22]) == (400, "Project size too large")
