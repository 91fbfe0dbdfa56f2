"""One build in its own environment: the back end's requirements and its hooks, or the command in their place."""

from __future__ import annotations

import subprocess
import tomllib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version as version_of
from pathlib import Path
from types import TracebackType
from typing import Literal

import build

from tagboat.adapters.builders.hooks import HookHost
from tagboat.adapters.builders.sdist import member_names, normalise, single_folder
from tagboat.adapters.builders.surroundings import back_end_module, build_environment
from tagboat.adapters.builders.toolchain import build_failure
from tagboat.adapters.builders.tracked import TrackedFiles, omitted_and_named
from tagboat.adapters.uv import Uv, version_in
from tagboat.errors import InvalidError, StepFailedError, TagboatError
from tagboat.ports.builder import BuildRequest, Log

_SECONDS = 3600.0
"""How long one hook or command may take."""


class BackEnd:
    """A component's back end in a fresh environment of the shard's Python; use it as a context."""

    def __init__(self, request: BuildRequest, work: Path, uv: Uv, log: Log) -> None:
        self._request = request
        self._folder = request.tree / request.component.path
        self._work = work
        self._uv = uv
        self._log = log
        self._hooks: HookHost | None = None
        self._python = uv.environment(
            work / "venv", request.shard.python, cwd=work, allowed=_allowed(self._folder / "pyproject.toml")
        )
        self.python = version_in(work / "venv")
        self._builder = self._project(self._folder)

    def __enter__(self) -> BackEnd:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def name(self) -> str:
        """What builds, with its version."""
        kind = self._request.shard.builder
        return f"{kind} {version_of(kind)}" if kind in {"build", "uv"} else kind

    def static_requirements(self) -> Sequence[str]:
        """Return ``build-system.requires``, or PEP 518's default, sorted."""
        return sorted(self._builder.build_system_requires)

    def lock(self, requirements: Sequence[str], constraints: Sequence[str]) -> str:
        """Resolve requirements for this environment; see ``Uv.lock``."""
        if not requirements:
            return ""
        return self._uv.lock(
            requirements, self._python, cwd=self._work, log=self._log, constraints=constraints
        )

    def install(self, lock: str) -> None:
        """Make the environment hold exactly what the lock names."""
        self._stop()
        if lock:
            self._uv.sync(lock, self._python, cwd=self._work, log=self._log)

    def dynamic_requirements(self) -> Sequence[str]:
        """Ask the back end, without a network, what else this tree needs."""
        shard, found = self._request.shard, set[str]()
        for kind in ("sdist", "wheel"):
            if (kind == "sdist" and shard.sdist) or (kind == "wheel" and shard.wheel):
                try:
                    with _heard(self._log):
                        found |= self._builder.get_requires_for_build(kind)
                except (build.BuildException, build.BuildBackendException) as failure:
                    raise self._failed(f"asking the back end what a {kind} needs", failure) from failure
        return sorted(found)

    def make(self, tracked: TrackedFiles) -> None:
        """Build the shard's files into ``request.out``.

        Args:
            tracked: the tree's files, for saying what an sdist lacks.
        """
        shard = self._request.shard
        if shard.builder == "build":
            sdist = self._sdist() if shard.sdist else None
            if shard.wheel and sdist is not None:
                self._wheel_of(sdist, tracked)
            elif shard.wheel:
                self._run("wheel", self._builder)
        else:
            self._command(self._uv_build() if shard.builder == "uv" else list(shard.command))
            for path in self._request.out.glob("*.tar.gz"):
                normalise(path, self._request.epoch)

    def _sdist(self) -> Path:
        path = self._run("sdist", self._builder)
        if normalise(path, self._request.epoch):
            self._log(
                f"{path.name} was written again: the back end had recorded this machine's clock or user"
            )
        return path

    def _wheel_of(self, sdist: Path, tracked: TrackedFiles) -> None:
        into = self._work / "unpacked"
        into.mkdir()
        if self._host().ask({"unpack": str(sdist), "into": str(into)}):
            raise StepFailedError(f"{sdist.name} cannot be unpacked: {self._host().tail}")
        try:
            self._run("wheel", self._project(single_folder(into)))
        except StepFailedError as failure:
            prefix = (
                "" if self._request.component.path == "." else self._request.component.path.rstrip("/") + "/"
            )
            inside = {path.removeprefix(prefix) for path in tracked.paths if path.startswith(prefix)}
            named = omitted_and_named(inside, member_names(sdist), self._host().tail)
            if named:
                raise StepFailedError(
                    f"the wheel cannot be built from {sdist.name}, which lacks {', '.join(named)}; {failure.cause}",
                    remedy="make the sdist include it (MANIFEST.in, or the back end's own setting)",
                ) from failure
            raise

    def _run(self, kind: Literal["sdist", "wheel"], builder: build.ProjectBuilder) -> Path:
        self._log(f"building the {kind}")
        try:
            with _heard(self._log):
                return Path(builder.build(kind, self._request.out))
        except (build.BuildException, build.BuildBackendException) as failure:
            raise self._failed(f"building the {kind}", failure) from failure

    def _uv_build(self) -> list[str]:
        shard = self._request.shard
        only = [] if shard.sdist and shard.wheel else ["--sdist" if shard.sdist else "--wheel"]
        return [
            *(
                str(self._uv.program),
                "build",
                ".",
                *only,
                "--out-dir",
                "{out}",
                "--python",
                str(self._python),
            ),
            *("--offline", "--no-build-isolation", "--no-config", "--color=never", "--no-progress"),
        ]

    def _command(self, command: Sequence[str]) -> None:
        argv = [part.replace("{out}", str(self._request.out)) for part in command]
        self._log(f"running {' '.join(argv)}")
        if self._host().ask({"command": argv, "cwd": str(self._folder)}):
            raise build_failure(f"the command {argv[0]}", self._host().tail)

    def _project(self, folder: Path) -> build.ProjectBuilder:
        try:
            with _heard(self._log):
                return build.ProjectBuilder(folder, str(self._python), self._hook)
        except build.BuildSystemTableValidationError as mistake:
            raise InvalidError(
                f"pyproject.toml: {mistake}", remedy="mend the table [build-system]"
            ) from mistake
        except build.BuildException as mistake:
            raise InvalidError(
                f"the component {self._request.component.name} cannot be built: {mistake}"
            ) from mistake

    def _hook(self, cmd: Sequence[str], cwd: str | None = None, extra_environ: object = None) -> None:
        variables = extra_environ if isinstance(extra_environ, dict) else {}
        self._host().hook(cmd, cwd, variables)

    def _failed(self, what: str, failure: Exception) -> TagboatError:
        cause = getattr(failure, "exception", failure)
        if isinstance(cause, TagboatError):
            return cause
        output = self._host().tail
        if not isinstance(cause, subprocess.CalledProcessError):
            output = f"{output}\n{failure}"
        return build_failure(f"{what} of {self._request.component.name}", output)

    def _host(self) -> HookHost:
        if self._hooks is None:
            self._hooks = HookHost(
                self._python,
                cwd=self._work,
                env=build_environment(self._request, self._work, self._python.parent),
                log=self._log,
                timeout=_SECONDS,
                preload=back_end_module(self._folder),
            )
        return self._hooks

    def _stop(self) -> None:
        if self._hooks is not None:
            hooks, self._hooks = self._hooks, None
            hooks.stop()


@contextmanager
def _heard(log: Log) -> Iterator[None]:
    """Send warnings to the log: build's own, and the back end's, which pyproject-hooks raises again over here."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            for warning in caught:
                log(f"{warning.category.__name__}: {' '.join(str(warning.message).split())}")


def _allowed(pyproject: Path) -> str:
    """Return the Requires-Python that the project states statically, "" when it states none there."""
    try:
        project = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return ""
    stated = project.get("requires-python", "") if isinstance(project, dict) else ""
    return stated if isinstance(stated, str) else ""
