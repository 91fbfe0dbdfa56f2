"""The upload of a release's file, streamed to the disk while its digest is taken."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiohttp import web

from tagboat.sandbox.forge.calls import Answer, Call, reply
from tagboat.sandbox.forge.forge import FORGE
from tagboat.sandbox.forge.model import Release, Repository
from tagboat.sandbox.forge.refusals import Refusal, invalid, not_found
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.routes.assets import asset_key, changeable, shown
from tagboat.sandbox.forge.routes.releases import release_of
from tagboat.sandbox.frame import exchange_of, operation
from tagboat.sandbox.state import BlobWriter

_PIECE = 256 * 1024
_LARGEST = 2 * 1024**3
_ODD = re.compile(r"[^A-Za-z0-9._+@()\[\]-]+")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file whose bytes are on their way: the release and name that it takes, and what is known of it."""

    repository: Repository
    release: Release
    place: tuple[int, str]
    values: dict[str, str | None]


def stored_name(name: str) -> str:
    """The name that GitHub gives a file: characters that it does not like become dots, none at either end."""
    return _ODD.sub(".", name).strip(".") or "default"


@operation("upload-asset", upload=True)
async def upload_asset(request: web.Request) -> web.StreamResponse:
    """A new file of a release.

    Its name is held from the first byte on: an upload that is cut leaves a file in state ``starter`` behind, which has
    to be deleted before the name can be used again (documented by GitHub).
    """
    begun: list[Incoming] = []
    refused = reply(request, lambda call: _begin(call, begun))
    if not begun:
        return refused
    forge, (incoming,) = request.app[FORGE], begun
    writer = forge.frame.state.blobs.writer()
    forge.incoming.add(incoming.place)
    whole = False
    try:
        async for piece in request.content.iter_chunked(_PIECE):
            writer.write(piece)
            await exchange_of(request).progress()
        whole = writer.size == request.content_length
        if not whole:
            raise ConnectionResetError("the upload ended early")
        return reply(request, lambda call: _finish(call, incoming, writer))
    finally:
        forge.incoming.discard(incoming.place)
        writer.discard()
        if not whole and forge.catalogue.release(incoming.repository, incoming.release.id):
            forge.catalogue.leave_starter(incoming.release, **incoming.values)


def _begin(call: Call, begun: list[Incoming]) -> Answer:
    repository = call.repository("contents", "write")
    release = release_of(call, repository)
    changeable(release, "upload assets to")
    if not call.query("name"):
        raise invalid("ReleaseAsset", "name", "missing_field")
    name = stored_name(call.query("name"))
    call.about(asset_key(repository, release, name))
    size = call.request.content_length
    if not size:
        raise Refusal(400, "Bad Content-Length")
    if size >= _LARGEST:
        raise invalid("ReleaseAsset", "size", "custom", "size must be less than 2147483648")
    if (release.id, name) in call.forge.incoming or any(asset.name == name for asset in release.assets):
        raise invalid("ReleaseAsset", "name", "already_exists")
    values = {
        "name": name,
        "label": call.query("label") or None,
        "content_type": call.request.headers.get("Content-Type", "application/octet-stream"),
        "uploader": call.caller.login,
    }
    begun.append(Incoming(repository, release, (release.id, name), values))
    return Answer()


def _finish(call: Call, incoming: Incoming, writer: BlobWriter) -> Answer:
    repository = incoming.repository
    release = call.forge.catalogue.release(repository, incoming.release.id)
    if release is None:
        raise not_found()
    changeable(release, "upload assets to")
    size, sha256 = writer.size, writer.keep()
    with call.forge.records.together():
        asset = call.forge.catalogue.add_asset(release, size=size, sha256=sha256, **incoming.values)
        call.forge.accept("upload-asset", asset_key(repository, release, asset.name), sha256=sha256)
    data = shown(call, repository, release, asset)
    return Answer(data, 201, {"Location": str(data["url"])})


ROUTES: list[Route] = [
    ("POST", "/api/uploads/repos/{owner}/{repo}/releases/{release:\\d+}/assets", upload_asset),
]
