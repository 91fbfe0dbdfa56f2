"""Release lines: which versions a branch releases, so that 2.3.4 can follow 2.3.3 after 2.4.0 is out.

A line is a PEP 440 specifier. Pre-releases are admitted everywhere, and one belongs where its final version does:
PEP 440 itself puts 2.0rc1 neither into ``<2`` nor into ``>=2``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tagboat.errors import ConfigError


def belonging(versions: Iterable[str], specifier: str) -> tuple[str, ...]:
    """Return the versions of a line, in their order; texts that PEP 440 does not read belong to none.

    Args:
        versions: version texts.
        specifier: the line's; "" holds every version.

    Raises:
        ConfigError: it is no specifier.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    try:
        line = SpecifierSet(specifier)
    except InvalidSpecifier as error:
        raise ConfigError(
            f"the release line {specifier[:100]!r} is no PEP 440 specifier",
            remedy='Lines look like ">=2.3,<2.4" or "==2.3.*".',
        ) from error
    found: list[str] = []
    for text in versions:
        try:
            version = Version(text)
        except InvalidVersion:
            continue
        final = Version(version.base_version) if version.is_prerelease else version
        if line.contains(version, prereleases=True) or line.contains(final, prereleases=True):
            found.append(text)
    return tuple(found)


def leaving(version: str, branch: str, lines: Mapping[str, str]) -> str:
    """Say why ``version`` cannot be released from ``branch``, or return "" when it can.

    Args:
        version: the version that would be released.
        branch: the branch.
        lines: branch → specifier; a branch that is not named, or a repository without lines, has no bounds.

    Raises:
        ConfigError: a line is no specifier.
    """
    specifier = lines.get(branch)
    if specifier is None or belonging((version,), specifier):
        return ""
    others = [name for name, other in lines.items() if name != branch and belonging((version,), other)]
    elsewhere = f"; it belongs to {' or '.join(others)}" if others else ""
    return f"{version} is outside the line of {branch} ({specifier}){elsewhere}"
