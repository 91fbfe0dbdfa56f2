"""The uv program: interpreters, environments, locked requirements. Never with a project's configuration.

uv runs with the index settings of the machine or with one index that is named; it downloads no interpreter, and it
builds no source distribution, because that would run foreign code with a network and credentials at hand.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from tagboat.adapters.process import Completed, quiet, run
from tagboat.errors import MissingExtraError, RefusedError, StepFailedError, UnavailableError
from tagboat.ports.builder import Log

if TYPE_CHECKING:
    from tagboat.adapters.http.credentials import Credentials

_SECONDS = 600
_NAME = "tagboat"
"""How uv calls the one index that it is given with a login."""
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\S+)", re.MULTILINE)
_KEPT = re.compile(
    r"PATH|HOME|LANG|TMPDIR|XDG_CACHE_HOME|XDG_CONFIG_HOME|XDG_CONFIG_DIRS|NETRC|SSL_CERT_FILE|SSL_CERT_DIR"
    r"|(?i:https?_proxy|all_proxy|no_proxy)"
    r"|UV_(CACHE_DIR|NO_CACHE|DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|INDEX_STRATEGY|FIND_LINKS|NO_INDEX|OFFLINE"
    r"|INDEX_[A-Z0-9_]+_(USERNAME|PASSWORD)|KEYRING_PROVIDER|NATIVE_TLS|SYSTEM_CERTS|HTTP_TIMEOUT|HTTP_RETRIES"
    r"|INSECURE_HOST|LINK_MODE|EXCLUDE_NEWER|CONCURRENT_DOWNLOADS|CONCURRENT_INSTALLS)"
)
_INDEX = re.compile(r"UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|INDEX_STRATEGY)")
_UNREACHABLE = re.compile(
    r"error sending request|failed to fetch|dns error|connection (refused|reset)|network is unreachable|timed? ?out"
    r"|tcp connect|failed to download|could not connect|network connectivity is disabled|server error \(5",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"No solution found|Hash mismatch")


def uv_program() -> Path:
    """Return the uv that the extra ``build`` installed.

    Raises:
        MissingExtraError: it is not installed.
    """
    if find_spec("uv") is None:
        raise MissingExtraError("build", "building and installing packages")
    import uv  # noqa: PLC0415 - only with the extra

    try:
        return Path(uv.find_uv_bin())
    except FileNotFoundError as missing:
        raise MissingExtraError("build", "building and installing packages") from missing


def index_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what uv may see of ``environment``: index, certificate, proxy and cache settings, no tokens to publish.

    Where pip is told of an index and uv is not, uv gets the same one (a machine's own mirror).
    """
    kept = {name: value for name, value in environment.items() if _KEPT.fullmatch(name)}
    if (
        not any(name in kept for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"))
        and "PIP_INDEX_URL" in environment
    ):
        kept["UV_DEFAULT_INDEX"] = environment["PIP_INDEX_URL"]
    return kept


class Uv:
    """uv with one set of index settings."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._program = uv_program()
        self._login: Credentials | None = None
        self._environment = {
            **index_settings(environment),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
        }

    def only(self, index: str, login: Credentials | None = None) -> Uv:
        """Return a uv that knows this index and no other, whatever the machine is set to.

        Args:
            index: the simple API's URL.
            login: what the index is read with; uv gets it through variables that no command line and no log shows.
        """
        alone = Uv({name: value for name, value in self._environment.items() if not _INDEX.fullmatch(name)})
        alone._environment["UV_DEFAULT_INDEX"] = index
        if login is not None:
            alone._login = login
            alone._environment["UV_DEFAULT_INDEX"] = f"{_NAME}={index}"
            alone._environment[f"UV_INDEX_{_NAME.upper()}_USERNAME"] = login.user
            alone._environment[f"UV_INDEX_{_NAME.upper()}_PASSWORD"] = login.secret
        alone._environment["UV_NO_CONFIG"] = "1"
        return alone

    @property
    def knows_a_login(self) -> bool:
        """Whether its environment holds what opens a private index."""
        return self._login is not None

    @property
    def program(self) -> Path:
        """The program's path."""
        return self._program

    def run(self, arguments: Sequence[str | os.PathLike[str]], *, cwd: Path, log: Log) -> Completed:
        """Run uv in a folder outside any project and return how it ended."""
        argv = [self._program, *arguments, "--color=never"]
        return run(argv, cwd=cwd, env=self._environment, log=log, timeout=_SECONDS, network=True)

    def environment(self, folder: Path, python: str, *, cwd: Path, allowed: str = "") -> Path:
        """Make the empty virtual environment ``folder`` and return its interpreter.

        Args:
            folder: absent still.
            python: ``3.12``, or "" for any that is ``allowed``.
            cwd: a folder of our own.
            allowed: a Requires-Python; "" allows all.

        Raises:
            RefusedError: the machine has no such interpreter.
            StepFailedError: uv could not make it.
        """
        interpreter = find_python(python or _needed(allowed))
        done = self.run(
            ["venv", folder, "--python", interpreter, "--no-project", "--quiet"], cwd=cwd, log=quiet
        )
        if done.returncode:
            raise StepFailedError(
                f"no virtual environment could be made with {interpreter}: {done.output_tail}"
            )
        return folder / "bin" / "python"

    def lock(
        self,
        requirements: Sequence[str],
        python: Path,
        *,
        cwd: Path,
        log: Log,
        constraints: Sequence[str] = (),
    ) -> str:
        """Resolve requirements and return the text of a lock with hashes, one ``name==version`` a line.

        Args:
            requirements: PEP 508 lines.
            python: the interpreter that they are for.
            cwd: a folder of our own for the files.
            log: takes uv's talk.
            constraints: further PEP 508 lines; direct references keep a name from being looked for anywhere else.

        Raises:
            StepFailedError: there is no solution.
            UnavailableError: the index did not answer.
        """
        source, limits, target = cwd / "requirements.in", cwd / "constraints.txt", cwd / "requirements.txt"
        source.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        limits.write_text("\n".join(constraints) + "\n", encoding="utf-8")
        target.unlink(missing_ok=True)
        arguments: list[str | os.PathLike[str]] = [
            *("pip", "compile", source, "--constraints", limits, "--output-file", target, "--python", python),
            *("--generate-hashes", "--no-build", "--no-header", "--no-annotate", "--quiet"),
        ]
        done = self.run(arguments, cwd=cwd, log=log)
        if done.returncode:
            raise failure(f"the build requirements {', '.join(requirements)} cannot be resolved", done)
        return target.read_text(encoding="utf-8")

    def sync(self, lock: str, python: Path, *, cwd: Path, log: Log) -> None:
        """Install exactly what a lock names, checking every hash.

        Raises:
            StepFailedError: a hash differs, or a file cannot be installed.
            UnavailableError: the index did not answer.
        """
        source = cwd / "lock.txt"
        source.write_text(lock, encoding="utf-8")
        arguments: list[str | os.PathLike[str]] = [
            *("pip", "sync", source, "--python", python),
            *("--require-hashes", "--no-build", "--quiet", "--allow-empty-requirements"),
        ]
        done = self.run(arguments, cwd=cwd, log=log)
        if done.returncode:
            raise failure("the build requirements cannot be installed", done)


def failure(what: str, done: Completed) -> StepFailedError | UnavailableError:
    """Return the error that fits uv's words: an index that is away, or a request that cannot be met."""
    said = done.output_tail.strip() or f"uv ended with status {done.returncode}"
    if _UNREACHABLE.search(said) and not _ANSWERED.search(said):
        return UnavailableError(
            f"{what}: {said}", remedy="see that the package index can be reached, then repeat"
        )
    return StepFailedError(
        f"{what}: {said}", remedy="see that such versions exist, as wheels, for this interpreter"
    )


def version_in(environment: Path) -> str:
    """Return the full version of a virtual environment's interpreter, as its ``pyvenv.cfg`` has it (PEP 405)."""
    found = _VERSION.search((environment / "pyvenv.cfg").read_text(encoding="utf-8"))
    return found[1] if found else ""


def _needed(allowed: str) -> str:
    """Return what to ask uv for: "" when the running interpreter is allowed, else the range itself."""
    try:
        own = not allowed or SpecifierSet(allowed).contains(platform.python_version(), prereleases=True)
    except InvalidSpecifier:
        own = True
    return "" if own else allowed


@cache
def find_python(request: str) -> Path:
    """Return the interpreter for ``3.12``, or the running one for "", without downloading any.

    pyenv's versions are found whether or not its shims know them.

    Raises:
        RefusedError: the machine has none.
    """
    if not request:
        return Path(sys.executable)
    own = os.environ
    pyenv = Path(own.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [str(folder) for folder in sorted(pyenv.glob("*/bin"), reverse=True)]
    environment = {**index_settings(own), "UV_PYTHON_DOWNLOADS": "never"}
    environment["PATH"] = os.pathsep.join([own.get("PATH", os.defpath), *folders])
    arguments = ["python", "find", request, "--system", "--no-project", "--no-config", "--offline"]
    lines: list[str] = []
    done = run(
        [uv_program(), *arguments, "--color=never"],
        cwd=Path(sys.prefix),
        env=environment,
        log=lines.append,
        timeout=_SECONDS,
        network=True,
    )
    found = next((line for line in reversed(lines) if line.startswith("/")), "")
    if done.returncode or not found:
        raise RefusedError(
            f"this machine has no Python {request}",
            remedy=f"install Python {request}, or build and test this part on a machine that has it",
        )
    return Path(found)
