"""Releases: list, read, create, change, delete; their notes; and whether they are immutable."""

from __future__ import annotations

from uuid import uuid4

from tagboat.sandbox.forge import publishing
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.model import Account, Release, Repository, now
from tagboat.sandbox.forge.refusals import Refusal, invalid, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.shapes import releases as shapes
from tagboat.sandbox.forge.shapes.links import Json

RELEASES = f"{REPOSITORY}/releases"
"""The path of a repository's releases."""


def key_of(repository: Repository, release: Release) -> str:
    """What the journal calls a release."""
    return f"{repository.full_name}/releases/{release.tag}"


def shown(call: Call, repository: Repository, release: Release) -> Json:
    """A release's JSON."""
    logins = {release.author, *(asset.uploader for asset in release.assets)}
    people: dict[str, Account] = {login: call.forge.account(login) for login in logins}
    return shapes.release(call.links, repository.full_name, release, people)


def release_of(call: Call, repository: Repository) -> Release:
    """The release whose identifier is in the path; a draft exists only for those who may write.

    Raises:
        Refusal: 404, there is none for this caller.
    """
    release = call.forge.catalogue.release(repository, call.number("release"), stale=call.stale)
    if release is None or (
        release.draft and not call.forge.access.allows(call.caller, repository, "contents", "write")
    ):
        raise not_found()
    call.about(key_of(repository, release))
    return release


@endpoint("list-releases")
def list_releases(call: Call) -> Answer:
    """All releases, newest first; drafts for those who may write."""
    repository = call.repository("contents")
    drafts = call.forge.access.allows(call.caller, repository, "contents", "write")
    releases = call.forge.catalogue.releases(repository, stale=call.stale)
    seen = [release for release in releases if drafts or not release.draft]
    return Answer([shown(call, repository, release) for release in call.page(seen)])


@endpoint("get-release")
def get_release(call: Call) -> Answer:
    """One release by its identifier."""
    repository = call.repository("contents")
    return Answer(shown(call, repository, release_of(call, repository)))


@endpoint("get-release-by-tag")
def get_release_by_tag(call: Call) -> Answer:
    """The published release of a tag."""
    repository = call.repository("contents")
    release = call.forge.catalogue.published(repository, call.path("tag"), stale=call.stale)
    if release is None:
        raise not_found()
    call.about(key_of(repository, release))
    return Answer(shown(call, repository, release))


@endpoint("get-latest-release")
def get_latest_release(call: Call) -> Answer:
    """The latest release."""
    repository = call.repository("contents")
    release = call.forge.catalogue.latest(repository, stale=call.stale)
    if release is None:
        raise not_found()
    return Answer(shown(call, repository, release))


@endpoint("create-release")
def create_release(call: Call) -> Answer:
    """A new release, published unless it is a draft."""
    repository = call.repository("contents", "write")
    forge, body = call.forge, call.body
    tag, draft = body.text("tag_name"), body.flag("draft")
    target = body.maybe_text("target_commitish") or repository.default_branch
    make_latest = _make_latest(call)
    publishing.check_tag(forge, repository, tag, publish=not draft)
    moment = now()
    with forge.records.together():
        if not draft:
            publishing.ensure_tag(forge, repository, tag, target)
        release = forge.catalogue.add(
            repository,
            tag=tag,
            target=target,
            **_texts(call, repository, tag),
            draft=draft,
            prerelease=body.flag("prerelease"),
            immutable=False,
            slug=f"untagged-{uuid4().hex[:20]}",
            author=call.caller.login,
            created=publishing.tagged_moment(forge, repository, tag),
            published=None if draft else moment,
            updated=moment,
        )
        if not draft:
            release = publishing.settle(forge, repository, release, make_latest)
        forge.accept("create-release", key_of(repository, release))
    data = shown(call, repository, release)
    return Answer(data, 201, {"Location": str(data["url"])})


@endpoint("update-release")
def update_release(call: Call) -> Answer:
    """A release with other values; ``draft`` false publishes a draft."""
    repository = call.repository("contents", "write")
    forge, body = call.forge, call.body
    release = release_of(call, repository)
    tag = body.maybe_text("tag_name") or release.tag
    target = body.maybe_text("target_commitish") or release.target
    draft = body.flag("draft", default=release.draft)
    make_latest = _make_latest(call)
    if release.immutable and (tag, target, draft) != (release.tag, release.target, release.draft):
        raise Refusal(422, "Cannot change the tag, target or draft state of an immutable release.")
    publishing.check_tag(forge, repository, tag, publish=not draft, besides=release.id)
    with forge.records.together():
        publishes = release.draft and not draft
        if not draft:
            publishing.ensure_tag(forge, repository, tag, target)
        release = forge.catalogue.change(
            release,
            tag=tag,
            target=target,
            name=body.maybe_text("name") if "name" in body else release.name,
            body=body.maybe_text("body") if "body" in body else release.body,
            draft=draft,
            prerelease=body.flag("prerelease", default=release.prerelease),
            created=publishing.tagged_moment(forge, repository, tag),
            published=now() if publishes else release.published,
        )
        if publishes or (not draft and "make_latest" in body):
            release = publishing.settle(forge, repository, release, make_latest)
        forge.accept("update-release", key_of(repository, release), result="updated")
    return Answer(shown(call, repository, release))


@endpoint("delete-release")
def delete_release(call: Call) -> Answer:
    """Delete a release and its files; its tag stays."""
    repository = call.repository("contents", "write")
    release = release_of(call, repository)
    with call.forge.records.together():
        call.forge.catalogue.remove(release)
        call.forge.accept("delete-release", key_of(repository, release), result="updated")
    return Answer(status=204)


@endpoint("generate-notes", read=True)
def generate_notes(call: Call) -> Answer:
    """Notes for a tag, which need not exist yet."""
    repository = call.repository("contents", "write")
    tag, page = call.body.text("tag_name"), call.links.page(repository.full_name)
    text = publishing.notes(call.forge, repository, page, tag, call.body.maybe_text("previous_tag_name"))
    return Answer({"name": tag, "body": text})


@endpoint("get-immutable-releases")
def get_immutable_releases(call: Call) -> Answer:
    """Whether releases of this repository are locked once published; 404 when they are not, as GitHub says it."""
    repository = call.repository("administration")
    if not repository.immutable_releases:
        raise not_found()
    return Answer({"enabled": True, "enforced_by_owner": False})


@endpoint("set-immutable-releases")
def set_immutable_releases(call: Call) -> Answer:
    """Lock releases from now on (PUT), or stop doing so (DELETE)."""
    repository = call.repository("administration", "write")
    with call.forge.records.together():
        call.forge.records.change(repository, immutable_releases=call.request.method == "PUT")
        call.forge.accept("set-immutable-releases", repository.full_name, result="updated")
    return Answer(status=204)


def _make_latest(call: Call) -> str:
    value = call.body.maybe_text("make_latest") or "true"
    if value not in ("true", "false", "legacy"):
        raise invalid("Release", "make_latest", "invalid")
    return value


def _texts(call: Call, repository: Repository, tag: str) -> dict[str, str | None]:
    name, text = call.body.maybe_text("name"), call.body.maybe_text("body")
    if call.body.flag("generate_release_notes"):
        page = call.links.page(repository.full_name)
        generated = publishing.notes(call.forge, repository, page, tag, None)
        return {"name": name or tag, "body": f"{text}\n\n{generated}" if text else generated}
    return {"name": name, "body": text}


ROUTES: list[Route] = [
    ("GET", RELEASES, list_releases),
    ("POST", RELEASES, create_release),
    ("POST", f"{RELEASES}/generate-notes", generate_notes),
    ("GET", f"{RELEASES}/latest", get_latest_release),
    ("GET", f"{RELEASES}/tags/{{tag:.+}}", get_release_by_tag),
    ("GET", f"{RELEASES}/{{release:\\d+}}", get_release),
    ("PATCH", f"{RELEASES}/{{release:\\d+}}", update_release),
    ("DELETE", f"{RELEASES}/{{release:\\d+}}", delete_release),
    ("GET", f"{REPOSITORY}/immutable-releases", get_immutable_releases),
    ("PUT", f"{REPOSITORY}/immutable-releases", set_immutable_releases),
    ("DELETE", f"{REPOSITORY}/immutable-releases", set_immutable_releases),
]
