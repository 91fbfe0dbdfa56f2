"""Releases and their assets."""

from __future__ import annotations

from urllib.parse import quote

from tagboat.sandbox.forge.model import Account, Asset, Release
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id
from tagboat.sandbox.forge.shapes.people import simple_user


def asset(links: Links, full_name: str, release: Release, found: Asset, uploader: Account) -> Json:
    """The schema ``release-asset``; a draft's file is to be downloaded under the draft's slug."""
    place = release.slug if release.draft else release.tag
    return {
        "url": f"{links.repository(full_name)}/releases/assets/{found.id}",
        "id": found.id,
        "node_id": node_id("ReleaseAsset", found.id),
        "name": found.name,
        "label": found.label,
        "uploader": simple_user(links, uploader),
        "content_type": found.content_type,
        "state": found.state,
        "size": found.size,
        "digest": f"sha256:{found.sha256}" if found.sha256 else None,
        "download_count": found.downloads,
        "created_at": found.created,
        "updated_at": found.updated,
        "browser_download_url": f"{links.page(full_name)}/releases/download/{quote(place)}/{quote(found.name)}",
    }


def release(links: Links, full_name: str, found: Release, people: dict[str, Account]) -> Json:
    """The schema ``release``; ``people`` holds its author and the uploaders of its files."""
    url = f"{links.repository(full_name)}/releases/{found.id}"
    place = quote(found.slug if found.draft else found.tag)
    balls: Json = {"tarball_url": None, "zipball_url": None}
    if not found.draft:
        balls = {
            f"{kind}_url": f"{links.repository(full_name)}/{kind}/{place}" for kind in ("tarball", "zipball")
        }
    return {
        "url": url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{links.uploads}/repos/{full_name}/releases/{found.id}/assets{{?name,label}}",
        "html_url": f"{links.page(full_name)}/releases/tag/{place}",
        "id": found.id,
        "author": simple_user(links, people[found.author]),
        "node_id": node_id("Release", found.id),
        "tag_name": found.tag,
        "target_commitish": found.target,
        "name": found.name,
        "draft": found.draft,
        "immutable": found.immutable,
        "prerelease": found.prerelease,
        "created_at": found.created,
        "updated_at": found.updated,
        "published_at": found.published,
        "assets": [asset(links, full_name, found, each, people[each.uploader]) for each in found.assets],
        **balls,
        "body": found.body,
    }
