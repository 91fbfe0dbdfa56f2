"""Foreign index pages as data: simple pages in JSON or HTML, lists of links, and folders of files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

JSON: Final = "application/vnd.pypi.simple.v1+json"
ACCEPT: Final = f"{JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True, slots=True)
class Link:
    """One file that a page lists; ``url`` is absolute."""

    filename: str
    url: str
    hashes: dict[str, str]
    requires_python: str | None = None
    size: int | None = None
    upload_time: str | None = None
    yanked: bool | str = False
    core_metadata: bool | dict[str, str] = False

    def as_json(self) -> dict[str, Any]:
        """The link as an entry of a JSON page, without its address."""
        entry = {key.replace("_", "-"): value for key, value in asdict(self).items()}
        del entry["url"]
        return entry


def project_of(filename: str) -> tuple[str, str] | None:
    """The normalised project and version that a file name tells, or None when it is no distribution."""
    try:
        if filename.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(filename)
        else:
            name, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return name, str(version)


def from_json(body: bytes, address: str) -> list[Link]:
    """The files of a JSON page (PEP 691)."""
    return [
        Link(
            filename=file["filename"],
            url=urljoin(address, file["url"]),
            hashes=file.get("hashes", {}),
            requires_python=file.get("requires-python"),
            size=file.get("size"),
            upload_time=file.get("upload-time"),
            yanked=file.get("yanked", False),
            core_metadata=file.get("core-metadata", file.get("dist-info-metadata", False)),
        )
        for file in json.loads(body)["files"]
    ]


def from_html(body: bytes, address: str) -> list[Link]:
    """The files of an HTML page (PEP 503, 592, 658, 714)."""
    anchors = _Anchors()
    anchors.feed(body.decode("utf-8", "replace"))
    found = (_from_anchor(anchor, urljoin(address, anchors.base or "")) for anchor in anchors.found)
    return [link for link in found if link.filename]


def from_folder(folder: Path, name: str) -> list[Link]:
    """The files of a project that lie loose in a folder; digests are taken here."""
    if not folder.is_dir():
        return []
    chosen = [file for file in sorted(folder.iterdir()) if (project_of(file.name) or ("",))[0] == name]
    return [with_digest(Link(file.name, file.as_uri(), {}), file) for file in chosen]


def with_digest(link: Link, file: Path) -> Link:
    """The link with size and SHA-256 of the local file behind it, unless its page told a digest."""
    stat = file.stat()
    hashes = link.hashes or {"sha256": _digest(file, stat.st_size, stat.st_mtime_ns)}
    return Link(**{**asdict(link), "hashes": hashes, "size": stat.st_size})


def only(links: Iterable[Link], name: str) -> list[Link]:
    """Those links that are distributions of this project."""
    return [link for link in links if (project_of(link.filename) or ("",))[0] == canonicalize_name(name)]


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base: str | None = None
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in attrs}
        if tag == "base" and self.base is None:
            self.base = attributes.get("href")
        if tag == "a" and "href" in attributes:
            self.found.append(attributes)


def _from_anchor(anchor: dict[str, str], base: str) -> Link:
    url, fragment = urldefrag(urljoin(base, anchor["href"]))
    algorithm, _, digest = fragment.partition("=")
    metadata = anchor.get("data-core-metadata", anchor.get("data-dist-info-metadata"))
    return Link(
        filename=unquote(urlsplit(url).path.rpartition("/")[2]),
        url=url,
        hashes={algorithm: digest} if algorithm in hashlib.algorithms_available and digest else {},
        requires_python=anchor.get("data-requires-python"),
        yanked=(anchor["data-yanked"] or True) if "data-yanked" in anchor else False,
        core_metadata=_sums(metadata) if metadata is not None else False,
    )


def _sums(value: str) -> bool | dict[str, str]:
    algorithm, equals, digest = value.partition("=")
    return {algorithm: digest} if equals else value == "true"


@lru_cache(maxsize=4096)
def _digest(file: Path, size: int, changed: int) -> str:  # noqa: ARG001 - a changed file is another key
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
