"""What the tests here stand on: real adapters before a server that answers as it is told."""

from __future__ import annotations

import pytest
from scripted_github import SECRET, made

from tagboat.adapters.forges.github import GitHub
from tagboat.adapters.http import Credentials
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import ScriptedServer


@pytest.fixture
def github(server: ScriptedServer, clock: FakeClock) -> GitHub:
    return made(server, clock, Credentials.bearer(SECRET))
