"""The releases of repositories and their files, with an account of how each was before every write."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from tagboat.sandbox.forge.model import Asset, Release, Repository, now
from tagboat.sandbox.forge.records import Records, Value
from tagboat.sandbox.forge.references import latest_past, remember


class Catalogue:
    """Reads and changes releases; a read may ask for the state before the last ``stale`` writes."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def releases(self, repository: Repository, *, stale: int = 0) -> list[Release]:
        """All of them, drafts included, newest first as GitHub orders them (by ``created_at``)."""
        assets = self._records.assets_of(repository.id)
        current = {
            release.id: replace(release, assets=assets.get(release.id, ()))
            for release in self._records.all(Release, repository_id=repository.id)
        }
        for name, before in self._overrides(repository, stale).items():
            current.pop(name, None)
            if before:
                current[name] = before
        return sorted(current.values(), key=lambda release: (release.created, release.id), reverse=True)

    def release(self, repository: Repository, number: int, *, stale: int = 0) -> Release | None:
        """The release with this identifier."""
        overrides = self._overrides(repository, stale)
        if number in overrides:
            return overrides[number]
        found = self._records.get(Release, id=number, repository_id=repository.id)
        return self._with_assets(found) if found else None

    def asset(self, repository: Repository, number: int, *, stale: int = 0) -> tuple[Release, Asset] | None:
        """The file with this identifier, and its release."""
        for release in self._overrides(repository, stale).values():
            for asset in release.assets if release else ():
                if asset.id == number:
                    return (release, asset) if release else None
        asset_now = self._records.get(Asset, id=number)
        release_now = self.release(repository, asset_now.release_id, stale=stale) if asset_now else None
        found = [asset for asset in release_now.assets if asset.id == number] if release_now else []
        return (release_now, found[0]) if release_now and found else None

    def published(self, repository: Repository, tag: str, *, stale: int = 0) -> Release | None:
        """The published release of a tag; drafts are not found by tag, as on GitHub."""
        if stale:
            found = [
                each for each in self.releases(repository, stale=stale) if each.tag == tag and not each.draft
            ]
            return found[0] if found else None
        one = self._records.get(Release, repository_id=repository.id, tag=tag, draft=False)
        return self._with_assets(one) if one else None

    def latest(self, repository: Repository, *, stale: int = 0) -> Release | None:
        """The release marked as latest, else the newest that is neither draft nor pre-release."""
        candidates = [
            each for each in self.releases(repository, stale=stale) if not each.draft and not each.prerelease
        ]
        marked = [each for each in candidates if each.id == repository.latest_release]
        return next(iter(marked or candidates), None)

    def add(self, repository: Repository, **values: Value) -> Release:
        """A new release."""
        with self._records.together():
            release = self._records.add(Release, repository_id=repository.id, **values)
            remember(self._records, repository.id, "release", str(release.id), None)
        return release

    def change(self, release: Release, **values: Value) -> Release:
        """A release with other values."""
        with self._records.together():
            self._remember(release.id)
            return self._with_assets(self._records.change(release, updated=now(), **values))

    def amend(self, release: Release, **values: Value) -> Release:
        """Complete a write that was already remembered."""
        return self._with_assets(self._records.change(release, **values))

    def remove(self, release: Release) -> None:
        """Delete a release and its files."""
        with self._records.together():
            self._remember(release.id)
            for asset in release.assets:
                self._records.remove(asset)
            self._records.remove(release)

    def add_asset(self, release: Release, *, size: int, sha256: str, **values: Value) -> Asset:
        """A new file of a release, its bytes all there."""
        with self._records.together():
            self._remember(release.id)
            return self._store(release, size=size, sha256=sha256, state="uploaded", **values)

    def leave_starter(self, release: Release, **values: Value) -> Asset:
        """What a cut upload leaves behind: a file without bytes that takes the name."""
        return self._store(release, size=0, sha256=None, state="starter", **values)

    def change_asset(self, asset: Asset, **values: Value) -> Asset:
        """A file with other values."""
        with self._records.together():
            self._remember(asset.release_id)
            return self._records.change(asset, updated=now(), **values)

    def remove_asset(self, asset: Asset) -> None:
        """Delete a file of a release."""
        with self._records.together():
            self._remember(asset.release_id)
            self._records.remove(asset)

    def _store(self, release: Release, **values: Value) -> Asset:
        moment = now()
        return self._records.add(
            Asset, release_id=release.id, downloads=0, created=moment, updated=moment, **values
        )

    def _with_assets(self, release: Release) -> Release:
        return replace(release, assets=tuple(self._records.all(Asset, release_id=release.id)))

    def _remember(self, number: int) -> None:
        found = self._records.get(Release, id=number)
        if found:
            release = self._with_assets(found)
            before = json.dumps(asdict(release))
            remember(self._records, release.repository_id, "release", str(number), before)

    def _overrides(self, repository: Repository, stale: int) -> dict[int, Release | None]:
        return {
            int(past.name): _from_json(past.before)
            for past in latest_past(self._records, repository.id, stale)
            if past.kind == "release"
        }


def _from_json(text: str | None) -> Release | None:
    if text is None:
        return None
    fields = json.loads(text)
    return Release(**{**fields, "assets": tuple(Asset(**asset) for asset in fields["assets"])})
