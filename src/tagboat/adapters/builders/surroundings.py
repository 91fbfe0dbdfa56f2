"""What surrounds the hooks of one build: variables, the interpreter's version, the back end to import beforehand."""

from __future__ import annotations

from pathlib import Path

from tagboat.adapters.builders.guards import read_pyproject
from tagboat.adapters.environment import bare_environment
from tagboat.ports.builder import BuildRequest


def build_environment(request: BuildRequest, work: Path, programs: Path) -> dict[str, str]:
    """Return the whole environment of a build's hooks; the shard's own variables win."""
    return bare_environment(work, first=programs, epoch=request.epoch, extra=request.shard.environment)


def back_end_module(folder: Path) -> str:
    """Return the module of the project's back end, or "" when it is part of the tree itself (PEP 517)."""
    system = read_pyproject(folder).get("build-system", {})
    if "backend-path" in system:
        return ""
    return str(system.get("build-backend", "setuptools.build_meta")).partition(":")[0]
