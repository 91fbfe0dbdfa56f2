"""A repository's branches, tags and trees, as GitHub's API tells them: enough to plan from without a clone."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from tagboat.adapters.forges.github_calls import Calls
from tagboat.core.tag import odd_tag
from tagboat.errors import UnavailableError

_FILES = ("100644", "100755")


def tag_names(calls: Calls, root: str) -> Sequence[str]:
    """Return the short names of all tags; ``matching-refs`` lists them all, without pages."""
    names = (shape.text("ref") for shape in calls.pages(f"{root}/git/matching-refs/tags/"))
    return [name.removeprefix("refs/tags/") for name in names]


def default_branch(calls: Calls, root: str) -> str | None:
    """Return the default branch, or None when the forge shows us no such repository."""
    found = calls.object(root)
    return found.text("default_branch") if found else None


def branch_head(calls: Calls, root: str, branch: str) -> str | None:
    """Return the commit at the head of the branch, or None when there is none."""
    found = None if odd_tag(branch) else calls.object(f"{root}/git/ref/heads/{quote(branch)}")
    return found.inner("object").text("sha") if found else None


def paths(calls: Calls, root: str, commit: str) -> Sequence[str]:
    """Return every file of the commit's tree.

    Raises:
        UnavailableError: the tree is larger than the forge lists at once, or is not there.
    """
    found = calls.object(f"{root}/git/trees/{quote(commit)}?recursive=1")
    if found is None or found.flag("truncated"):
        raise UnavailableError(
            f"the forge does not list the whole tree of {commit[:12]}",
            remedy="configure the components explicitly",
        )
    return [item.text("path") for item in found.items("tree") if item.text("mode") in _FILES]
