"""Release lines: which branch a version may be released from.

The rules are PEP 440's, with pre-releases admitted everywhere. One is added: a pre-release also belongs where its final
version does, because PEP 440 itself puts 2.0rc1 neither into ``<2`` nor into ``>=2``, and it must be released
from somewhere.
"""

from __future__ import annotations

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tagboat.config.model import Component


def allowed_branches(component: Component, version: Version, default_branch: str) -> list[str]:
    """Return the branches that ``version`` may be released from, in the file's order; none when no line holds it."""
    if not component.lines:
        return [default_branch]
    return [branch for branch, specifier in component.lines.items() if holds(specifier, version)]


def holds(specifier: str, version: Version) -> bool:
    """Say whether a line of this specifier holds ``version``."""
    versions = SpecifierSet(specifier)
    if versions.contains(version, prereleases=True):
        return True
    return version.is_prerelease and versions.contains(Version(version.base_version), prereleases=True)
