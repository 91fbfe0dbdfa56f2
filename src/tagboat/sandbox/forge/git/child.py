"""git as a child process: a cleared environment, no configuration but ours, a time limit on every call."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tagboat.errors import UnavailableError

TIME_LIMIT = 60.0
"""Seconds that one plumbing command may take before it is killed."""


def environment(
    settings: Mapping[str, str] | None = None, *, repository: Path | None = None
) -> dict[str, str]:
    """The whole environment of a git child.

    Nothing is inherited but ``PATH``: neither the user's nor the system's configuration is read, nothing can prompt,
    and hooks come from nowhere unless ``settings`` names a folder for them. Nothing is forced to the disk: a sandbox
    must survive being killed, not a power cut.
    """
    chosen = {
        "core.fsync": "none",
        "safe.directory": str(repository) if repository else "*",
        "core.hooksPath": os.devnull,
        "gc.auto": "0",
        "maintenance.auto": "false",
        "receive.autogc": "false",
        **(settings or {}),
    }
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": str(len(chosen)),
    }
    for number, (name, value) in enumerate(chosen.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


class Git:
    """Plumbing on one bare repository.

    Raises:
        UnavailableError: git failed or took longer than the time limit; the cause holds what git said.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._environment = environment(repository=directory)

    def ask(
        self,
        *arguments: str,
        given: bytes = b"",
        fine: Sequence[int] = (0,),
        extra: Mapping[str, str] | None = None,
    ) -> bytes:
        """What git prints; ``fine`` are the exit statuses that count as an answer."""
        status, printed, said = self._run(arguments, given, extra or {})
        if status not in fine:
            raise UnavailableError(f"git {arguments[0]} failed with status {status}: {said.strip()}")
        return printed

    def agrees(self, *arguments: str, given: bytes = b"") -> tuple[bool, str]:
        """Whether git does what it is told, and what it says against it."""
        status, _, said = self._run(arguments, given, {})
        return status == 0, said.strip()

    def _run(
        self, arguments: Sequence[str], given: bytes, extra: Mapping[str, str]
    ) -> tuple[int, bytes, str]:
        command = ["git", "--git-dir", str(self.directory), *arguments]
        try:
            done = subprocess.run(
                command,
                input=given,
                capture_output=True,
                env={**self._environment, **extra},
                cwd=self.directory,
                timeout=TIME_LIMIT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise UnavailableError(f"git {arguments[0]} could not run: {problem}") from problem
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def create_bare(directory: Path, *, branch: str) -> Git:
    """A new bare repository whose HEAD names ``branch``; one that is already there is left as it is."""
    if not (directory / "HEAD").is_file():
        directory.mkdir(parents=True, exist_ok=True)
        Git(directory).ask("init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}")
    return Git(directory)
