"""twine's strict check: the description is there, has a type, and renders.

The parts are twine's own (its reading of a file's metadata) and readme_renderer's, which PyPI and twine both use; only
a reStructuredText description needs docutils, which takes long to import.
"""

from __future__ import annotations

import io
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path

from tagboat.adapters.inspection.findings import fails, warns
from tagboat.core.verdict import Finding
from tagboat.errors import MissingExtraError

_CANNOT_FAIL = frozenset({"text/plain", "text/markdown"})


def description_findings(path: Path, *, strict: bool) -> list[Finding]:
    """Return why ``twine check --strict`` would refuse the file; what plain ``twine check`` passes only warns if not strict.

    Raises:
        MissingExtraError: twine is not installed.
    """
    if find_spec("twine") is None:
        raise MissingExtraError("build", "checking what was built")
    from twine.exceptions import TwineException  # noqa: PLC0415 - only with the extra
    from twine.package import PackageFile  # noqa: PLC0415

    try:
        metadata = PackageFile.from_filename(str(path), None).metadata_dictionary()
    except TwineException as refusal:
        return [fails("twine", f"{path.name}: twine refuses it: {refusal}")]
    findings: list[Finding] = []
    description, kind = metadata.get("description"), metadata.get("description_content_type")
    if kind is None:
        findings.append(
            fails(
                "description-type",
                f"{path.name}: the description has no content type",
                "set the readme's type",
            )
        )
    absent = not description or description.rstrip() == "UNKNOWN"
    if absent:
        findings.append(
            fails("description-missing", f"{path.name}: it has no description", "give the project a readme")
        )
    if not strict:
        findings = [warns(found.code, found.reason, found.remedy) for found in findings]
    return (
        findings
        if absent
        else [*findings, *_rendering(path.name, str(description), str(kind or "text/x-rst"))]
    )


def _rendering(file: str, description: str, kind: str) -> list[Finding]:
    header = EmailMessage()
    header["content-type"] = kind
    if header.get_content_type() in _CANNOT_FAIL:
        return []
    from readme_renderer import rst  # noqa: PLC0415 - brings docutils

    stream = io.StringIO()
    if rst.render(description, stream=stream, **header["content-type"].params) is not None:
        return []
    reason = " ".join(stream.getvalue().split())[:400]
    return [
        fails(
            "description-markup",
            f"{file}: its description does not render: {reason}",
            "mend the readme's markup",
        )
    ]
