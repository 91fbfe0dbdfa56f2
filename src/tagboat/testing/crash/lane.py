"""A lane: one process that plays cases one after the other on a ground of its own."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from multiprocessing.util import Finalize
from pathlib import Path

from tagboat.testing.crash.case import Points, case_named
from tagboat.testing.crash.ground import Ground, ground
from tagboat.testing.crash.play import Outcome, Play, Reference, cleared, undisturbed

_PR_SET_CHILD_SUBREAPER = 36


class Lane:
    """Plays cases; made once per process."""

    def __init__(self, *, without_find: bool = False, remote: bool = False) -> None:
        self._without_find = without_find
        with ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="crash-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            # A service that cannot answer the dead complains; that is of interest when a case is replayed.
            logging.basicConfig(filename=self.folder / "services.log", force=True)
            inherit_orphans()
            self._ground: Ground = stack.enter_context(ground(self.folder, remote=remote))
            self.reference: Reference = undisturbed(self._ground, cleared(self.folder / "case"))
            self._stack = stack.pop_all()

    def play(self, name: str) -> Outcome:
        """Play the case of this name."""
        folder = cleared(self.folder / "case")
        case = case_named(name, self.reference.points)
        try:
            return Play(self._ground, case, folder, without_find=self._without_find).run(self.reference)
        finally:
            bury()

    def keep(self) -> Path:
        """Leave the folder of the last case behind, and return it."""
        self._stack.pop_all()
        return self.folder / "case"

    def close(self) -> None:
        """Take everything down."""
        self._stack.close()


_lane: list[Lane] = []


def prepare(without_find: bool, remote: bool) -> None:
    """Make this process's lane."""
    made = Lane(without_find=without_find, remote=remote)
    Finalize(None, made.close, exitpriority=1)  # a pool's processes end without atexit
    _lane.append(made)


def points() -> Points:
    """Return the points of this process's undisturbed run."""
    return _lane[0].reference.points


def play(name: str) -> Outcome:
    """Play a case on this process's lane."""
    return _lane[0].play(name)


def inherit_orphans() -> None:
    """Become the parent of whatever a killed child leaves behind, so that it can be seen (Linux)."""
    if sys.platform == "linux":
        prctl: Callable[..., int] = ctypes.CDLL(None).prctl
        prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury() -> None:
    """Collect dead orphans."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
