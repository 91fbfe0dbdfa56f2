"""The fakes against the contracts that the real adapters keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tagboat.ports.forge import Environment, Forge, Job, Review
from tagboat.ports.index import Index
from tagboat.testing.forge import FakeForge, Hosted
from tagboat.testing.forge_contract import FailingForgeContract, ForgeContract, ForgeSubject
from tagboat.testing.forge_remote_contract import RemoteForgeContract
from tagboat.testing.index import FakeIndex
from tagboat.testing.index_contract import FailingIndexContract, IndexContract, IndexSubject

COMMIT = "c" * 40


@pytest.fixture
def index_subject(tmp_path: Path) -> IndexSubject:
    index = FakeIndex()
    stranger: Index = FakeIndex(may_upload=False)
    return IndexSubject(index, tmp_path, "Some-Name", stranger, index.orders.add, index.orders.tries)


@pytest.fixture
def forge_subject(tmp_path: Path) -> ForgeSubject:
    hosted = Hosted(
        tags=dict.fromkeys(("v1.0.0", "v1.0.1", "v1.0.2"), COMMIT),
        branches={"main": COMMIT, "topic": COMMIT},
        trees={COMMIT: {"README.md": b"# Demo\n", "src/demo.py": b"x = 1\n"}},
    )
    forge = FakeForge(hosted)
    typed: Forge = forge
    return ForgeSubject(
        forge=typed,
        visitor=FakeForge(hosted, login="", may_write=False),
        stranger=FakeForge(hosted, login="stranger", may_write=False),
        folder=tmp_path,
        login="releaser",
        commit=COMMIT,
        lightweight="v1.0.0",
        annotated="v1.0.1",
        nested="v1.0.2",
        play=lambda commit, workflow, branch, status, conclusion: _play(
            forge, commit, workflow, branch, status, conclusion
        ),
        fault=forge.orders.add,
        review=lambda environment, user, comment: _review(forge, environment, user, comment),
        protect=lambda name, refs: _protect(hosted, name, refs),
        play_log=lambda workflow, conclusion, log: _play_log(forge, workflow, conclusion, log),
        tries=forge.orders.tries,
    )


def _play_log(forge: FakeForge, workflow: str, conclusion: str, log: str) -> None:
    jobs = (Job("publish", "completed", conclusion, 77),)
    forge.play(COMMIT, workflow=workflow, conclusion=conclusion, jobs=jobs, log=log)


def _play(forge: FakeForge, commit: str, workflow: str, branch: str, status: str, conclusion: str) -> None:
    forge.play(commit, workflow=workflow, branch=branch, status=status, conclusion=conclusion)


def _protect(hosted: Hosted, name: str, refs: Sequence[str]) -> None:
    tags = tuple(ref.removeprefix("tag:") for ref in refs if ref.startswith("tag:"))
    branches = tuple(ref for ref in refs if not ref.startswith("tag:"))
    hosted.environments[name.lower()] = Environment(name, listed=bool(refs), branches=branches, tags=tags)


def _review(forge: FakeForge, environment: str, user: str, comment: str) -> int:
    run = forge.play(COMMIT, workflow="release.yml")
    forge.hosted.reviews[run.id] = [Review((environment,), "approved", user, comment)]
    return run.id


class TestFakeIndex(IndexContract):
    @pytest.fixture
    def subject(self, index_subject: IndexSubject) -> IndexSubject:
        return index_subject


class TestFailingFakeIndex(FailingIndexContract):
    @pytest.fixture
    def subject(self, index_subject: IndexSubject) -> IndexSubject:
        return index_subject


class TestFakeForge(ForgeContract):
    @pytest.fixture
    def subject(self, forge_subject: ForgeSubject) -> ForgeSubject:
        return forge_subject


class TestFailingFakeForge(FailingForgeContract):
    @pytest.fixture
    def subject(self, forge_subject: ForgeSubject) -> ForgeSubject:
        return forge_subject


class TestFakeForgeOfWorkflows(RemoteForgeContract):
    @pytest.fixture
    def subject(self, forge_subject: ForgeSubject) -> ForgeSubject:
        return forge_subject
