from __future__ import annotations

import runpy
from pathlib import Path

GOLDEN = runpy.run_path(str(Path(__file__).with_name("golden_plan.py")), run_name="golden_plan")


def test_the_plan_of_two_components_is_the_reviewed_one() -> None:
    """After a wanted change: python tests/pipelines/golden_plan.py, and review the difference."""
    assert GOLDEN["text"]() == GOLDEN["FILE"].read_text()
