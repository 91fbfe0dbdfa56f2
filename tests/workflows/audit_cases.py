"""Workflow files with what the rules find in them: ``tests/cases/audit/NAME``.

Each folder has workflow files and ``expected.json``: a row for each flaw, with its code, verdict, file and line.
``python tests/workflows/audit_cases.py`` writes the expectations anew, for a person to read.
"""

from __future__ import annotations

import json
from pathlib import Path

from tagboat.workflows.audit.flaw import Flaw
from tagboat.workflows.audit.rules import audit

FOLDER = Path(__file__).parent.parent / "cases" / "audit"
NAMES = sorted(path.name for path in FOLDER.iterdir())
ROOM = ".github/workflows"


def judged(name: str) -> list[Flaw]:
    """What the rules find in a case."""
    files = {f"{ROOM}/{path.name}": path.read_bytes() for path in (FOLDER / name).glob("*.yml")}
    return audit(files, f"{ROOM}/release.yml", ["v1.0.0"], "acme/demo")


def rows(flaws: list[Flaw]) -> list[str]:
    """Flaws as the expectations have them."""
    return [
        f"{flaw.verdict.value} {flaw.file.removeprefix(ROOM + '/')}:{flaw.line} {flaw.code}" for flaw in flaws
    ]


if __name__ == "__main__":
    for case in NAMES:
        text = json.dumps(rows(judged(case)), indent=1)
        (FOLDER / case / "expected.json").write_text(f"{text}\n")
