"""Every option of release-please 17.1.3's schema: what planning honours, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HONOURED: Final = frozenset(
    [
        "packages",
        "plugins",
        "bootstrap-sha",
        "last-release-sha",
        "release-type",
        "versioning",
        "bump-minor-pre-major",
        "bump-patch-for-minor-pre-major",
        "prerelease",
        "prerelease-type",
        "release-as",
        "initial-version",
        "changelog-sections",
        "changelog-type",
        "changelog-host",
        "changelog-path",
        "skip-changelog",
        "include-component-in-tag",
        "include-v-in-tag",
        "tag-separator",
        "component",
        "package-name",
        "exclude-paths",
        "extra-files",
        "version-file",
    ]
)
"""Options that the dialect reads; those of them that change nothing are reported where they are read."""

_PULL_REQUEST: Final = "it shapes the release pull request, not what is in it"
_RELEASE: Final = "it belongs to the release on the forge, not to its plan"
_LOCAL: Final = "history is read from the repository itself, whole, so that no such bound is needed"
_OTHER_LANGUAGE: Final = "it belongs to another language's packages"

ELSEWHERE: Final[Mapping[str, str]] = {
    "$schema": "it names the schema for editors",
    "signoff": _PULL_REQUEST,
    "label": _PULL_REQUEST,
    "release-label": _PULL_REQUEST,
    "extra-label": _PULL_REQUEST,
    "group-pull-request-title-pattern": _PULL_REQUEST,
    "pull-request-title-pattern": _PULL_REQUEST,
    "pull-request-header": _PULL_REQUEST,
    "pull-request-footer": _PULL_REQUEST,
    "component-no-space": _PULL_REQUEST,
    "separate-pull-requests": _PULL_REQUEST,
    "always-update": _PULL_REQUEST,
    "draft-pull-request": _PULL_REQUEST,
    "skip-github-release": _RELEASE,
    "draft": _RELEASE,
    "force-tag-creation": _RELEASE,
    "include-v-in-release-name": _RELEASE,
    "release-search-depth": _LOCAL,
    "commit-search-depth": _LOCAL,
    "commit-batch-size": _LOCAL,
    "sequential-calls": _LOCAL,
    "always-link-local": _OTHER_LANGUAGE,
    "skip-snapshot": _OTHER_LANGUAGE,
    "snapshot-label": _OTHER_LANGUAGE,
    "date-format": "dates in files are written as the edit's own form says",
    "include-commit-authors": "the forge alone knows the accounts behind addresses",
    "handle-gh-release": _RELEASE,
    "primary-branch": "planning follows the branch that is checked out, or the one that --until names",
    "branches": "planning follows the branch that is checked out; other branches' options are not read",
    "manifest": "the manifest's own configuration is read when there is one",
    "monorepo-tags": "include-component-in-tag says it now",
}
"""Options that are left alone, and why."""

MATTERS: Final = frozenset(["branches"])
"""Those of them that change a plan all the same."""

KNOWN: Final = HONOURED | ELSEWHERE.keys()

YAML_NAMES: Final[Mapping[str, str]] = {
    "releaseType": "release-type",
    "bumpMinorPreMajor": "bump-minor-pre-major",
    "bumpPatchForMinorPreMajor": "bump-patch-for-minor-pre-major",
    "packageName": "package-name",
    "extraFiles": "extra-files",
    "versionFile": "version-file",
    "versioning": "versioning",
    "changelogPath": "changelog-path",
    "changelogType": "changelog-type",
    "changelogHost": "changelog-host",
    "initialVersion": "initial-version",
    "draft": "draft",
    "draftPullRequest": "draft-pull-request",
    "extraLabels": "extra-label",
    "releaseLabels": "release-label",
    "pullRequestTitlePattern": "pull-request-title-pattern",
    "handleGHRelease": "handle-gh-release",
    "primaryBranch": "primary-branch",
    "monorepoTags": "monorepo-tags",
    "includeVInTags": "include-v-in-tag",
    "branches": "branches",
    "manifest": "manifest",
}
"""The spelling of ``.github/release-please.yml`` → that of the manifest's configuration."""
