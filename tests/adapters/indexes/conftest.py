"""What the tests here stand on: real adapters before a server that answers as it is told."""

from __future__ import annotations

import pytest
from scripted_index import made

from tagboat.adapters.indexes.pypi import PyPI
from tagboat.testing.scripted_server import ScriptedServer


@pytest.fixture
def index(server: ScriptedServer) -> PyPI:
    return made(server)
