"""Installing with uv into an environment that is thrown away, then importing without a network."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagboat.adapters.distribution import requires_python
from tagboat.adapters.environment import bare_environment
from tagboat.adapters.process import Completed, run
from tagboat.adapters.uv import Uv, failure, version_in
from tagboat.errors import InvalidError, UnavailableError
from tagboat.ports.builder import Log
from tagboat.ports.installer import InstallReport, InstallRequest

if TYPE_CHECKING:
    from tagboat.adapters.http.credentials import Credentials

_IMPORT_SECONDS = 300
_PROBE = Path(__file__).with_name("probe.py")
_EXACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+_-]+")
_COMPILES = re.compile(
    r"Failed to build|only-binary|no-build|no usable wheels|Building source distributions", re.IGNORECASE
)


class UvInstaller:
    """Tries packages with uv; implements the Installer port."""

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        logins: Mapping[str, Credentials] | None = None,
    ) -> None:
        """Take what opens indexes.

        Args:
            environment: the variables that hold the machine's index settings; by default those of this process.
            logins: what an index is read with, by its simple API's URL.
        """
        self._logins = dict(logins or {})
        self._variables = dict(os.environ if environment is None else environment)
        self._uv: Uv | None = None

    def install(self, request: InstallRequest, log: Log) -> InstallReport:
        """Install, check and import, as the port says.

        Raises:
            InvalidError: the request names neither files nor one exact version.
            RefusedError: the machine has no such interpreter.
            UnavailableError: the index did not answer.
        """
        if not request.files and not _EXACT.fullmatch(request.requirement):
            raise InvalidError(f"{request.requirement!r} is no exact requirement (name==version)")
        self._uv = self._uv or Uv(self._variables)
        uv = self._uv.only(request.index, self._logins.get(request.index)) if request.index else self._uv
        with tempfile.TemporaryDirectory(prefix="tagboat-install-") as name:
            work = Path(name)
            sample = request.sample or next(iter(request.files), None)
            allowed = requires_python(sample) if sample else ""
            python = uv.environment(work / "venv", request.python, cwd=work, allowed=allowed)
            problems = _install(uv, request, python, work, log)
            if problems:
                return InstallReport(version_in(work / "venv"), "", (), problems)
            checked = uv.run(["pip", "check", "--python", python, "--quiet"], cwd=work, log=log)
            conflicts = _lines(checked) if checked.returncode else ()
            return _probe(request, python, work, conflicts, log)


def _install(uv: Uv, request: InstallRequest, python: Path, work: Path, log: Log) -> tuple[str, ...]:
    """Install and return what went wrong."""
    requirements = work / "requirements.txt"
    lines = [str(path.resolve()) for path in request.files]
    if not request.files:
        lines = [" ".join([request.requirement, *(f"--hash=sha256:{digest}" for digest in request.hashes)])]
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    arguments: list[str | os.PathLike[str]] = [
        "pip",
        "install",
        "--python",
        python,
        "--requirements",
        requirements,
    ]
    if not request.files:
        arguments += ["--refresh-package", request.distribution]
    for folder in request.find_links:
        arguments += ["--find-links", folder]
    if uv.knows_a_login:
        arguments += ["--no-build"]  # a source's own code would find the login in its environment
    done = uv.run(arguments, cwd=work, log=log)
    if not done.returncode:
        return ()
    error = failure(f"{request.distribution} does not install", done)
    if isinstance(error, UnavailableError):
        raise error
    hint = (
        "a dependency has no wheel for this Python and cannot be compiled here: "
        if _COMPILES.search(done.output_tail)
        else ""
    )
    return (f"{request.distribution} does not install: {hint}{' '.join(_lines(done))}",)


def _probe(
    request: InstallRequest, python: Path, work: Path, conflicts: tuple[str, ...], log: Log
) -> InstallReport:
    """Import in isolated mode, without a network, and return the report."""
    target = work / "report.json"
    wanted = json.dumps(None if request.imports is None else list(request.imports))
    done = run(
        [python, "-I", "-B", _PROBE, request.distribution, wanted, target],
        cwd=work,
        env=bare_environment(work, first=python.parent),
        log=log,
        timeout=_IMPORT_SECONDS,
        network=False,
    )
    report = _read(target)
    problems = [*conflicts, *report.get("problems", [])]
    if done.returncode or "importing" in report:
        name = report.get("importing", request.distribution)
        problems.append(f"import {name}: the interpreter ended with status {done.returncode}")
    return InstallReport(
        str(report.get("python", "")),
        str(report.get("version", "")),
        tuple(report.get("imported", ())),
        tuple(problems),
    )


def _read(target: Path) -> dict[str, Any]:
    """Read the probe's report; an import may have spoilt it, which reads as nothing imported."""
    try:
        data = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        data = None
    return data if isinstance(data, dict) else {"problems": ["the import left no readable report"]}


def _lines(done: Completed) -> tuple[str, ...]:
    lines = (line.strip() for line in done.output_tail.splitlines())
    return tuple(line for line in lines if line and not line.startswith("Using Python"))
