"""The adapter ``Mirror``: of a repository on this machine, and of one behind the sandbox's smart HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from tagboat.adapters.git.mirror import Mirror
from tagboat.adapters.http import Credentials
from tagboat.sandbox import control
from tagboat.sandbox.server import Sandbox
from tagboat.testing.histories import History, git, make_history
from tagboat.testing.repository_contract import RepositoryContract, RepositorySubject


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> History:
    return make_history(tmp_path_factory.mktemp("history") / "source")


@pytest.fixture
def history(template: History, tmp_path: Path) -> History:
    """A copy that the test may change."""
    return replace(template, path=Path(copytree(template.path, tmp_path / "source", symlinks=True)))


class TestMirrorOfFolder(RepositoryContract):
    @pytest.fixture
    def subject(self, history: History, tmp_path: Path) -> RepositorySubject:
        mirror = Mirror(tmp_path / "state/mirror.git", history.path)
        mirror.refresh()
        (tmp_path / "files").mkdir()
        return RepositorySubject(mirror, history, tmp_path / "files")


class TestMirrorOfPrivateForge(RepositoryContract):
    @pytest.fixture
    def subject(self, sandbox: Sandbox, history: History, tmp_path: Path, number: int) -> RepositorySubject:
        addresses = sandbox.addresses
        url = control.create_repository(addresses, f"acme/mirrored-{number}", private=True)

        def publish() -> None:
            git(
                history.path,
                "push",
                "-q",
                "--mirror",
                url,
                GIT_SSL_CAINFO=addresses.ca,
                GIT_CONFIG_COUNT="1",
                GIT_CONFIG_KEY_0="http.extraHeader",
                GIT_CONFIG_VALUE_0=f"Authorization: Bearer {addresses.token}",
            )

        publish()
        mirror = Mirror(
            tmp_path / "state/mirror.git",
            url,
            ca=Path(addresses.ca),
            credentials=Credentials.bearer(addresses.token),
        )
        mirror.refresh()
        (tmp_path / "files").mkdir()
        return RepositorySubject(mirror, history, tmp_path / "files", publish)
