"""The files of releases: list, read, rename, delete, and download through a signed address."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

from aiohttp import web

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.forge import FORGE, Forge
from tagboat.sandbox.forge.model import Asset, Release, Repository
from tagboat.sandbox.forge.refusals import Refusal, invalid, not_found
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.routes.releases import RELEASES, key_of, release_of
from tagboat.sandbox.forge.shapes import releases as shapes
from tagboat.sandbox.forge.shapes.links import Json
from tagboat.sandbox.frame import exchange_of, operation


def asset_key(repository: Repository, release: Release, name: str) -> str:
    """What the journal calls a release's file."""
    return f"{key_of(repository, release)}/assets/{name}"


def shown(call: Call, repository: Repository, release: Release, asset: Asset) -> Json:
    """A file's JSON."""
    return shapes.asset(call.links, repository.full_name, release, asset, call.forge.account(asset.uploader))


def changeable(release: Release, deed: str) -> None:
    """Let a release's files change, or not.

    Raises:
        Refusal: 422, the release is immutable.
    """
    if release.immutable:
        raise Refusal(422, f"Cannot {deed} an immutable release.")


@endpoint("list-assets")
def list_assets(call: Call) -> Answer:
    """The files of one release."""
    repository = call.repository("contents")
    release = release_of(call, repository)
    return Answer([shown(call, repository, release, asset) for asset in call.page(release.assets)])


@endpoint("get-asset")
def get_asset(call: Call) -> Answer:
    """One file: about it, or (asked for as ``application/octet-stream``) the way to its bytes."""
    repository = call.repository("contents")
    release, asset = _find(call, repository)
    if "application/octet-stream" in call.request.headers.get("Accept", ""):
        return _redirect(call, asset)
    return Answer(shown(call, repository, release, asset))


@endpoint("update-asset")
def update_asset(call: Call) -> Answer:
    """A file under another name or label."""
    repository = call.repository("contents", "write")
    release, asset = _find(call, repository)
    changeable(release, "update assets of")
    name = call.body.maybe_text("name") or asset.name
    if any(other.name == name and other.id != asset.id for other in release.assets):
        raise invalid("ReleaseAsset", "name", "already_exists")
    label = call.body.maybe_text("label") if "label" in call.body else asset.label
    with call.forge.records.together():
        asset = call.forge.catalogue.change_asset(asset, name=name, label=label)
        key = asset_key(repository, release, name)
        call.forge.accept("update-asset", key, sha256=asset.sha256, result="updated")
    return Answer(shown(call, repository, release, asset))


@endpoint("delete-asset")
def delete_asset(call: Call) -> Answer:
    """Take a file from a release."""
    repository = call.repository("contents", "write")
    release, asset = _find(call, repository)
    changeable(release, "delete assets from")
    with call.forge.records.together():
        call.forge.catalogue.remove_asset(asset)
        key = asset_key(repository, release, asset.name)
        call.forge.accept("delete-asset", key, sha256=asset.sha256, result="updated")
    return Answer(status=204)


@endpoint("get-asset")
def browse_asset(call: Call) -> Answer:
    """The address that people use: the same way to the bytes, by tag and name."""
    repository = call.repository("contents")
    tag, name = call.path("tag"), call.path("name")
    release = (
        call.forge.catalogue.latest(repository, stale=call.stale)
        if tag == "latest/download"
        else call.forge.catalogue.published(repository, tag, stale=call.stale)
    )
    for asset in release.assets if release else ():
        if asset.name == name:
            return _redirect(call, asset)
    raise not_found()


@operation("download-asset")
async def download(request: web.Request) -> web.StreamResponse:
    """The bytes, for whoever was given the signed address."""
    forge = request.app[FORGE]
    number, name = request.match_info["asset"], request.match_info["name"]
    asset = forge.records.get(Asset, id=int(number))
    genuine = hmac.compare_digest(_signature(forge, number), request.query.get("signature", ""))
    if asset is None or asset.sha256 is None or asset.state != "uploaded" or not genuine:
        raise web.HTTPNotFound
    exchange_of(request).key = name
    forge.records.change(asset, downloads=asset.downloads + 1)
    headers = {
        "Content-Type": asset.content_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(asset.name)}",
    }
    return web.FileResponse(forge.frame.state.blobs.path(asset.sha256), headers=headers)


def _find(call: Call, repository: Repository) -> tuple[Release, Asset]:
    found = call.forge.catalogue.asset(repository, call.number("asset"), stale=call.stale)
    if found is None:
        raise not_found()
    release, asset = found
    if release.draft and not call.forge.access.allows(call.caller, repository, "contents", "write"):
        raise not_found()
    call.about(asset_key(repository, release, asset.name))
    return release, asset


def _redirect(call: Call, asset: Asset) -> Answer:
    if asset.state != "uploaded":
        raise not_found()
    signature = _signature(call.forge, str(asset.id))
    place = f"{call.links.origin}/_sandbox/objects/{asset.id}/{quote(asset.name)}?signature={signature}"
    return Answer(b"", 302, {"Location": place, "Content-Type": "text/html;charset=utf-8"})


def _signature(forge: Forge, number: str) -> str:
    return hmac.new(forge.frame.token.encode(), number.encode(), hashlib.sha256).hexdigest()


ROUTES: list[Route] = [
    ("GET", f"{RELEASES}/{{release:\\d+}}/assets", list_assets),
    ("GET", f"{RELEASES}/assets/{{asset:\\d+}}", get_asset),
    ("PATCH", f"{RELEASES}/assets/{{asset:\\d+}}", update_asset),
    ("DELETE", f"{RELEASES}/assets/{{asset:\\d+}}", delete_asset),
    ("GET", "/{owner}/{repo}/releases/{tag:latest/download}/{name}", browse_asset),
    ("GET", "/{owner}/{repo}/releases/download/{tag:.+}/{name}", browse_asset),
    ("GET", "/_sandbox/objects/{asset:\\d+}/{name}", download),
]
