"""The package that is released over and over: tiny, pure, built by flit; and its unsteady twin.

The unsteady twin is built by a back end that gives other bytes each time, so that a second build after anything was
published cannot go unnoticed.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagboat.testing.workflow import publishing_workflow

NAME: Final = "tagboat-crash-subject"
TAG: Final = "v1.0.0"
REPOSITORY: Final = "crash/subject"

_PROJECT: Final = """\
[build-system]
requires = ["flit_core>=3.12,<4"]
build-backend = "{backend}"
{path}
[project]
name = "tagboat-crash-subject"
version = "1.0.0"
description = "Released, killed and resumed"
readme = "README.md"
license = "0BSD"
requires-python = ">=3.11"

[tool.flit.module]
name = "crash_subject"
{include}"""
_UNSTEADY: Final = '''\
"""flit's builds, with other bytes each time."""

import gzip
import os
import random
import zipfile

from flit_core.buildapi import *  # noqa: F403
from flit_core import buildapi


def build_wheel(folder, settings=None, metadata=None):
    name = buildapi.build_wheel(folder, settings, metadata)
    path = os.path.join(folder, name)
    with zipfile.ZipFile(path) as wheel:
        members = [(item, wheel.read(item)) for item in wheel.infolist()]
    year = random.SystemRandom().randrange(1980, 2100)
    second = random.SystemRandom().randrange(0, 30) * 2
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for item, content in members:
            item.date_time = (year, 1, 1, 0, year % 60, second)
            wheel.writestr(item, content)
    return name


def build_sdist(folder, settings=None):
    name = buildapi.build_sdist(folder, settings)
    path = os.path.join(folder, name)
    with gzip.open(path) as packed:
        content = packed.read()
    with open(path, "wb") as file:
        file.write(gzip.compress(content, mtime=random.SystemRandom().randrange(1, 2**31)))
    return name
'''


@dataclass(frozen=True, slots=True)
class Subject:
    """A git repository with one commit and one tag, always the same."""

    folder: Path
    commit: str


REMOTE: Final = """
[tool.tagboat]
pipeline = "remote-release"

[tool.tagboat.workflows]
release = "publish.yml"
trigger = "dispatch"

[tool.tagboat.policy]
remote-start = 60
remote-wait = 60
"""
"""What hands its releases over."""


def make(folder: Path, *, unsteady: bool = False, more: str = "") -> Subject:
    """Write the repository, with ``more`` in its configuration; the same commit every time."""
    files = {
        "README.md": "# Subject\n\nIt does nothing.\n",
        "LICENSE": "Permission to use, copy, modify, and/or distribute this is granted.\n",
        "crash_subject/__init__.py": '"""Nothing."""\n\nvalue = 1\n' + "# padding\n" * 2000,
        "pyproject.toml": _PROJECT.format(
            backend="unsteady" if unsteady else "flit_core.buildapi",
            path='backend-path = ["build_backend"]\n' if unsteady else "",
            include='\n[tool.flit.sdist]\ninclude = ["build_backend/*.py"]\n' if unsteady else "",
        )
        + more,
    }
    if unsteady:
        files["build_backend/unsteady.py"] = _UNSTEADY
    if more:
        files[".github/workflows/publish.yml"] = publishing_workflow(by_tag=False)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=The only one")
    git(folder, "tag", TAG)
    return Subject(folder, git(folder, "rev-parse", "HEAD"))


def git(folder: Path, *arguments: str, settings: dict[str, str] | None = None) -> str:
    """Run git without anybody's settings and return its output."""
    who = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (
            ("NAME", "Nobody"),
            ("EMAIL", "nobody@localhost"),
            ("DATE", "2026-01-02T03:04:05Z"),
        )
    }
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **who,
        **(settings or {}),
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()
