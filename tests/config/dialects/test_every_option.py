"""Every option of a tool is honoured, or there is a remark on it; the lists are the tools' own models, as data."""

import json
from collections.abc import Callable, Iterator

import pytest

from tagboat.config.dialects import bump_my_version, bumpver, git_cliff, scm, towncrier
from tagboat.config.dialects.bump_my_version import FILES as BUMP_FILES
from tagboat.config.planning import Planning
from tagboat.config.project import Tree

Read = Callable[[Tree], Planning | None]
UNKNOWN = "is known to have"
PROJECT = "[project]\nname = 'acme'\ndynamic = ['version']\n"

BUMPVER = {
    "commit_message": "x",
    "tag_message": "x",
    "tag_scope": "global",
    "pre_commit_hook": "x.sh",
    "post_commit_hook": "x.sh",
    "commit": True,
    "tag": True,
    "push": True,
    "allowed_branches": "main",
    "file_patterns": {"a.py": ["v = '{version}'"]},
    "current_version": "2.0.0",
    "version_pattern": "YYYY.BUILD",
}
BUMP_MY_VERSION = {
    "current_version": "2.0.0",
    "parse": r"(?P<major>\d+)\.(?P<minor>\d+)",
    "serialize": ["{major}.{minor}.{patch}-{pre}", "{major}.{minor}.{patch}"],
    "search": "x{current_version}",
    "replace": "x{new_version}",
    "regex": True,
    "ignore_missing_version": True,
    "ignore_missing_files": True,
    "tag": True,
    "push_tag": True,
    "sign_tags": True,
    "tag_name": "acme-{new_version}",
    "tag_message": "x",
    "allow_dirty": True,
    "allow_dirty_files": ["x"],
    "commit": True,
    "message": "x",
    "commit_args": "-s",
    "parts": {"pre": {"values": ["nightly"]}},
    "moveable_tags": ["latest"],
    "files": [{"filename": "other.txt"}],
    "setup_hooks": ["x"],
    "pre_commit_hooks": ["x"],
    "post_commit_hooks": ["x"],
    "allow_shell_hooks": True,
}
BUMP_FILE = {
    "filename": "b.txt",
    "glob": "*.txt",
    "glob_exclude": ["c.txt"],
    "key_path": "a.b",
    "parse": "x",
    "serialize": ["{major}.{minor}"],
    "search": "x{current_version}",
    "replace": "y{new_version}",
    "regex": True,
    "ignore_missing_version": True,
    "ignore_missing_file": True,
    "include_bumps": ["major"],
    "exclude_bumps": ["major"],
}
BUMP_PART = {
    "values": ["nightly"],
    "optional_value": "x",
    "first_value": "1",
    "independent": True,
    "always_increment": True,
    "calver_format": "{YYYY}",
    "depends_on": "minor",
}
SETUPTOOLS_SCM = {
    "relative_to": "x",
    "root": "..",
    "version_scheme": "calver-by-date",
    "local_scheme": "no-local-version",
    "tag_regex": "^acme-(?P<version>.*)$",
    "parentdir_prefix_version": "x",
    "fallback_version": "0",
    "fallback_root": "x",
    "write_to": "x",
    "write_to_template": "x",
    "version_file": "x",
    "version_file_template": "x",
    "parse": "a:b",
    "git_describe_command": "git describe --match acme-v*",
    "dist_name": "x",
    "version_cls": "x",
    "normalize": False,
    "search_parent_directories": True,
    "project_path": "x",
    "parent": "x",
    "write_to_source": True,
    "tag": {"prefix": "acme-v"},
    "scm": {"git": {"describe_command": ["git", "describe", "--match=acme-*"]}},
}
SCM_TAG = {"prefix": "acme-v", "strict": True, "regex": "^acme-(?P<version>.*)$"}
SCM_GIT = {
    "pre_parse": "fail_on_shallow",
    "describe_command": "git describe --match acme-v*",
    "distance_scope": True,
    "distance_count": "x",
}
HATCH_VCS = {
    "tag-pattern": "^acme-(?P<version>.*)$",
    "fallback-version": "0",
    "raw-options": {"tag_regex": "^acme-(?P<version>.*)$"},
}
VERSIONINGIT = {
    "vcs": {"match": ["acme-v*"]},
    "tag2version": {"rmprefix": "acme-"},
    "next-version": {"method": "minor"},
    "format": {"distance": "x"},
    "template-fields": {"method": "basic"},
    "write": {"file": "x"},
    "onbuild": {"source-file": "x"},
    "default-version": "0",
}
POETRY = {
    "vcs": "git",
    "dirty": True,
    "pattern": "^acme-(?P<base>.*)$",
    "pattern-prefix": "acme-",
    "latest-tag": True,
    "highest-tag": True,
    "substitution": {"files": ["x"]},
    "files": {"x": {}},
    "style": "semver",
    "metadata": True,
    "format": "{base}",
    "format-jinja": "x",
    "format-jinja-imports": [{"module": "x"}],
    "bump": True,
    "tagged-metadata": True,
    "full-commit": True,
    "tag-branch": "main",
    "tag-dir": "tags",
    "strict": True,
    "fix-shallow-repository": True,
    "ignore-untracked": True,
    "commit-length": 7,
    "commit-prefix": "g",
    "escape-with": "x",
    "from-file": {"source": "x"},
}
TOWNCRIER = {
    "section": [{"path": ""}],
    "type": [{"name": "x"}],
    "fragment": {"x": {}},
    "template": "x",
    "start_string": "x",
    "package": "x",
    "package_dir": "x",
    "single_file": False,
    "filename": "x.rst",
    "directory": "x",
    "version": "1",
    "name": "x",
    "title_format": "x",
    "issue_format": "x",
    "underlines": ["="],
    "wrap": True,
    "all_bullets": False,
    "orphan_prefix": "+",
    "create_eof_newline": False,
    "create_add_extension": False,
    "ignore": ["x"],
    "issue_pattern": "x",
}
CLIFF_GIT = {
    "processing_order": ["commit_parsers"],
    "conventional_commits": False,
    "require_conventional": True,
    "filter_unconventional": False,
    "split_commits": True,
    "commit_preprocessors": [{"pattern": "a", "replace": "b"}],
    "commit_parsers": [{"message": "^feat", "group": "New"}],
    "protect_breaking_commits": True,
    "link_parsers": [{"pattern": "a", "href": "b"}],
    "filter_commits": True,
    "fail_on_unmatched_commit": True,
    "tag_pattern": "acme-v[0-9].*",
    "skip_tags": "beta",
    "ignore_tags": "rc",
    "count_tags": "v",
    "use_branch_tags": True,
    "topo_order": True,
    "topo_order_commits": False,
    "sort_commits": "newest",
    "limit_commits": 5,
    "recurse_submodules": True,
    "include_paths": ["packages/acme/**"],
    "exclude_paths": ["docs/"],
}
CLIFF_CHANGELOG = {
    "header": "x",
    "body": "x",
    "footer": "x",
    "trim": True,
    "render_always": True,
    "postprocessors": [{"pattern": "a", "replace": "b"}],
    "output": "NEWS.md",
}
CLIFF_BUMP = {
    "features_always_bump_minor": False,
    "breaking_always_bump_major": False,
    "initial_tag": "v1.0.0",
    "custom_major_increment_regex": "major",
    "custom_minor_increment_regex": "minor",
    "no_increment_regex": "ci",
    "bump_type": "patch",
}
CLIFF_PARSER = {
    "sha": "a" * 40,
    "message": "^x",
    "body": "x",
    "footer": "x",
    "group": "X",
    "default_scope": "x",
    "scope": "x",
    "skip": True,
    "field": "body",
    "pattern": "x",
}
CLIFF_REMOTE = dict.fromkeys(("owner", "repo", "token", "api_url", "http_timeout", "native_tls"), "x")


def toml(value: object) -> str:
    """Write a value as TOML; JSON's texts, numbers and lists are the same there."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def table(options: dict[str, object]) -> str:
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in options.items())


def read(reader: Read, file: str, text: str) -> Planning:
    planning = reader(Tree({file}, lambda _: text.encode()))
    assert planning is not None
    return planning


def cases() -> Iterator[object]:
    bumpver_needs = {"current_version": "1.0.0", "version_pattern": "MAJOR.MINOR.PATCH"}
    bump_needs = {"current_version": "1", "files": [{"filename": "a.txt"}], "search": "v.{current_version}"}
    file_needs = {"filename": "a.json", "search": "v.{current_version}"}
    for reader, file, head, needs, options in (
        (bumpver.read, "pyproject.toml", PROJECT + "[tool.bumpver]\n", bumpver_needs, BUMPVER),
        (bump_my_version.read, ".bumpversion.toml", "[tool.bumpversion]\n", bump_needs, BUMP_MY_VERSION),
        (
            bump_my_version.read,
            ".bumpversion.toml",
            "[tool.bumpversion]\ncurrent_version='1'\n[[tool.bumpversion.files]]\n",
            file_needs,
            BUMP_FILE,
        ),
        (
            bump_my_version.read,
            ".bumpversion.toml",
            "[tool.bumpversion]\nserialize=['{pre}.{minor}']\n[tool.bumpversion.parts.pre]\n",
            {},
            BUMP_PART,
        ),
        (scm.read, "pyproject.toml", PROJECT + "[tool.setuptools_scm]\n", {}, SETUPTOOLS_SCM),
        (scm.read, "pyproject.toml", PROJECT + "[tool.setuptools_scm.tag]\n", {}, SCM_TAG),
        (scm.read, "pyproject.toml", PROJECT + "[tool.setuptools_scm.scm.git]\n", {}, SCM_GIT),
        (scm.read, "pyproject.toml", PROJECT + "[tool.hatch.version]\nsource='vcs'\n", {}, HATCH_VCS),
        (scm.read, "pyproject.toml", PROJECT + "[tool.versioningit]\n", {}, VERSIONINGIT),
        (scm.read, "pyproject.toml", "[tool.poetry-dynamic-versioning]\nenable=true\n", {}, POETRY),
        (git_cliff.read, "cliff.toml", "[git]\n", {}, CLIFF_GIT),
        (git_cliff.read, "cliff.toml", "[changelog]\n", {}, CLIFF_CHANGELOG),
        (git_cliff.read, "cliff.toml", "[bump]\n", {}, CLIFF_BUMP),
        (git_cliff.read, "cliff.toml", "[remote.github]\n", {}, CLIFF_REMOTE),
        (
            git_cliff.read,
            "cliff.toml",
            "[[git.commit_parsers]]\n",
            {"message": "y", "group": "Y", "pattern": "z"},
            CLIFF_PARSER,
        ),
    ):
        for option, value in options.items():
            yield pytest.param(reader, file, head, needs, option, value, id=f"{head.split()[-1]}{option}")


@pytest.mark.parametrize(("reader", "file", "head", "needs", "option", "value"), list(cases()))
def test_an_option_changes_the_rules_or_there_is_a_remark_on_it(
    reader: Read, file: str, head: str, needs: dict[str, object], option: str, value: object
) -> None:
    without = read(reader, file, head + table(needs))
    planning = read(reader, file, head + table({**needs, option: value}))
    new = [remark for remark in planning.remarks if remark not in without.remarks]
    assert not any(UNKNOWN in remark.text for remark in new)
    honoured = planning.components != without.components
    assert honoured or any(option in remark.place and remark.text for remark in new)


@pytest.mark.parametrize("option", TOWNCRIER)
def test_every_option_of_towncrier_is_known(option: str) -> None:
    text = "[tool.towncrier]\n" + table({option: TOWNCRIER[option]})
    planning = read(towncrier.read, "towncrier.toml", text)
    assert not any(UNKNOWN in remark.text for remark in planning.remarks)


@pytest.mark.parametrize(
    ("reader", "file", "text"),
    [
        (
            bumpver.read,
            "bumpver.toml",
            "[bumpver]\ncurrent_version='1.0.0'\nversion_pattern='MAJOR.MINOR.PATCH'\nodd=1",
        ),
        (bump_my_version.read, ".bumpversion.toml", "[tool.bumpversion]\nodd = 1"),
        (bump_my_version.read, ".bumpversion.toml", "[[tool.bumpversion.files]]\nfilename='a'\nodd = 1"),
        (bump_my_version.read, ".bumpversion.cfg", "[bumpversion]\nodd = 1"),
        (bump_my_version.read, ".bumpversion.toml", "[tool.bumpversion.parts.pre]\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.setuptools_scm]\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.setuptools_scm.tag]\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.setuptools_scm.scm.git]\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.versioningit]\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.versioningit.vcs]\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.poetry-dynamic-versioning]\nenable=true\nodd = 1"),
        (scm.read, "pyproject.toml", "[tool.hatch.version]\nsource='vcs'\nodd = 1"),
        (towncrier.read, "towncrier.toml", "[tool.towncrier]\nodd = 1"),
        (git_cliff.read, "cliff.toml", "odd = 1"),
        (git_cliff.read, "cliff.toml", "[git]\nodd = 1"),
        (git_cliff.read, "cliff.toml", "[bump]\nodd = 1"),
        (git_cliff.read, "cliff.toml", "[changelog]\nodd = 1"),
        (git_cliff.read, "cliff.toml", "[remote.github]\nodd = 1"),
        (git_cliff.read, "cliff.toml", "[[git.commit_parsers]]\nodd = 1"),
    ],
)
def test_an_unknown_option_is_remarked_on(reader: Read, file: str, text: str) -> None:
    remarks = read(reader, file, text).remarks
    assert [remark.place.split()[-1] for remark in remarks if UNKNOWN in remark.text] == ["odd"]


def test_a_token_is_never_repeated() -> None:
    planning = read(git_cliff.read, "cliff.toml", "[remote.github]\ntoken = 'ghp_secret'")
    assert "ghp_secret" not in repr(planning)


def test_the_files_are_looked_for_in_the_tools_own_order() -> None:
    assert BUMP_FILES == (".bumpversion.cfg", ".bumpversion.toml", "setup.cfg", "pyproject.toml")
    assert git_cliff.FILES == ("cliff.toml", ".cliff.toml", ".config/cliff.toml")
