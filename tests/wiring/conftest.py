"""Repositories of one tiny package, as a user may have them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from harbour import environment
from projects import flit


def git(folder: Path, *words: str | Path) -> str:
    done = subprocess.run(
        ["git", *map(str, words)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    def made(
        name: str = "rowboat", files: dict[str, str | bytes] | None = None, branch: str = "main"
    ) -> Path:
        root = tmp_path / name
        root.mkdir()
        for file, content in (files or flit("rowboat")).items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        git(root, "init", "--quiet", f"--initial-branch={branch}")
        git(root, "add", "-A")
        git(root, "commit", "--quiet", "-m", "Begin")
        return root

    return made


@pytest.fixture
def run_git() -> Callable[..., str]:
    return git
