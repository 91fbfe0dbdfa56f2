"""Git over smart HTTP: the real ``git http-backend`` as a CGI child, streamed both ways.

Only the two services of the smart protocol are served. What a fetch answers is passed on as it comes; the (small) answer
to a push is held back until the moved references are in the journal.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiohttp import web

from tagboat.sandbox.forge.access import Caller, acting
from tagboat.sandbox.forge.forge import FORGE, Forge
from tagboat.sandbox.forge.git.child import environment
from tagboat.sandbox.forge.model import Repository
from tagboat.sandbox.forge.refusals import Refusal
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.frame import exchange_of, operation

TIME_LIMIT: Final = 900.0
"""Seconds for one fetch or push."""

_PIECE: Final = 64 * 1024
_PATIENCE: Final = 5.0
_SETTINGS: Final = {
    "http.receivepack": "true",
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "receive.denyDeleteCurrent": "refuse",
    "receive.advertiseAtomic": "true",
}


@operation("git-advertise")
async def advertise(request: web.Request) -> web.StreamResponse:
    """The references, with which every fetch and push begins."""
    service = request.query.get("service", "")
    if service not in ("git-upload-pack", "git-receive-pack"):
        return _refused(403, "Please upgrade your git client.\nThis server speaks the smart protocol only.\n")
    return await _serve(request, service)


@operation("fetch", read=True)
async def fetch(request: web.Request) -> web.StreamResponse:
    """Objects for a clone or a fetch."""
    return await _serve(request, "git-upload-pack")


@operation("push", upload=True)
async def push(request: web.Request) -> web.StreamResponse:
    """Objects and new values of references from a push."""
    return await _serve(request, "git-receive-pack")


async def _serve(request: web.Request, service: str) -> web.StreamResponse:
    forge = request.app[FORGE]
    try:
        caller = forge.access.caller(request.headers.get("Authorization", ""))
    except Refusal:
        return _challenge("Invalid username or token.\n")
    acting.set(caller)
    repository = forge.records.matching(
        Repository, owner=request.match_info["owner"], name=request.match_info["repo"].removesuffix(".git")
    )
    writes = service == "git-receive-pack"
    refusal = _judged(forge, caller, repository, writes=writes)
    if refusal is not None or repository is None:
        return refusal or _refused(404, "Repository not found.\n")
    exchange_of(request).key = repository.full_name
    async with _backend(request, forge, repository, caller) as child:
        feeding = asyncio.create_task(_feed(request, child))
        try:
            async with asyncio.timeout(TIME_LIMIT):
                status, headers = await _head(child)
                if writes and request.method == "POST":
                    return await _held_back(forge, repository, child, feeding, (status, headers))
                return await _passed_on(request, child, status, headers)
        finally:
            feeding.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await feeding


def _judged(
    forge: Forge, caller: Caller, repository: Repository | None, *, writes: bool
) -> web.Response | None:
    """GitHub's way: without a credential a challenge, whether the repository exists or not; else 404, or 403."""
    visible = repository is not None and forge.access.sees(caller, repository)
    if caller.account is None and (writes or not visible):
        return _challenge("")
    if repository is None or not visible:
        return _refused(404, "Repository not found.\n")
    if not forge.access.allows(caller, repository, "contents", "write" if writes else "read"):
        return _refused(403, f"Permission to {repository.full_name}.git denied to {caller.login}.\n")
    return None


@asynccontextmanager
async def _backend(
    request: web.Request, forge: Forge, repository: Repository, caller: Caller
) -> AsyncIterator[asyncio.subprocess.Process]:
    place = forge.git(repository).directory
    tail = request.path.split("/", 3)[3]
    variables = environment(_SETTINGS, repository=place) | {
        "GIT_PROJECT_ROOT": str(place.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{place.name}/{tail}",
        "QUERY_STRING": request.query_string,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "REMOTE_ADDR": request.remote or "",
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
    }
    if caller.account is not None:
        variables["REMOTE_USER"] = caller.login
    if request.content_length is not None:
        variables["CONTENT_LENGTH"] = str(request.content_length)
    child = await asyncio.create_subprocess_exec(
        "git", "http-backend", env=variables, cwd=place, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child
    finally:
        _end(child, signal.SIGTERM)
        try:
            await asyncio.wait_for(child.wait(), _PATIENCE)
        except TimeoutError:
            _end(child, signal.SIGKILL)
            await child.wait()


def _end(child: asyncio.subprocess.Process, by: signal.Signals) -> None:
    """Tell the child and all that it started to end; asked politely, git takes its lock files with it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, by)


async def _feed(request: web.Request, child: asyncio.subprocess.Process) -> None:
    """The request's body into the child, which may have stopped listening; an incomplete one ends the child."""
    stdin = child.stdin
    if stdin is None:
        return
    whole = False
    try:
        async for piece in request.content.iter_chunked(_PIECE):
            with suppress(ConnectionError):
                stdin.write(piece)
                await stdin.drain()
            await exchange_of(request).progress()
        whole = True
    finally:
        if not whole:
            _end(child, signal.SIGTERM)
        stdin.close()


async def _head(child: asyncio.subprocess.Process) -> tuple[int, dict[str, str]]:
    """Status and headers of a CGI answer."""
    if child.stdout is None:
        return 500, {}
    status, headers = 200, {}
    while line := (await child.stdout.readline()).decode().strip():
        name, _, value = line.partition(":")
        if name == "Status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    return (status, headers) if headers else (500, {})


async def _passed_on(
    request: web.Request, child: asyncio.subprocess.Process, status: int, headers: dict[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(request)
    while child.stdout is not None and (piece := await child.stdout.read(_PIECE)):
        await response.write(piece)
    await response.write_eof()
    return response


async def _held_back(
    forge: Forge,
    repository: Repository,
    child: asyncio.subprocess.Process,
    feeding: asyncio.Task[None],
    head: tuple[int, dict[str, str]],
) -> web.Response:
    try:
        body = await child.stdout.read() if child.stdout is not None else b""
        await child.wait()
        await feeding
    finally:
        forge.references.reconcile(repository, forge.git(repository))
    return web.Response(status=head[0], headers=head[1], body=body)


def _challenge(text: str) -> web.Response:
    return web.Response(status=401, text=text, headers={"WWW-Authenticate": 'Basic realm="GitHub"'})


def _refused(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)


ROUTES: list[Route] = [
    ("GET", "/{owner}/{repo}/info/refs", advertise),
    ("POST", "/{owner}/{repo}/git-upload-pack", fetch),
    ("POST", "/{owner}/{repo}/git-receive-pack", push),
]
