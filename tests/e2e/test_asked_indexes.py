"""A plan that asks the indexes never proposes a version of which they hold a file."""

from __future__ import annotations

import pytest
from harbour import Project, environment, run
from projects import flit


@pytest.mark.slow
def test_a_version_that_an_index_holds_is_skipped_when_it_is_asked(project: Project) -> None:
    project.ready("1.0", flit(project.name))
    assert project.release("--tag", "v1.0").exit == 0
    project.git("tag", "--delete", "v1.0")
    project.git("tag", "v0.9", "HEAD~0")
    project.git("commit", "--quiet", "--allow-empty", "-m", "feat!: everything else")
    words = ["plan", "--repo", project.work, "--release-as", "major"]
    alone = run(words, project.work, environment())
    assert alone.json["components"][0]["version"] == "1.0"
    asked = run(
        [*words, "--ask-indexes", "--sandbox", project.harbour.directory], project.work, environment()
    )
    assert asked.json["components"][0]["version"] == "1.1"
