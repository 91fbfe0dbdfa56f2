"""A bug in the middle of a release: the answer still says whether the world outside was changed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tagboat.cli.commands.release import carry_out
from tagboat.cli.report import Report
from tagboat.core.artifact import Manifest
from tagboat.engine.release import ReleaseRun
from tagboat.errors import BugError, PartialError, TagboatError


class Broken(ReleaseRun):
    """A release whose first half has a bug; what it did outside is said."""

    touched = False

    def prepare(self) -> Manifest:
        raise ZeroDivisionError("a bug")

    def _touched_outside(self) -> bool:
        return self.touched


@pytest.mark.parametrize(("touched", "kind"), [(True, PartialError), (False, BugError)])
def test_a_bug_behind_an_effect_is_partial(tmp_path: Path, touched: bool, kind: type[TagboatError]) -> None:
    run: Any = Broken.__new__(Broken)
    plan, config = SimpleNamespace(releases=(), steps=()), SimpleNamespace(components=())
    object.__setattr__(run, "derived", SimpleNamespace(prepare=plan, config=config))
    object.__setattr__(run, "state", SimpleNamespace(path=tmp_path))
    object.__setattr__(run, "touched", touched)
    with pytest.raises(kind, match="a bug") as ended:
        carry_out(run, Report("release", as_json=True), dry_run=False)
    assert "crash" in ended.value.remedy
