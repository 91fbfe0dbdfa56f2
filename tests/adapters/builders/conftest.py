"""Tiny real packages of every back end, and the front end that builds them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tagboat.adapters.builders import FrontEnd
from tagboat.config.model import Component, Shard
from tagboat.ports.builder import BuildRequest, BuildResult

EPOCH = 1_700_000_000
PROJECT = """
[project]
name = "tiny-boat"
{version}
description = "A tiny boat"
readme = "README.md"
requires-python = ">=3.9"
"""
TABLES = {
    "flit": ("flit_core.buildapi", '"flit_core>=3.2"', ""),
    "hatchling": ("hatchling.build", '"hatchling"', ""),
    "setuptools": ("setuptools.build_meta", '"setuptools>=61"', ""),
    "poetry-core": ("poetry.core.masonry.api", '"poetry-core>=2"', ""),
    "pdm": ("pdm.backend", '"pdm-backend"', ""),
    "uv_build": ("uv_build", '"uv_build>=0.9,<1"', '[tool.uv.build-backend]\nmodule-root = ""\n'),
    "setuptools-scm": (
        "setuptools.build_meta",
        '"setuptools>=64", "setuptools-scm>=8"',
        "[tool.setuptools_scm]\n",
    ),
    "hatch-vcs": ("hatchling.build", '"hatchling", "hatch-vcs"', '[tool.hatch.version]\nsource = "vcs"\n'),
    "pdm-scm": ("pdm.backend", '"pdm-backend"', '[tool.pdm.version]\nsource = "scm"\n'),
}
FROM_TAG = frozenset({"setuptools-scm", "hatch-vcs", "pdm-scm"})


@dataclass
class Yard:
    """Where a test's packages are made and built."""

    root: Path
    front_end: FrontEnd
    log: list[str] = field(default_factory=list)
    count: int = 0

    def tree(self, back_end: str, files: Mapping[str, str] | None = None, extra: str = "") -> Path:
        """Write a package, and commit and tag it where its version comes from the tag."""
        module, requires, table = TABLES[back_end]
        version = 'dynamic = ["version"]' if back_end in FROM_TAG else 'version = "1.2.3"'
        head = f'[build-system]\nrequires = [{requires}]\nbuild-backend = "{module}"\n'
        return self.plain_tree(
            {
                "pyproject.toml": f"{head}{PROJECT.format(version=version)}\n{table}\n{extra}",
                "README.md": "# Tiny\n",
                "tiny_boat/__init__.py": '"""Tiny."""\n',
                **(files or {}),
            },
            tagged=back_end in FROM_TAG,
        )

    def plain_tree(self, files: Mapping[str, str], *, tagged: bool = False) -> Path:
        """Write files as a tree."""
        self.count += 1
        tree = self.root / f"tree{self.count}"
        for name, text in files.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (EPOCH, EPOCH))
        if tagged:
            for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "one"), ("tag", "v1.2.3")):
                identity = (
                    "-c",
                    "user.name=A",
                    "-c",
                    "user.email=a@example.org",
                    "-c",
                    "core.hooksPath=/dev/null",
                )
                subprocess.run(["git", *identity, *command], cwd=tree, check=True, timeout=60)
        return tree

    def request(self, tree: Path, shard: Shard | None = None, **changes: object) -> BuildRequest:
        """Return a request for the tree with a fresh folder for its files."""
        self.count += 1
        out = self.root / f"out{self.count}"
        out.mkdir()
        component = Component("tiny-boat", distributions=("tiny-boat",))
        fields: dict[str, object] = {"component": component, "version": "1.2.3", **changes}
        return BuildRequest(tree=tree, out=out, epoch=EPOCH, shard=shard or Shard(), **fields)  # type: ignore[arg-type]

    def build(self, tree: Path, shard: Shard | None = None, **changes: object) -> BuildResult:
        """Build the tree."""
        return self.front_end.build(self.request(tree, shard, **changes), self.log.append)


@pytest.fixture(scope="session")
def front_end() -> FrontEnd:
    """One front end for all tests of a process, so that each set of requirements is resolved once."""
    return FrontEnd()


@pytest.fixture
def yard(tmp_path: Path, front_end: FrontEnd) -> Yard:
    """A place for a test's packages."""
    return Yard(tmp_path, front_end)
