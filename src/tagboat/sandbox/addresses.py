"""Where a sandbox's services are, as data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tagboat.errors import UnavailableError

FILE = "sandbox.json"


@dataclass(frozen=True, slots=True)
class IndexAddress:
    """The two URLs of an index: where uploads go, and what installers read."""

    upload: str
    simple: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """All of a running sandbox: URLs, the CA file to trust, the token that may do everything, the process.

    ``identity`` is where tokens are asked for and granted, ``issuers`` the text of ``iss`` by kind (``github``,
    ``gitlab``). A sandbox that stands in for public names answers to them on ``front_port`` of the loopback interface,
    and ``proxy`` is the address of its CONNECT proxy; 0 and "" otherwise.
    """

    forge: str
    api: str
    git: str
    testpypi: IndexAddress
    pypi: IndexAddress
    ca: str
    token: str
    pid: int
    identity: str = ""
    issuers: dict[str, str] = field(default_factory=dict)
    front_port: int = 0
    proxy: str = ""

    def as_json(self) -> dict[str, Any]:
        """The addresses as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Addresses:
        """The opposite of ``as_json``."""
        indexes = {name: IndexAddress(**data[name]) for name in ("testpypi", "pypi")}
        return cls(**{**data, **indexes})


def write_addresses(directory: Path, addresses: Addresses) -> None:
    """Leave the addresses in the sandbox's directory, for ``read_addresses``; owner only, because of the token."""
    fresh = directory / (FILE + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(addresses.as_json(), indent=2) + "\n")
    fresh.replace(directory / FILE)


def read_addresses(directory: Path) -> Addresses:
    """The addresses that the sandbox of this directory had when it started last.

    Raises:
        UnavailableError: No sandbox was ever up there.
    """
    try:
        return Addresses.from_json(json.loads((directory / FILE).read_text()))
    except FileNotFoundError:
        raise UnavailableError(
            f"no sandbox was started in {directory}", remedy=f"tagboat sandbox up --dir {directory}"
        ) from None
