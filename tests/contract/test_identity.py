"""Identities of real and of faked places, held to one contract."""

from __future__ import annotations

import pytest

from tagboat.adapters.identity import GitLab, Nowhere
from tagboat.ports.identity import Absence, Identity
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
