"""What a file's name says: the distribution and version that it is of, and what the file is for.

The rules are PEP 427 (wheels), PEP 625 (sdists) and PEP 503 (one spelling of a project's name).
"""

from __future__ import annotations

import re

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from tagboat.core.artifact import Artifact, Role

ARCHIVE_SHARD = "source-archive"
"""The shard's name under which the tag's source archive is recorded."""

_OWN_FILES = ("manifest.json", "shard.json", "build-only.json")
_OWN_STEMS = ("tagboat-manifest", "tagboat-ledger")


def flat_name(name: str) -> str:
    """Return a distribution name as file names spell it: lower case, runs of other signs as one underscore."""
    return re.sub(r"[-_.]+", "_", name).lower()


def distribution_of(artifact: Artifact) -> str:
    """Return the flat distribution name in the name of a wheel or an sdist."""
    wheel = artifact.file.endswith(".whl")
    return flat_name(artifact.file.split("-", 1)[0] if wheel else artifact.file.rsplit("-", 1)[0])


def role_of(file: str) -> Role | None:
    """Return what a file of a build that is published is for, told by its name; None for any other file."""
    if file.endswith(".whl"):
        return Role.WHEEL
    return Role.SDIST if file.endswith(".tar.gz") else None


def version_of(file: str) -> Version | None:
    """Return the version in the name of a wheel or an sdist, or None when the name is not of either form."""
    try:
        return (parse_wheel_filename if file.endswith(".whl") else parse_sdist_filename)(file)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def is_reserved(file: str) -> bool:
    """Tell whether a name belongs to the files that Tagboat itself writes beside a release's files."""
    name = file.lower()
    return name in _OWN_FILES or name.startswith(_OWN_STEMS)
