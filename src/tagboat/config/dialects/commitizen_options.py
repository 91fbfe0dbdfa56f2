"""What of commitizen's configuration has nothing to do with planning, or no counterpart."""

from __future__ import annotations

import re
from typing import Final

from tagboat.config.dialects.hints import hint
from tagboat.config.document import text_at
from tagboat.config.project import Tree, table_of

_COMMITTED = "the release's commit is made elsewhere"
_TAGGED = "the release's tag is made elsewhere"
_ASKED = "it is about writing commits"
_CHECKED = "it is about checking commits"
_HOOKS = "no command is run while planning"

ELSEWHERE: Final = {
    "allow_abort": _CHECKED,
    "allowed_prefixes": _CHECKED,
    "always_signoff": _ASKED,
    "annotated_tag": _TAGGED,
    "annotated_tag_message": _TAGGED,
    "breaking_change_exclamation_in_title": _ASKED,
    "bump_message": _COMMITTED,
    "encoding": "files are read as UTF-8",
    "extras": "it belongs to the project's own template, which is not run",
    "gpg_sign": _TAGGED,
    "message_length_limit": _CHECKED,
    "post_bump_hooks": _HOOKS,
    "pre_bump_hooks": _HOOKS,
    "retry_after_failure": _COMMITTED,
    "style": _ASKED,
    "use_shortcuts": _ASKED,
}
LOST: Final = {
    "changelog_incremental": "the new section is always put above those that are there",
    "changelog_merge_prerelease": "a section lists what is new since the last release, pre-releases too",
    "changelog_start_rev": "sections that are there are left as they are",
    "legacy_tag_formats": "a release's tag has the form of tag_format",
    "prerelease_offset": "a pre-release is asked for on the command line, never here",
    "template": "this template is not run: sections have Tagboat's own form",
}
CUSTOM_ELSEWHERE: Final = {
    "example": _ASKED,
    "info": _ASKED,
    "info_path": _ASKED,
    "message_template": _ASKED,
    "questions": _ASKED,
    "schema": _ASKED,
    "schema_pattern": _CHECKED,
}
CUSTOM_LOST: Final = {
    "changelog_pattern": "what counts for the version is in the notes",
    "commit_parser": "the notes show a header's scope and the text behind the colon",
}

NEWEST: Final = (4, 19)
_HOOK = re.compile(
    r"commitizen-tools/commitizen/?[\"']?\s{1,20}rev:[ \t]{0,9}[\"']?v?([0-9]{1,3})\.([0-9]{1,3})"
)
_NEEDS = re.compile(
    r"(?<![\w-])commitizen[\"']?[ \t]{0,9}(?:=[ \t]{0,9}[\"'])?[ \t]{0,9}(?:==|~=|\^|~)?[ \t]{0,9}([0-9]{1,3})\.([0-9]{1,3})"
)


def used_version(tree: Tree, own: str) -> tuple[int, int]:
    """Return the version of commitizen that a project uses, as far as its files say one; else the newest that is known.

    A pre-commit hook says it, a pinned requirement, and commitizen's own repository, which releases itself.

    Args:
        tree: the project's files.
        own: the version that the configuration gives the project itself.
    """
    for path, pattern in ((".pre-commit-config.yaml", _HOOK), ("pyproject.toml", _NEEDS)):
        found = pattern.search(hint(tree, path))
        if found:
            return int(found[1]), int(found[2])
    table = table_of(tree, ".")
    name = text_at(table, "project", "name") or text_at(table, "tool", "poetry", "name")
    number = re.match(r"([0-9]{1,3})\.([0-9]{1,3})", own)
    return (int(number[1]), int(number[2])) if name == "commitizen" and number else NEWEST
