"""Every dialect says where a value stands under the name of the attribute that it decides."""

from __future__ import annotations

import json

import pytest

from tagboat.config.dialects import DIALECTS, planning_of
from tagboat.config.origins import attribute_of, place_of, version_places
from tagboat.config.planning import Planning, Rules
from tagboat.config.project import Tree

PROJECT = "[project]\nname = 'acme.core'\nversion = '1.0.0'\n"
RELEASE_PLEASE = {
    "bump-minor-pre-major": True,
    "changelog-host": "https://forge.example",
    "plugins": ["sentence-case"],
    "packages": {
        ".": {
            "release-type": "python",
            "component": "acme",
            "exclude-paths": ["docs"],
            "include-v-in-tag": False,
            "tag-separator": "/",
            "versioning": "always-bump-patch",
            "bump-patch-for-minor-pre-major": True,
            "prerelease-type": "beta",
            "release-as": "3.0.0",
            "changelog-sections": [{"type": "feat", "section": "News"}],
            "changelog-path": "NEWS.md",
            "version-file": "VERSION",
            "extra-files": ["x.py"],
            "bootstrap-sha": "abc",
            "last-release-sha": "abc",
        }
    },
}
FILES = {
    "release_please": {
        "release-please-config.json": json.dumps(RELEASE_PLEASE),
        ".release-please-manifest.json": '{".": "2.0.0"}',
    },
    "python_semantic_release": {
        "pyproject.toml": PROJECT
        + "[tool.semantic_release]\ntag_format = '{version}'\nmajor_on_zero = false\nallow_zero_version = true\n"
        "version_toml = ['pyproject.toml:project.version']\ncommit_parser = 'angular'\n"
        "[tool.semantic_release.commit_parser_options]\nminor_tags = ['feat']\n"
        "[tool.semantic_release.branches.main]\nmatch = 'main'\n"
        "[tool.semantic_release.branches.next]\nmatch = 'next'\nprerelease = true\nprerelease_token = 'rc'\n"
        "[tool.semantic_release.changelog]\nexclude_commit_patterns = ['^chore']\n"
        "changelog_file = 'NEWS.md'\n[tool.semantic_release.remote]\ndomain = 'forge.example'\n",
    },
    "commitizen": {
        "pyproject.toml": PROJECT
        + "[tool.commitizen]\nname = 'cz_customize'\nversion = '1.0.0'\ntag_format = 'v$version'\n"
        "version_files = ['a.py:x']\nignored_tag_formats = ['x-*']\nmajor_version_zero = true\n"
        "changelog_file = 'NEWS.md'\nversion_provider = 'pep621'\nversion_scheme = 'semver'\n"
        "[tool.commitizen.customize]\nbump_pattern = '^(break|new)'\nbump_map = {'new' = 'MINOR'}\n"
        "change_type_order = ['new']\n",
    },
    "git_cliff": {
        "cliff.toml": "[git]\ntag_pattern = 'v.*'\nignore_tags = 'x'\nfilter_unconventional = false\n"
        "split_commits = true\ncommit_parsers = [{message = '^feat', group = 'F'}]\n"
        "include_paths = ['a/**']\nexclude_paths = ['a/b/**']\n[changelog]\noutput = 'NEWS.md'\n"
        "[bump]\ninitial_tag = '1.0.0'\nfeatures_always_bump_minor = false\nbreaking_always_bump_major = true\n",
    },
    "bumpver": {
        "pyproject.toml": PROJECT
        + "[tool.bumpver]\ncurrent_version = '2024.1001'\nversion_pattern = 'YYYY.BUILD'\n"
        "[tool.bumpver.file_patterns]\n'a.py' = ['{version}']\n",
    },
    "bump_my_version": {
        "pyproject.toml": PROJECT
        + "[tool.bumpversion]\ncurrent_version = '1.0.0'\ntag_name = 'v{new_version}'\n"
        "moveable_tags = ['latest']\n[[tool.bumpversion.files]]\nfilename = 'a.py'\n",
    },
    "scm": {
        "pyproject.toml": "[project]\nname = 'acme.core'\ndynamic = ['version']\n"
        "[tool.setuptools_scm]\ntag_regex = '^core-(?P<version>.*)$'\n",
    },
    "towncrier": {"pyproject.toml": PROJECT + "[tool.towncrier]\nfilename = 'NEWS.rst'\n"},
}


def planning(files: dict[str, str]) -> Planning:
    return planning_of(Tree(files.keys(), lambda path: files[path].encode()))


def test_there_is_an_example_of_every_dialect() -> None:
    assert set(FILES) == {dialect.module for dialect in DIALECTS}


@pytest.mark.parametrize("dialect", FILES)
def test_every_origin_names_an_attribute_of_the_rules(dialect: str) -> None:
    found = planning(FILES[dialect])
    assert found.dialect.replace("-", "_") == dialect
    names = {rules.component: rules for rules in found.components}
    assert found.origins
    for key in found.origins:
        component = next(name for name in names if key.startswith(f"{name}."))
        attribute_of(names[component], key.removeprefix(f"{component}."))


def test_release_please_options_are_found_under_what_they_decide() -> None:
    found = planning(FILES["release_please"])
    file = "release-please-config.json"
    assert found.origins["acme.versioning.breaking_below_one"] == f"{file}: bump-minor-pre-major"
    assert found.origins["acme.tag"] == f'{file}: packages.".".tag-separator'
    assert found.origins["acme.component"] == f'{file}: packages.".".component'
    assert found.origins["acme.edits"] == f'{file}: packages.".".extra-files'
    assert found.origins["acme.notes.cases"] == f"{file}: plugins sentence-case"
    assert found.origins["acme.manifest"] == '.release-please-manifest.json: "."'


def test_what_is_said_of_a_whole_goes_for_its_parts() -> None:
    origins = {"a.reading": "x: name", "a.trains.main": "x: branches", "a.b.tag": "x: tag"}
    found = Planning("some", components=(Rules("a"), Rules("a.b")), origins=origins)
    assert place_of(found, "a", "reading.rules") == "x: name"
    assert place_of(found, "a", "trains") == "x: branches"
    assert place_of(found, "a", "tag") == ""
    assert place_of(found, "a.b", "tag") == "x: tag"
    assert version_places(found, "a") == {"rules": "x: name"}


@pytest.mark.parametrize("attribute", ["nothing", "versioning.nothing", "tag.more", "trains.main"])
def test_what_the_rules_do_not_have_is_no_attribute(attribute: str) -> None:
    with pytest.raises(KeyError):
        attribute_of(Rules("a"), attribute)
