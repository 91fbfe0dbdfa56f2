"""The rules of releases: which tags they may have, and what happens when one is published."""

from __future__ import annotations

from tagboat.sandbox.forge.forge import Forge
from tagboat.sandbox.forge.git.objects import read_commit
from tagboat.sandbox.forge.git.refs import NOTHING, is_empty, resolve_commit, well_formed
from tagboat.sandbox.forge.model import BurnedTag, Release, Repository, now
from tagboat.sandbox.forge.refusals import Refusal, invalid


def check_tag(forge: Forge, repository: Repository, tag: str, *, publish: bool, besides: int = 0) -> None:
    """Let a release have this tag, or not; ``besides`` is the release itself.

    Several drafts may stand for one tag, also beside its published release; two published ones may not.

    Raises:
        Refusal: 422, the tag's name is not one, is taken, or was used by an immutable release.
    """
    if not well_formed(tag):
        raise invalid("Release", "tag_name", "custom", "tag_name is not a valid tag")
    if not publish:
        return
    taken = forge.catalogue.published(repository, tag)
    if taken and taken.id != besides:
        raise invalid("Release", "tag_name", "already_exists")
    if forge.records.get(BurnedTag, repository_id=repository.id, tag=tag) and not (taken and taken.immutable):
        raise invalid("Release", "tag_name", "custom", "tag_name was used by an immutable release")


def tagged_moment(forge: Forge, repository: Repository, tag: str) -> str:
    """A release's ``created_at``: the date of the tagged commit, or now while there is no tag."""
    commit = read_commit(forge.git(repository), f"refs/tags/{tag}")
    return commit.committer.date if commit else now()


def ensure_tag(forge: Forge, repository: Repository, tag: str, target: str) -> None:
    """Make the tag of a release that is being published, at its target, unless it is there.

    Raises:
        Refusal: 422, there is no tag and nothing that it could be made from.
    """
    git = forge.git(repository)
    if forge.references.find(repository, git, f"refs/tags/{tag}"):
        return
    commit = resolve_commit(git, target)
    if commit is None:
        if is_empty(git):
            raise Refusal(422, "Repository is empty.")
        raise invalid("Release", "target_commitish", "invalid")
    forge.references.move(
        repository, git, f"refs/tags/{tag}", commit.sha, old=NOTHING, operation="create-ref"
    )


def settle(forge: Forge, repository: Repository, release: Release, make_latest: str) -> Release:
    """Do what follows from a release being published: lock it where releases are immutable, and mark the latest."""
    if repository.immutable_releases and not release.immutable:
        release = forge.catalogue.amend(release, immutable=True)
        if forge.records.get(BurnedTag, repository_id=repository.id, tag=release.tag) is None:
            forge.records.add(BurnedTag, repository_id=repository.id, tag=release.tag)
    if release.prerelease or make_latest == "false":
        return release
    newest = make_latest == "true" or all(
        release.created >= other.created
        for other in forge.catalogue.releases(repository)
        if not other.draft and not other.prerelease
    )
    if newest:
        forge.records.change(repository, latest_release=release.id)
    return release


def notes(forge: Forge, repository: Repository, page: str, tag: str, previous: str | None) -> str:
    """Generated notes: with no pull requests here, they are the link to all changes since the release before."""
    before = previous or next(
        (each.tag for each in forge.catalogue.releases(repository) if not each.draft and each.tag != tag),
        None,
    )
    where = f"{page}/compare/{before}...{tag}" if before else f"{page}/commits/{tag}"
    return f"**Full Changelog**: {where}"
