"""check-wheel-contents: habits that usually are mistakes. Two of them fail, because they break other packages or hide code."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tagboat.adapters.inspection.findings import fails, some, warns
from tagboat.core.verdict import Finding
from tagboat.errors import MissingExtraError

_FAILING = frozenset({"W001", "W006"})
"""Bytecode without a source that was reviewed; an ``__init__.py`` that makes site-packages a package."""
_SILENT = frozenset({"W101", "W102", "W201", "W202"})
"""They need settings that Tagboat answers otherwise."""


def style_findings(path: Path) -> list[Finding]:
    """Return check-wheel-contents' findings.

    Raises:
        MissingExtraError: it is not installed.
    """
    if find_spec("check_wheel_contents") is None:
        raise MissingExtraError("build", "checking what was built")
    from check_wheel_contents.checker import WheelChecker  # noqa: PLC0415 - only with the extra
    from check_wheel_contents.contents import WheelContents  # noqa: PLC0415
    from check_wheel_contents.errors import WheelValidationError  # noqa: PLC0415

    try:
        failed = WheelChecker().check_contents(WheelContents.from_wheel(path))
    except WheelValidationError as refusal:
        return [fails("wheel-contents", f"{path.name}: {refusal}")]
    findings = []
    for check in failed:
        if (code := check.check.name) not in _SILENT:
            make = fails if code in _FAILING else warns
            paths = f": {some([str(item) for item in check.args])}" if check.args else ""
            findings.append(make(f"wheel-contents-{code}", f"{path.name}: {code} {check.check.value}{paths}"))
    return findings
