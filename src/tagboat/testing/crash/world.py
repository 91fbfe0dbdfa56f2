"""What the sandbox holds, read without any of the code under test, and what of it must never be."""

from __future__ import annotations

import hashlib
import json
import ssl
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tagboat.sandbox.addresses import Addresses
from tagboat.testing.crash.subject import NAME, REPOSITORY, TAG

MANIFEST: Final = "tagboat-manifest.json"
LEDGER: Final = "tagboat-ledger"
PACKAGES: Final = 2
ASSETS: Final = 5
"""An sdist and a wheel go to each index; beside them, the source archive, its checksum and the Manifest to the forge."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that outsiders can see of the release at one moment.

    Attributes:
        indexes: for each index, file name → SHA-256.
        assets: of the tag's release, name → SHA-256, ledgers left out.
        ledgers: the ledger assets' texts.
        named: name → SHA-256 as the release's own Manifest has them.
        public: the release is no draft.
        releases: how many releases the tag has.
    """

    indexes: Mapping[str, Mapping[str, str]]
    assets: Mapping[str, str]
    ledgers: tuple[str, ...]
    named: Mapping[str, str]
    public: bool
    releases: int

    def missing(self) -> Iterator[str]:
        """Yield what a finished release must have and this one lacks, judged by its own Manifest."""
        states = (
            (self.releases == 1, f"{self.releases} releases stand for the tag"),
            (self.public, "the release is not public"),
            (MANIFEST in self.assets, "the release has no Manifest"),
            (bool(self.ledgers), "the release has no ledger"),
            (len(self.assets) == ASSETS, f"the release has {len(self.assets)} files of {ASSETS}"),
        )
        yield from (problem for good, problem in states if not good)
        for index, files in self.indexes.items():
            if len(files) != PACKAGES:
                yield f"{index} has {len(files)} files of {PACKAGES}"
            yield from (f"{name} on {index} is not the forge's" for name in self._unlike(files))
        yield from (
            f"{name} on the forge is not the one of its Manifest" for name in self._unlike(self.named)
        )

    def _unlike(self, files: Mapping[str, str]) -> list[str]:
        return [name for name, sha256 in files.items() if self.assets.get(name) != sha256]


def look(addresses: Addresses) -> World:
    """Read both indexes and the forge."""
    reader = _Reader(addresses)
    indexes = {}
    for name, index in (("testpypi", addresses.testpypi), ("pypi", addresses.pypi)):
        page = reader.json(f"{index.simple}{NAME}/", "application/vnd.pypi.simple.v1+json")
        files = page["files"] if page else []
        indexes[name] = {file["filename"]: file["hashes"]["sha256"] for file in files}
    listed = reader.json(f"{addresses.api}/repos/{REPOSITORY}/releases?per_page=100", "application/json")
    releases = [release for release in listed or [] if release["tag_name"] == TAG]
    assets: dict[str, str] = {}
    ledgers: list[str] = []
    named: dict[str, str] = {}
    for asset in (a for release in releases for a in release["assets"] if a["state"] == "uploaded"):
        content = reader.bytes(asset["url"], "application/octet-stream")
        if asset["name"].startswith(LEDGER):
            ledgers.append(content.decode())
            continue
        assets[asset["name"]] = hashlib.sha256(content).hexdigest()
        if asset["name"] == MANIFEST:
            named = {a["file"]: a["sha256"] for a in json.loads(content)["artifacts"]}
    public = bool(releases) and not any(release["draft"] for release in releases)
    return World(indexes, assets, tuple(ledgers), named, public, len(releases))


def doubles(journal: Path) -> list[str]:
    """Return every double publish: one name twice on one index, identical or not, or two releases for one tag."""
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    uploads = Counter((e["service"], e["key"]) for e in entries if e["operation"] == "upload")
    releases = Counter(e["key"] for e in entries if e["operation"] == "create-release")
    found = [
        f"{key} was accepted {count} times by {service}"
        for (service, key), count in uploads.items()
        if count > 1
    ]
    return found + [f"{key} was created {count} times" for key, count in releases.items() if count > 1]


class _Reader:
    def __init__(self, addresses: Addresses) -> None:
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=addresses.ca))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
        self._token = addresses.token

    def bytes(self, url: str, accept: str) -> bytes:
        headers = {"Accept": accept, "Authorization": f"token {self._token}"}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - a sandbox's address is https
        with self._opener.open(request, timeout=30) as answer:
            content: bytes = answer.read()
        return content

    def json(self, url: str, accept: str) -> Any:
        """The answer as data, or None when there is no such thing."""
        try:
            return json.loads(self.bytes(url, accept))
        except urllib.error.HTTPError as refusal:
            with refusal:
                if refusal.code != 404:
                    raise
        return None
