"""The configuration of a project that has none: what its own files and its tags already say.

- The root, when it is a project; else every project in its folders, two levels deep, without those that hold tests,
  examples, documentation or other people's code.
- A component is called like its distribution, and goes to TestPyPI and then to PyPI.
- Its tag grammar is the one that the newest tags follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from packaging.utils import canonicalize_name

from tagboat.config.model import Component, Config
from tagboat.config.project import Project, Tree, project_at
from tagboat.config.tag_styles import fitting_grammar
from tagboat.errors import RefusedError

_FILES = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_ASIDE = frozenset(
    [
        "test",
        "tests",
        "testing",
        "testdata",
        "fixtures",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "doc",
        "docs",
        "documentation",
        "template",
        "templates",
        "vendor",
        "vendored",
        "_vendor",
        "third_party",
        "thirdparty",
        "extern",
        "external",
        "benchmark",
        "benchmarks",
        "bench",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "tools",
        "scripts",
        "ci",
    ]
)
_DEPTH = 2


def discover(tree: Tree, tags: Sequence[str] = (), *, asked: Sequence[str] = ()) -> Config:
    """Return the configuration that a project without one gets.

    Args:
        tree: the files of the commit.
        tags: the repository's tags, to see how it names them.
        asked: the tags that are to be released; a grammar that reads them goes before any other.

    Raises:
        ConfigError: a project's file cannot be read.
        RefusedError: there is no project, or one without a name, or two of one name.
    """
    projects = _projects(tree)
    if not projects:
        raise RefusedError(
            "there is no Python project here: no pyproject.toml with [project], no setup.cfg and no setup.py, "
            "neither at the root nor two folders deep",
            remedy="run in the project's repository, or name the folder under [tool.tagboat.components.NAME] path",
        )
    alone = len(projects) == 1
    return Config(
        components=tuple(
            Component(
                name=project.distribution,
                path=project.path,
                distributions=(project.distribution,),
                tag=fitting_grammar(project.distribution, tags, asked=asked, alone=alone),
                targets=("testpypi", "pypi"),
                strict=False,
            )
            for project in projects
        )
    )


def _projects(tree: Tree) -> list[Project]:
    root = project_at(tree, ".")
    if root is not None:
        return [root]
    found: dict[str, Project] = {}
    for folder in _folders(tree):
        if any(str(parent) in {p.path for p in found.values()} for parent in PurePosixPath(folder).parents):
            continue
        project = project_at(tree, folder)
        if project is None:
            continue
        first = found.setdefault(canonicalize_name(project.distribution), project)
        if first is not project:
            raise RefusedError(
                f"{first.path} and {folder} are both called {project.distribution}",
                remedy="say which is released, under [tool.tagboat.components.NAME] path",
            )
    return list(found.values())


def _folders(tree: Tree) -> Iterator[str]:
    """Yield the folders that may hold a project, parents first, by name."""
    folders = {path.parent for path in map(PurePosixPath, tree.paths) if path.name in _FILES}
    for folder in sorted(folders, key=lambda path: (len(path.parts), path.parts)):
        if 0 < len(folder.parts) <= _DEPTH and not any(_is_aside(part) for part in folder.parts):
            yield str(folder)


def _is_aside(part: str) -> bool:
    return part.startswith(".") or part.lower() in _ASIDE
