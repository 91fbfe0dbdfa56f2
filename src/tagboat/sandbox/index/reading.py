"""What installers read: the simple API, files with ranges, and PyPI's JSON documents."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tagboat.sandbox.frame import exchange_of, operation
from tagboat.sandbox.index import negotiation, pages
from tagboat.sandbox.index.refusals import refusal
from tagboat.sandbox.index.relayed import RelayedProjects
from tagboat.sandbox.index.store import File, Store

_MAX_AGE: Final = "no-cache"


class Reading:
    """The reading handlers of one instance."""

    def __init__(self, store: Store, relayed: RelayedProjects, root: str) -> None:
        self._store = store
        self._relayed = relayed
        self._root = root

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers go."""
        return [
            web.get("/simple/", self.projects),
            web.get("/simple/{name}", self.without_slash),
            web.get("/simple/{name}/", self.project),
            web.get("/packages/{a}/{b}/{rest}/{filename}", self.file),
            web.get("/relayed/{name}/{filename}", self.relayed_file),
            web.get("/pypi/{name}/json", self.document),
            web.get("/pypi/{name}/{version}/json", self.document),
        ]

    @operation("simple-root")
    async def projects(self, request: web.Request) -> web.StreamResponse:
        """All projects of this index but those in quarantine."""
        shown = [project for project in self._store.projects() if project.status != "quarantined"]
        names, serial = [project.display for project in shown], self._serial()
        return self._negotiated(
            request, lambda: pages.root_json(names, serial), lambda: pages.root_html(names), serial
        )

    async def without_slash(self, request: web.Request) -> web.StreamResponse:
        """301 to the page's real address."""
        raise web.HTTPMovedPermanently(f"/simple/{canonicalize_name(request.match_info['name'])}/")

    @operation("simple")
    async def project(self, request: web.Request) -> web.StreamResponse:
        """A project's page; 404 for a project that is nowhere, and for a quarantined one no files."""
        name = request.match_info["name"]
        normal = canonicalize_name(name)
        if normal != name:
            raise web.HTTPMovedPermanently(f"/simple/{normal}/")
        exchange_of(request).key = normal
        page = await self._page(normal, exchange_of(request).stale)
        text = self._relayed.text
        return self._negotiated(
            request,
            lambda: text(page, "json", pages.project_json),
            lambda: text(page, "html", pages.project_html),
            page.serial,
        )

    @operation("file")
    async def file(self, request: web.Request) -> web.StreamResponse:
        """An uploaded file, or the metadata of an uploaded wheel (PEP 658)."""
        info = request.match_info
        wanted = info["filename"].removesuffix(".metadata")
        found = self._store.file(wanted, stale=exchange_of(request).stale)
        if found is None or found.blake2_256 != info["a"] + info["b"] + info["rest"]:
            raise refusal(404, "Not Found")
        exchange_of(request).key = wanted
        sha256: str | None = found.sha256
        if wanted != info["filename"]:
            sha256 = found.metadata_sha256
        if sha256 is None:
            raise refusal(404, "Not Found")
        headers = {
            "Content-Type": "application/octet-stream",
            "Cache-Control": "max-age=365000000, immutable, public",
        }
        return web.FileResponse(self._store.state.blobs.path(sha256), headers=headers)

    @operation("file")
    async def relayed_file(self, request: web.Request) -> web.StreamResponse:
        """A file of a project that is not under release."""
        name = canonicalize_name(request.match_info["name"])
        if name in self._store.under_release():
            raise refusal(404, "Not Found")
        return await self._relayed.serve(request, name, request.match_info["filename"])

    @operation("json")
    async def document(self, request: web.Request) -> web.StreamResponse:
        """``/pypi/NAME/json`` and ``/pypi/NAME/VERSION/json``; 404 for a project in quarantine."""
        found = self._store.project(request.match_info["name"])
        project = found if found and found.status != "quarantined" else None
        files = self._store.files(project.name, stale=exchange_of(request).stale) if project else []
        version = (
            _latest(files) if "version" not in request.match_info else _normal(request.match_info["version"])
        )
        chosen = [file for file in files if file.version == version]
        if project is None or version is None or not chosen:
            raise web.HTTPNotFound(text='{"message": "Not Found"}', content_type="application/json")
        info = self._store.release_metadata(project.name, version)
        info |= {"yanked": chosen[0].yanked, "yanked_reason": chosen[0].yanked_reason or None}
        answer: dict[str, Any] = {"info": info, "last_serial": self._serial()}
        if "version" not in request.match_info:
            versions = dict.fromkeys(file.version for file in files)
            answer["releases"] = {
                each: [self._file_document(file) for file in files if file.version == each]
                for each in versions
            }
        answer["urls"] = [self._file_document(file) for file in chosen]
        answer["vulnerabilities"] = []
        return _conditional(request, json.dumps(answer).encode(), "application/json", self._serial())

    async def _page(self, name: str, stale: int) -> pages.Page:
        project = self._store.project(name)
        if project is None:
            found = None if name in self._store.under_release() else await self._relayed.page(name)
            if found is None:
                raise refusal(404, "Not Found")
            return found
        files = [] if project.status == "quarantined" else self._store.files(name, stale=stale)
        if stale and not files and project.status != "quarantined":
            raise refusal(404, "Not Found")
        return pages.Page(
            name,
            tuple(self._page_file(file) for file in files),
            tuple(dict.fromkeys(file.version for file in files)),
            project.status,
            project.status_reason,
            self._serial(),
        )

    def _page_file(self, file: File) -> pages.PageFile:
        return pages.PageFile(
            filename=file.filename,
            url=self._url(file),
            hashes={"sha256": file.sha256},
            requires_python=file.requires_python,
            size=file.size,
            upload_time=_time(file),
            yanked=(file.yanked_reason or True) if file.yanked else False,
            core_metadata={"sha256": file.metadata_sha256} if file.metadata_sha256 else False,
        )

    def _url(self, file: File) -> str:
        digest = file.blake2_256
        return f"{self._root}/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{quote(file.filename)}"

    def _file_document(self, file: File) -> dict[str, Any]:
        return {
            "filename": file.filename,
            "url": self._url(file),
            "digests": {"blake2b_256": file.blake2_256, "md5": file.md5, "sha256": file.sha256},
            "md5_digest": file.md5,
            "size": file.size,
            "packagetype": file.kind,
            "python_version": "source" if file.kind == "sdist" else file.filename.split("-")[-3],
            "requires_python": file.requires_python,
            "upload_time": _time(file).split(".")[0],
            "upload_time_iso_8601": _time(file),
            "yanked": file.yanked,
            "yanked_reason": file.yanked_reason or None,
            "has_sig": False,
            "comment_text": "",
            "downloads": -1,
        }

    def _serial(self) -> int:
        row = self._store.state.database.execute(
            "SELECT COALESCE(MAX(seq), 0) FROM index_files WHERE instance = ?", (self._store.instance,)
        ).fetchone()
        return int(row[0])

    def _negotiated(self, request: web.Request, as_json: Any, as_html: Any, serial: int) -> web.Response:
        chosen = negotiation.chosen(",".join(request.headers.getall("Accept", [])))
        if chosen is None:
            raise refusal(406, "Not Acceptable")
        body = as_json() if chosen == negotiation.JSON else as_html()
        return _conditional(request, body, chosen, serial)


def _conditional(request: web.Request, body: bytes, content_type: str, serial: int) -> web.Response:
    """The body, or 304 when the client has it (RFC 9110)."""
    tag = f'"{hashlib.sha256(content_type.encode() + body).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Vary": "Accept",
        "Cache-Control": _MAX_AGE,
        "X-PyPI-Last-Serial": str(serial),
        "Content-Type": content_type if content_type != "text/html" else "text/html; charset=utf-8",
    }
    known = [item.strip().removeprefix("W/") for item in request.headers.get("If-None-Match", "").split(",")]
    if tag in known or "*" in known:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers)


def _latest(files: list[File]) -> str | None:
    """The version that PyPI shows: the newest final one that is not yanked, else the newest there is."""
    versions = [Version(file.version) for file in files]
    standing = [Version(file.version) for file in files if not file.yanked]
    final = [version for version in standing if not version.is_prerelease]
    candidates = final or standing or versions
    return str(max(candidates)) if candidates else None


def _normal(version: str) -> str | None:
    try:
        return str(Version(version))
    except InvalidVersion:
        return None


def _time(file: File) -> str:
    return datetime.fromtimestamp(file.uploaded, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
