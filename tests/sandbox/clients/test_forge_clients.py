"""git, gh and PyGithub as they are, against the forge by its public names."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tagboat.adapters.addresses import PUBLIC

pytestmark = pytest.mark.slow

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def pushed(inside: Any, repository: str) -> str:
    """A repository on the forge with one commit and the tag v1; gives its address."""
    inside.control(f"control.create_repository(here, {repository!r})")
    host = PUBLIC.git.removeprefix("https://")
    inside.run("git", "init", "--quiet", "--initial-branch=main", "work")
    (inside.work / "work" / "README.md").write_text("# Boat\n")
    for words in (("add", "-A"), ("commit", "--quiet", "-m", "first"), ("tag", "v1")):
        inside.run("git", "-C", "work", *words, **IDENTITY)
    url = f"https://x:{inside.addresses.token}@{host}/{repository}.git"
    inside.run("git", "-C", "work", "push", "--quiet", url, "main", "v1", **IDENTITY)
    return PUBLIC.git_url(repository)


@pytest.mark.needs("git")
@pytest.mark.proves("git", "forge", "push and clone over HTTPS")
def test_git_pushes_and_clones(inside: Any) -> None:
    url = pushed(inside, "acme/gitted")
    inside.run("git", "clone", "--quiet", url, "clone", **IDENTITY)
    assert (inside.work / "clone" / "README.md").read_text() == "# Boat\n"
    assert any(key.startswith("acme/gitted") for _, key, _ in inside.journal("forge"))


@pytest.mark.needs("gh", "git")
@pytest.mark.proves("gh", "forge", "releases with files: draft, upload, list, download, publish")
def test_gh_releases(inside: Any) -> None:
    pushed(inside, "acme/ghed")
    (inside.work / "boat.whl").write_bytes(b"wheel")
    login = {"GH_TOKEN": inside.addresses.token, "GH_REPO": "acme/ghed", "GH_PROMPT_DISABLED": "1"}
    login["GH_NO_UPDATE_NOTIFIER"] = "1"
    inside.run("gh", "release", "create", "v1", "boat.whl", "--draft", "--notes", "text", **login)
    seen = json.loads(
        inside.run("gh", "release", "view", "v1", "--json", "isDraft,assets,url", **login).stdout
    )
    assert (seen["isDraft"], [asset["name"] for asset in seen["assets"]]) == (True, ["boat.whl"])
    assert seen["url"].startswith(f"{PUBLIC.git}/acme/ghed/releases/")
    inside.run("gh", "release", "download", "v1", "--dir", "got", **login)
    assert (inside.work / "got" / "boat.whl").read_bytes() == b"wheel"
    inside.run("gh", "release", "edit", "v1", "--draft=false", **login)
    pages = inside.run(
        "gh", "api", "repos/acme/ghed/releases?per_page=1", "--paginate", "--jq", ".[].tag_name", **login
    )
    assert pages.stdout.split() == ["v1"]


PYGITHUB = """
import json, sys
from github import Auth, Github
forge = Github(auth=Auth.Token(sys.argv[1]), retry=None)
there = forge.get_repo("acme/hubbed")
release = there.create_git_release("v1", "One", "text", draft=True)
asset = release.upload_asset("boat.whl", name="boat.whl", content_type="application/octet-stream")
release.update_release("One", "text", draft=False)
shown = there.get_release("v1")
print(json.dumps({
    "draft": shown.draft, "assets": [each.name for each in shown.get_assets()], "upload": shown.upload_url,
    "commit": there.get_branch("main").commit.commit.message, "file": there.get_contents("README.md").decoded_content.decode(),
    "tags": [tag.name for tag in there.get_tags()], "runs": there.get_workflow_runs().totalCount,
}))
"""


@pytest.mark.needs("git")
@pytest.mark.proves("PyGithub", "forge", "repository, branch, contents, tags, runs; a release with a file")
def test_pygithub_reads_and_releases(inside: Any) -> None:
    pushed(inside, "acme/hubbed")
    (inside.work / "boat.whl").write_bytes(b"wheel")
    seen = inside.python(PYGITHUB, inside.addresses.token)
    assert seen.pop("upload").startswith(f"{PUBLIC.uploads}/repos/acme/hubbed/releases/")
    assert seen == {
        "draft": False,
        "assets": ["boat.whl"],
        "commit": "first",
        "file": "# Boat\n",
        "tags": ["v1"],
        "runs": 0,
    }
