"""twine, uv and pip as they are, against the indexes by their public names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tagboat.adapters.addresses import PUBLIC

pytestmark = pytest.mark.slow

TWINE = (sys.executable, "-P", "-m", "twine", "upload", "--disable-progress-bar", "--non-interactive")
PIP = (sys.executable, "-P", "-m", "pip")


@pytest.mark.proves("twine", "index", "trusted publishing and upload to the default index")
def test_twine_publishes_by_its_own_trusted_publishing(inside: Any, kit: Any) -> None:
    inside.trusting("twined")
    files = [kit.wheel("twined").write(inside.work), kit.sdist("twined").write(inside.work)]
    inside.run(*TWINE, *files, **inside.identity())
    told = inside.journal("pypi")
    slug = "github:acme/boat/release.yml@*"
    assert ("mint-token", slug, "created") in told
    assert {("upload", file.name, "created") for file in files} <= set(told)


@pytest.mark.proves("twine", "index", "trusted publishing and upload to the staging index")
def test_twine_publishes_to_the_staging_index(inside: Any, kit: Any) -> None:
    inside.trusting("staged", "testpypi")
    file = kit.wheel("staged").write(inside.work)
    inside.run(*TWINE, "--repository", "testpypi", file, **inside.identity())
    assert ("upload", file.name, "created") in inside.journal("testpypi")
    assert ("upload", file.name, "created") not in inside.journal("pypi")


@pytest.mark.proves("twine", "index", "leaving out what the index has (--skip-existing)")
def test_twine_leaves_out_what_is_there(inside: Any, kit: Any) -> None:
    file = kit.wheel("skipped").write(inside.work)
    login = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": inside.addresses.token}
    for _ in range(2):
        done = inside.run(*TWINE, "--skip-existing", file, **login)
    assert "Skipping skipped-1.0" in done.stdout
    assert inside.journal("pypi").count(("upload", file.name, "created")) == 1


@pytest.mark.proves("twine", "index", "the reason why an upload with a minted token is refused")
def test_twine_shows_why_nobody_is_trusted(inside: Any, kit: Any) -> None:
    inside.trusting("other")
    file = kit.wheel("strange").write(inside.work)
    done = inside.run(*TWINE, file, fine=False, **inside.identity())
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0
    assert "Non-user identities cannot create new projects" in said


@pytest.mark.proves("uv", "index", "trusted publishing (always) with the end of the token, and upload")
def test_uv_publishes_by_its_own_trusted_publishing(inside: Any, kit: Any) -> None:
    inside.trusting("uved")
    files = [kit.wheel("uved").write(inside.work), kit.sdist("uved").write(inside.work)]
    inside.run("uv", "publish", "--trusted-publishing", "always", *files, **inside.identity())
    slug = "github:acme/boat/release.yml@*"
    told = inside.journal("pypi")
    uploads = {("upload", file.name, "created") for file in files}
    assert uploads | {("mint-token", slug, "created"), ("burn-token", slug, "updated")} <= set(told)
    assert told[-1][0] == "burn-token"


@pytest.mark.proves("uv", "index", "trusted publishing from GitLab's variables")
def test_uv_publishes_from_gitlab(inside: Any, kit: Any) -> None:
    order = "trust.PublisherOrder('group/boat', '.gitlab-ci.yml', issuer='gitlab')"
    inside.control(f"trust.add_publisher(here, 'pypi', 'labbed', {order}, create=True)")
    token = inside.control("trust.issue_token(here, trust.GitLabJob('group/boat', '5' * 40), 'pypi')")
    file = kit.wheel("labbed").write(inside.work)
    variables = {"GITLAB_CI": "true", "PYPI_ID_TOKEN": token}
    inside.run("uv", "publish", "--trusted-publishing", "always", file, **variables)
    assert ("upload", file.name, "created") in inside.journal("pypi")


@pytest.mark.proves("uv", "index", "the reason why a trusted publisher is refused")
def test_uv_shows_why_nobody_is_trusted(inside: Any, kit: Any) -> None:
    for each in inside.control("trust.list_publishers(here, 'pypi')"):
        inside.control(f"trust.remove_publisher(here, 'pypi', {each['id']})")
    file = kit.wheel("unknown").write(inside.work)
    done = inside.run(
        "uv", "publish", "--trusted-publishing", "always", file, fine=False, **inside.identity()
    )
    assert done.returncode != 0
    assert "Publisher with matching claims was not found" in " ".join(done.stderr.split())


def uploaded(inside: Any, kit: Any, name: str) -> tuple[Any, Path]:
    """A distribution with one dependency on the index, and a fresh environment to install into."""
    file, needed = kit.wheel(name, requires=f"{name}-needed>=1"), kit.wheel(f"{name}-needed")
    login = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": inside.addresses.token}
    inside.run(*TWINE, file.write(inside.work), needed.write(inside.work), **login)
    inside.run("uv", "venv", "--quiet", "--python", sys.executable, "clean")
    return file, inside.work / "clean" / "bin" / "python"


@pytest.mark.proves("pip", "index", "installation from the default index, metadata first")
def test_pip_installs_from_the_default_index(inside: Any, kit: Any) -> None:
    file, python = uploaded(inside, kit, "pipped")
    done = inside.run(*PIP, "--python", python, "install", "pipped==1.0")
    assert f"{file.filename}.metadata" in done.stdout
    assert inside.run(python, "-c", "import pipped, pipped_needed; print(pipped.value)").stdout == "1\n"


@pytest.mark.proves("pip", "index", "download from the staging index")
def test_pip_downloads_from_the_staging_index(inside: Any, kit: Any) -> None:
    file = kit.wheel("fetched")
    login = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": inside.addresses.token}
    inside.run(*TWINE, "--repository", "testpypi", file.write(inside.work), **login)
    index = PUBLIC.indexes["testpypi"].simple
    inside.run(*PIP, "download", "--no-deps", "--index-url", index, "--dest", "got", "fetched")
    assert (inside.work / "got" / file.filename).read_bytes() == file.content


@pytest.mark.proves("uv", "index", "installation from the default index")
def test_uv_installs_from_the_default_index(inside: Any, kit: Any) -> None:
    _, python = uploaded(inside, kit, "uvved")
    inside.run("uv", "pip", "install", "--python", python, "uvved")
    assert inside.run(python, "-c", "import uvved, uvved_needed; print(uvved.value)").stdout == "1\n"
