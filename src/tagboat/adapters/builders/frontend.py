"""Building one shard: locked requirements, a fresh environment, and hooks that can reach nothing.

The protocol between front end and back end is PyPA build's and pyproject-hooks' (PEP 517, PEP 518); what is ours is
where they run. The way of a build: look for what would falsify it; lock and install the static requirements; ask the
back end for its dynamic ones behind the isolation, and lock again if they add anything; build the sdist; build the
wheel from the unpacked sdist, or from the tree when the shard makes no sdist; repair; compare with what was asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tagboat.adapters.builders.adopted import adopt
from tagboat.adapters.builders.differences import differences
from tagboat.adapters.builders.guards import check_before
from tagboat.adapters.builders.produced import collect
from tagboat.adapters.builders.repair import repair_wheels
from tagboat.adapters.builders.requirements import local_references, missing, pinned
from tagboat.adapters.builders.tracked import TrackedFiles
from tagboat.adapters.builders.workplace import workplace
from tagboat.adapters.isolation import network_off
from tagboat.adapters.uv import Uv
from tagboat.errors import MissingExtraError, RefusedError, StepFailedError
from tagboat.ports.builder import BuildRequest, BuildResult, Log

if TYPE_CHECKING:
    from tagboat.adapters.builders.backend import BackEnd
    from tagboat.adapters.http.credentials import Credentials


class FrontEnd:
    """Builds shards on this machine; implements the Builder port.

    One instance resolves the requirements of one request once, so a second build of it uses the very same ones.
    """

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        logins: Mapping[str, Credentials] | None = None,
    ) -> None:
        """Take what opens indexes; the builds themselves see none of it.

        Args:
            environment: the variables that hold the machine's index settings; by default those of this process.
            logins: what an index is read with, by its simple API's URL.
        """
        self._logins = dict(logins or {})
        self._uv: Uv | None = None
        self._variables = dict(os.environ if environment is None else environment)
        self._locks: dict[tuple[str, ...], str] = {}

    def build(self, request: BuildRequest, log: Log) -> BuildResult:
        """Build the shard, as the port says."""
        with workplace() as work:
            shard = request.shard
            if shard.builder == "adopt":
                adopt(request, log)
                built = BuildResult((), "adopt", "", "open", (), {})
            else:
                built = self._build(request, work, log)
            repaired = repair_wheels(request.out, work, repair=shard.repair, epoch=request.epoch, log=log)
            files = collect(request.out, request.component, shard, request.version)
            return replace(built, files=files, repaired=repaired)

    def differences(self, first: Path, second: Path) -> Sequence[str]:
        """Name what differs between two builds of one file."""
        return differences(first, second)

    def _build(self, request: BuildRequest, work: Path, log: Log) -> BuildResult:
        if find_spec("build") is None or find_spec("pyproject_hooks") is None:
            raise MissingExtraError("build", "building packages")
        folder = request.tree / request.component.path
        if not folder.is_dir():
            raise StepFailedError(f"the tag has no folder {request.component.path}")
        check_before(request.tree, folder, request.version, request.shard.environment)
        tracked = TrackedFiles(request.tree)
        log(network_off().describe())
        uv = self._uv = self._uv or Uv(self._variables)
        if request.index:
            uv = uv.only(request.index, self._logins.get(request.index))
        from tagboat.adapters.builders.backend import BackEnd  # noqa: PLC0415 - needs the extra 'build'

        with BackEnd(request, work, uv, log) as back_end:
            lock = self._prepare(request, back_end, log)
            back_end.make(tracked)
        if rewritten := tracked.rewritten():
            raise RefusedError(
                f"the build rewrote files that are tracked: {', '.join(rewritten)}",
                remedy="let the build write elsewhere, or git rm --cached the files and ignore them",
            )
        return BuildResult((), back_end.name, back_end.python, network_off().network, pinned(lock), {})

    def _prepare(self, request: BuildRequest, back_end: BackEnd, log: Log) -> str:
        """Give the environment all that the build needs, and return the lock."""
        local = local_references(request.wheels, request.local, back_end.python)
        static = back_end.static_requirements()
        key = (request.index, back_end.python, *static, "|", *local)
        lock = self._locks[key] if key in self._locks else back_end.lock(static, local)
        back_end.install(lock)
        if lacking := missing(back_end.dynamic_requirements(), lock, back_end.python):
            log(f"the back end also needs {', '.join(lacking)}")
            names = {reference.split(" ", 1)[0] for reference in local}
            held = [entry.split(" ", 1)[0] for entry in pinned(lock)]
            limits = [entry for entry in held if entry.partition("==")[0] not in names]
            lock = back_end.lock((*static, *lacking), (*local, *limits))
            back_end.install(lock)
        self._locks[key] = lock
        return lock
