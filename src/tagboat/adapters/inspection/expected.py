"""The set of files as a whole: all that were asked for, no others, and all of one mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from packaging.metadata import Metadata
from packaging.utils import canonicalize_name

from tagboat.adapters.inspection.findings import fails, some, warns
from tagboat.core.verdict import Finding
from tagboat.ports.inspector import InspectionRequest


@dataclass(frozen=True, slots=True)
class Known:
    """One file as its name and metadata tell it; ``tag`` is the tag part of a wheel's name, "" for an sdist."""

    file: str
    name: str
    tag: str
    metadata: Metadata | None


def set_findings(known: Sequence[Known], request: InspectionRequest) -> list[Finding]:
    """Return what is missing, unexpected or contradictory among the files."""
    return [
        *_distributions(known, request),
        *_sdists(known, request),
        *_wheels(known, request.wheel_patterns, request),
        *_agreement(known),
    ]


def _distributions(known: Sequence[Known], request: InspectionRequest) -> list[Finding]:
    expected = {str(canonicalize_name(name)) for name in request.component.distributions}
    found = {file.name for file in known}
    if not expected:
        if len(found) > 1:
            return [
                fails("distribution-unexpected", f"files of several distributions: {some(sorted(found))}")
            ]
        return []
    findings = []
    if missing := sorted(expected - found):
        findings.append(fails("distribution-missing", f"no file of {some(missing)} was built"))
    if extra := sorted(found - expected):
        files = [file.file for file in known if file.name in extra]
        findings.append(
            fails("distribution-unexpected", f"{some(files)} belongs to no distribution of this component")
        )
    return findings


def _sdists(known: Sequence[Known], request: InspectionRequest) -> list[Finding]:
    files = [file for file in known if not file.tag]
    names = [file.name for file in files]
    findings = []
    if request.sdist and not files:
        findings.append(fails("sdist-missing", "no sdist was built"))
    if not request.sdist and files:
        findings.append(fails("sdist-unexpected", f"{files[0].file} was built, and no sdist was asked for"))
    if twice := sorted({name for name in names if names.count(name) > 1}):
        findings.append(fails("sdist-twice", f"{some(twice)} has several sdists, and an index takes one"))
    return findings


def _wheels(known: Sequence[Known], patterns: Sequence[str], request: InspectionRequest) -> list[Finding]:
    wheels = [file for file in known if file.tag]
    if not patterns:
        if not known:
            return [fails("nothing-built", f"nothing was built for {request.component.name}")]
        return []
    findings = [
        fails("wheel-missing", f"no wheel fits {pattern}")
        for pattern in patterns
        if not any(fnmatchcase(file.tag, pattern) for file in wheels)
    ]
    extra = [file.file for file in wheels if not any(fnmatchcase(file.tag, pattern) for pattern in patterns)]
    if extra:
        findings.append(fails("wheel-unexpected", f"{some(extra)} fits none of the wheels asked for"))
    return findings


def _agreement(known: Sequence[Known]) -> list[Finding]:
    """An index takes the metadata of a release from its first file, so all files should say the same."""
    findings: list[Finding] = []
    by_name: dict[str, list[Known]] = {}
    for file in known:
        if file.metadata is not None:
            by_name.setdefault(file.name, []).append(file)
    for files in by_name.values():
        first = _facts(files[0].metadata)
        differing = {
            other.file: sorted(key for key, value in _facts(other.metadata).items() if value != first[key])
            for other in files[1:]
        }
        findings.extend(
            warns("metadata-differs", f"{name} and {files[0].file} differ in {some(keys)}")
            for name, keys in differing.items()
            if keys
        )
    return findings


def _facts(metadata: Metadata | None) -> Mapping[str, str]:
    if metadata is None:
        return {}
    return {
        "Summary": str(metadata.summary),
        "Requires-Python": str(metadata.requires_python),
        "License-Expression": str(metadata.license_expression),
        "Description-Content-Type": str(metadata.description_content_type),
    }
