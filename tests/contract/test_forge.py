"""The adapter ``GitHub`` against the sandbox's forge."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from tagboat.adapters.addresses import Addresses
from tagboat.adapters.forges.github import GitHub
from tagboat.adapters.http import HTTP, Credentials
from tagboat.ports.forge import ForgeRelease
from tagboat.sandbox import control, workflows
from tagboat.sandbox.addresses import Addresses as SandboxAddresses
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.server import Sandbox
from tagboat.testing.clock import FakeClock
from tagboat.testing.forge_contract import FailingForgeContract, ForgeContract, ForgeSubject
from tagboat.testing.forge_remote_contract import RemoteForgeContract

OPERATIONS = {
    "releases": "list-releases",
    "create-draft": "create-release",
    "upload-asset": "upload-asset",
    "download-asset": "download-asset",
    "delete-asset": "delete-asset",
    "publish": "update-release",
    "runs": "list-runs",
    "tag": "get-ref",
    "read": "get-contents",
    "open-issue": "create-issue",
    "create-tag": "create-ref",
    "dispatch": "dispatch-workflow",
}


def _git(folder: Path, *arguments: str, ca: str = "", token: str = "") -> str:
    who = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader"}
    names = {f"GIT_{role}_{what}": "demo" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_SSL_CAINFO": ca,
        **names,
        **({**who, "GIT_CONFIG_VALUE_0": f"Authorization: Bearer {token}"} if token else {}),
    }
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    ).stdout.strip()


def _pushed(folder: Path, url: str, ca: str, token: str) -> str:
    """Push a small history with tags of every kind; return its commit."""
    (folder / "src").mkdir(parents=True)
    (folder / "README.md").write_text("# Demo\n")
    (folder / "src/demo.py").write_text("x = 1\n")
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "first")
    _git(folder, "tag", "v1.0.0")
    _git(folder, "tag", "-m", "annotated", "v1.0.1")
    _git(folder, "tag", "-m", "nested", "v1.0.2", "v1.0.1")
    _git(folder, "push", "-q", url, "main", "main:topic", "--tags", ca=ca, token=token)
    return _git(folder, "rev-parse", "HEAD")


@pytest.fixture
def subject(sandbox: Sandbox, tmp_path: Path, number: int) -> Iterator[ForgeSubject]:
    addresses, faults = sandbox.addresses, Faults(sandbox.directory)
    repository = f"acme/contract-{number}"
    url = control.create_repository(addresses, repository)
    commit = _pushed(tmp_path / "work", url, addresses.ca, addresses.token)
    stranger = control.create_token(addresses, f"stranger-{number}")
    http = HTTP(FakeClock(), ca=Path(addresses.ca), environment={})
    where = Addresses(api=addresses.api, uploads=f"{addresses.forge}/api/uploads", git=addresses.git)
    forge = GitHub(http, where, repository, Credentials.bearer(addresses.token))

    def play(sha: str, workflow: str, branch: str, status: str, conclusion: str) -> None:
        control.play_workflow_run(
            addresses,
            repository,
            sha=sha,
            workflow=f".github/workflows/{workflow}",
            branch=branch,
            status=status,
            conclusion=conclusion or None,
        )

    def fault(operation: str, kind: str, value: float | None, times: int) -> None:
        faults.add("forge", OPERATIONS[operation], kind, value=value, times=times)

    def half_upload(release: ForgeRelease, name: str) -> None:
        path = f"/api/uploads/repos/{repository}/releases/{release.id}/assets?name={name}"
        connection = http_client(addresses)
        connection.putrequest("POST", path)
        connection.putheader("Authorization", f"Bearer {addresses.token}")
        connection.putheader("Content-Type", "application/octet-stream")
        connection.putheader("Content-Length", "100000")
        connection.endheaders(b"x" * 50000)
        connection.close()
        listing = f"{addresses.api}/repos/{repository}/releases/{release.id}/assets"
        for _ in range(1000):
            if http.read(listing, credentials=Credentials.bearer(addresses.token)).json():
                return
        raise AssertionError("the half upload left nothing behind")

    def review(environment: str, user: str, comment: str) -> int:
        run = control.play_workflow_run(
            addresses, repository, sha=commit, workflow=".github/workflows/release.yml"
        )
        control.review_workflow_run(addresses, run.id, environments=[environment], user=user, comment=comment)
        return run.id

    def play_log(workflow: str, conclusion: str, log: str) -> None:
        control.play_workflow_run(
            addresses,
            repository,
            sha=commit,
            workflow=f".github/workflows/{workflow}",
            conclusion=conclusion,
            jobs=[control.Job("publish", log=log, step="Publish")],
        )

    folder = tmp_path / "files"
    folder.mkdir()
    yield ForgeSubject(
        forge=forge,
        visitor=GitHub(http, where, repository),
        stranger=GitHub(http, where, repository, Credentials.bearer(stranger)),
        folder=folder,
        login=forge.viewer(),
        commit=commit,
        lightweight="v1.0.0",
        annotated="v1.0.1",
        nested="v1.0.2",
        play=play,
        fault=fault,
        review=review,
        protect=lambda name, refs: workflows.set_environment(addresses, repository, name, refs=refs),
        play_log=play_log,
        half_upload=half_upload,
        tries=http.limits.tries,
    )
    faults.clear()


def http_client(addresses: SandboxAddresses) -> HTTPSConnection:
    port = int(addresses.forge.rpartition(":")[2])
    return HTTPSConnection(
        "localhost", port, timeout=30, context=ssl.create_default_context(cafile=addresses.ca)
    )


class TestSandboxForge(ForgeContract):
    pass


class TestFailingSandboxForge(FailingForgeContract):
    pass


class TestSandboxForgeOfWorkflows(RemoteForgeContract):
    pass
