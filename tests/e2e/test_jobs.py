"""A release as jobs of the forge's CI: what passes between them, what a second run finds, and what is refused."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from forge_ci import CiRun
from harbour import Project, command, kill, sha256, until
from projects import flit

from tagboat.sandbox import control

SHARDS = 'shards = [{ name = "source", wheel = false }, { name = "wheel", sdist = false }]'


@pytest.fixture
def project(launch: Callable[..., Project]) -> Project:
    made = launch()
    made.ready("1.0", flit(made.name, tagboat=SHARDS))
    return made


@pytest.fixture
def ci(project: Project, tmp_path: Path) -> CiRun:
    return CiRun(project, tmp_path / "ci")


def uploads(project: Project) -> list[tuple[str, str]]:
    return [(line["service"], line["key"]) for line in project.journal() if line["service"] != "forge"]


@pytest.mark.slow
def test_every_job_alone_and_a_second_dispatch_finds_all_done(project: Project, ci: CiRun) -> None:
    release = ci.gathered("v1.0", "source", "wheel")
    ci.finish(release)
    published = ci.outputs["publish"]
    assert (published["result"], published["exit"], published["tag"]) == ("succeeded", "0", "v1.0")
    assert published["manifest-digest"] == ci.manifest(release).digest
    assert (published["release_created"], published["tag_name"], published["major"]) == ("true", "v1.0", "1")
    assert json.loads(published["paths_released"]) == ["."]
    (there,) = project.releases()
    assert (published["id"], published["html_url"]) == (str(there["id"]), there["html_url"])
    assert published["upload_url"] == there["upload_url"]
    made = {a.file: a.sha256 for a in ci.manifest(release).of(project.name) if a.role in ("sdist", "wheel")}
    assert project.harbour.files("pypi", project.name) == made
    done = project.journal()

    again = CiRun(project, ci.root, number=2)
    second = again.gathered("v1.0", "source", "wheel")
    assert again.outputs["check"]["adopted"] == again.outputs["gather"]["adopted"] == "true"
    assert "build-source" not in again.outputs
    assert again.manifest(second) == ci.manifest(release)
    again.finish(second)
    assert again.outputs["publish"]["release_created"] == "false"
    assert project.journal() == done


@pytest.mark.slow
def test_the_release_keeps_what_every_job_before_its_last_file_recorded(
    project: Project, ci: CiRun, tmp_path: Path
) -> None:
    played = project.green(workflow=".github/workflows/release.yml", event="workflow_dispatch")
    control.review_workflow_run(
        project.harbour.addresses, played.id, environments=["pypi"], user="grace", comment="Notes are right"
    )
    ci.number = played.id
    ci.finish(ci.gathered("v1.0", "source", "wheel"))
    (there,) = project.releases()
    (asset,) = [asset for asset in there["assets"] if asset["name"] == "tagboat-ledger.jsonl"]
    path = tmp_path / asset["name"]
    path.write_bytes(project.harbour.download(asset))
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    opened = [entry["body"]["job"] for entry in entries if entry["event"] == "opened"]
    assert opened == ["build-source", "build-wheel", "gather", "stage", "try", "publish"]
    assert {entry["actor"] for entry in entries} == {f"octocat (run {played.id})"}
    (reviewed,) = [entry["body"] for entry in entries if entry["event"] == "reviews"]
    assert reviewed["run"] == str(played.id)
    said = {"environments": ["pypi"], "state": "approved", "user": "grace", "comment": "Notes are right"}
    assert reviewed["reviews"] == [said]
    (elsewhere,) = [entry for entry in entries if entry["event"] == "elsewhere"]
    assert elsewhere["step"] == f"staged-install:testpypi:{project.name}"
    verified = subprocess.run(
        command("ledger", "verify", path), capture_output=True, text=True, timeout=60, check=False
    )
    assert (verified.returncode, "in 6 ledgers" in verified.stdout) == (0, True), verified.stderr
    path.write_text("".join(f"{line}\n" for line in path.read_text().splitlines()[2:]))
    cut = subprocess.run(command("ledger", "verify", path), capture_output=True, timeout=60, check=False)
    assert cut.returncode == 7


@pytest.mark.long
@pytest.mark.slow
def test_a_job_that_publishes_needs_no_credential_for_what_another_staged(
    project: Project, ci: CiRun
) -> None:
    """And neither does it stage: a file that is missing there is another job's to send."""
    release = ci.gathered("v1.0", "source", "wheel")
    refused = ci.with_release("publish", release, "publish", "--phase", "publish")
    assert refused.exit == 3, refused.err
    assert "another job was to do it" in refused.cause
    assert uploads(project) == []
    assert ci.with_release("stage", release, "publish", "--phase", "stage").exit == 0
    assert {service for service, _ in uploads(project)} == {"testpypi"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "operation"),
    [("pypi", "upload"), pytest.param("forge", "update-release", marks=pytest.mark.long)],
)
def test_a_publish_job_that_is_killed_is_run_again_from_nothing(
    project: Project, ci: CiRun, service: str, operation: str
) -> None:
    release = ci.gathered("v1.0", "source", "wheel")
    for name in ("stage", "try"):
        words = {"stage": ("publish", "--phase", "stage"), "try": ("confirm", "--phase", "stage")}[name]
        assert ci.with_release(name, release, *words).exit == 0
    project.harbour.faults.add(service, operation, "delay", value=20)
    machine = ci.root / "killed"
    machine.mkdir()
    process = subprocess.Popen(
        command(
            "publish",
            "--phase",
            "publish",
            "--manifest",
            release / "manifest.json",
            "--sandbox",
            project.harbour.directory,
            "--state",
            machine / "state",
        ),
        cwd=machine,
        env={**project.env, **ci.environment(machine, "publish")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: not project.harbour.faults.pending(), f"{service} {operation}")
    kill(process)
    if service == "forge":
        resumed = project.tagboat("resume", state=machine / "state")
        assert resumed.exit == 0, resumed.err
        assert {row["phase"] for row in resumed.json["steps"]} == {"stage", "publish"}
    ci.finish(release)
    finals = [key for service, key in uploads(project) if service == "pypi"]
    assert sorted(finals) == sorted(set(finals))
    assert len(finals) == 2


def test_a_file_a_manifest_or_a_digest_that_changed_between_jobs_is_refused(
    project: Project, ci: CiRun
) -> None:
    release = ci.gathered("v1.0", "source", "wheel")
    stage = ("publish", "--phase", "stage")
    digest = ci.manifest(release).digest
    path = next(release.glob("*.whl"))
    whole = path.read_bytes()
    path.write_bytes(whole + b"x")
    assert ci.with_release("stage", release, *stage).exit == 7
    forged = replace(
        ci.manifest(release),
        artifacts=tuple(
            replace(a, sha256=sha256(path), size=len(whole) + 1) if a.file == path.name else a
            for a in ci.manifest(release).artifacts
        ),
    )
    (release / "manifest.json").write_text(forged.text)
    refused = ci.with_release("stage", release, *stage, "--manifest-digest", digest)
    assert (refused.exit, digest in refused.cause) == (7, True), refused.err
    assert ci.with_release("stage", release, *stage).exit == 7
    assert project.journal() == []


@pytest.mark.long
def test_a_manifest_of_another_repository_is_refused(project: Project, ci: CiRun) -> None:
    release = ci.gathered("v1.0", "source", "wheel")
    refused = ci.with_release("stage", release, "publish", "--phase", "stage", GITHUB_REPOSITORY="eve/fork")
    assert (refused.exit, "eve/fork" in refused.cause) == (7, True), refused.err
    assert project.journal() == []


@pytest.mark.long
def test_a_configuration_that_changed_between_jobs_is_refused(project: Project, ci: CiRun) -> None:
    """The tag was moved to a commit that says something else."""
    release = ci.gathered("v1.0", "source", "wheel")
    shards = SHARDS.replace('"source"', '"sources"')
    project.commit(flit(project.name, tagboat=shards), "Rename a shard")
    project.push()
    project.green()
    project.tag("v1.0", "-f", "-a", "-m", "moved")
    refused = ci.with_release("stage", release, "publish", "--phase", "stage")
    assert (refused.exit, refused.json["error"]["code"]) == (7, "stale-plan"), refused.err
    assert project.journal() == []


@pytest.mark.long
def test_a_damaged_ledger_between_jobs_is_refused(project: Project, ci: CiRun) -> None:
    release = ci.gathered("v1.0", "source", "wheel")
    path = release / "ledger.jsonl"
    path.write_text(path.read_text().replace("build-wheel", "build-whale"))
    refused = ci.with_release("stage", release, "publish", "--phase", "stage")
    assert (refused.exit, "ledger.jsonl" in refused.cause) == (7, True), refused.err
    assert project.journal() == []
