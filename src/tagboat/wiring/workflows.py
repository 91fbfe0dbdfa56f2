"""The workflow files of the user's own folder: what shall be there, compared with what is, and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagboat._version import __version__
from tagboat.adapters.tool_lock import locked, requirement
from tagboat.adapters.uv import Uv
from tagboat.adapters.worktree import Worktree
from tagboat.config.model import Config
from tagboat.engine.state import write_durably
from tagboat.errors import RefusedError, UsageError
from tagboat.wiring.local import in_work_tree, root_of
from tagboat.wiring.remotes import repository_name
from tagboat.workflows.writing.changes import Change, State, changes
from tagboat.workflows.writing.dependabot import FILE, RENOVATE
from tagboat.workflows.writing.files import FOLDER, write
from tagboat.workflows.writing.mark import is_unedited, marked
from tagboat.workflows.writing.parts import BUILD_LOCK, PUBLISH_LOCK
from tagboat.workflows.writing.project import Project

LOCKS = {BUILD_LOCK: "build", PUBLISH_LOCK: "publish"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``init --workflows`` was asked.

    Attributes:
        path: the project's folder.
        repository: ``owner/name``, or "" to find it.
        tagboat: the Tagboat that the jobs install, or "" for the running version.
        find_links: folders of wheels that the locks may be made from.
    """

    path: Path
    repository: str = ""
    tagboat: str = ""
    find_links: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A work tree, as far as workflows are concerned.

    Attributes:
        root: its folder.
        project: what workflows are written from.
        there: path to bytes: its workflow files, and the others that would be written.
        origin: ``owner/name`` of the git remote ``origin``, "" where there is none.
    """

    root: Path
    project: Project
    there: Mapping[str, bytes]
    origin: str = ""

    @property
    def config(self) -> Config:
        """The configuration of the work tree."""
        return self.project.config


@dataclass(frozen=True, slots=True)
class Compared:
    """The files, compared with what is there."""

    root: Path
    changes: Sequence[Change]
    notes: tuple[str, ...]

    @property
    def kept(self) -> list[Change]:
        """Those that must not be overwritten."""
        return [change for change in self.changes if change.state in (State.EDITED, State.FOREIGN)]

    def write(self) -> list[Change]:
        """Write what may be written, and return it."""
        free = [change for change in self.changes if change.free]
        for change in free:
            file = self.root / change.path
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, change.after.decode())
        return free


def compared(asked: Asked, say: Callable[[str], None]) -> Compared:
    """Compare the files that the configuration in the work tree asks for with those that are there.

    Raises:
        ConfigError: no workflow can be written for this configuration.
        UsageError: nothing says which repository it is.
        RefusedError: another workflow publishes already; a file there is no plain one, or would lie elsewhere.
        StepFailedError: the locks cannot be made.
        UnavailableError: the index did not answer.
    """
    found = found_in(asked)
    for name in _names(found.config):
        _inside(found.root, name)
    written = write(found.project, found.there)
    files = {**written.files, **_locks(asked, found.config, found.there, say)}
    return Compared(found.root, changes(files, found.there), written.notes)


def found_in(asked: Asked) -> Found:
    """Read a work tree for whatever is about its workflows.

    Raises:
        ConfigError: the configuration has mistakes.
        UsageError: nothing says which repository it is.
        RefusedError: a file there is no plain one.
    """
    config, root = in_work_tree(asked.path), root_of(asked.path)
    work = Worktree(asked.path)
    origin = repository_name(work.remote_url() or "") or ""
    project = Project(config, _repository(asked, config, origin), _branch(config, work))
    return Found(root, project, dict(_found(work, root, _names(config))), origin)


def _repository(asked: Asked, config: Config, origin: str) -> str:
    name = asked.repository or config.repository or origin
    if not name:
        raise UsageError(
            "which repository on the forge?",
            remedy="say --repository OWNER/NAME, configure 'repository', or add the git remote 'origin'",
        )
    return name


def _branch(config: Config, work: Worktree) -> str:
    return config.default_branch or work.remote_branch() or work.branch() or "main"


def _names(config: Config) -> list[str]:
    pages = ["RELEASE.md", *(f"RELEASE-{component.name}.md" for component in config.components)]
    workflows = [
        f"{FOLDER}{name}" for name in (config.workflows.ci, config.workflows.build, config.workflows.release)
    ]
    return [*pages, *workflows, *LOCKS, FILE, *RENOVATE]


def _found(work: Worktree, root: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    folder = root / FOLDER
    others = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    for name in dict.fromkeys([*names, *(str(path.relative_to(root)) for path in others)]):
        data = work.read_work_file(name)
        if data is not None:
            yield name, data
        elif os.path.lexists(root / name) and name in names:
            raise RefusedError(
                f"{name} is there and is no plain file of this project", remedy="move it, then start again"
            )


def _locks(
    asked: Asked, config: Config, there: Mapping[str, bytes], say: Callable[[str], None]
) -> dict[str, str]:
    uv, files = Uv(os.environ), {}
    for path, extra in LOCKS.items():
        before = there.get(path, b"").decode("utf-8", "replace")
        wanted = requirement(asked.tagboat or f"tagboat=={__version__}", extra)
        known = before if is_unedited(before) else ""
        text = locked(uv, wanted, config.workflows.python, find_links=asked.find_links, known=known, log=say)
        files[path] = marked(text)
    return files


def _inside(root: Path, path: str) -> None:
    folder = (root / path).parent
    while not folder.exists():
        folder = folder.parent
    if not folder.resolve().is_relative_to(root.resolve()):
        raise RefusedError(
            f"{path} would be written outside of the project, through a link", remedy="remove the link"
        )
