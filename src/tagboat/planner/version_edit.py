"""The next version of a project, written where the old one stands, with everything around it kept to the byte."""

from __future__ import annotations

from collections.abc import Collection

from packaging.version import Version

from tagboat.errors import StalePlanError
from tagboat.planner.version_text import VersionPlace


def next_patch(version: Version, taken: Collection[Version] = ()) -> Version:
    """Return the next final version: of a pre-release its own final, else the next patch, past those that are taken.

    An epoch stays, a fourth number and a local part go: 1!2.3.4.5+x gives 1!2.3.5.
    """
    major, minor, patch = (*version.release, 0, 0)[:3]
    if not version.is_prerelease:
        patch += 1
    while (found := _version(version.epoch, major, minor, patch)) in taken:
        patch += 1
    return found


def edited(data: bytes, place: VersionPlace, version: Version) -> bytes:
    """Return the file's bytes with ``version`` at ``place``.

    Raises:
        StalePlanError: the file holds something else there than when the place was found.
    """
    if data[place.start : place.end] != place.version.encode():
        raise StalePlanError(
            f"{place.file}:{place.line} does not hold {place.version} any more", remedy="start again"
        )
    return data[: place.start] + str(version).encode() + data[place.end :]


def _version(epoch: int, *numbers: int) -> Version:
    return Version(f"{epoch}!{'.'.join(map(str, numbers))}")
