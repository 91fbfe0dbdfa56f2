"""A build's locked requirements: read from uv's lock, asked whether they already hold what a back end wants as well."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from tagboat.errors import InvalidError, RefusedError

_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


def pinned(lock: str) -> tuple[str, ...]:
    """Return a lock's entries as ``name==version --hash=sha256:...``, sorted; local wheels by what they are."""
    entries = []
    for text in lock.replace("\\\n", " ").splitlines():
        words = text.split()
        if not words or words[0].startswith("#"):
            continue
        if "@" in words:
            wheel = Path(unquote(urlsplit(words[2]).path))
            name, version, _, _ = parse_wheel_filename(wheel.name)
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            entries.append(f"{name}=={version} --hash=sha256:{digest}")
        else:
            hashes = " ".join(f"--hash={found}" for found in sorted(_HASH.findall(text)))
            entries.append(f"{words[0]} {hashes}".strip())
    return tuple(sorted(entries))


def missing(wanted: Sequence[str], lock: str, python: str) -> list[str]:
    """Return those of ``wanted`` that the lock does not fulfil for this interpreter version, in their order.

    Raises:
        InvalidError: the back end asks for something that is no requirement (PEP 508).
    """
    held = {}
    for entry in pinned(lock):
        name, _, version = entry.split(" ", 1)[0].partition("==")
        held[canonicalize_name(name.split("[", 1)[0])] = version
    lacking = []
    for text in wanted:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as mistake:
            raise InvalidError(
                f"the build asks for {text!r}, which is no requirement: {mistake}"
            ) from mistake
        environment = {
            "python_version": ".".join(python.split(".")[:2]),
            "python_full_version": python,
            "extra": "",
        }
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        version = held.get(canonicalize_name(requirement.name), "")
        if (
            not version
            or requirement.extras
            or not requirement.specifier.contains(version, prereleases=True)
            or requirement.url
        ):
            lacking.append(text)
    return lacking


def local_references(folders: Sequence[Path], names: Sequence[str], python: str) -> tuple[str, ...]:
    """Return ``name @ file:///...`` for each build-only wheel that fits this interpreter version.

    As direct references in constraints they keep the names from being looked for on any index.

    Raises:
        RefusedError: a name has wheels, and none for this interpreter.
    """
    tags = {tag: rank for rank, tag in enumerate(_supported(python))}
    best: dict[str, tuple[int, Path]] = {}
    for path in sorted({path for folder in folders for path in folder.glob("*.whl")}):
        try:
            name, _, _, wheel_tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename as mistake:
            raise InvalidError(f"{path.name} is no wheel's name: {mistake}") from mistake
        rank = min((tags[tag] for tag in wheel_tags if tag in tags), default=None)
        if rank is not None and (name not in best or rank < best[name][0]):
            best[name] = (rank, path)
    return _references(best, names, python)


def _references(best: Mapping[str, tuple[int, Path]], names: Sequence[str], python: str) -> tuple[str, ...]:
    lacking = [name for name in map(canonicalize_name, names) if name not in best]
    if lacking:
        raise RefusedError(
            f"the build needs {', '.join(lacking)} from this release, and no wheel of it fits Python {python}",
            remedy="add a shard for this interpreter to the component that is needed",
        )
    return tuple(f"{name} @ {path.resolve().as_uri()}" for name, (_, path) in sorted(best.items()))


def _supported(python: str) -> list[Tag]:
    major, minor = (int(part) for part in python.split(".")[:2])
    interpreter = f"cp{major}{minor}"
    return [*cpython_tags((major, minor)), *compatible_tags((major, minor), interpreter)]
