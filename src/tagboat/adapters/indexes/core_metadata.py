"""The metadata that a built distribution holds, as the fields of an upload form (PyPI's legacy upload API).

The form's names are those of core metadata (PyPA specification) in lower case with ``_``; a few lists have names of
their own, which PyPI's documentation of the upload API gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.metadata import RawMetadata, parse_email
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from tagboat.adapters.distribution import metadata_of
from tagboat.errors import StepFailedError

_FORM_NAMES: Final[Mapping[str, str]] = {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
    "import_names": "import_name",
    "import_namespaces": "import_namespace",
}


def form_fields(path: Path) -> list[tuple[str, str]]:
    """Return the fields of ``path``'s upload form, without digests and content; lists repeat their name.

    Raises:
        StepFailedError: it is neither a wheel nor a ``.tar.gz`` sdist, or holds no metadata that can be read.
    """
    wheel = path.name.endswith(".whl")
    metadata, unknown = parse_email(metadata_of(path))
    if not metadata.get("name") or not metadata.get("version") or unknown:
        what = ", ".join(sorted(unknown)) or "Name or Version"
        raise StepFailedError(
            f"{path.name}: its metadata is malformed ({what})", remedy="put the metadata right"
        )
    return [
        (":action", "file_upload"),
        ("protocol_version", "1"),
        ("filetype", "bdist_wheel" if wheel else "sdist"),
        ("pyversion", _python_tag(path.name) if wheel else "source"),
        *_metadata_fields(metadata),
    ]


def _metadata_fields(metadata: RawMetadata) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for name, value in metadata.items():
        form_name = _FORM_NAMES.get(name, name)
        if name == "keywords" and isinstance(value, list):
            fields.append((form_name, ",".join(value)))
        elif name == "project_urls" and isinstance(value, dict):
            fields += [(form_name, f"{label}, {url}") for label, url in value.items()]
        elif isinstance(value, str):
            fields.append((form_name, value))
        elif isinstance(value, Sequence):
            fields += [(form_name, str(item)) for item in value]
    return fields


def _python_tag(filename: str) -> str:
    try:
        *_, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as problem:
        raise StepFailedError(f"{filename} is not the name of a wheel: {problem}") from None
    return ".".join(sorted({tag.interpreter for tag in tags}))
