"""An index before a server that answers as it is told."""

from __future__ import annotations

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import ScriptedServer

SECRET = "pypi-s3cret"


def made(server: ScriptedServer, *, private: bool = False) -> PyPI:
    return PyPI(
        HTTP(FakeClock(), environment={}),
        name="here",
        upload_url=f"{server.url}/legacy/",
        simple_url=f"{server.url}/simple",
        credentials=Credentials.for_index(SECRET),
        private=private,
    )
