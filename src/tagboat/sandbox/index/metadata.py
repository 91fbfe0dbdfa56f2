"""The core metadata in an upload's form: PyPI reads the form, not the file, and checks it first."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from packaging.metadata import InvalidMetadata, Metadata, RawMetadata

from tagboat.sandbox.index.form import Form
from tagboat.sandbox.index.refusals import bad

_SEE: Final = "See the core metadata specifications for more information."
_SINGLE: Final = (
    "metadata_version",
    "name",
    "version",
    "summary",
    "description",
    "home_page",
    "author",
    "author_email",
    "license",
    "maintainer",
    "maintainer_email",
    "download_url",
    "requires_python",
    "description_content_type",
    "license_expression",
)
_LISTS: Final = {
    "platforms": ("platform", "platforms"),
    "supported_platforms": ("supported_platform", "supported_platforms"),
    "classifiers": ("classifiers", "classifier"),
    "requires": ("requires",),
    "provides": ("provides",),
    "obsoletes": ("obsoletes",),
    "requires_dist": ("requires_dist",),
    "provides_dist": ("provides_dist",),
    "obsoletes_dist": ("obsoletes_dist",),
    "requires_external": ("requires_external",),
    "provides_extra": ("provides_extra", "provides_extras"),
    "dynamic": ("dynamic",),
    "license_files": ("license_file", "license_files"),
    "import_names": ("import_name", "import_names"),
    "import_namespaces": ("import_namespace", "import_namespaces"),
}
_DIGESTS: Final = ("md5_digest", "sha256_digest", "blake2_256_digest")


def checked_metadata(form: Form) -> Metadata:
    """The form's metadata, valid (core metadata specifications) and fit for a public index.

    Raises:
        web.HTTPBadRequest: It is not; the message names the first field.
    """
    raw = _raw(form)
    try:
        metadata = Metadata.from_raw(cast("RawMetadata", raw))
    except ExceptionGroup as group:
        raise bad(_message(group.exceptions[0], raw)) from None
    if metadata.version.local:
        raise _invalid(
            "Version", form.one("version"), "Use a public version: local versions are not allowed."
        )
    for classifier in metadata.classifiers or []:
        if classifier.startswith("Private ::"):
            raise _invalid("Classifier", classifier, "It is not a valid classifier.")
    for requirement in metadata.requires_dist or []:
        if requirement.url:
            raise _invalid("Requires-Dist", str(requirement), f"Can't have direct dependency: {requirement}.")
    return metadata


def check_declarations(form: Form) -> None:
    """What the form says beside the metadata: the kind of file, its Python version, at least one digest.

    Raises:
        web.HTTPBadRequest: Something is missing or does not fit.
    """
    kind, python = form.one("filetype"), form.one("pyversion")
    if kind not in ("sdist", "bdist_wheel"):
        raise bad(f"Invalid value for filetype. Error: Use a known file type, not {kind!r}.")
    if kind == "sdist" and python not in ("", "source"):
        raise bad("Invalid value for pyversion. Error: Use 'source' as Python version for an sdist.")
    if kind != "sdist" and not python:
        raise bad(
            "Invalid value for pyversion. Error: Python version is required for binary distribution uploads."
        )
    if not any(form.one(name) for name in _DIGESTS):
        raise bad("Invalid value for digest. Error: Include at least one message digest.")
    if form.one("sha256_digest") and not re.fullmatch(r"[0-9a-fA-F]{64}", form.one("sha256_digest")):
        raise bad("Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.")


def as_plain(metadata: Metadata) -> dict[str, Any]:
    """What the JSON API tells of a release, as plain data."""
    return {
        "name": metadata.name,
        "version": str(metadata.version),
        "summary": metadata.summary or "",
        "description": metadata.description or "",
        "description_content_type": metadata.description_content_type or "",
        "keywords": ",".join(metadata.keywords or []),
        "home_page": metadata.home_page or "",
        "author": metadata.author or "",
        "author_email": metadata.author_email or "",
        "maintainer": metadata.maintainer or "",
        "maintainer_email": metadata.maintainer_email or "",
        "license": metadata.license or "",
        "license_expression": metadata.license_expression,
        "license_files": metadata.license_files,
        "classifiers": metadata.classifiers or [],
        "project_urls": metadata.project_urls,
        "requires_dist": [str(requirement) for requirement in metadata.requires_dist or []] or None,
        "requires_python": str(metadata.requires_python) if metadata.requires_python is not None else "",
        "provides_extra": metadata.provides_extra,
    }


def _raw(form: Form) -> dict[str, Any]:
    raw: dict[str, Any] = {name: form.one(name) for name in _SINGLE if form.one(name)}
    if form.one("keywords"):
        raw["keywords"] = [word.strip() for word in form.one("keywords").split(",")]
    for name, spellings in _LISTS.items():
        values = [value for spelling in spellings for value in form.fields.get(spelling, [])]
        if values:
            raw[name] = values
    urls = [url.partition(",") for url in form.fields.get("project_urls", [])]
    if urls:
        raw["project_urls"] = {label.strip(): url.strip() for label, _, url in urls}
    return raw


def _message(error: Exception, raw: dict[str, Any]) -> str:
    field = error.field if isinstance(error, InvalidMetadata) else "metadata"
    title = "-".join(word.capitalize() for word in field.split("-"))
    value = raw.get(field.replace("-", "_"), "")
    return f"{value!r} is an invalid value for {title}. Error: {error}. {_SEE}"


def _invalid(field: str, value: str, why: str) -> Exception:
    return bad(f"{value!r} is an invalid value for {field}. Error: {why} {_SEE}")
