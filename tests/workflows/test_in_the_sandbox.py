"""The sandbox's runner knows all that generated workflows use: else ``make demo-ci`` would be refused, and it is slow."""

from __future__ import annotations

import pytest
from written_cases import NAMES, kept

from tagboat.sandbox.actions.workflow import read_with_callees


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_generated_workflow_is_refused(name: str) -> None:
    files = {
        path: text.encode() for path, text in kept(name).items() if path.startswith(".github/workflows/")
    }
    read = {path: read_with_callees(text, path, files.get) for path, text in files.items()}
    assert {path for found in read.values() for path in found} == set(files)
