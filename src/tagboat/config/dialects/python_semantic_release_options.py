"""What of python-semantic-release's configuration has nothing to do with planning, and which version of it reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tagboat.config.dialects.hints import hint
from tagboat.config.dialects.options import Options
from tagboat.config.project import Tree

OLD: Final = 7
"""The last major version with the old names of the options."""

NEWEST: Final = 10

_BUILT = "artifacts are built by the release's own steps"
_ACCESS = "credentials are found where the release runs"
_COMMITTED = "the release's commit is made elsewhere"
_PUSHED = "what is pushed, and how, is not planned"
_UPLOADED = "what is uploaded is not planned"
_PRINTED = "it changes what the tool prints"

ELSEWHERE: Final = {
    "assets": _COMMITTED,
    "build_command": _BUILT,
    "build_command_env": _BUILT,
    "commit_author": _COMMITTED,
    "commit_message": _COMMITTED,
    "logging_use_named_masks": _PRINTED,
    "no_git_verify": _COMMITTED,
    "repo_dir": "the repository is the one that the plan is made for",
}
REMOTE: Final = {
    "api_domain": "the forge is not asked for a plan",
    "ignore_token_for_push": _PUSHED,
    "insecure": "the forge is not asked for a plan",
    "name": _PUSHED,
    "token": _ACCESS,
    "type": "the forge is not asked for a plan",
    "url": _PUSHED,
}
PUBLISH: Final = {"dist_glob_patterns": _UPLOADED, "upload_to_vcs_release": _UPLOADED}
CHANGELOG_ELSEWHERE: Final = {
    "environment": "it belongs to the project's own templates, which are not run",
    "insertion_flag": "the new section goes above the newest one, with or without this mark",
}
SEVEN_ELSEWHERE: Final = {
    "build_command": _BUILT,
    "changelog_placeholder": "the new section goes above the newest one, with or without this mark",
    "check_build_status": "whether the checks are green is asked when the release starts",
    "commit_author": _COMMITTED,
    "commit_message": _COMMITTED,
    "commit_subject": _COMMITTED,
    "commit_version_number": _COMMITTED,
    "dist_glob_patterns": _UPLOADED,
    "dist_path": _UPLOADED,
    "gitea_token_var": _ACCESS,
    "github_token_var": _ACCESS,
    "gitlab_token_var": _ACCESS,
    "hvcs": "the forge is not asked for a plan",
    "hvcs_api_domain": "the forge is not asked for a plan",
    "ignore_token_for_push": _PUSHED,
    "include_additional_files": _COMMITTED,
    "pre_commit_command": _COMMITTED,
    "pypi_pass_var": _ACCESS,
    "pypi_token_var": _ACCESS,
    "pypi_user_var": _ACCESS,
    "remove_dist": _BUILT,
    "repository": _UPLOADED,
    "repository_pass_var": _ACCESS,
    "repository_url": _UPLOADED,
    "repository_url_var": _UPLOADED,
    "repository_user_var": _ACCESS,
    "tag_commit": "a release is always tagged",
    "upload_to_pypi": _UPLOADED,
    "upload_to_pypi_glob_patterns": _UPLOADED,
    "upload_to_release": _UPLOADED,
    "upload_to_repository": _UPLOADED,
}
SEVEN_LOST: Final = {
    "changelog_capitalize": "subjects stay as they were written",
    "changelog_components": "sections have Tagboat's own form",
    "changelog_scope": "a scope is always shown",
    "use_only_cwd_commits": "the component is the whole repository",
    "use_textual_changelog_sections": "headings are words",
    "version_source": "the last version is that of the newest tag",
}
SEVEN_READ: Final = frozenset(
    {
        "branch",
        "changelog_file",
        "changelog_sections",
        "commit_parser",
        "fix_tag",
        "hvcs_domain",
        "major_emoji",
        "major_on_zero",
        "major_tag",
        "minor_emoji",
        "minor_tag",
        "parser_angular_allowed_types",
        "parser_angular_default_level_bump",
        "parser_angular_minor_types",
        "parser_angular_patch_types",
        "patch_emoji",
        "patch_tag",
        "patch_without_tag",
        "prerelease_tag",
        "tag_format",
        "version_pattern",
        "version_toml",
        "version_variable",
    }
)
_BOTH: Final = {
    "build_command",
    "commit_author",
    "commit_message",
    "commit_parser",
    "major_on_zero",
    "tag_format",
    "version_toml",
}
_USES = re.compile(
    r"python-semantic-release/(?:python-semantic-release|publish-action)(?:/[\w-]+)?@v?([0-9]{1,3})\b"
)
_NEEDS = re.compile(
    r"python-semantic-release[ \t]{0,4}(?:[\"'][ \t]{0,4}=[ \t]{0,4}[\"'])?[ \t]{0,4}(?:==|~=|\^|~)[ \t]{0,4}v?([0-9]{1,3})\b"
)
_WORKFLOWS: Final = 100


def generation_of(tree: Tree, options: Options, table: Mapping[str, Any]) -> int:
    """Return the major version of the tool that reads the configuration; 7 stands for all before, too.

    ``setup.cfg`` was read up to version 7, whose options have other names; whether a later one is in use is seen from
    the project's workflows and its requirements. The newest is taken when nothing says it.
    """
    keys = set(table)
    if options.source.file == "setup.cfg" or keys & (({*SEVEN_ELSEWHERE, *SEVEN_LOST} | SEVEN_READ) - _BOTH):
        return OLD
    if options.text("commit_parser").startswith("semantic_release.history."):
        return OLD
    found = [
        int(number)
        for text in _texts(tree)
        for pattern in (_USES, _NEEDS)
        for number in pattern.findall(text)
    ]
    known = [number for number in found if OLD < number <= NEWEST]
    return max(known, default=NEWEST)


def _texts(tree: Tree) -> list[str]:
    workflows = [
        path
        for path in tree.paths
        if path.startswith(".github/workflows/") and path.endswith((".yml", ".yaml"))
    ]
    files = [
        *sorted(workflows)[:_WORKFLOWS],
        *(path for path in ("pyproject.toml", "requirements.txt") if path in tree.paths),
    ]
    return [hint(tree, path) for path in files]
