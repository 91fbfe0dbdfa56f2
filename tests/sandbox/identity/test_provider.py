"""The identity provider: what a job gets, from the variables that GitHub gives it, and what its tokens say."""

from __future__ import annotations

import json
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import id as identity_library
import jwt
import pytest

from tagboat.errors import InvalidError
from tagboat.sandbox import control, trust
from tagboat.sandbox.process import down, up
from tagboat.sandbox.server import Sandbox, running_sandbox
from tagboat.sandbox.trust import GitHubJob, GitLabJob

SHA = "5" * 40
NOW = 1_800_000_000


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path / "sandbox", now=lambda: float(NOW)) as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, url: str, secret: str = "", scheme: str = "bearer") -> tuple[int, Any]:
    request = urllib.request.Request(url, headers={"Authorization": f"{scheme} {secret}"})  # noqa: S310
    context = ssl.create_default_context(cafile=sandbox.addresses.ca)
    try:
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def said(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_the_identity_library_finds_the_token_of_a_job(
    still: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = trust.grant_identity(still.addresses, GitHubJob("acme/boat", SHA, environment="pypi"))
    monkeypatch.setenv("SSL_CERT_FILE", still.addresses.ca)
    for name, value in identity.environment().items():
        monkeypatch.setenv(name, value)
    token = identity_library.detect_credential("pypi")
    assert token is not None
    assert said(token)["aud"] == "pypi"


def test_a_token_tells_of_the_job_as_githubs_do(still: Sandbox) -> None:
    control.create_repository(still.addresses, "acme/boat")
    job = GitHubJob(
        "acme/boat", SHA, ref="refs/tags/v1", environment="pypi", event="workflow_dispatch",
        more={"actor": "ada", "run_id": "77"},
    )  # fmt: skip
    claims = said(trust.issue_token(still.addresses, job, "pypi"))
    assert {name: claims[name] for name in ("iat", "nbf", "exp")} == {
        "iat": NOW,
        "nbf": NOW - 600,
        "exp": NOW + 300,
    }
    workflow = "acme/boat/.github/workflows/release.yml@refs/tags/v1"
    wanted = {
        "iss": still.addresses.issuers["github"],
        "aud": "pypi",
        "sub": "repo:acme/boat:environment:pypi",
        "repository": "acme/boat",
        "repository_owner": "acme",
        "repository_visibility": "public",
        "workflow": "release",
        "workflow_ref": workflow,
        "job_workflow_ref": workflow,
        "ref": "refs/tags/v1",
        "ref_type": "tag",
        "sha": SHA,
        "event_name": "workflow_dispatch",
        "environment": "pypi",
        "actor": "ada",
        "run_id": "77",
        "run_attempt": "1",
        "runner_environment": "github-hosted",
    }
    assert {name: claims[name] for name in wanted} == wanted
    assert all(isinstance(value, str) for name, value in claims.items() if name not in ("iat", "nbf", "exp"))
    assert claims["repository_id"] != "0"


@pytest.mark.parametrize(
    ("job", "subject"),
    [
        (GitHubJob("a/b", SHA), "repo:a/b:ref:refs/heads/main"),
        (GitHubJob("a/b", SHA, event="pull_request", ref="refs/pull/1/merge"), "repo:a/b:pull_request"),
        (GitHubJob("a/b", SHA, environment="e:f"), "repo:a/b:environment:e%3Af"),
        (GitHubJob("a/b", SHA, more={"sub": "mine"}), "mine"),
    ],
    ids=str,
)
def test_the_subject_follows_githubs_default(still: Sandbox, job: GitHubJob, subject: str) -> None:
    assert trust.claims_of(still.addresses, job)["sub"] == subject


def test_a_job_without_environment_has_no_such_claim(still: Sandbox) -> None:
    assert "environment" not in trust.claims_of(still.addresses, GitHubJob("a/b", SHA))
    assert "environment" not in trust.claims_of(still.addresses, GitLabJob("a/b", SHA))


def test_a_pipelines_token_tells_of_the_job_as_gitlabs_do(still: Sandbox) -> None:
    job = GitLabJob("group/sub/boat", SHA, ref_path="refs/tags/v1", environment="production")
    claims = said(trust.issue_token(still.addresses, job, "pypi"))
    server = still.addresses.issuers["gitlab"].removeprefix("https://")
    wanted = {
        "iss": still.addresses.issuers["gitlab"],
        "sub": "project_path:group/sub/boat:ref_type:tag:ref:v1",
        "namespace_path": "group/sub",
        "project_path": "group/sub/boat",
        "ref": "v1",
        "ci_config_ref_uri": f"{server}/group/sub/boat//.gitlab-ci.yml@refs/tags/v1",
        "environment": "production",
    }
    assert {name: claims[name] for name in wanted} == wanted
    assert claims["exp"] - claims["iat"] == 3600


def test_no_two_tokens_are_the_same(still: Sandbox) -> None:
    tokens = [said(trust.issue_token(still.addresses, GitHubJob("a/b", SHA), "pypi")) for _ in range(3)]
    assert len({token["jti"] for token in tokens}) == 3


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_signature_is_verified_by_what_discovery_names(still: Sandbox, kind: str) -> None:
    issuer = still.addresses.issuers[kind]
    status, document = ask(still, f"{issuer}/.well-known/openid-configuration")
    assert (status, document["issuer"]) == (200, issuer)
    status, listed = ask(still, document["jwks_uri"])
    (key,) = listed["keys"]
    assert (status, set(key)) == (200, {"kty", "n", "e", "kid", "use", "alg"})
    job = GitHubJob("a/b", SHA) if kind == "github" else GitLabJob("a/b", SHA)
    token = trust.issue_token(still.addresses, job, "pypi")
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    jwt.decode(
        token, jwt.PyJWK(key), ["RS256"], audience="pypi", issuer=issuer,
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )  # fmt: skip


def test_tokens_are_given_to_the_jobs_secret_alone_and_until_its_end(still: Sandbox) -> None:
    identity = trust.grant_identity(still.addresses, GitHubJob("acme/boat", SHA))
    other = trust.grant_identity(still.addresses, GitHubJob("acme/raft", SHA))
    url = identity.request_url + "&audience=pypi"
    assert ask(still, url, identity.request_token)[0] == 200
    for secret in ("", "wrong", other.request_token, still.addresses.token):
        assert ask(still, url, secret) == (401, {"message": "Unauthorized"})
    assert ask(still, url, identity.request_token, scheme="basic")[0] == 401
    trust.end_identity(still.addresses, identity)
    assert ask(still, url, identity.request_token)[0] == 401
    with pytest.raises(InvalidError, match="false"):
        trust.end_identity(still.addresses, identity)


def test_a_grant_ends_by_itself(tmp_path: Path) -> None:
    times = [float(NOW)]
    with running_sandbox(tmp_path / "sandbox", now=lambda: times[-1]) as sandbox:
        identity = trust.grant_identity(sandbox.addresses, GitHubJob("a/b", SHA))
        assert ask(sandbox, identity.request_url, identity.request_token)[0] == 200
        times.append(times[-1] + 6 * 3600)
        assert ask(sandbox, identity.request_url, identity.request_token)[0] == 401


@pytest.mark.parametrize(
    "more", [{"sha": ""}, {"repository": ""}, {"repository": "/"}, {"actor": 5}], ids=str
)
def test_half_a_job_is_refused(still: Sandbox, more: Any) -> None:
    job = GitHubJob("acme/boat", SHA, more=more)
    for deed in (trust.grant_identity, trust.claims_of):
        with pytest.raises(InvalidError, match="no job to identify"):
            deed(still.addresses, job)


def test_only_the_sandboxs_own_token_grants(still: Sandbox) -> None:
    identity = trust.grant_identity(still.addresses, GitHubJob("acme/boat", SHA))
    url = f"{still.addresses.identity}/_sandbox/grants"
    sent = {"Authorization": f"token {identity.request_token}"}
    request = urllib.request.Request(url, data=b"{}", headers=sent)  # noqa: S310
    context = ssl.create_default_context(cafile=still.addresses.ca)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, context=context, timeout=30)  # noqa: S310
    with refusal.value:
        assert refusal.value.code == 403


def test_the_key_is_the_owners_and_stays(tmp_path: Path) -> None:
    def asked() -> Any:
        directory = tmp_path / "sandbox"
        addresses = up(directory)
        key = directory / "identity.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        token = trust.issue_token(addresses, GitHubJob("a/b", SHA), "pypi")
        down(directory)
        return jwt.get_unverified_header(token)["kid"], key.read_bytes()

    assert asked() == asked()


def test_what_a_job_asks_with_is_kept_out_of_sight(still: Sandbox) -> None:
    identity = trust.grant_identity(still.addresses, GitHubJob("acme/boat", SHA))
    assert identity.request_token not in repr(identity)
    token = ask(still, identity.request_url + "&audience=pypi", identity.request_token)[1]["value"]
    for path in still.directory.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert identity.request_token.encode() not in content, path
            assert token.encode() not in content, path
    assert still.frame is not None
    assert [(each.operation, each.key) for each in still.frame.journal.entries(service="identity")] == [
        ("id-token", "repo:acme/boat:ref:refs/heads/main for pypi")
    ]
