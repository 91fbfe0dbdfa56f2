"""What a rehearsal chooses to release, from repositories in every state; no service is started."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import flit

from tagboat.adapters.isolation import Isolation
from tagboat.errors import (
    AlreadyRunningError,
    ConflictError,
    RefusedError,
    StalePlanError,
    TagboatError,
    UsageError,
)
from tagboat.wiring import rehearsal
from tagboat.wiring.rehearsal import Rehearsal, alone, inside_environment, prepare, prepared

Repository = Callable[..., Path]
Git = Callable[..., str]


@pytest.fixture
def chosen(tmp_path: Path) -> Callable[..., Rehearsal]:
    def made(path: Path, *tags: str, components: tuple[str, ...] = (), state: str = "state") -> Rehearsal:
        return prepare(path, tags, components, tmp_path / state)

    return made


Chosen = Callable[..., Rehearsal]


def test_the_version_of_head_is_taken_when_it_is_untagged(repository: Repository, chosen: Chosen) -> None:
    found = chosen(repository())
    assert (found.tags, found.edited, found.branch) == (("rowboat=v1.0",), "", "main")
    assert found.names == ("rowboat",)


def test_a_tag_on_head_is_taken(repository: Repository, chosen: Chosen, run_git: Git) -> None:
    root = repository()
    run_git(root, "tag", "v0.7")
    assert chosen(root).tags == ("rowboat=v0.7",)


def test_else_the_next_patch_is_edited_in_the_copy_alone(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    root = repository()
    run_git(root, "tag", "v1.0")
    run_git(root, "commit", "--quiet", "--allow-empty", "-m", "More")
    refs, status = run_git(root, "for-each-ref"), run_git(root, "status", "--porcelain")
    found = chosen(root)
    assert (found.tags, found.edited) == (("rowboat=v1.0.1",), "pyproject.toml: 1.0.1")
    assert (run_git(root, "for-each-ref"), run_git(root, "status", "--porcelain")) == (refs, status)
    text = run_git(tmp_path / "state" / "source.git", "show", "v1.0.1:pyproject.toml")
    assert 'version = "1.0.1"' in text


@pytest.mark.parametrize("name", ["with spaces and ünïcode 日本", "-dash", "..dots..", "a'quote\"$(x)"])
def test_a_folder_of_any_name_is_rehearsed(repository: Repository, chosen: Chosen, name: str) -> None:
    found = chosen(repository(name))
    owner, _, project = found.repository.partition("/")
    assert owner == "rehearsal"
    assert project.isascii()
    assert project
    assert not project.startswith(("-", "."))


def test_another_branch_than_main_is_the_default_one(repository: Repository, chosen: Chosen) -> None:
    assert chosen(repository(branch="trunk/next")).branch == "trunk/next"


def test_a_detached_head_is_put_on_main(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    root = repository()
    run_git(root, "switch", "--quiet", "--detach")
    run_git(root, "commit", "--quiet", "--allow-empty", "-m", "On no branch")
    found = chosen(root)
    assert found.branch == "main"
    assert run_git(tmp_path / "state" / "source.git", "rev-parse", "main") == run_git(
        root, "rev-parse", "HEAD"
    )


@pytest.mark.parametrize("detached", [False, True])
def test_an_old_tag_is_rehearsed_on_the_branch_that_holds_it(
    repository: Repository, chosen: Chosen, run_git: Git, detached: bool
) -> None:
    root = repository(branch="stable")
    run_git(root, "tag", "v0.9")
    run_git(root, "switch", "--quiet", "--orphan", "topic")
    run_git(root, "commit", "--quiet", "--allow-empty", "-m", "Elsewhere")
    if detached:
        run_git(root, "switch", "--quiet", "--detach")
    found = chosen(root, "v0.9")
    assert found.branch == "stable"
    assert found.green == (f"{run_git(root, 'rev-parse', 'v0.9')} stable ci.yml",)


def test_a_bare_repository_is_rehearsed(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.git"
    run_git(repository(), "clone", "--quiet", "--bare", ".", bare)
    assert chosen(bare).tags == ("rowboat=v1.0",)


def test_a_linked_work_tree_is_rehearsed(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    root = repository()
    run_git(root, "worktree", "add", "--quiet", "-b", "side", tmp_path / "linked")
    assert chosen(tmp_path / "linked").branch == "side"


def test_a_repository_with_a_submodule_is_prepared(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    root, other = repository(), repository("other")
    head = run_git(other, "rev-parse", "HEAD")
    run_git(root, "update-index", "--add", "--cacheinfo", f"160000,{head},vendored")
    run_git(root, "commit", "--quiet", "-m", "Vendor")
    assert chosen(root).tags == ("rowboat=v1.0",)


def two_components() -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {}
    for name in ("rowboat", "oar"):
        files |= {
            f"{name}/{file}": content for file, content in flit(name).items() if file != "pyproject.toml"
        }
        text = str(flit(name)["pyproject.toml"])
        files[f"{name}/pyproject.toml"] = text[: text.index("[tool.tagboat")]
    files["tagboat.toml"] = (
        '[components.rowboat]\npath = "rowboat"\ntag = "rowboat-v{version}"\n'
        '[components.oar]\npath = "oar"\ntag = "oar-v{version}"\n'
    )
    return files


def test_every_component_is_rehearsed_or_the_named_ones(repository: Repository, chosen: Chosen) -> None:
    root = repository(files=two_components())
    assert set(chosen(root).tags) == {"rowboat=rowboat-v1.0", "oar=oar-v1.0"}
    assert chosen(root, components=("oar",), state="other").tags == ("oar=oar-v1.0",)
    with pytest.raises(UsageError, match="oar"):
        chosen(root, components=("oars",), state="third")


def test_a_component_beside_a_tag_chooses_whose_tag_it_is(
    repository: Repository, chosen: Chosen, run_git: Git
) -> None:
    files = two_components()
    files["tagboat.toml"] = str(files["tagboat.toml"]).replace("rowboat-v{", "v{").replace("oar-v{", "v{")
    root = repository(files=files)
    run_git(root, "tag", "v1.0")
    assert chosen(root, "v1.0", components=("oar",)).tags == ("oar=v1.0",)


def test_the_same_rehearsal_again_is_left_as_it_was(
    repository: Repository, chosen: Chosen, tmp_path: Path
) -> None:
    root = repository()
    first = chosen(root)
    before = (tmp_path / "state" / rehearsal.FILE).read_bytes()
    assert chosen(root) == first == prepared(tmp_path / "state")
    assert (tmp_path / "state" / rehearsal.FILE).read_bytes() == before


@pytest.mark.parametrize("moved", ["head", "tag", "component"])
def test_another_rehearsal_does_not_overwrite_the_first(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path, moved: str
) -> None:
    root = repository()
    first = chosen(root)
    run_git(root, "tag", "v0.5")
    if moved == "head":
        run_git(root, "commit", "--quiet", "--allow-empty", "-m", "More")
    words = {"tag": ("v0.5",)}.get(moved, ())
    with pytest.raises(StalePlanError, match="another rehearsal") as raised:
        chosen(root, *words, components=("rowboat",) if moved == "component" else ())
    assert "tagboat resume --state" in raised.value.remedy
    assert prepared(tmp_path / "state") == first


def test_a_preparation_that_was_cut_off_is_done_again(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    root = repository()
    run_git(root, "tag", "v1.0")
    run_git(root, "commit", "--quiet", "--allow-empty", "-m", "More")
    first = chosen(root)
    (tmp_path / "state" / rehearsal.FILE).unlink()
    assert chosen(root) == first


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"repository": 1}', b"\xff"])
def test_a_torn_rehearsal_is_a_conflict(tmp_path: Path, content: bytes) -> None:
    (tmp_path / rehearsal.FILE).write_bytes(content)
    with pytest.raises(ConflictError, match="no rehearsal that can be continued"):
        prepared(tmp_path)


def test_what_cannot_be_rehearsed_is_refused(
    repository: Repository, chosen: Chosen, run_git: Git, tmp_path: Path
) -> None:
    root = repository()
    empty = tmp_path / "unborn"
    empty.mkdir()
    run_git(empty, "init", "--quiet")
    shallow = tmp_path / "shallow"
    run_git(root, "commit", "--quiet", "--allow-empty", "-m", "More")
    run_git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{root}", shallow)
    for number, (path, words) in enumerate([(empty, ()), (shallow, ()), (root, ("v9.9",)), (tmp_path, ())]):
        with pytest.raises(RefusedError) as raised:
            chosen(path, *words, state=f"state-{number}")
        assert raised.value.remedy


def test_one_state_directory_has_one_rehearsal_at_a_time(tmp_path: Path) -> None:
    place = tmp_path / "state"
    with alone(place), pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"), alone(place):
        pass
    with alone(place):
        pass


def test_the_inside_sees_no_credential() -> None:
    secrets = {
        "GH_TOKEN",
        "GITHUB_TOKEN",
        "TWINE_PASSWORD",
        "UV_PUBLISH_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "SSH_AUTH_SOCK",
        "PIP_INDEX_URL",
        "HTTPS_PROXY",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "TAGBOAT_PYPI_TOKEN",
        "GIT_ASKPASS",
    }
    seen = inside_environment(
        {**dict.fromkeys(secrets, "hunter2"), "PATH": "/bin"}, Isolation("off", (), "apart")
    )
    assert "hunter2" not in seen.values()
    assert seen["PATH"] == "/bin"
    open_to_all = inside_environment({}, Isolation("open", (), "nothing to be had"))
    assert open_to_all["HTTPS_PROXY"] == open_to_all["http_proxy"] == "http://127.0.0.1:9"
    assert "127.0.0.1" in open_to_all["no_proxy"]


def test_a_long_temporary_folder_leaves_room_for_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with rehearsal._socket_folder() as folder:
        assert len(folder) < 90


def test_errors_are_of_the_family(repository: Repository, chosen: Chosen) -> None:
    files = {**flit("rowboat"), "pyproject.toml": "not toml"}
    with pytest.raises(TagboatError):
        chosen(repository(files=files))
