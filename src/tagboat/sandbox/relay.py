"""The relay: a rehearsal's only way to packages that are not under release, reading only.

It runs outside the rehearsal's network namespace and listens on a Unix socket. It answers GET, for index pages of the
machine's own indexes and for the files that those pages listed, and nothing else::

    GET /simple/NAME/                   the project's files as JSON, from all sources together
    GET /files/NAME/FILENAME            a listed file, streamed
    GET /files/NAME/FILENAME.metadata   a listed wheel's core metadata
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

import aiohttp
from aiohttp import web
from packaging.utils import canonicalize_name
from packaging.version import Version

from tagboat.errors import InvalidError
from tagboat.sandbox import listings, looping
from tagboat.sandbox.listings import Link
from tagboat.sandbox.sources import Sources, machine_sources

_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
_PIECE: Final = 1 << 18
_SOCKET_PATH_LIMIT: Final = 100


class Relay:
    """Serves on ``socket_path`` between ``start`` and ``stop``; ``never`` names projects it does not answer for."""

    def __init__(self, socket_path: Path, sources: Sources, *, never: Collection[str] = ()) -> None:
        self.socket_path = socket_path
        self._sources = sources
        self._never = frozenset(canonicalize_name(name) for name in never)
        self._links: dict[str, dict[str, Link]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen.

        Raises:
            InvalidError: The socket's path is longer than the system allows.
        """
        if len(str(self.socket_path).encode()) > _SOCKET_PATH_LIMIT:
            raise InvalidError(
                f"the path {self.socket_path} is too long for a Unix socket", remedy="use a shorter directory"
            )
        made = web.Application()
        made.add_routes(
            [
                web.get("/simple/{name}/", self._page, allow_head=False),
                web.get("/files/{name}/{filename}", self._file, allow_head=False),
            ]
        )
        context = ssl.create_default_context(cafile=self._sources.certificate)
        connector = aiohttp.TCPConnector(ssl=context, limit=32)
        self._session = aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT, trust_env=True)
        self._runner = web.AppRunner(made, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        self.socket_path.unlink(missing_ok=True)
        await web.UnixSite(self._runner, str(self.socket_path)).start()
        self.socket_path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening, and take the socket away."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()
        self.socket_path.unlink(missing_ok=True)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        name = canonicalize_name(request.match_info["name"])
        links = await self._listed(name, fresh=True)
        if not links:
            raise web.HTTPNotFound
        parsed = (listings.project_of(link.filename) for link in links.values())
        versions = sorted({found[1] for found in parsed if found}, key=Version)
        files = [link.as_json() for link in links.values()]
        return web.json_response({"name": name, "versions": versions, "files": files})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name, filename = canonicalize_name(request.match_info["name"]), request.match_info["filename"]
        links = await self._listed(name)
        suffix = ".metadata" if filename not in links and filename.endswith(".metadata") else ""
        link = links.get(filename.removesuffix(suffix))
        if link is None or (suffix and not link.core_metadata):
            raise web.HTTPNotFound
        if (local := _local(link.url)) is not None:
            path = local.with_name(local.name + suffix)
            if not path.is_file():
                raise web.HTTPNotFound
            return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})
        return await self._streamed(request, link.url + suffix)

    async def _listed(self, name: str, *, fresh: bool = False) -> dict[str, Link]:
        """The project's files by name, from the first source that has each."""
        if name in self._never:
            return {}
        if fresh or name not in self._links:
            asked = await asyncio.gather(
                *(self._from_index(index, name) for index in self._sources.indexes),
                *(self._from_links(place, name) for place in self._sources.find_links),
                return_exceptions=True,
            )
            found: dict[str, Link] = {}
            for answer in asked:
                if isinstance(answer, list):
                    found = {link.filename: link for link in answer} | found
            failures = [answer for answer in asked if isinstance(answer, BaseException)]
            for failure in failures:
                if not isinstance(failure, (aiohttp.ClientError, OSError)):
                    raise failure
            if failures and not found:
                raise web.HTTPBadGateway(text=f"no source of {name} answers: {failures[0]}")
            self._links[name] = found
        return self._links[name]

    async def _from_index(self, index: str, name: str) -> list[Link]:
        address = f"{index.rstrip('/')}/{name}/"
        links = await self._read(address)
        return await asyncio.to_thread(_described, listings.only(links, name))

    async def _from_links(self, place: str, name: str) -> list[Link]:
        folder = _local(place) or (Path(place) if "://" not in place else None)
        if folder is not None and folder.is_dir():
            return await asyncio.to_thread(listings.from_folder, folder, name)
        address = folder.as_uri() if folder is not None else place
        return await asyncio.to_thread(_described, listings.only(await self._read(address), name))

    async def _read(self, address: str) -> list[Link]:
        """The links of a page; none when there is no such page."""
        local = _local(address)
        if local is not None:
            page = local / "index.html" if local.is_dir() else local
            return listings.from_html(page.read_bytes(), address) if page.is_file() else []
        async with self._client.get(
            address, headers=self._headers(address, Accept=listings.ACCEPT)
        ) as answer:
            if answer.status in (404, 410):
                return []
            answer.raise_for_status()
            body, real = await answer.read(), str(answer.url)
            json_page = answer.content_type == listings.JSON
            links = listings.from_json(body, real) if json_page else listings.from_html(body, real)
        # A page from the network must not point into this machine.
        return [link for link in links if urlsplit(link.url).scheme in ("http", "https")]

    async def _streamed(self, request: web.Request, address: str) -> web.StreamResponse:
        try:
            headers = self._headers(address, **{"Accept-Encoding": "identity"})
            async with self._client.get(address, headers=headers) as answer:
                if answer.status != 200:
                    raise web.HTTPNotFound(text=f"the source answers {answer.status}")
                response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
                response.content_length = answer.content_length
                await response.prepare(request)
                async for piece in answer.content.iter_chunked(_PIECE):
                    await response.write(piece)
        except (TimeoutError, aiohttp.ClientConnectionError) as error:
            raise web.HTTPBadGateway(text=f"the source does not answer: {error}") from None
        await response.write_eof()
        return response

    def _headers(self, address: str, **headers: str) -> dict[str, str]:
        """The headers for an address; what opens the indexes goes to their own hosts alone (a redirect drops it)."""
        own = {urlsplit(index)[:2] for index in self._sources.indexes}
        if self._sources.authorization and urlsplit(address)[:2] in own:
            headers["Authorization"] = self._sources.authorization
        return headers

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise InvalidError("the relay is not started", remedy="start it first")
        return self._session


@contextmanager
def running_relay(
    socket_path: Path,
    *,
    default_index: str | None = None,
    environ: Mapping[str, str] | None = None,
    sources: Sources | None = None,
    never: Collection[str] = (),
) -> Iterator[Relay]:
    """A relay in a thread of this process, up for the length of the ``with`` block.

    ``sources`` None means those of the machine (``sources.machine_sources``).
    """
    relay = Relay(socket_path, sources or machine_sources(default_index, environ), never=never)
    with looping.running("sandbox relay", relay.start, relay.stop):
        yield relay


def _local(address: str) -> Path | None:
    parts = urlsplit(address)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None


def _described(links: list[Link]) -> list[Link]:
    """Local files with size and digest; links to files that are not there are left out."""
    described = []
    for link in links:
        file = _local(link.url)
        if file is None:
            described.append(link)
        elif file.is_file():
            described.append(listings.with_digest(link, file))
    return described
