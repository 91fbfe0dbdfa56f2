"""Whose build a draft holds: a workflow's own, a colleague's, another component's; and what is never thrown away."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from harbour import Answer, Project, command, kill, until
from projects import flit

from tagboat.core.artifact import Manifest
from tagboat.errors import ConflictError, InterruptedRunError
from tagboat.sandbox import control
from tagboat.wiring.places import sandbox_places
from tagboat.wiring.session import Wish, open_release


class Runner:
    """A CI machine: its token is an installation's, which may not ask for its login; it forgets everything."""

    def __init__(self, project: Project, login: str = "github-actions[bot]") -> None:
        addresses = project.harbour.addresses
        permissions = {"contents": "write", "actions": "read", "checks": "read", "metadata": "read"}
        token = control.create_token(addresses, login, kind="installation", permissions=permissions)
        self.project, self.turns = project, 0
        self.places = replace(sandbox_places(project.harbour.directory), forge_token=token)

    def release(self, tag: str, stop: Callable[[], bool] = lambda: False) -> Manifest:
        self.turns += 1
        state = self.project.state.with_name(f"runner-{self.turns}")
        wish = Wish(self.project.work, self.places, self.project.repository, (tag,), (), state)
        with open_release(wish, stop=stop) as run:
            manifest = run.prepare()
            run.publish(manifest)
        return manifest

    def dies_after_one_upload(self, tag: str) -> None:
        with pytest.raises(InterruptedRunError):
            self.release(tag, lambda: bool(published(self.project)))


def published(project: Project) -> list[str]:
    """The files that the final index accepted, in order."""
    return [line["key"] for line in project.journal() if line["service"] == "pypi"]


def draft(project: Project) -> dict[str, str]:
    """The draft's files and their digests; the ledger is the last to come."""
    (release,) = project.releases()
    return {a["name"]: a["digest"] for a in release["assets"] if "ledger" not in a["name"]}


def manifest_digest(project: Project) -> str:
    """The digest of the Manifest in the draft."""
    (release,) = project.releases()
    url = next(a["url"] for a in release["assets"] if a["name"] == "tagboat-manifest.json")
    text = project.harbour._call("GET", url, None, accept="application/octet-stream")
    return Manifest.from_json(text).digest


@pytest.fixture
def uv_cache(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(project.harbour.caches / "uv"))


@pytest.mark.slow
def test_a_workflow_that_died_after_one_upload_is_finished_by_the_next(
    project: Project, uv_cache: None
) -> None:
    tag, runner = project.ready(), Runner(project)
    runner.dies_after_one_upload(tag)
    before = draft(project)
    assert len(published(project)) == 1
    runner.release(tag)
    assert draft(project) == before
    assert len(published(project)) == len(set(published(project))) == 2
    assert project.releases()[0]["draft"] is False


@pytest.mark.slow
def test_a_half_published_build_of_somebody_else_waits_for_a_person_who_names_its_digest(
    project: Project, uv_cache: None
) -> None:
    tag = project.ready()
    Runner(project).dies_after_one_upload(tag)
    before, digest = draft(project), manifest_digest(project)

    def answered(name: str, *more: str) -> Answer:
        answer = project.release("--tag", tag, *more, state=project.state.with_name(name))
        assert more[1:2] == (digest,) or draft(project) == before
        return answer

    asked = answered("asked")
    assert (asked.exit, asked.json["error"]["code"]) == (7, "conflict"), asked.err
    assert "uploaded by github-actions[bot]" in asked.cause
    assert f"tagboat release --tag {project.name}={tag} --adopt {digest}" in asked.remedy
    short = answered("short", "--adopt", digest[:16])
    assert (short.exit, short.json["error"]["code"]) == (2, "usage")
    wrong = answered("wrong", "--adopt", "0" * 64)
    assert (wrong.exit, wrong.json["error"]["code"]) == (3, "refused")
    assert digest in wrong.cause
    assert answered("why", "--reason", "because").exit == 2
    adopted = answered("adopted", "--adopt", digest, "--reason", "our runner made it")
    assert adopted.exit == 0, adopted.err
    assert adopted.json["manifest_digest"] == digest
    assert draft(project) == before
    assert len(published(project)) == 2
    (approval,) = [e for e in ledger(project, "adopted") if e["event"] == "approval"]
    assert approval["body"] == {"digest": digest, "reason": "our runner made it"}
    assert "@" in approval["actor"]


def ledger(project: Project, state: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        command("ledger", "export", project.state.with_name(state)),
        cwd=project.work,
        env=project.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_state_that_has_a_build_of_its_own_does_not_go_on_under_another_approval(project: Project) -> None:
    tag = project.ready()
    assert project.release("--tag", tag).exit == 0
    answer = project.release("--tag", tag, "--adopt", "0" * 64)
    assert answer.exit == 3, answer.err
    assert answer.remedy


@pytest.mark.slow
def test_a_stranger_s_file_in_the_draft_is_kept_by_a_workflow(project: Project, uv_cache: None) -> None:
    tag, runner = project.ready(), Runner(project)
    made = project.harbour.api(
        "POST", f"/repos/{project.repository}/releases", {"tag_name": tag, "draft": True}
    )
    uploads = project.harbour.addresses.api.replace("/api/v3", "/api/uploads").rstrip("/")
    where = f"{uploads}/repos/{project.repository}/releases/{made['id']}/assets"
    project.harbour._call("POST", f"{where}?name=windows-installer.exe", {"a": 1})
    with pytest.raises(ConflictError, match=r"windows-installer\.exe"):
        runner.release(tag)
    assert list(draft(project)) == ["windows-installer.exe"]
    assert published(project) == []


def two_components(name: str) -> dict[str, str | bytes]:
    """Two packages of one repository that share the tag."""
    files: dict[str, str | bytes] = {"README.md": "x\n"}
    tables = ""
    for part in ("one", "two"):
        made = flit(f"{name}-{part}")
        text = str(made.pop("pyproject.toml")).partition("[tool.tagboat")[0]
        files |= {f"{part}/pyproject.toml": text} | {f"{part}/{path}": file for path, file in made.items()}
        tables += (
            f'[components.{part}]\npath = "{part}"\ndistributions = ["{name}-{part}"]\n'
            'tag = "v{version}"\ntargets = ["testpypi", "pypi"]\n'
        )
    return {**files, "tagboat.toml": f"{tables}[policy]\nci-wait = 0\n"}


@pytest.mark.slow
def test_a_component_does_not_empty_the_draft_of_another_whose_release_is_not_finished(
    launch: Callable[..., Project],
) -> None:
    project = launch({"README.md": "x\n"})
    tag = project.ready(files=two_components(project.name))
    project.harbour.faults.add("forge", "update-release", "status", value=403, times=9)
    one = project.release("--tag", f"one={tag}")
    assert one.exit == 6, one.err
    project.harbour.faults.clear()
    before = draft(project)
    two = project.release("--tag", f"two={tag}", state=project.state.with_name("two"))
    assert (two.exit, two.json["error"]["code"]) == (7, "conflict"), two.err
    assert "the build of one 1.0" in two.cause
    assert f"tagboat release --tag one={tag}" in two.remedy
    assert draft(project) == before
    done = project.release("--tag", f"one={tag}", state=project.state.with_name("again"))
    assert done.exit == 0, done.err
    assert draft(project) == before


@pytest.mark.slow
def test_a_release_that_was_published_before_its_ledger_ends_where_releases_are_immutable(
    project: Project,
) -> None:
    project.harbour.api("PUT", f"/repos/{project.repository}/immutable-releases")
    tag = project.ready()
    project.harbour.faults.add("pypi", "upload", "delay", value=0.3)
    process = project.start("--tag", tag)
    until(lambda: not project.harbour.faults.pending(), "the first upload")
    kill(process)
    (release,) = project.releases()
    path = f"/repos/{project.repository}/releases/{release['id']}"
    assert project.harbour.api("PATCH", path, {"draft": False})["immutable"] is True
    resumed = project.tagboat("resume")
    assert resumed.exit == 0, resumed.err
    row = resumed.step("ledger-asset:")
    assert (row["state"], "immutable" in row["reason"]) == ("skipped", True)
