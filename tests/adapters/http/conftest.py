"""What the tests here stand on: real adapters before a server that answers as it is told."""

from __future__ import annotations

import pytest

from tagboat.adapters.http import HTTP
from tagboat.testing.clock import FakeClock


@pytest.fixture
def http(clock: FakeClock) -> HTTP:
    return HTTP(clock, environment={})
