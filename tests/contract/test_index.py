"""The adapter ``PyPI`` against the sandbox's index, opened with a token and with an identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.identity import GitHubActions
from tagboat.adapters.indexes.credentials import IndexCredentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import GitHubJob, PublisherOrder, add_publisher, grant_identity
from tagboat.testing.clock import FakeClock
from tagboat.testing.index_contract import FailingIndexContract, IndexContract, IndexSubject

OPERATIONS = {"upload": "upload", "project": "simple", "download": "file"}


@pytest.fixture
def subject(sandbox: Sandbox, tmp_path: Path, number: int) -> Iterator[IndexSubject]:
    addresses, faults = sandbox.addresses, Faults(sandbox.directory)
    http = HTTP(FakeClock(), ca=Path(addresses.ca), environment={})

    def index(token: str) -> PyPI:
        return PyPI(
            http,
            name="pypi",
            upload_url=addresses.pypi.upload,
            simple_url=addresses.pypi.simple,
            credentials=Credentials.for_index(token),
        )

    def fault(operation: str, kind: str, value: float | None, times: int) -> None:
        faults.add("pypi", OPERATIONS[operation], kind, value=value, times=times)

    scratch = tmp_path / "files"
    scratch.mkdir()
    name = f"Contract-Demo{number}"
    yield IndexSubject(index(addresses.token), scratch, name, index("pypi-wrong"), fault, http.limits.tries)
    faults.clear()


@pytest.fixture
def trusted(subject: IndexSubject, sandbox: Sandbox, number: int) -> IndexSubject:
    """The same for a job of a workflow whose publisher waits for the project, and for one of another workflow."""
    addresses = sandbox.addresses

    def index(workflow: str) -> PyPI:
        http = HTTP(FakeClock(), ca=Path(addresses.ca), environment={})
        job = grant_identity(addresses, GitHubJob(f"acme/boat{number}", "5" * 40, workflow=workflow))
        exchange = TrustedPublishing(
            http,
            index="pypi",
            upload_url=addresses.pypi.upload,
            identity=GitHubActions(http, job.environment()),
        )
        return PyPI(
            http,
            name="pypi",
            upload_url=addresses.pypi.upload,
            simple_url=addresses.pypi.simple,
            credentials=IndexCredentials(addresses.pypi.upload, addresses.pypi.simple, (), exchange),
        )

    publisher = PublisherOrder(f"acme/boat{number}", "release.yml")
    add_publisher(addresses, "pypi", subject.name, publisher, pending=True)
    return replace(subject, index=index("release.yml"), stranger=index("other.yml"))


class TestTrustedIndex(IndexContract):
    @pytest.fixture
    def subject(self, trusted: IndexSubject) -> IndexSubject:
        return trusted


class TestFailingTrustedIndex(FailingIndexContract):
    @pytest.fixture
    def subject(self, trusted: IndexSubject) -> IndexSubject:
        return trusted


class TestSandboxIndex(IndexContract):
    pass


class TestFailingSandboxIndex(FailingIndexContract):
    pass
