"""The actions that have a stand-in here, and the inputs that it honours; every other one is refused by name."""

from __future__ import annotations

from typing import Final

HONOURED: Final[dict[str, frozenset[str]]] = {
    "actions/checkout": frozenset(
        {
            "repository",
            "ref",
            "token",
            "fetch-depth",
            "fetch-tags",
            "persist-credentials",
            "path",
            "clean",
            "sparse-checkout",
            "sparse-checkout-cone-mode",
            "show-progress",
            "filter",
            "set-safe-directory",
        }
    ),
    "actions/setup-python": frozenset(
        {"python-version", "python-version-file", "allow-prereleases", "check-latest", "update-environment"}
    ),
    "astral-sh/setup-uv": frozenset(
        {"version", "python-version", "enable-cache", "activate-environment", "ignore-empty-workdir"}
    ),
    "actions/upload-artifact": frozenset(
        {
            "name",
            "path",
            "if-no-files-found",
            "retention-days",
            "compression-level",
            "overwrite",
            "include-hidden-files",
        }
    ),
    "actions/download-artifact": frozenset({"name", "path", "pattern", "merge-multiple", "artifact-ids"}),
    "pypa/gh-action-pypi-publish": frozenset(
        {
            "user",
            "password",
            "repository-url",
            "repository_url",
            "packages-dir",
            "packages_dir",
            "skip-existing",
            "skip_existing",
            "verbose",
            "print-hash",
            "print_hash",
            "verify-metadata",
            "verify_metadata",
            "attestations",
        }
    ),
}


def action_of(uses: str) -> tuple[str, str]:
    """The action's name and the version asked for: ``actions/checkout@v4``."""
    name, _, version = uses.partition("@")
    return name, version
