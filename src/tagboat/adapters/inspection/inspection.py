"""The whole inspection: every file by itself, then all of them together; every problem at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from tagboat.adapters.inspection.contents import Contents
from tagboat.adapters.inspection.description import description_findings
from tagboat.adapters.inspection.expected import Known, set_findings
from tagboat.adapters.inspection.findings import fails
from tagboat.adapters.inspection.metadata import PUBLIC_TARGETS, Expected, metadata_findings
from tagboat.adapters.inspection.paths import path_faults
from tagboat.adapters.inspection.record import record_findings
from tagboat.adapters.inspection.sdist import top_folder, tree_findings
from tagboat.adapters.inspection.style import style_findings
from tagboat.adapters.inspection.tars import read_tar_gz
from tagboat.adapters.inspection.wheel import (
    dist_info_of,
    entry_point_findings,
    licence_findings,
    wheel_file_findings,
)
from tagboat.adapters.inspection.zips import read_zip
from tagboat.core.artifact import Artifact
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports.builder import Log
from tagboat.ports.inspector import InspectionRequest


class Inspection:
    """Looks into sdists and wheels without extracting them; implements the Inspector port."""

    def inspect(self, request: InspectionRequest, log: Log) -> list[Finding]:
        """Return every finding, in the order of the files' names.

        Raises:
            MissingExtraError: twine or check-wheel-contents is not installed.
        """
        findings: list[Finding] = []
        known: list[Known] = []
        for artifact, path in sorted(request.files.items(), key=lambda item: item[0].file):
            found, file = _inspect_file(artifact, path, request)
            findings += found
            known += [file] if file is not None else []
            log(f"{artifact.file}: {_summary(found)}")
        findings += set_findings(known, request)
        for finding in findings:
            log(f"{finding.verdict.value}: {finding.reason}")
        return findings


def _summary(findings: list[Finding]) -> str:
    failed = sum(finding.verdict is Verdict.FAIL for finding in findings)
    return f"{failed} problems, {len(findings) - failed} warnings"


def _inspect_file(
    artifact: Artifact, path: Path, request: InspectionRequest
) -> tuple[list[Finding], Known | None]:
    """Inspect one file; a file that is not what the name says is not looked into any further."""
    name = artifact.file
    faults = path_faults(name)
    if faults or "/" in name:
        return [
            fails(
                "file-name",
                f"{name!r} cannot be a file's name: {faults[0][1] if faults else 'it has folders'}",
            )
        ], None
    findings = _identity(artifact, path)
    try:
        if name.endswith(".whl"):
            more, known = _wheel(name, path, request)
        else:
            more, known = _sdist(name, path, request)
    except (InvalidSdistFilename, InvalidWheelFilename) as mistake:
        return [
            *findings,
            fails("file-name", f"{name} is neither a wheel's nor an sdist's name: {mistake}"),
        ], None
    return findings + more, known


def _identity(artifact: Artifact, path: Path) -> list[Finding]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest == artifact.sha256 and path.stat().st_size == artifact.size:
        return []
    return [fails("bytes-changed", f"{artifact.file} no longer has the bytes that were built", "build again")]


def _expected(request: InspectionRequest, name: str, version: object) -> Expected:
    from packaging.version import Version  # noqa: PLC0415

    public = not request.component.targets or bool(PUBLIC_TARGETS & set(request.component.targets))
    return Expected(name, Version(str(version)), request.version, request.final, public)


def _wheel(file: str, path: Path, request: InspectionRequest) -> tuple[list[Finding], Known]:
    name, version, build, tags = parse_wheel_filename(file)
    tag = "-".join(file.removesuffix(".whl").split("-")[-3:])
    contents = read_zip(path)
    findings = _named(file, contents)
    if findings:
        return findings, Known(file, name, tag, None)
    dist_info, findings = dist_info_of(file, contents, name, version)
    if not dist_info:
        return findings, Known(file, name, tag, None)
    text = contents.text(f"{dist_info}/METADATA")
    if text is None:
        return [*findings, fails("metadata-missing", f"{file}: it has no readable METADATA")], Known(
            file, name, tag, None
        )
    more, metadata = metadata_findings(file, text, _expected(request, name, version))
    findings += [
        *more,
        *wheel_file_findings(file, contents, dist_info, tags, build),
        *record_findings(file, contents, dist_info),
        *entry_point_findings(file, contents, dist_info),
        *licence_findings(file, contents, f"{dist_info}/licenses", metadata),
        *style_findings(path),
        *(description_findings(path, strict=request.component.strict) if metadata is not None else ()),
    ]
    return findings, Known(file, name, tag, metadata)


def _sdist(file: str, path: Path, request: InspectionRequest) -> tuple[list[Finding], Known]:
    name, version = parse_sdist_filename(file)
    if not file.endswith(".tar.gz"):
        return [fails("sdist-format", f"{file} is not a .tar.gz (PEP 625)")], Known(file, name, "", None)
    contents = read_tar_gz(path)
    findings = _named(file, contents)
    if findings:
        return findings, Known(file, name, "", None)
    top, findings = top_folder(file, contents, name, version)
    text = contents.text(f"{top}/PKG-INFO") if top else None
    if text is None:
        return findings or [fails("pkg-info", f"{file}: its PKG-INFO cannot be read")], Known(
            file, name, "", None
        )
    more, metadata = metadata_findings(file, text, _expected(request, name, version))
    findings += [
        *more,
        *tree_findings(file, contents, top, request),
        *licence_findings(file, contents, top, metadata),
    ]
    findings += description_findings(path, strict=request.component.strict) if metadata is not None else []
    return findings, Known(file, name, "", metadata)


def _named(file: str, contents: Contents) -> list[Finding]:
    """Return the reader's findings with the file's name in front."""
    return [fails(found.code, f"{file}: {found.reason}", found.remedy) for found in contents.findings]
