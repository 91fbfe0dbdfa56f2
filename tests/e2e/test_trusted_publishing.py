"""A job publishes by its identity: the real command in a job's variables, the sandbox's provider and indexes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harbour import Answer, Project, answer_of, command, until
from projects import flit
from traces import arguments_below, texts

from tagboat.sandbox import trust
from tagboat.sandbox.trust import GitHubJob, JobIdentity, PublisherOrder

pytestmark = pytest.mark.slow
TOKENS = re.compile(rb"eyJ[\w-]{10,}\.[\w-]{10,}\.|pypi-[\w-]{16,}")
"""What an identity, or a token lent by an index, looks like: nothing of it may be seen anywhere."""


@dataclass
class Job:
    """Files that were built elsewhere, and the job that publishes them."""

    project: Project
    manifest: Path
    state: Path
    identity: JobIdentity

    def publish(self) -> Answer:
        return self.project.tagboat("publish", "--manifest", self.manifest, state=self.state)

    def deeds(self, index: str) -> list[str]:
        """What an index did for this repository's identities and files, in order."""
        project = self.project
        ours = (project.repository, project.name.replace("-", "_"))
        return [
            line["operation"]
            for line in project.harbour.journal()
            if line["service"] == index and any(name in line["key"] for name in ours)
        ]


@pytest.fixture
def job(launch: Callable[..., Project], tmp_path: Path) -> Job:
    """A job in the environment ``release``, trusted by PyPI as pending, and by TestPyPI for a project that is there."""
    project = launch()
    environment = 'environment = "release"'
    tagboat = f"[tool.tagboat.indexes.pypi]\n{environment}\n[tool.tagboat.indexes.testpypi]\nstaging = true\n{environment}\n"
    files = flit(project.name)
    files["pyproject.toml"] = f"{files['pyproject.toml']}\n{tagboat}"  # type: ignore[str-bytes-safe] # it is text
    tag = project.ready("1.0", files)
    built = project.tagboat("build", "--tag", tag, "--out", tmp_path / "out", state=tmp_path / "builder")
    assert built.exit == 0, built.err
    gathered = project.tagboat(
        "gather", tmp_path / "out", "--tag", tag, "--out", tmp_path / "dist", state=tmp_path / "gatherer"
    )
    assert gathered.exit == 0, gathered.err
    addresses = project.harbour.addresses
    publisher = PublisherOrder(project.repository, "release.yml", environment="release")
    trust.add_publisher(addresses, "testpypi", project.name, publisher, create=True)
    trust.add_publisher(addresses, "pypi", project.name, publisher, pending=True)
    identity = trust.grant_identity(
        addresses, GitHubJob(project.repository, project.head, environment="release")
    )
    project.variables.update(identity.environment())
    return Job(project, tmp_path / "dist" / "manifest.json", tmp_path / "publisher", identity)


def exported(job: Job) -> list[dict[str, Any]]:
    done = subprocess.run(
        command("ledger", "export", job.state),
        env=job.project.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_job_publishes_by_its_identity_alone_and_gives_back_what_it_was_lent(job: Job) -> None:
    project = job.project
    process = project.start("--manifest", job.manifest, state=job.state, subcommand="publish")
    seen: set[bytes] = set()
    until(
        lambda: seen.update(arguments_below(process.pid)) or process.poll() is not None, "the job ends", 120
    )
    out, err = process.communicate(timeout=60)
    answer = answer_of(process.returncode, out, err)
    assert answer.exit == 0, answer.err
    assert "Trusted Publishing from the identity of GitHub Actions" in answer.step("credentials")["reason"]
    assert "lasting-credential" not in answer.codes()
    for index in ("testpypi", "pypi"):
        assert job.deeds(index) == ["mint-token", "upload", "upload", "burn-token"]
        for file in project.harbour.files(index, project.name):
            origin = trust.origin_of(project.harbour.addresses, index, file)
            assert origin is not None
            assert origin["repository"] == project.repository
    (outcome,) = [e for e in exported(job) if (e["event"], e["step"]) == ("outcome", "credentials")]
    assert outcome["body"]["receipt"]["facts"]["credentials"] == dict.fromkeys(
        ("testpypi", "pypi"), "trusted-publishing"
    )
    assert any(b"publish" in line for line in seen)
    planted = job.identity.request_token.encode()
    # A mask is the one line that must name a secret: the runner obeys it and prints nothing of it.
    told = "\n".join(line for line in err.splitlines() if not line.startswith("::add-mask::"))
    everything = [*texts(job.state), (Path("out"), out.encode()), (Path("err"), told.encode())]
    everything += [(Path("argv"), line) for line in seen]
    assert [(str(path), TOKENS.findall(data)) for path, data in everything if TOKENS.search(data)] == []
    assert [str(path) for path, data in everything if planted in data] == []


def test_a_publisher_that_does_not_fit_stops_the_job_before_anything_is_written(job: Job) -> None:
    project = job.project
    wrong = trust.grant_identity(
        project.harbour.addresses, GitHubJob(project.repository, project.head, environment="pypi")
    )
    project.variables.update(wrong.environment())
    answer = job.publish()
    assert (answer.exit, answer.json["error"]["code"]) == (4, "denied")
    for index in ("testpypi", "pypi"):
        assert f"{index} takes no identity of this job of GitHub Actions" in answer.cause
    assert "environment: the job says pypi, the configuration expects release" in answer.cause
    assert "workflow release.yml, environment release" in answer.remedy
    assert project.journal() == []
    assert project.releases() == []
    assert job.deeds("pypi") == job.deeds("testpypi") == []


def test_what_was_lent_is_given_back_also_when_an_upload_fails(job: Job) -> None:
    job.project.harbour.faults.add("pypi", "upload", "status", value=403)
    answer = job.publish()
    assert answer.exit == 6, answer.err
    assert "refused" in answer.cause
    assert job.deeds("pypi") == ["mint-token", "burn-token"]
    assert job.publish().exit == 0
    assert job.deeds("pypi")[2:] == ["mint-token", "upload", "upload", "burn-token"]


@pytest.mark.parametrize(
    ("service", "operation", "kind", "value"),
    [
        ("identity", "id-token", "status", 503),
        ("pypi", "mint-token", "drop-after", None),
        ("pypi", "burn-token", "status", 500),
        ("pypi", "oidc-audience", "drop-before", None),
    ],
)
def test_one_failure_on_the_way_does_not_stop_the_job(
    job: Job, service: str, operation: str, kind: str, value: float | None
) -> None:
    job.project.harbour.faults.add(service, operation, kind, value=value)
    answer = job.publish()
    assert answer.exit == 0, answer.err
    assert job.deeds("pypi").count("upload") == 2
