"""What can be wrong with a publisher, a job, an identity, a token or a project, and what the cause must say of it.

Codes, whole causes and remedies are those of docs/reference/refusals.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from forgeries import (
    by_another_key,
    forged,
    of_an_unknown_key,
    unsigned,
    with_other_claims,
    with_the_public_key_as_a_secret,
)
from refused_deeds import (
    Deed,
    another_project,
    another_s_right_to_ask,
    at,
    burnt,
    claims,
    closed,
    ended_grant,
    expired,
    for_the_other_index,
    from_a_fork,
    gitlab,
    made_since,
    misspelt_pending,
    new_project,
    nobody,
    of_another_project,
    of_somebody_else,
    publisher,
    removed_and_renewed,
    removed_meanwhile,
    renamed_file,
    signed,
    switched_off,
    taken_by_another_step,
    used_to_the_end,
    waited_too_long,
    with_setting,
)

from tagboat.adapters.http import Credentials
from tagboat.adapters.identity import GitHubActions, Nowhere

Row = tuple[str, str, Deed]


@dataclass(frozen=True)
class Case:
    """One refusal: what is wrong, what the cause must say of it, and the deed that is refused."""

    group: str
    what: str
    cause: str
    deed: Deed

    def __str__(self) -> str:
        return self.what


NO_MATCH = "(Publisher with matching claims was not found)"
ELSE = "so the index has something else registered"
UNCONVINCED = "its signature, time or audience did not convince the index"

GROUPS: dict[str, list[Row]] = {
    "the publisher": [
        ("none is registered", ELSE, nobody),
        ("one is registered at the other index alone", ELSE, partial(publisher, index="testpypi")),
        ("it names another owner", ELSE, partial(publisher, repository="mallory/skiff")),
        ("it names another repository of the owner", ELSE, partial(publisher, repository="acme/dinghy")),
        ("it names another workflow", ELSE, partial(publisher, workflow="publish.yml")),
        ("it names another environment", ELSE, partial(publisher, environment="production")),
        ("it is one of the other forge", ELSE, partial(publisher, issuer="gitlab")),
        (
            "it is pending, and somebody has made the project since",
            "for a project that somebody has made since",
            made_since,
        ),
        (
            "it is pending for a name that nobody gets",
            "conflict with the Python standard library",
            partial(publisher, pending=True, project="json"),
        ),
        ("it was pending for thirty days", ELSE, waited_too_long),
    ],
    "the job": [
        (
            "it runs in another environment",
            "environment: the job says release, the configuration expects pypi",
            partial(claims, environment="release"),
        ),
        (
            "it runs in no environment",
            "environment: the job says (none), the configuration expects pypi",
            partial(claims, environment=""),
        ),
        (
            "it is in another workflow",
            "workflow: the job says ci.yml, the configuration expects release.yml",
            partial(claims, workflow="ci.yml"),
        ),
        (
            "it is in a fork, with an identity of the fork's own",
            "owner: the job says eve, the configuration expects acme",
            partial(claims, repository="eve/skiff"),
        ),
        (
            "it is in another repository of the owner",
            "repository: the job says punt, the configuration expects skiff",
            partial(claims, repository="acme/punt"),
        ),
        (
            "its owner's name belongs to another account now",
            NO_MATCH,
            partial(claims, more={"repository_owner_id": "999"}),
        ),
        (
            "its owner is not the repository's",
            "required claim 'repository_owner'",
            partial(claims, more={"repository_owner": "mallory"}),
        ),
        (
            "a pull request started it with the repository's rights",
            "started by pull_request_target, which indexes refuse",
            partial(claims, event="pull_request_target"),
        ),
        (
            "its steps come from a workflow that it calls",
            "the job is part of publish.yml, which release.yml calls",
            at("publish.yml"),
        ),
        (
            "its steps come from a workflow of another repository",
            "a workflow of another repository, other/shared",
            at("release.yml", "refs/tags/v1", "other/shared"),
        ),
        (
            "its workflow is of another branch",
            "job_workflow_ref claim does not match",
            at("release.yml", "refs/heads/other"),
        ),
        ("its workflow has no file", "Could not job extract", renamed_file),
        *(
            (f"it does not tell its {name}", f"Missing claim '{name}'", partial(signed, **{name: None}))
            for name in ("repository", "event_name", "sha", "jti")
        ),
        (
            "its repository is no text",
            "required claim 'repository'",
            partial(signed, repository=["acme/skiff"]),
        ),
        ("GitLab: it is in another project", NO_MATCH, partial(gitlab, project_path="mallory/skiff")),
        ("GitLab: its pipeline is another file", NO_MATCH, partial(gitlab, config_file="ci/other.yml")),
        (
            "GitLab: it runs in another environment",
            "environment: the job says production, the configuration expects pypi",
            partial(gitlab, environment="production"),
        ),
        (
            "GitLab: its pipeline is of another server",
            "ci_config_ref_uri claim does not match",
            partial(gitlab, more={"ci_config_ref_uri": "gitlab.example/x/y//.gitlab-ci.yml@refs/heads/main"}),
        ),
    ],
    "a forged identity": [
        ("nobody signed it", UNCONVINCED, forged(unsigned)),
        ("the public key signed it", UNCONVINCED, forged(with_the_public_key_as_a_secret)),
        ("another key signed it", UNCONVINCED, forged(by_another_key)),
        ("a key that the issuer does not have signed it", UNCONVINCED, forged(of_an_unknown_key)),
        ("its claims were changed after signing", UNCONVINCED, forged(with_other_claims)),
        (
            "its issuer is none that the index knows",
            "the issuer of the identity is https://issuer.example",
            partial(signed, iss="https://issuer.example"),
        ),
        (
            "it is no JSON Web Token",
            "PYPI_ID_TOKEN holds no identity of this job: it is not a JSON Web Token",
            lambda place: place.mint(place.gitlab_with("a.b")),
        ),
    ],
    "an identity that is over, or for another": [
        ("its time is over", UNCONVINCED, lambda place: signed(place, exp=place.clock.time - 30)),
        ("its time has not begun", UNCONVINCED, lambda place: signed(place, nbf=place.clock.time + 31)),
        ("it was made in the future", UNCONVINCED, lambda place: signed(place, iat=place.clock.time + 31)),
        ("it never ends", UNCONVINCED, partial(signed, exp=None)),
        ("it is for the other index", "it is for the audience 'testpypi', not 'pypi'", for_the_other_index),
        ("another step of the job has exchanged it", "used up", taken_by_another_step),
        (
            "this very release has used it to its end",
            "gives this job one identity for pypi, and it is used up",
            used_to_the_end,
        ),
    ],
    "no identity": [
        (
            "a pull request from a fork",
            "runs for a pull request from a fork, which gets no identity",
            from_a_fork,
        ),
        (
            "a job without the permission",
            "it lacks the permission id-token: write",
            lambda place: place.mint(GitHubActions(place.http, {"GITHUB_ACTIONS": "true"})),
        ),
        (
            "a job of GitLab that asks for none",
            "this job of GitLab has no identity for pypi",
            lambda place: place.mint(place.gitlab_with("")),
        ),
        (
            "a laptop",
            "this machine is no job of GitHub Actions or GitLab",
            lambda place: place.mint(Nowhere()),
        ),
        ("a job whose right to ask has ended", "refused this job an identity (40", ended_grant),
        ("a job that asks with another's right", "refused this job an identity (40", another_s_right_to_ask),
        (
            "the index has switched Trusted Publishing off",
            "pypi offers no Trusted Publishing",
            partial(switched_off, name="trusted-publishing"),
        ),
        (
            "the index has switched it off for GitHub",
            "Trusted Publishing is switched off there",
            switched_off,
        ),
        (
            "the index has switched it off for GitLab",
            "gitlab trusted publishing functionality not enabled",
            partial(switched_off, name="trusted-publishing-gitlab", identity="gitlab"),
        ),
    ],
    "a token that the index lent": [
        ("it was burnt", "Invalid or non-existent authentication information", burnt),
        (
            "it has ended, and the job has no second identity",
            "one identity for pypi, and it is used up",
            expired,
        ),
        (
            "its publisher was removed meanwhile",
            "Invalid or non-existent authentication information",
            removed_meanwhile,
        ),
        ("its publisher was removed before it was renewed", ELSE, removed_and_renewed),
        (
            "the file is of a project that the publisher does not have",
            "OIDC scoped token is not valid for project",
            another_project,
        ),
        ("the file's project does not exist", "Non-user identities cannot create new projects", new_project),
        (
            "the pending publisher has another name than the metadata",
            "Non-user identities cannot create new projects",
            misspelt_pending,
        ),
        ("the project is archived", "The given token isn't allowed to upload to project", closed("archived")),
        (
            "the project is in quarantine",
            "The given token isn't allowed to upload to project",
            closed("quarantined"),
        ),
    ],
    "a lasting token": [
        (
            "there is none",
            "Invalid or non-existent authentication information",
            lambda place: place.upload(None),
        ),
        (
            "the index does not know it",
            "Invalid or non-existent authentication information",
            lambda place: place.upload(Credentials("__token__", "pypi-nobody-knows-this-one")),
        ),
        (
            "it is a password",
            "Username/Password authentication is no longer supported",
            lambda place: place.upload(Credentials("crew", "a password of former days".replace(" ", "-"))),
        ),
        ("it is for another project", "project-scoped token is not valid for project", of_another_project),
        (
            "it is of somebody who does not own the project",
            "isn't allowed to upload to project",
            of_somebody_else,
        ),
        ("the index is read-only", "Read-only mode", with_setting("uploads", "read-only")),
        (
            "the index takes no uploads for a while",
            "Uploads are temporarily disabled",
            with_setting("uploads", "disabled"),
        ),
    ],
}
"""What is wrong, the words of the cause that say so, and the deed."""

CASES = [Case(group, *row) for group, rows in GROUPS.items() for row in rows]
