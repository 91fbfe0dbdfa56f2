"""The upload of a release's file, streamed to the disk while its digest is taken."""

from __future__ import annotations

import re

from aiohttp import web

from tagboat.sandbox.forge.calls import Answer, Call, reply
from tagboat.sandbox.forge.forge import FORGE
from tagboat.sandbox.forge.model import Asset, Release, Repository
from tagboat.sandbox.forge.refusals import Refusal, invalid
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.routes.assets import asset_key, changeable, shown
from tagboat.sandbox.forge.routes.releases import release_of
from tagboat.sandbox.frame import exchange_of, operation
from tagboat.sandbox.state import BlobWriter

_PIECE = 256 * 1024
_LARGEST = 2 * 1024**3
_ODD = re.compile(r"[^A-Za-z0-9._+@()\[\]-]+")


def stored_name(name: str) -> str:
    """The name that GitHub gives a file: characters that it does not like become dots, none at either end."""
    return _ODD.sub(".", name).strip(".") or "default"


@operation("upload-asset", upload=True)
async def upload_asset(request: web.Request) -> web.StreamResponse:
    """A new file of a release.

    Its name is held from the first byte on: an upload that is cut leaves a file in state ``starter`` behind, which has
    to be deleted before the name can be used again (documented by GitHub).
    """
    held: list[tuple[Repository, Release, Asset]] = []
    refused = reply(request, lambda call: _begin(call, held))
    if not held:
        return refused
    writer = request.app[FORGE].frame.state.blobs.writer()
    try:
        async for piece in request.content.iter_chunked(_PIECE):
            writer.write(piece)
            await exchange_of(request).progress()
        if writer.size != request.content_length:
            raise ConnectionResetError("the upload ended early")
        return reply(request, lambda call: _finish(call, held[0], writer))
    finally:
        writer.discard()


def _begin(call: Call, held: list[tuple[Repository, Release, Asset]]) -> Answer:
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
    if any(asset.name == name for asset in release.assets):
        raise invalid("ReleaseAsset", "name", "already_exists")
    asset = call.forge.catalogue.begin_asset(
        release,
        name=name,
        label=call.query("label") or None,
        content_type=call.request.headers.get("Content-Type", "application/octet-stream"),
        uploader=call.caller.login,
    )
    held.append((repository, release, asset))
    return Answer()


def _finish(call: Call, held: tuple[Repository, Release, Asset], writer: BlobWriter) -> Answer:
    repository, release, begun = held
    size, sha256 = writer.size, writer.keep()
    with call.forge.records.together():
        asset = call.forge.catalogue.finish_asset(begun, size=size, sha256=sha256)
        if asset is None:
            raise Refusal(404, "Not Found")
        call.forge.accept("upload-asset", asset_key(repository, release, asset.name), sha256=sha256)
    data = shown(call, repository, release, asset)
    return Answer(data, 201, {"Location": str(data["url"])})


ROUTES: list[Route] = [
    ("POST", "/api/uploads/repos/{owner}/{repo}/releases/{release:\\d+}/assets", upload_asset),
]
