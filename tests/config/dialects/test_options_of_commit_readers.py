"""Every option of the tools that read commits is honoured, or there is a remark on it; the lists are the tools' own models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import pytest

from tagboat.config.dialects import commitizen, python_semantic_release
from tagboat.config.planning import Planning
from tagboat.config.project import Tree

Read = Callable[[Tree], Planning | None]
UNKNOWN = "is known to have"

SEMANTIC_RELEASE = {
    "add_partial_tags": True,
    "allow_zero_version": False,
    "assets": ["a"],
    "branches": {"next": {"match": "next"}},
    "build_command": "make",
    "build_command_env": ["A=b"],
    "changelog": {"changelog_file": "NEWS.md"},
    "commit_author": "a <b@example.org>",
    "commit_message": "x",
    "commit_parser": "emoji",
    "commit_parser_options": {"minor_tags": ["add"]},
    "logging_use_named_masks": True,
    "major_on_zero": False,
    "no_git_verify": True,
    "publish": {"upload_to_vcs_release": False},
    "remote": {"domain": "git.example.org"},
    "repo_dir": ".",
    "tag_format": "acme-{version}",
    "version_toml": ["pyproject.toml:project.version"],
    "version_variables": ["a.py:__version__"],
}
BRANCH = {"match": "next", "prerelease": False, "prerelease_token": "beta"}
CHANGELOG = {
    "changelog_file": "NEWS.md",
    "default_templates": {"changelog_file": "NEWS.md"},
    "environment": {"trim_blocks": True},
    "exclude_commit_patterns": ["chore.*"],
    "insertion_flag": "<!-- here -->",
    "mode": "init",
    "template_dir": "my",
}
TEMPLATES = {"changelog_file": "NEWS.md", "mask_initial_release": False, "output_format": "rst"}
PUBLISH = {"dist_glob_patterns": ["x"], "upload_to_vcs_release": False}
REMOTE = {
    "api_domain": "api.example.org",
    "domain": "git.example.org",
    "ignore_token_for_push": True,
    "insecure": True,
    "name": "upstream",
    "token": "x",
    "type": "gitea",
    "url": "https://git.example.org/a/b",
}
HEADERS = {
    "allowed_tags": ["feat"],
    "default_bump_level": 2,
    "ignore_merge_commits": False,
    "minor_tags": ["add"],
    "other_allowed_tags": ["other"],
    "parse_squash_commits": False,
    "patch_tags": ["mend"],
}
MONOREPO = {**HEADERS, "path_filters": ["."], "scope_prefix": "acme-"}
SCIPY = {
    **{key: value for key, value in HEADERS.items() if key != "default_bump_level"},
    "default_level_bump": "patch",
    "major_tags": ["BREAK"],
}
EMOJI = {**HEADERS, "major_tags": [":fire:"], "parse_linked_issues": True}
TAG = {"minor_tag": "+", "patch_tag": "-"}
SEVEN = {
    "branch": "main",
    "build_command": "make",
    "changelog_capitalize": "false",
    "changelog_components": "a.b",
    "changelog_file": "NEWS.md",
    "changelog_placeholder": "x",
    "changelog_scope": "false",
    "changelog_sections": "fix,feature",
    "check_build_status": "true",
    "commit_author": "a <b@example.org>",
    "commit_message": "x",
    "commit_parser": "semantic_release.history.emoji_parser",
    "commit_subject": "x",
    "commit_version_number": "true",
    "dist_glob_patterns": "x",
    "dist_path": "x",
    "gitea_token_var": "X",
    "github_token_var": "X",
    "gitlab_token_var": "X",
    "hvcs": "gitea",
    "hvcs_api_domain": "api.example.org",
    "hvcs_domain": "git.example.org",
    "ignore_token_for_push": "true",
    "include_additional_files": "x",
    "major_on_zero": "false",
    "parser_angular_allowed_types": "feat,fix",
    "parser_angular_default_level_bump": "patch",
    "parser_angular_minor_types": "add",
    "parser_angular_patch_types": "mend",
    "patch_without_tag": "true",
    "pre_commit_command": "x",
    "prerelease_tag": "rc",
    "pypi_pass_var": "X",
    "pypi_token_var": "X",
    "pypi_user_var": "X",
    "remove_dist": "false",
    "repository": "testpypi",
    "repository_pass_var": "X",
    "repository_url": "https://index.example.org",
    "repository_url_var": "X",
    "repository_user_var": "X",
    "tag_commit": "false",
    "tag_format": "acme-{version}",
    "upload_to_pypi": "false",
    "upload_to_pypi_glob_patterns": "x",
    "upload_to_release": "false",
    "upload_to_repository": "false",
    "use_only_cwd_commits": "true",
    "use_textual_changelog_sections": "true",
    "version_pattern": "a.txt:v {version}",
    "version_source": "tag",
    "version_toml": "pyproject.toml:tool.poetry.version",
    "version_variable": "a.py:__version__",
    "major_tag": ":fire:",
    "minor_tag": ":star:",
    "patch_tag": ":drop:",
}
SEVEN_EMOJI = {"major_emoji": ":fire:", "minor_emoji": ":star:", "patch_emoji": ":drop:"}
SEVEN_TAG = {"minor_tag": "+", "fix_tag": "-"}
COMMITIZEN = {
    "allow_abort": True,
    "allowed_prefixes": ["x"],
    "always_signoff": True,
    "annotated_tag": True,
    "annotated_tag_message": "x",
    "breaking_change_exclamation_in_title": True,
    "bump_message": "x",
    "change_type_map": {"feat": "New"},
    "changelog_file": "NEWS.md",
    "changelog_format": "restructuredtext",
    "changelog_incremental": True,
    "changelog_merge_prerelease": True,
    "changelog_start_rev": "1.0",
    "encoding": "utf-8",
    "extras": {"a": "b"},
    "files": ["a.py"],
    "gpg_sign": True,
    "ignored_tag_formats": ["nightly-*"],
    "legacy_tag_formats": ["v$version"],
    "major_version_zero": True,
    "message_length_limit": 72,
    "name": "cz_jira",
    "post_bump_hooks": ["x"],
    "pre_bump_hooks": ["x"],
    "prerelease_offset": 1,
    "retry_after_failure": True,
    "style": [["a", "b"]],
    "tag_format": "v$version",
    "template": "x.j2",
    "update_changelog_on_bump": False,
    "use_shortcuts": True,
    "version": "1.0.0",
    "version_files": ["a.py:version"],
    "version_provider": "pep621",
    "version_scheme": "semver",
    "version_type": "semver",
    "customize": {"bump_pattern": "^(x)"},
}
CUSTOMIZE = {
    "bump_map": {"add": "MINOR"},
    "bump_map_major_version_zero": {r"^.+!$": "PATCH"},
    "bump_pattern": "^(add|fix)",
    "change_type_map": {"feat": "New"},
    "change_type_order": ["perf", "fix"],
    "changelog_pattern": "x",
    "commit_parser": "x",
    "example": "x",
    "info": "x",
    "info_path": "x",
    "message_template": "x",
    "questions": [{"type": "input"}],
    "schema": "x",
    "schema_pattern": "x",
}


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def table(options: Mapping[str, object]) -> str:
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in options.items())


def ini(options: Mapping[str, object]) -> str:
    return "".join(f"{key} = {value}\n" for key, value in options.items())


def read(reader: Read, file: str, text: str) -> Planning:
    held = {file: text.encode(), "my/CHANGELOG.md.j2": b""}
    planning = reader(Tree(held.keys(), held.__getitem__))
    assert planning is not None
    return planning


def cases() -> Iterator[object]:
    release, tool = python_semantic_release.read, "[tool.semantic_release"
    seven = "[semantic_release]\n"
    for reader, head, options in (
        (release, f"{tool}]\nallow_zero_version = true\n", SEMANTIC_RELEASE),
        (release, f"{tool}.branches.main]\nprerelease = true\n", BRANCH),
        (release, f"{tool}.changelog]\n", CHANGELOG),
        (release, f"{tool}.changelog.default_templates]\n", TEMPLATES),
        (release, f"{tool}.publish]\n", PUBLISH),
        (release, f"{tool}.remote]\n", REMOTE),
        (release, f"{tool}]\n{tool}.commit_parser_options]\n", HEADERS),
        (
            release,
            f"{tool}]\ncommit_parser='conventional-monorepo'\n{tool}.commit_parser_options]\n",
            MONOREPO,
        ),
        (release, f"{tool}]\ncommit_parser='scipy'\n{tool}.commit_parser_options]\n", SCIPY),
        (release, f"{tool}]\ncommit_parser='emoji'\n{tool}.commit_parser_options]\n", EMOJI),
        (release, f"{tool}]\ncommit_parser='tag'\n{tool}.commit_parser_options]\n", TAG),
        (release, seven, SEVEN),
        (release, f"{seven}commit_parser=a.emoji_parser\n", SEVEN_EMOJI),
        (release, f"{seven}commit_parser=a.tag_parser\n", SEVEN_TAG),
        (commitizen.read, "[tool.commitizen]\nupdate_changelog_on_bump = true\n", COMMITIZEN),
        (
            commitizen.read,
            "[tool.commitizen]\nname='cz_customize'\nmajor_version_zero=true\n[tool.commitizen.customize]\n",
            CUSTOMIZE,
        ),
    ):
        for option, value in options.items():
            yield pytest.param(reader, head, option, value, id=f"{head.split()[-1]}{option}")


@pytest.mark.parametrize(("reader", "head", "option", "value"), list(cases()))
def test_an_option_changes_the_rules_or_there_is_a_remark_on_it(
    reader: Read, head: str, option: str, value: object
) -> None:
    file, form = ("pyproject.toml", table) if head.startswith("[tool") else ("setup.cfg", ini)
    before = "\n".join(line for line in head.splitlines() if not line.startswith(f"{option} =")) + "\n"
    without = read(reader, file, head)
    planning = read(reader, file, before + form({option: value}))
    new = [remark for remark in planning.remarks if remark not in without.remarks]
    assert not any(UNKNOWN in remark.text for remark in new)
    honoured = planning.components != without.components
    assert honoured or any(option in remark.place and remark.text for remark in new)


@pytest.mark.parametrize("head", ["[tool.semantic_release]\n", "[semantic_release]\n", "[tool.commitizen]\n"])
def test_an_unknown_option_is_remarked_on(head: str) -> None:
    reader = commitizen.read if "commitizen" in head else python_semantic_release.read
    file, form = ("pyproject.toml", table) if head.startswith("[tool") else ("setup.cfg", ini)
    planning = read(reader, file, head + form({"no_such_thing": "x"}))
    assert [
        remark for remark in planning.remarks if "no_such_thing" in remark.place and UNKNOWN in remark.text
    ]
