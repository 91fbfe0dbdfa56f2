"""The workflow files of a repository at a commit, read from git as the forge has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.workflow import Workflow, read_with_callees
from tagboat.sandbox.actions.workflow.reader import FOLDER
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.history import changes
from tagboat.sandbox.forge.git.objects import list_tree, read_objects
from tagboat.sandbox.forge.git.refs import NOTHING

_ENDINGS: Final = (".yml", ".yaml")


def workflow_paths(git: Git, commit: str) -> list[str]:
    """The workflow files of a commit, in name order."""
    found = list_tree(git, f"{commit}", path=f"{FOLDER}/")
    return [entry.path for entry in found if entry.kind == "blob" and entry.path.endswith(_ENDINGS)]


def fetcher(git: Git, commit: str) -> Callable[[str], bytes | None]:
    """Reads files of a commit."""

    def fetch(path: str) -> bytes | None:
        if "\n" in path:
            return None
        found = read_objects(git, [f"{commit}:{path}"])[0]
        return found.content if found and found.kind == "blob" else None

    return fetch


def read_at(git: Git, commit: str, path: str) -> dict[str, Workflow]:
    """A workflow and what it calls.

    Raises:
        InvalidError: It is not there, or cannot be run here.
    """
    fetch = fetcher(git, commit)
    content = fetch(path)
    if content is None:
        raise InvalidError(f"{path}: not in commit {commit[:12]}")
    return read_with_callees(content, path, fetch)


def changed_paths(git: Git, old: str, new: str, default_branch: str) -> list[str]:
    """What a push changed: against where the branch stood, or for a new one against where it left the default branch."""
    start: str | None = old
    if old == NOTHING:
        fork = git.ask("merge-base", f"refs/heads/{default_branch}", new, fine=(0, 1, 128)).decode().strip()
        start = fork if fork and fork != new else None
    if start is None:
        return [entry.path for entry in list_tree(git, new, deep=True) if entry.kind == "blob"]
    return [each.path for each in changes(git, start, new)]
