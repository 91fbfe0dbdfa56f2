"""GitHub's own command line, unmodified, against the forge."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from forge_world import World

from tagboat.sandbox import control

Gh = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gh(world: World) -> Gh:
    if shutil.which("gh") is None:
        reason = "gh (Debian package) is not installed"
        pytest.fail(reason) if os.environ.get("TAGBOAT_CI") == "1" else pytest.skip(reason)
    host = world.addresses.forge.removeprefix("https://")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(world.work.parent),
        "GH_HOST": host,
        "GH_REPO": f"{host}/{world.repository}",
        "GH_ENTERPRISE_TOKEN": world.addresses.token,
        "GH_NO_UPDATE_NOTIFIER": "1",
        "GH_PROMPT_DISABLED": "1",
        "SSL_CERT_FILE": world.addresses.ca,
        "NO_PROXY": "localhost",
    }

    def run(*arguments: str, fine: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["gh", *arguments],
            cwd=world.work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not fine or done.returncode == 0, done.stderr
        return done

    return run


def listed(gh: Gh, tag: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        gh("release", "view", tag, "--json", "assets,isDraft,tagName,name,body").stdout
    )
    return told


def test_a_draft_with_files_is_made_looked_at_fetched_and_published(world: World, gh: Gh) -> None:
    (world.work / "demo-1.whl").write_bytes(b"wheel")
    (world.work / "demo-1.tar.gz").write_bytes(b"sdist")
    made = gh(
        "release",
        "create",
        "v1",
        "demo-1.whl",
        "demo-1.tar.gz",
        "--draft",
        "--title",
        "One",
        "--notes",
        "text",
    )
    assert "untagged-" in made.stdout
    assert "Draft" in gh("release", "list").stdout
    draft = listed(gh, "v1")
    assert (draft["isDraft"], draft["name"], draft["body"]) == (True, "One", "text")
    assert sorted(asset["name"] for asset in draft["assets"]) == ["demo-1.tar.gz", "demo-1.whl"]
    gh("release", "download", "v1", "--dir", "fetched")
    assert (world.work / "fetched/demo-1.whl").read_bytes() == b"wheel"
    gh("release", "edit", "v1", "--draft=false")
    assert listed(gh, "v1")["isDraft"] is False
    assert "Latest" in gh("release", "list").stdout
    told = [(entry.operation, entry.key.rsplit("/", 1)[-1]) for entry in world.journal()[1:]]
    assert sorted(told[1:3]) == [("upload-asset", "demo-1.tar.gz"), ("upload-asset", "demo-1.whl")]
    assert told[-1] == ("update-release", "v1")


def test_a_file_is_added_refused_a_second_time_and_replaced_on_demand(world: World, gh: Gh) -> None:
    gh("release", "create", "v1", "--generate-notes")
    (world.work / "a.whl").write_bytes(b"first")
    gh("release", "upload", "v1", "a.whl")
    (world.work / "a.whl").write_bytes(b"second")
    assert "already exists" in gh("release", "upload", "v1", "a.whl", fine=False).stderr
    gh("release", "upload", "v1", "a.whl", "--clobber")
    gh("release", "download", "v1", "--pattern", "*.whl", "--dir", "out")
    assert (world.work / "out/a.whl").read_bytes() == b"second"
    gh("release", "delete", "v1", "--yes")
    assert "not found" in gh("release", "view", "v1", fine=False).stderr


def test_a_release_of_nothing_is_a_clear_error(gh: Gh) -> None:
    assert "release not found" in gh("release", "view", "v9", fine=False).stderr
    assert "already_exists" in (
        gh("release", "create", "v1", "--notes", "x").stdout
        + gh("release", "create", "v1", "--notes", "x", fine=False).stderr
    ).replace("already exists", "already_exists")


def test_the_token_and_any_call_are_understood(world: World, gh: Gh) -> None:
    assert "as tagboat" in gh("auth", "status").stderr
    for number in range(3):
        world.draft(f"v{number}")
    pages = gh(
        "api", f"repos/{world.repository}/releases?per_page=1", "--paginate", "--jq", ".[].tag_name"
    ).stdout
    assert pages.split() == ["v2", "v1", "v0"]
    refused = gh("api", f"repos/{world.repository}/releases/tags/none", fine=False)
    assert "Not Found (HTTP 404)" in refused.stderr
    assert "few queries" in gh("api", "graphql", "-f", "query=query Other{x}", fine=False).stderr


def test_runs_are_listed_and_followed(world: World, gh: Gh) -> None:
    sha = world.git("rev-parse", "HEAD").stdout.strip()
    run = control.play_workflow_run(
        world.addresses, world.repository, sha=sha, name="CI", conclusion="failure"
    )
    told = json.loads(gh("run", "list", "--json", "databaseId,conclusion,headSha,workflowName").stdout)
    assert told == [{"databaseId": run.id, "conclusion": "failure", "headSha": sha, "workflowName": "CI"}]
