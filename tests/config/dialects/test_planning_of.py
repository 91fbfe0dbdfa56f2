"""Which tools' rules a repository gets: their order, their combination, and what stands in when there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tagboat.config.dialects import DIALECTS, planning_of
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

PROJECT = b'[project]\nname = "acme"\nversion = "1.0.0"\n'
RELEASE_PLEASE = {"release-please-config.json": b'{"packages": {".": {"release-type": "python"}}}'}
SEMANTIC = b"[tool.semantic_release]\nversion_toml = ['pyproject.toml:project.version']\n"
COMMITIZEN = b"[tool.commitizen]\nname = 'cz_conventional_commits'\nversion = '1.0.0'\n"
CLIFF = {"cliff.toml": b"[git]\nconventional_commits = true\n"}
TOWNCRIER = b"[tool.towncrier]\ndirectory = 'newsfragments'\nfilename = 'NEWS.md'\n"
SCM = b"[build-system]\nrequires = ['setuptools-scm']\n[tool.setuptools_scm]\n"
SCM_PROJECT = b'[project]\nname = "acme"\ndynamic = ["version"]\n' + SCM
BUMPVER = b"[tool.bumpver]\ncurrent_version = '1.0.0'\nversion_pattern = 'MAJOR.MINOR.PATCH'\n"


def planned(files: Mapping[str, bytes], *tags: str) -> Planning:
    return planning_of(Tree(frozenset(files), files.__getitem__), tags)


def pyproject(*parts: bytes) -> dict[str, bytes]:
    return {"pyproject.toml": PROJECT + b"\n".join(parts)}


def test_every_dialect_has_a_reader_and_files_to_be_known_by() -> None:
    assert len({dialect.module for dialect in DIALECTS}) == len(DIALECTS)
    assert all(dialect.files or dialect.marks for dialect in DIALECTS)


@pytest.mark.parametrize(
    ("files", "dialect"),
    [
        (RELEASE_PLEASE, "release-please"),
        (pyproject(SEMANTIC), "python-semantic-release"),
        (pyproject(COMMITIZEN), "commitizen"),
        (CLIFF, "git-cliff"),
        (pyproject(BUMPVER), "bumpver"),
        ({"pyproject.toml": SCM_PROJECT}, "scm"),
        (pyproject(TOWNCRIER), "towncrier"),
    ],
)
def test_each_tool_is_found_by_its_files(files: dict[str, bytes], dialect: str) -> None:
    found = planned(files)
    assert found.dialect.partition("+")[0] == dialect
    assert found.source in files
    assert len(found.components) == 1


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ({**pyproject(SEMANTIC, COMMITIZEN), **RELEASE_PLEASE, **CLIFF}, "release-please"),
        ({**pyproject(SEMANTIC, COMMITIZEN), **CLIFF}, "python-semantic-release"),
        ({**pyproject(COMMITIZEN), **CLIFF}, "commitizen"),
        ({"pyproject.toml": SCM_PROJECT, **CLIFF}, "git-cliff"),
        ({"pyproject.toml": SCM_PROJECT + BUMPVER}, "bumpver"),
    ],
)
def test_the_tool_that_decides_goes_before_the_others(files: dict[str, bytes], first: str) -> None:
    assert planned(files).dialect.partition("+")[0] == first


def test_a_tool_beside_another_is_used_or_said_to_be_passed_over() -> None:
    both = planned(pyproject(COMMITIZEN, TOWNCRIER))
    assert both.dialect == "commitizen+towncrier"
    assert both.components[0].notes.format == "towncrier"
    beside = planned({**pyproject(COMMITIZEN), **CLIFF})
    assert any("git-cliff" in remark.text and not remark.applies for remark in beside.remarks)


def test_a_mark_alone_configures_nothing() -> None:
    assert (
        planned(pyproject(b"# semantic_release commitizen towncrier bumpver scm git-cliff")).dialect
        == "defaults"
    )


@pytest.mark.parametrize(
    ("tags", "tag"),
    [
        ([], "v{version}"),
        (["v1.0.0", "v1.1.0"], "v{version}"),
        (["1.0.0", "1.1.0"], "{version}"),
        (["acme-1.0.0", "acme-1.1.0"], "acme-{version}"),
        (["acme-v1.0.0", "acme-v1.1.0"], "acme-v{version}"),
    ],
)
def test_without_a_tool_the_tags_say_how_they_are_named(tags: list[str], tag: str) -> None:
    found = planned(pyproject(), *tags)
    assert (found.dialect, found.source) == ("defaults", "")
    (only,) = found.components
    assert (only.component, only.distribution, only.path, only.tag) == ("acme", "acme", ".", tag)


@pytest.mark.parametrize(("tags", "tag"), [(["1.0.0", "1.1.0"], "{version}"), (["v1.0.0"], "v{version}")])
def test_a_tool_that_makes_no_tags_takes_them_as_they_are(tags: list[str], tag: str) -> None:
    for files in (CLIFF, {"pyproject.toml": SCM_PROJECT}, pyproject(TOWNCRIER)):
        assert planned({**pyproject(), **files}, *tags).components[0].tag == tag


def test_several_projects_without_a_tool_are_several_components() -> None:
    files = {
        f"packages/{name}/pyproject.toml": PROJECT.replace(b"acme", name.encode()) for name in ("a", "b")
    }
    found = planned(files, "a-v1.0.0", "b-v1.0.0")
    assert [(one.component, one.path, one.tag) for one in found.components] == [
        ("a", "packages/a", "a-v{version}"),
        ("b", "packages/b", "b-v{version}"),
    ]


@pytest.mark.parametrize("files", [{}, {"README.md": b"x"}, {"setup.cfg": b"[flake8]\n"}])
def test_a_repository_that_is_no_python_project_is_one_component(files: dict[str, bytes]) -> None:
    (only,) = planned(files).components
    assert (only.component, only.path, only.tag) == ("project", ".", "v{version}")


@pytest.mark.parametrize(
    "tag", ["", "v", "latest", "v1", "nightly-2024", "release/1.0", "\udcff", "v1.0.0-next.2"]
)
def test_tags_of_other_kinds_do_no_harm(tag: str) -> None:
    (only,) = planned(pyproject(), "v1.0.0", tag).components
    assert only.tag == "v{version}"


@pytest.mark.parametrize("data", [b"[", b"\xff", b"semantic_release = ["])
def test_a_project_file_that_cannot_be_read_is_named(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        planned({"pyproject.toml": data, **CLIFF} if data == b"[" else {"pyproject.toml": data})


@pytest.mark.parametrize("name", ["a b", "a~b", "..", "a{version}b", "", "/", "-x", "x..y", "\n"])
def test_a_name_that_git_allows_in_no_tag_is_an_answer(name: str) -> None:
    config = json.dumps({"packages": {".": {"release-type": "python", "component": name}}}).encode()
    files = {**pyproject(), "release-please-config.json": config}
    for tags in ([], ["v1.0.0", "other-v1.0.0"]):
        if name:
            with pytest.raises(ConfigError, match=r"release-please-config\.json"):
                planned(files, *tags)
        else:
            assert planned(files, *tags).components[0].tag == "v{version}"
