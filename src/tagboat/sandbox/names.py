"""The public addresses that a sandbox stands in for, handed in by whoever starts it: the sandbox itself names none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tagboat.errors import InvalidError

LOOPBACK: Final = "127.0.0.1"
"""Where all services of a sandbox listen, and nowhere else."""

HTTPS_PORT: Final = 443


@dataclass(frozen=True, slots=True)
class PublicIndex:
    """An index: where it takes uploads, what installers read, where its files are, and other addresses that it has."""

    upload: str
    simple: str
    files: str = ""
    also: tuple[str, ...] = ()

    def hosts(self) -> tuple[str, ...]:
        """The names of all of its hosts."""
        return _hosts(self.upload, self.simple, self.files, *self.also)


@dataclass(frozen=True, slots=True)
class PublicNames:
    """Everything that a sandbox stands in for, each as ``https://HOST`` and perhaps a path, without a port.

    Attributes:
        api: the forge's REST interface.
        uploads: where it takes the files of releases.
        git: git over HTTP, and the pages for people.
        indexes: ``pypi`` and ``testpypi``.
        issuers: who signs identity tokens, by kind: ``github``, ``gitlab``.
    """

    api: str
    uploads: str
    git: str
    indexes: Mapping[str, PublicIndex]
    issuers: Mapping[str, str]

    def hosts(self) -> tuple[str, ...]:
        """The names of all hosts."""
        indexes = [host for index in self.indexes.values() for host in index.hosts()]
        return tuple(
            dict.fromkeys((*_hosts(self.api, self.uploads, self.git, *self.issuers.values()), *indexes))
        )

    def as_json(self) -> dict[str, Any]:
        """The names as plain data for JSON."""
        return {
            **{name: getattr(self, name) for name in ("api", "uploads", "git")},
            "indexes": {name: asdict(index) for name, index in self.indexes.items()},
            "issuers": dict(self.issuers),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PublicNames:
        """The opposite of ``as_json``."""
        indexes = {
            name: PublicIndex(**{**index, "also": tuple(index["also"])})
            for name, index in data["indexes"].items()
        }
        return cls(**{**data, "indexes": indexes})


def host_of(url: str) -> str:
    """The host of an address.

    Raises:
        InvalidError: It is not https, or names a port or none.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.port is not None:
        raise InvalidError(f"{url!r} is no public address", remedy="https://HOST, without a port")
    return parts.hostname


def _hosts(*urls: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(host_of(url) for url in urls if url))
