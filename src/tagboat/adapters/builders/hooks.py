"""The parent's side of ``host.py``: one isolated process in the build environment that runs a build's hooks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tagboat.adapters.process import Child
from tagboat.errors import StepFailedError
from tagboat.ports.builder import Log

_HOST = Path(__file__).with_name("host.py")


class HookHost:
    """A process in the build environment, without a network, that runs one thing after the other.

    Its ``hook`` is a runner as pyproject-hooks and PyPA build take one.
    """

    def __init__(
        self, python: Path, *, cwd: Path, env: Mapping[str, str], log: Log, timeout: float, preload: str = ""
    ) -> None:
        self._timeout = timeout
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        try:
            self._child = Child(
                [python, _HOST, str(requests), str(answers), preload],
                cwd=cwd,
                env=env,
                log=log,
                network=False,
                pass_fds=(requests, answers),
            )
        except StepFailedError:
            self.close()
            raise
        finally:
            os.close(requests)
            os.close(answers)

    def stop(self) -> None:
        """Kill the process and whatever it left running."""
        self._child.kill()
        self.close()

    def close(self) -> None:
        """Close our ends of the pipes."""
        os.close(self._requests)
        os.close(self._answers)

    @property
    def tail(self) -> str:
        """The last lines of output of everything that ran."""
        return self._child.tail

    def hook(
        self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        """Run ``python SCRIPT ARGUMENTS`` of a hook caller.

        Raises:
            subprocess.CalledProcessError: it ended with another status than 0.
        """
        status = self.ask(
            {"argv": list(cmd[1:]), "cwd": cwd or ".", "environment": dict(extra_environ or {})}
        )
        if status:
            raise subprocess.CalledProcessError(status, list(cmd))

    def ask(self, request: Mapping[str, object]) -> int:
        """Run one request and return its exit status.

        Raises:
            StepFailedError: the process ended, or did not end in time.
        """
        try:
            os.write(self._requests, json.dumps(request).encode() + b"\n")
            answer = self._child.answer(self._answers, self._timeout)
        except BrokenPipeError:
            answer = b""
        if not answer:
            self._child.kill()
            raise StepFailedError(f"the build's process ended unexpectedly; its last lines:\n{self.tail}")
        return int(json.loads(answer)["status"])
