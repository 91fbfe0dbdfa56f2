"""An index that trusts nobody yet, and one that trusts ``PUBLISHER`` with the project boat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from trusted_place import PUBLISHER, Clock, Place

from tagboat.sandbox import trust
from tagboat.sandbox.server import running_sandbox


@pytest.fixture
def place(tmp_path: Path, kit: Any) -> Iterator[Place]:
    clock = Clock()
    with running_sandbox(tmp_path / "sandbox", now=clock) as sandbox:
        client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
        yield Place(sandbox, client, clock)
        client.pool.clear()


@pytest.fixture
def trusted(place: Place) -> Place:
    trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, create=True)
    return place
