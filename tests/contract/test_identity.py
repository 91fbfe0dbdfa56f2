"""Identities of real and of faked places, held to one contract; the library ``id`` is the second witness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import id as library
import pytest

from tagboat.adapters.http import HTTP
from tagboat.adapters.identity import GitHubActions, GitLab, Nowhere
from tagboat.ports.identity import Absence, Identity, IdentityToken
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import GitHubJob, JobIdentity, grant_identity
from tagboat.testing.clock import FakeClock
from tagboat.testing.identity import FakeIdentity, unsigned_token
from tagboat.testing.identity_contract import (
    AbsentIdentityContract,
    FailingIdentityContract,
    IdentityContract,
    IdentitySubject,
)


class TestFakeIdentity(IdentityContract):
    @pytest.fixture
    def subject(self) -> IdentitySubject:
        typed: Identity = FakeIdentity()
        return IdentitySubject(typed)


class TestFailingFakeIdentity(FailingIdentityContract):
    @pytest.fixture
    def subject(self) -> IdentitySubject:
        identity = FakeIdentity()

        def fault(kind: str, value: float | None, times: int) -> None:
            identity.orders.add("token", kind, value, times)

        return IdentitySubject(identity, fault=fault, tries=identity.orders.tries)


class TestGitLab(IdentityContract):
    @pytest.fixture
    def subject(self) -> IdentitySubject:
        variables = {
            f"{name.upper()}_ID_TOKEN": unsigned_token({"aud": name, "iss": "https://issuer.example"})
            for name in ("pypi", "testpypi")
        }
        return IdentitySubject(GitLab({"GITLAB_CI": "1", **variables}), ("pypi", "testpypi"), single=True)


@pytest.fixture
def job(sandbox: Sandbox) -> JobIdentity:
    return grant_identity(sandbox.addresses, GitHubJob("acme/rowboat", "5" * 40, environment="pypi"))


@pytest.fixture
def github(sandbox: Sandbox, job: JobIdentity) -> Iterator[IdentitySubject]:
    """A job of the sandbox's, whose token service fails on demand."""
    faults = Faults(sandbox.directory)
    http = HTTP(FakeClock(), ca=Path(sandbox.addresses.ca), environment={})

    def fault(kind: str, value: float | None, times: int) -> None:
        faults.add("identity", "id-token", kind, value=value, times=times)

    yield IdentitySubject(GitHubActions(http, job.environment()), fault=fault, tries=http.limits.tries)
    faults.clear()


class TestGitHubActions(IdentityContract):
    @pytest.fixture
    def subject(self, github: IdentitySubject) -> IdentitySubject:
        return github


class TestFailingGitHubActions(FailingIdentityContract):
    @pytest.fixture
    def subject(self, github: IdentitySubject) -> IdentitySubject:
        return github


class Witness:
    """The same by the library, with nothing of ours in between."""

    name = "the library id"

    def absence(self) -> None:
        return None

    def token(self, audience: str) -> IdentityToken:
        value = library.detect_credential(audience)
        assert value is not None
        return IdentityToken.read(value, audience)


class TestWitness(IdentityContract):
    @pytest.fixture
    def subject(self, sandbox: Sandbox, job: JobIdentity, monkeypatch: pytest.MonkeyPatch) -> IdentitySubject:
        for name, value in {**job.environment(), "SSL_CERT_FILE": sandbox.addresses.ca}.items():
            monkeypatch.setenv(name, value)
        return IdentitySubject(Witness())


@pytest.fixture(params=["a fake", "GitLab", "a laptop"])
def absent(request: pytest.FixtureRequest) -> Identity:
    places: dict[str, Identity] = {
        "a fake": FakeIdentity(missing=Absence("there is none", "go elsewhere")),
        "GitLab": GitLab({"GITLAB_CI": "1"}),
        "a laptop": Nowhere(),
    }
    return places[request.param]


class TestAbsentIdentities(AbsentIdentityContract):
    @pytest.fixture
    def subject(self, absent: Identity) -> IdentitySubject:
        return IdentitySubject(absent)
