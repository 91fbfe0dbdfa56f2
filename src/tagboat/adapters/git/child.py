"""Running git with nothing inherited: no configuration of the machine or the user, no prompt, no hook, no transport.

What a hostile repository can configure and git would run (hooks, fsmonitor, filters, textconv, external diffs, pagers,
credential helpers, ssh commands, remote helpers) is kept out three times: only plumbing is used that does not read it,
the settings are overridden from the environment, and no transport is allowed but those that the caller names.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from tagboat.core.text import plain
from tagboat.errors import RefusedError, StepFailedError, TagboatError, UnavailableError

SECONDS: Final = 120.0
"""For a command that only reads the disk."""

_PASSED: Final = ("PATH", "SYSTEMROOT", "TMPDIR")
_PROXIES: Final = tuple(
    name for base in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for name in (base, base.upper())
)
_SETTINGS: Final[Mapping[str, str]] = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.commitGraph": "false",
    "core.askPass": "",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "protocol.allow": "never",
    "advice.detachedHead": "false",
    "safe.directory": "*",
}


class Git:
    """Git on one repository.

    Args:
        git_dir: the repository itself (a ``.git`` folder or a bare repository), or None to run outside of any.
        work_tree: its work tree, when a command needs one.
        settings: more configuration, which may hold secrets: it travels by the environment, never by arguments.
        transports: what git may speak: ``https``, ``http``, ``file``.
        environment: where PATH and proxies come from; the process's own by default.
    """

    def __init__(
        self,
        git_dir: Path | None,
        *,
        work_tree: Path | None = None,
        settings: Mapping[str, str] | None = None,
        transports: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        inherited = os.environ if environment is None else environment
        wanted = _PASSED + (_PROXIES if transports else ())
        self._environment = {
            **{name: inherited[name] for name in wanted if name in inherited},
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_FLUSH": "0",  # listings come in large pieces, not commit by commit
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_ALLOW_PROTOCOL": ":".join(transports),
            **_as_variables({**_SETTINGS, **(settings or {})}),
        }
        self._options = [f"--git-dir={git_dir}"] if git_dir else []
        if work_tree:
            self._options.append(f"--work-tree={work_tree}")
        self._place = work_tree or git_dir

    def run(
        self,
        *arguments: str,
        content: bytes | IO[bytes] = b"",
        output: IO[bytes] | None = None,
        fine: Sequence[int] = (0,),
        seconds: float = SECONDS,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a git command to its end.

        Args:
            arguments: the command and its arguments; whatever comes from outside stands behind ``--end-of-options``.
            content: its standard input, as bytes or as an open file.
            output: an open file for what it writes; without one the result holds it.
            fine: the exit statuses that are no failure.
            seconds: the most time.
            variables: more environment.

        Raises:
            StepFailedError: it failed; the cause is git's own message.
            UnavailableError: it took too long.
            RefusedError: there is no git on this machine.
        """
        done = self._finished(arguments, content, output, seconds, variables or {})
        if done.returncode not in fine:
            raise StepFailedError(f"git {arguments[0]}: {complaint(done.stderr)}")
        return done

    def _finished(
        self,
        arguments: Sequence[str],
        content: bytes | IO[bytes],
        output: IO[bytes] | None,
        seconds: float,
        variables: Mapping[str, str],
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                self.command(*arguments),
                stdin=None if isinstance(content, bytes) else content,
                input=content if isinstance(content, bytes) else None,
                stdout=output or subprocess.PIPE,
                stderr=subprocess.PIPE,
                check=False,
                timeout=seconds,
                env={**self._environment, **variables},
                cwd=self._folder(),
            )
        except subprocess.TimeoutExpired:
            raise UnavailableError(
                f"git {arguments[0]} took longer than {seconds:.0f} seconds", remedy="try again later"
            ) from None
        except OSError as problem:
            raise missing(problem) from None

    def start(
        self, *arguments: str, source: IO[bytes] | None = None, said: IO[bytes] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a git command that is talked to, or that reads a file.

        Args:
            arguments: the command and its arguments.
            source: its standard input; None for a pipe.
            said: where its complaints go; None drops them.

        Raises:
            RefusedError: there is no git on this machine.
        """
        try:
            return subprocess.Popen(
                self.command(*arguments),
                stdin=source or subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said or subprocess.DEVNULL,
                env=self._environment,
                cwd=self._folder(),
            )
        except OSError as problem:
            raise missing(problem) from None

    def begin(self, *arguments: str) -> Running:
        """Start a git command that reads nothing, and whose output is wanted later.

        Args:
            arguments: the command and its arguments.

        Raises:
            RefusedError: there is no git on this machine.
        """
        written = scratch()
        try:
            child = subprocess.Popen(
                self.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.PIPE,
                env=self._environment,
                cwd=self._folder(),
            )
        except OSError as problem:
            raise missing(problem) from None
        return Running(arguments[0], child, written)

    def _folder(self) -> Path | None:
        """Where git runs; beside a ``.git`` that is a file (of a linked work tree or a submodule)."""
        return self._place.parent if self._place and self._place.is_file() else self._place

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line."""
        return ["git", "--no-pager", *self._options, *arguments]


class Running:
    """A git command that runs while something else is done: :meth:`Git.begin`."""

    def __init__(self, name: str, child: subprocess.Popen[bytes], written: IO[bytes]) -> None:
        self._name = name
        self._child = child
        self._written = written

    def output(self, *, fine: Sequence[int] = (0,), seconds: float = SECONDS) -> bytes:
        """Wait for the end, and return what was written.

        Args:
            fine: the exit statuses that are no failure.
            seconds: the most time.

        Raises:
            StepFailedError: it failed; the cause is git's own message.
            UnavailableError: it took too long.
        """
        try:
            # The pipe's end tells the child's end at once; waiting for it with a limit of time would look now and then.
            said = self._child.communicate(timeout=seconds)[1]
            if self._child.returncode not in fine:
                raise StepFailedError(f"git {self._name}: {complaint(said)}")
            self._written.seek(0)
            return self._written.read()
        except subprocess.TimeoutExpired:
            raise UnavailableError(
                f"git {self._name} took longer than {seconds:.0f} seconds", remedy="try again later"
            ) from None
        finally:
            self.end()

    def end(self) -> None:
        """End it, whatever it has written."""
        if self._child.returncode is None:
            self._child.kill()
            self._child.wait()
        self._written.close()
        if self._child.stderr is not None:
            self._child.stderr.close()


def scratch() -> IO[bytes]:
    """Return a new file without a name, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("git"), "w+b")
    import tempfile  # noqa: PLC0415 - slow to import, and not needed on most machines

    return tempfile.TemporaryFile()


def complaint(stderr: bytes) -> str:
    """Return what git complained about, fit to be shown."""
    return plain(stderr.decode("utf-8", "replace"), limit=800) or "it failed and said nothing"


def missing(problem: OSError) -> TagboatError:
    """Return the error for a git that cannot be started."""
    return RefusedError(f"git cannot be started: {problem.strerror}", remedy="install git 2.31 or newer")


def _as_variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as git reads them from the environment (git-config, GIT_CONFIG_COUNT), out of sight of process lists."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
