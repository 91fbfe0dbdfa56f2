"""A project's page of the simple API, as JSON (PEP 691, 700, 792) or HTML (PEP 503, 592, 792)."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from tagboat.adapters.http import Answer
from tagboat.adapters.secrets import clean
from tagboat.adapters.shape import Shape
from tagboat.core.text import plain
from tagboat.errors import UnavailableError
from tagboat.ports.index import IndexFile, IndexProject

ACCEPT: Final = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
)

_PIECE: Final = 64 << 10
_LONGEST_TAG: Final = 256 << 10
"""The most characters that the parser of HTML may have to keep, a script or comment included."""
_DISTRIBUTIONS: Final = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg")
_TITLES: Final = ("links for", "simple index")
"""How indexes head their pages: PyPI, devpi, pypiserver, Nexus, GitLab; Artifactory."""


def project(answer: Answer, name: str) -> IndexProject:
    """Read a project's page.

    Raises:
        UnavailableError: it is neither JSON nor HTML of the simple API's version 1, or nothing that ends.
    """
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind.endswith("json"):
        return _from_json(answer, name)
    if kind in ("text/html", "application/vnd.pypi.simple.v1+html"):
        return _from_html(answer, name)
    raise UnavailableError(
        f"{answer.url} answered with {plain(clean(kind), limit=80) or 'no content type'}, not a page of the simple API",
        remedy="is the index's simple URL right?",
    )


def version_of(filename: str, name: str) -> str:
    """Return the version in a file's name, in normal form, or "" when it is no file of the project."""
    try:
        if filename.endswith(".whl"):
            found, version, _, _ = parse_wheel_filename(filename)
        else:
            found, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""
    return str(version) if found == canonicalize_name(name) else ""


def _from_json(answer: Answer, name: str) -> IndexProject:
    page = Shape.of(answer.json(), answer.url)
    version = page.inner("meta").maybe("api-version") or "1.0"
    if version.partition(".")[0] != "1":
        raise UnavailableError(f"{answer.url} speaks version {plain(version)} of the simple API; 1 is needed")
    files = [_file(shape, answer.url, name) for shape in page.items("files")]
    status = page.inner("project-status").maybe("status") or "active"
    return IndexProject(name, tuple(file for file in files if file), status)


def _file(shape: Shape, base: str, name: str) -> IndexFile | None:
    filename = shape.text("filename")
    if not _usable(filename):
        return None
    return IndexFile(
        filename=filename,
        sha256=shape.inner("hashes").maybe("sha256").lower(),
        url=_joined(base, shape.text("url")),
        version=version_of(filename, name),
        yanked=shape.data.get("yanked") not in (None, False),
        uploaded=_moment(shape.maybe("upload-time")),
        size=shape.number("size") if shape.data.get("size") is not None else 0,
    )


def _usable(filename: str) -> bool:
    """Tell whether it is a plain file name: what else a page lists cannot be a distribution."""
    return filename.isprintable() and PurePosixPath(filename).name == filename and "\\" not in filename


def _joined(base: str, link: str) -> str:
    """Return the link's whole address, "" when it is none: the file is there all the same."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _moment(text: str) -> str:
    """Return an ISO 8601 time with its zone, UTC where it says none; "" when it is no time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text if found.tzinfo else found.replace(tzinfo=UTC).isoformat()


def _from_html(answer: Answer, name: str) -> IndexProject:
    """Read the page piece by piece: the parser's time grows with the square of a tag that does not end.

    Such a tag at the page's end is none, so nothing is lost when the parser is not asked to make something of it.
    """
    page = _Page(answer.url, name)
    text = answer.body.decode("utf-8", "replace")
    for start in range(0, len(text), _PIECE):
        try:
            page.feed(text[start : start + _PIECE])
        except AssertionError:  # the parser's own word for a declaration that is malformed
            raise _unreadable(answer) from None
        if len(page.rawdata) > _LONGEST_TAG:
            raise _unreadable(answer)
    if not page.simple and not any(file.filename.endswith(_DISTRIBUTIONS) for file in page.files):
        raise UnavailableError(
            f"{answer.url} answered with a page that lists no file and does not say that it is one of the simple API",
            remedy="is the index's simple URL right, and no login page or proxy in between?",
        )
    return IndexProject(name, tuple(page.files), page.status)


def _unreadable(answer: Answer) -> UnavailableError:
    return UnavailableError(
        f"{answer.url} answered with HTML that cannot be read as a page of the simple API",
        remedy="is the index's simple URL right, and no login page or proxy in between?",
    )


class _Page(HTMLParser):
    """Anchors are files; ``<meta>`` carries the project's status; ``<base>`` moves relative links.

    Attributes:
        simple: the page says of itself that it is one of the simple API, in its ``<meta>`` or, as indexes without one do,
            in its title.
    """

    def __init__(self, url: str, name: str) -> None:
        super().__init__()
        self.files: list[IndexFile] = []
        self.status = "active"
        self.simple = False
        self._base = url
        self._titles = False
        self._name = name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        self._titles = tag in ("title", "h1")
        self.simple = self.simple or (tag == "meta" and values.get("name") == "pypi:repository-version")
        if tag == "meta" and values.get("name") == "pypi:project-status":
            self.status = values.get("content", "active")
        elif tag == "base" and values.get("href"):
            self._base = _joined(self._base, values["href"]) or self._base
        elif tag == "a" and values.get("href"):
            self._anchor(_joined(self._base, html.unescape(values["href"])), "data-yanked" in values)

    def handle_data(self, data: str) -> None:
        if self._titles and data.strip():
            self.simple = self.simple or data.strip().lower().startswith(_TITLES)
            self._titles = False

    def _anchor(self, link: str, yanked: bool) -> None:
        url, _, fragment = link.partition("#")
        filename = unquote(urlsplit(url).path.rpartition("/")[2])
        if filename and _usable(filename):
            algorithm, _, value = fragment.partition("=")
            sha256 = value.partition("&")[0].lower() if algorithm == "sha256" else ""
            version = version_of(filename, self._name)
            self.files.append(IndexFile(filename, sha256, url, version, yanked=yanked))
