"""git-cliff's options that are not carried over, with the reason, and its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

GIT_BESIDE: Final[Mapping[str, str]] = {
    "require_conventional": "tagboat plan --strict fails on commits that cannot be read",
    "fail_on_unmatched_commit": "tagboat plan --strict fails on commits that cannot be read",
    "use_branch_tags": "only the tags of the planned commit's own history count",
    "topo_order": "the highest version is the last one, whatever the order of tags",
    "topo_order_commits": "entries are sorted by scope and subject",
    "recurse_submodules": "the commits of submodules are another repository's",
}
GIT_LOST: Final[Mapping[str, str]] = {
    "commit_preprocessors": "messages are read as they were committed: no text is replaced, no command is run",
    "processing_order": "the legacy order is followed",
    "link_parsers": "issues and commits are linked, nothing else",
    "sort_commits": "entries are sorted by scope and subject",
    "limit_commits": "every commit since the last release counts",
    "skip_tags": "it leaves whole releases out of a full changelog; a plan is about the next one",
    "count_tags": "a tag counts when its version can be read",
}
_TEMPLATE: Final = "templates (Tera) are not run: notes are Markdown with the same groups"
CHANGELOG: Final[Mapping[str, str]] = {
    "header": _TEMPLATE,
    "body": _TEMPLATE,
    "footer": _TEMPLATE,
    "trim": _TEMPLATE,
    "render_always": _TEMPLATE,
    "postprocessors": "nothing is replaced in the notes",
}
REMOTES: Final = ("github", "gitlab", "gitea", "bitbucket", "azure_devops")
BUMP_LEVELS: Final = (
    "no_increment_regex",
    "custom_major_increment_regex",
    "custom_minor_increment_regex",
)
"""The options that give types a level, in the order in which ``next_version`` asks for them."""

USUAL_TYPES: Final = (
    *("feat", "fix", "perf", "refactor", "docs", "doc", "style", "test", "tests", "build", "ci", "chore"),
    *("deps", "revert", "release", "wip", "misc", "other"),
)
"""Types of commits that no parser puts into a group: each stands under its own name."""

DEFAULT_PARSERS: Final[tuple[Mapping[str, Any], ...]] = (
    {"message": "^feat", "group": "🚀 Features"},
    {"message": "^fix", "group": "🐛 Bug Fixes"},
    {"message": "^doc", "group": "📚 Documentation"},
    {"message": "^perf", "group": "⚡ Performance"},
    {"message": "^refactor", "group": "🚜 Refactor"},
    {"message": "^style", "group": "🎨 Styling"},
    {"message": "^test", "group": "🧪 Testing"},
    {"message": r"^chore\(release\): prepare for", "skip": True},
    {"message": r"^chore\(deps.*\)", "skip": True},
    {"message": r"^chore\(pr\)", "skip": True},
    {"message": r"^chore\(pull\)", "skip": True},
    {"message": "^chore|^ci", "group": "⚙️ Miscellaneous Tasks"},
    {"body": ".*security", "group": "🛡️ Security"},
    {"message": "^revert", "group": "◀️ Revert"},
    {"message": ".*", "group": "💼 Other"},
)
"""What git-cliff 2.14 takes while ``commit_parsers`` is not configured."""
