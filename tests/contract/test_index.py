"""The adapter ``PyPI`` against the sandbox's index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.server import Sandbox
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


class TestSandboxIndex(IndexContract):
    pass


class TestFailingSandboxIndex(FailingIndexContract):
    pass
