"""Projects that are not under release: read through the relay, their files kept in a folder.

The relay is on the other side of a Unix socket, outside the rehearsal's network namespace. This side rewrites what it
tells so that installers come back here, checks the digest of every file that passes, and never asks for a name under
release.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from aiohttp import web

from tagboat.sandbox.index.pages import Page, PageFile
from tagboat.sandbox.index.refusals import refusal

_PAGE_SECONDS: Final = 600.0
_PIECE: Final = 1 << 18
_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=120)
_HOST: Final = "http://relay"


class RelayedProjects:
    """What the relay offers; without a socket, nothing."""

    def __init__(self, socket: Path | None, cache: Path, root: str) -> None:
        self._socket = socket
        self._cache = cache
        self._root = root
        self._salt = secrets.token_hex(8)
        self._pages: dict[str, tuple[float, Page | None]] = {}
        self._texts: dict[tuple[str, str], tuple[Page, bytes]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def lifetime(self, _: web.Application) -> AsyncIterator[None]:
        """The connection to the relay, for as long as the application is up (an aiohttp cleanup context)."""
        if self._socket is not None:
            self._cache.mkdir(parents=True, exist_ok=True)
            connector = aiohttp.UnixConnector(path=str(self._socket), limit=32)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=_TIMEOUT, auto_decompress=False
            )
        yield
        if self._session is not None:
            await self._session.close()

    async def page(self, name: str) -> Page | None:
        """The page of a project, or None when there is none.

        Raises:
            web.HTTPServiceUnavailable: The relay, or what is behind it, does not answer.
        """
        if self._session is None:
            return None
        asked, page = self._pages.get(name, (0.0, None))
        if asked and time.monotonic() - asked < _PAGE_SECONDS:
            return page
        async with self._get(f"/simple/{quote(name)}/") as answer:
            page = None if answer.status == 404 else self._parsed(json.loads(await answer.read()))
        self._pages[name] = (time.monotonic(), page)
        return page

    def text(self, page: Page, form: str, make: Callable[[Page], bytes]) -> bytes:
        """The page in this form, made once: every job's installer asks for the same, and some have thousands of files."""
        if self._pages.get(page.name, (0.0, None))[1] is not page:
            return make(page)
        kept = self._texts.get((page.name, form))
        if kept is None or kept[0] is not page:
            kept = self._texts[page.name, form] = (page, make(page))
        return kept[1]

    async def serve(self, request: web.Request, name: str, filename: str) -> web.StreamResponse:
        """A file of a relayed project, or with ``.metadata`` behind its name the metadata of a wheel.

        Raises:
            web.HTTPNotFound: The page does not list it.
        """
        page = await self.page(name)
        wanted = filename.removesuffix(".metadata")
        listed = next((file for file in page.files if file.filename == wanted), None) if page else None
        if listed is None or (wanted != filename and not listed.core_metadata):
            raise refusal(404, "Not Found")
        sums = listed.hashes
        if wanted != filename:
            sums = listed.core_metadata if isinstance(listed.core_metadata, dict) else {}
        kept = self._kept(name, filename, sums)
        if not kept.exists():
            if request.method == "GET" and "Range" not in request.headers:
                return await self._pass_through(request, name, filename, sums, kept)
            async with self._download(name, filename, sums, kept) as pieces:
                async for _ in pieces:
                    pass
        return web.FileResponse(kept, headers={"Content-Type": "application/octet-stream"})

    def _parsed(self, data: dict[str, Any]) -> Page:
        name = str(data["name"])
        files = tuple(self._file(name, entry) for entry in data["files"])
        return Page(name, files, tuple(data["versions"]))

    def _file(self, name: str, entry: dict[str, Any]) -> PageFile:
        return PageFile(
            filename=entry["filename"],
            url=f"{self._root}/relayed/{quote(name)}/{quote(entry['filename'])}",
            hashes=entry["hashes"],
            requires_python=entry["requires-python"],
            size=entry["size"],
            upload_time=entry["upload-time"],
            yanked=entry["yanked"],
            core_metadata=entry["core-metadata"],
        )

    def _kept(self, name: str, filename: str, sums: dict[str, str]) -> Path:
        """Where the file is kept; one that has no digest is kept for this process only."""
        identity = [name, filename, sums.get("sha256") or self._salt]
        return self._cache / hashlib.sha256("\n".join(identity).encode()).hexdigest()

    async def _pass_through(
        self, request: web.Request, name: str, filename: str, sums: dict[str, str], kept: Path
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        try:
            async with self._download(name, filename, sums, kept) as pieces:
                async for size, piece in pieces:
                    if not response.prepared:
                        response.content_length = size
                        await response.prepare(request)
                    await response.write(piece)
        except web.HTTPException:
            if not response.prepared:
                raise
            # Half of the file is out already: a cut connection is the only honest end.
            raise ConnectionResetError("the relayed file ended early") from None
        if not response.prepared:
            response.content_length = 0
            await response.prepare(request)
        await response.write_eof()
        return response

    @asynccontextmanager
    async def _download(
        self, name: str, filename: str, sums: dict[str, str], kept: Path
    ) -> AsyncIterator[AsyncIterator[tuple[int | None, bytes]]]:
        """Pieces of a file with its whole size; after the last one it is in its place, if its digest is right."""
        with tempfile.NamedTemporaryFile(prefix=".incoming-", dir=self._cache, delete=False) as file:
            path = Path(file.name)
            try:
                async with self._get(f"/files/{quote(name)}/{quote(filename)}") as answer:
                    if answer.status != 200:
                        raise refusal(404, "Not Found")
                    digest = hashlib.sha256()

                    async def pieces() -> AsyncIterator[tuple[int | None, bytes]]:
                        async for piece in answer.content.iter_chunked(_PIECE):
                            digest.update(piece)
                            file.write(piece)
                            yield answer.content_length, piece

                    yield pieces()
                    file.flush()
                    if sums.get("sha256", digest.hexdigest()) == digest.hexdigest():
                        path.replace(kept)
            finally:
                path.unlink(missing_ok=True)

    @asynccontextmanager
    async def _get(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise refusal(404, "Not Found")
        try:
            async with self._session.get(_HOST + path) as answer:
                if answer.status not in (200, 404):
                    raise refusal(503, f"The relay says: {(await answer.text())[:300]}")
                yield answer
        except (TimeoutError, aiohttp.ClientError) as error:
            raise refusal(503, f"The relay does not answer: {error}") from None
