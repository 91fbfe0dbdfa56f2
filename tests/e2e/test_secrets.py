"""A credential of the real services is nothing to a sandbox; that none is kept or shown is held by tests/e2e/secrets."""

from __future__ import annotations

import pytest
from harbour import Project


@pytest.mark.parametrize("name", ["TAGBOAT_FORGE_TOKEN", "GH_TOKEN"])
def test_a_credential_of_the_real_services_never_meets_a_sandbox(project: Project, name: str) -> None:
    """With a wrong token in the environment the sandbox would deny everything, if it were sent."""
    project.variables[name] = "planted-and-wrong"
    answer = project.tagboat("check", "--tag", project.ready())
    assert answer.exit == 0, answer.err
