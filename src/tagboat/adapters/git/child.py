"""Running git with nothing inherited: no configuration of the machine or the user, no prompt, no hook, no transport.

What a hostile repository can configure and git would run (hooks, fsmonitor, filters, textconv, external diffs, pagers,
credential helpers, ssh commands, remote helpers) is kept out three times: only plumbing is used that does not read it,
the settings are overridden from the environment, and no transport is allowed but those that the caller names.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import IO, Final

from tagboat.adapters.git.spawn import NOTHING, PIPE, Child, spawn
from tagboat.core.record import Record
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
        git_dir: str | os.PathLike[str] | None,
        *,
        work_tree: str | os.PathLike[str] | None = None,
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
        place = os.fspath(work_tree or git_dir or "")
        # Beside a ``.git`` that is a file (of a linked work tree or a submodule).
        folder = os.path.dirname(place) if os.path.isfile(place) else place
        self._options = ["-C", folder] if folder else []
        if git_dir:
            self._options.append(f"--git-dir={git_dir}")
        if work_tree:
            self._options.append(f"--work-tree={work_tree}")

    def run(
        self,
        *arguments: str,
        content: bytes | IO[bytes] = b"",
        output: IO[bytes] | None = None,
        fine: Sequence[int] = (0,),
        seconds: float = SECONDS,
        variables: Mapping[str, str] | None = None,
    ) -> Done:
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
        source: IO[bytes] | int = NOTHING
        if not isinstance(content, bytes):
            source = content
        elif content:
            source = scratch()
            source.write(content)
            source.seek(0)
        try:
            running = self._begun(arguments, source, output, variables or {})
        finally:
            if isinstance(content, bytes) and not isinstance(source, int):
                source.close()
        return running.done(fine=fine, seconds=seconds)

    def begin(self, *arguments: str) -> Running:
        """Start a git command that reads nothing, and whose output is wanted later.

        Args:
            arguments: the command and its arguments.

        Raises:
            RefusedError: there is no git on this machine.
        """
        return self._begun(arguments, NOTHING, None, {})

    def _begun(
        self,
        arguments: Sequence[str],
        source: IO[bytes] | int,
        output: IO[bytes] | None,
        variables: Mapping[str, str],
    ) -> Running:
        written = output or scratch()
        try:
            child = self._spawned(arguments, variables, stdin=source, stdout=written, stderr=PIPE)
        except BaseException:
            if output is None:
                written.close()
            raise
        return Running(arguments[0], child, written, ours=output is None)

    def start(self, *arguments: str, source: IO[bytes] | None = None, said: IO[bytes] | None = None) -> Child:
        """Start a git command that is talked to, or that reads a file.

        Args:
            arguments: the command and its arguments.
            source: its standard input; None for a pipe.
            said: where its complaints go; None drops them.

        Raises:
            RefusedError: there is no git on this machine.
        """
        return self._spawned(arguments, {}, stdin=source or PIPE, stdout=PIPE, stderr=said or NOTHING)

    def _spawned(
        self,
        arguments: Sequence[str],
        variables: Mapping[str, str],
        *,
        stdin: IO[bytes] | int,
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
    ) -> Child:
        environment = {**self._environment, **variables}
        try:
            return spawn(self.command(*arguments), environment, stdin=stdin, stdout=stdout, stderr=stderr)
        except OSError as problem:
            raise missing(problem) from None

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line."""
        return ["git", "--no-pager", *self._options, *arguments]


class Done(Record):
    """A git command that came to its end.

    Attributes:
        returncode: its exit status.
        stdout: what it wrote; empty where that went into a file of the caller's.
        stderr: what it said.
    """

    returncode: int
    stdout: bytes
    stderr: bytes


class Running:
    """A git command that runs while something else is done: :meth:`Git.begin`."""

    def __init__(self, name: str, child: Child, written: IO[bytes], *, ours: bool) -> None:
        self._name = name
        self._child = child
        self._written = written
        self._ours = ours

    def output(self, *, fine: Sequence[int] = (0,), seconds: float = SECONDS) -> bytes:
        """Wait for the end, and return what was written; as :meth:`done`."""
        return self.done(fine=fine, seconds=seconds).stdout

    def done(self, *, fine: Sequence[int] = (0,), seconds: float = SECONDS) -> Done:
        """Wait for the end.

        Args:
            fine: the exit statuses that are no failure.
            seconds: the most time.

        Raises:
            StepFailedError: it failed; the cause is git's own message.
            UnavailableError: it took too long.
        """
        try:
            said = self._said(time.monotonic() + seconds)
            if said is None:
                raise UnavailableError(
                    f"git {self._name} took longer than {seconds:.0f} seconds", remedy="try again later"
                )
            status = self._child.wait()
            if status not in fine:
                raise StepFailedError(f"git {self._name}: {complaint(said)}")
            if not self._ours:
                return Done(status, b"", said)
            self._written.seek(0)
            return Done(status, self._written.read(), said)
        finally:
            self.end()

    def _said(self, until: float) -> bytes | None:
        """Return what it said until its end, which closes the pipe, or None when that does not come in time.

        Most have ended when they are asked, and nothing has to be waited for.
        """
        stream = self._child.stderr
        if stream is None:
            raise AssertionError("the child was started with a pipe")
        os.set_blocking(stream.fileno(), False)
        said: list[bytes] = []
        while True:
            try:
                piece = os.read(stream.fileno(), 1 << 16)
            except BlockingIOError:
                import select  # noqa: PLC0415 - seldom needed by those who count milliseconds

                waiting = select.poll()
                waiting.register(stream, select.POLLIN)
                if not waiting.poll(max(until - time.monotonic(), 0) * 1000):
                    return None
                continue
            if not piece:
                return b"".join(said)
            said.append(piece)

    def end(self) -> None:
        """End it, whatever it has written."""
        self._child.kill()
        self._child.wait()
        if self._ours:
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
    from tagboat.adapters.secrets import clean  # noqa: PLC0415 - only for what went wrong

    return plain(clean(stderr.decode("utf-8", "replace")), limit=800) or "it failed and said nothing"


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
