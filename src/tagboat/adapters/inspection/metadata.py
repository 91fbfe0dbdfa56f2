"""The metadata inside a file (core metadata specification): sound, of this project and version, fit for its target."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.metadata import Metadata, RawMetadata, parse_email
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tagboat.adapters.inspection.findings import fails, some, warns
from tagboat.core.verdict import Finding

PUBLIC_TARGETS = frozenset({"pypi", "testpypi"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What the metadata must say.

    Attributes:
        name: the name in the file's name, normalised (PEP 503).
        version: the version in the file's name.
        released: the version under release.
        final: the file goes to a final target.
        public: the file goes to a public index.
    """

    name: str
    version: Version
    released: str
    final: bool
    public: bool


def metadata_findings(file: str, text: str, expected: Expected) -> tuple[list[Finding], Metadata | None]:
    """Return what is wrong with a file's metadata, and the metadata when it can be read at all."""
    raw, unknown = parse_email(text)
    if raw.get("metadata_version") in {"1.0", "1.1", "1.2", "2.1", "2.2", "2.3"}:
        # setuptools before 77 wrote License-File into older metadata; every index and twine let it pass.
        raw.pop("license_files", None)
        unknown = {field: values for field, values in unknown.items() if not field.startswith("license")}
    findings = []
    if unknown:
        findings.append(
            warns("metadata-unknown", f"{file}: unknown or repeated metadata fields: {some(sorted(unknown))}")
        )
    try:
        metadata = Metadata.from_raw(raw)
    except ExceptionGroup as mistakes:
        reasons = "; ".join(str(mistake) for mistake in mistakes.exceptions)
        findings.append(fails("metadata-invalid", f"{file}: {reasons}", "mend the project's metadata"))
        metadata = None
    findings += _identity(file, raw, expected)
    findings += _fit(file, raw, expected)
    return findings, metadata


def _identity(file: str, raw: RawMetadata, expected: Expected) -> list[Finding]:
    findings = []
    name, version = raw.get("name", ""), raw.get("version", "")
    if canonicalize_name(name) != expected.name:
        findings.append(
            fails("metadata-name", f"{file}: its metadata calls it {name!r}, its file name {expected.name}")
        )
    try:
        same = Version(version) == expected.version
    except InvalidVersion:
        same = False
    if not same:
        findings.append(
            fails(
                "metadata-version",
                f"{file}: its metadata says version {version!r}, its name {expected.version}",
            )
        )
    try:
        released = not expected.released or Version(version) == Version(expected.released)
    except InvalidVersion:
        released = False
    if not released:
        findings.append(
            fails(
                "wrong-version",
                f"{file}: it is version {version}, and {expected.released} is released",
                "make the project's version and the tag agree",
            )
        )
    return findings


def _fit(file: str, raw: RawMetadata, expected: Expected) -> list[Finding]:
    """Rules of the targets: PyPI was seen to refuse direct references, local versions and ``Private ::``."""
    findings = []
    version = expected.version
    if expected.final and (version.is_devrelease or version.local):
        what = "a development version" if version.is_devrelease else "a local version"
        findings.append(
            fails("not-final", f"{file}: {version} is {what}", "release a version without .dev and +")
        )
    if not expected.public:
        return findings
    direct = [text for text in raw.get("requires_dist", []) if "@" in text.split(";", 1)[0]]
    if direct:
        findings.append(
            fails(
                "direct-reference",
                f"{file}: it requires {some(direct)}, and an index takes no direct references",
                "name a version specifier instead",
            )
        )
    private = [text for text in raw.get("classifiers", []) if text.startswith("Private ::")]
    if private:
        findings.append(
            fails(
                "private",
                f"{file}: it has the classifier {private[0]!r}, which keeps it from public indexes",
                "publish to a private index, or take the classifier out",
            )
        )
    return findings
