"""The exchange of identities against the sandbox's index and its identity provider: nothing of either side is scripted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.identity import GitHubActions, GitLab
from tagboat.adapters.indexes.credentials import IndexCredentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing
from tagboat.core.publisher import Publisher
from tagboat.errors import DeniedError, TagboatError
from tagboat.ports.identity import Identity
from tagboat.sandbox.control import order
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import (
    GitHubJob,
    GitLabJob,
    PublisherOrder,
    add_publisher,
    grant_identity,
    issue_token,
    origin_of,
    remove_publisher,
)
from tagboat.testing.clock import FakeClock
from tagboat.testing.distributions import make_wheel, sha256_of

SHA = "5" * 40


@dataclass
class Place:
    """A repository and a project that no other test has, at the sandbox's PyPI."""

    sandbox: Sandbox
    folder: Path
    number: int

    @property
    def repository(self) -> str:
        return f"acme/skiff{self.number}"

    @property
    def project(self) -> str:
        return f"skiff{self.number}"

    @property
    def http(self) -> HTTP:
        return HTTP(FakeClock(), ca=Path(self.sandbox.addresses.ca), environment={})

    def register(self, *, pending: bool = False, **changes: str) -> int:
        order = PublisherOrder(**{"repository": self.repository, "workflow": "release.yml", **changes})
        return add_publisher(
            self.sandbox.addresses, "pypi", self.project, order, pending=pending, create=not pending
        )

    def job(self, **changes: str) -> Identity:
        said = {"repository": self.repository, "environment": "pypi", **changes}
        variables = grant_identity(self.sandbox.addresses, GitHubJob(sha=SHA, **said)).environment()
        return GitHubActions(self.http, variables)

    def exchange(self, identity: Identity) -> TrustedPublishing:
        owner, _, name = self.repository.partition("/")
        return TrustedPublishing(
            self.http,
            index="pypi",
            upload_url=self.sandbox.addresses.pypi.upload,
            identity=identity,
            expected=Publisher(owner, name, "release.yml", "pypi"),
        )

    def index(self, exchange: TrustedPublishing) -> PyPI:
        address = self.sandbox.addresses.pypi
        return PyPI(
            self.http,
            name="pypi",
            upload_url=address.upload,
            simple_url=address.simple,
            credentials=IndexCredentials(address.upload, address.simple, (), exchange),
        )

    def upload(self, exchange: TrustedPublishing, name: str = "") -> str:
        wheel = make_wheel(self.folder, name or self.project, "1.0")
        self.index(exchange).upload(wheel, sha256_of(wheel))
        return wheel.name

    def setting(self, name: str, value: str) -> None:
        root = self.sandbox.addresses.pypi.simple.removesuffix("/simple/")
        order(root, self.sandbox.addresses, "POST", "settings", {name: value})

    def fault(self, operation: str, kind: str) -> None:
        Faults(self.sandbox.directory).add("pypi", operation, kind)


@pytest.fixture
def place(sandbox: Sandbox, tmp_path: Path, number: int) -> Place:
    return Place(sandbox, tmp_path, number)


def refusal(place: Place, identity: Identity) -> TagboatError:
    with pytest.raises(TagboatError) as caught:
        place.exchange(identity).credentials()
    assert "eyJ" not in caught.value.cause + caught.value.remedy
    return caught.value


@pytest.mark.parametrize("pending", [True, False])
def test_a_registered_job_uploads_and_the_file_tells_of_it(place: Place, pending: bool) -> None:
    place.register(pending=pending, environment="pypi")
    exchange = place.exchange(place.job())
    file = place.upload(exchange)
    origin = origin_of(place.sandbox.addresses, "pypi", file)
    assert origin is not None
    assert origin["repository"] == place.repository
    assert exchange.burn() == ""


def test_a_burnt_token_lets_nobody_in(place: Place) -> None:
    place.register()
    exchange = place.exchange(place.job())
    lent = exchange.credentials()
    assert isinstance(lent, Credentials)
    exchange.burn()
    address = place.sandbox.addresses.pypi
    index = PyPI(
        place.http, name="pypi", upload_url=address.upload, simple_url=address.simple, credentials=lent
    )
    wheel = make_wheel(place.folder, place.project, "1.0")
    with pytest.raises(DeniedError):
        index.upload(wheel, sha256_of(wheel))
    assert place.upload(exchange)


@pytest.mark.parametrize("kind", ["drop-after", "drop-before", "truncate", "status"])
def test_an_answer_that_is_lost_after_the_identity_was_taken_costs_another_identity(
    place: Place, kind: str
) -> None:
    place.register()
    place.fault("mint-token", kind)
    assert place.upload(place.exchange(place.job()))


def test_a_publisher_that_is_removed_in_the_middle_is_a_denial(place: Place) -> None:
    number = place.register()
    exchange = place.exchange(place.job())
    exchange.credentials()
    remove_publisher(place.sandbox.addresses, "pypi", number)
    with pytest.raises(DeniedError):
        place.upload(exchange)
    assert "pypi did not burn" in exchange.burn()


def test_a_job_of_gitlab_uploads_with_its_one_identity(place: Place) -> None:
    place.register(issuer="gitlab", workflow=".gitlab-ci.yml", environment="pypi")
    job = GitLabJob(place.repository, SHA, environment="pypi")
    token = issue_token(place.sandbox.addresses, job, "pypi")
    exchange = place.exchange(GitLab({"GITLAB_CI": "true", "PYPI_ID_TOKEN": token}))
    assert place.upload(exchange)
    exchange.burn()
    with pytest.raises(DeniedError, match="used up"):
        exchange.credentials()
    again = refusal(place, GitLab({"GITLAB_CI": "true", "PYPI_ID_TOKEN": token}))
    assert "already used" in again.cause or "used up" in again.cause
