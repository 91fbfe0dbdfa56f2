"""Holding what a build left against what its shard was asked for, before anybody relies on it."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from tagboat.config.model import Component, Shard
from tagboat.errors import RefusedError


def collect(out: Path, component: Component, shard: Shard, version: str) -> list[Path]:
    """Return the shard's files, sorted by name.

    Raises:
        RefusedError: something is missing, unexpected, or of another name or version; all of it at once.
    """
    files = sorted(path for path in out.iterdir() if path.name != ".gitignore")
    problems = [problem for path in files for problem in _misnamed(path, component, version)]
    sdists = [path for path in files if path.name.endswith(".tar.gz")]
    wheels = [path for path in files if path.suffix == ".whl"]
    if len(sdists) != int(shard.sdist):
        problems.append(f"{len(sdists)} sdists in place of {int(shard.sdist)}")
    if bool(wheels) != shard.wheel:
        problems.append(
            f"{len(wheels)} wheels, where the shard is to make {'one' if shard.wheel else 'none'}"
        )
    problems.extend(_tags(wheels, shard.wheels) if shard.wheel else [])
    if problems:
        raise RefusedError(
            f"the shard {shard.name} of {component.name} made the wrong files: {'; '.join(problems)}",
            remedy="compare the shard's configuration, the project's version and the tag",
        )
    return files


def _misnamed(path: Path, component: Component, version: str) -> list[str]:
    try:
        if path.suffix == ".whl":
            name, found = parse_wheel_filename(path.name)[:2]
        else:
            name, found = parse_sdist_filename(path.name)
    except (InvalidSdistFilename, InvalidWheelFilename):
        return [f"{path.name} is neither a wheel nor an sdist"]
    problems = []
    expected = {canonicalize_name(distribution) for distribution in component.distributions}
    if expected and name not in expected:
        problems.append(f"{path.name} belongs to {name}, not to {', '.join(sorted(expected))}")
    if version and found != _version(version):
        problems.append(f"{path.name} has version {found}, not {version}")
    return problems


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _tags(wheels: Sequence[Path], patterns: Sequence[str]) -> list[str]:
    """A pattern (``cp312-*-manylinux*``) is for the tag part of a wheel's name; each is needed, and no other tags."""
    tags = {path.name: "-".join(path.name.removesuffix(".whl").split("-")[-3:]) for path in wheels}
    problems = [
        f"no wheel for {pattern}"
        for pattern in patterns
        if not any(fnmatchcase(tag, pattern) for tag in tags.values())
    ]
    if patterns:
        problems.extend(
            f"{name} was not asked for"
            for name, tag in tags.items()
            if not any(fnmatchcase(tag, pattern) for pattern in patterns)
        )
    return problems
