"""What a job tells the jobs after it, once what it was to do is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.cli.jobs import about, say_public
from tagboat.cli.report import Report
from tagboat.errors import DeniedError, StepFailedError, TagboatError, UnavailableError
from tagboat.testing.simulation import Simulation


@pytest.mark.parametrize("problem", [DeniedError, StepFailedError, UnavailableError])
def test_a_forge_that_tells_nothing_any_more_takes_nothing_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    problem: type[TagboatError],
) -> None:
    """The job's token may end with the last upload: the release is published all the same, and is said to be."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    world = Simulation(tmp_path)
    world.release()

    def refuse() -> None:
        raise problem("answered 401: Bad credentials", remedy="give another token")

    report = Report("publish", as_json=False)
    with world.machine() as run:
        about(report, run)
        monkeypatch.setattr(run.ports.forge, "releases", refuse)
        say_public(report, run)
    assert list(report.links) == ["demo on testpypi", "demo on pypi"]
    assert "left out: answered 401" in capsys.readouterr().err
