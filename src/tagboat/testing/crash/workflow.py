"""The workflow that a release is handed to, on machines that nobody kills: it starts when the forge takes the dispatch."""

from __future__ import annotations

import threading
from typing import Final

from tagboat.errors import UnavailableError
from tagboat.sandbox import player
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.frame import Moment
from tagboat.testing.crash.subject import NAME, REPOSITORY, TAG

_TRIES: Final = 8


class Workflow:
    """Started by the dispatch; its requests may meet the faults of a case, and are tried again."""

    def __init__(self, addresses: Addresses, commit: str) -> None:
        self._addresses = addresses
        self._commit = commit
        self._thread: threading.Thread | None = None
        self.problem = ""

    def moment(self, moment: Moment) -> None:
        """Called by the sandbox in its own thread, which must not be kept waiting."""
        here = (moment.service, moment.operation, moment.point)
        if here == ("forge", "dispatch-workflow", "accepted") and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="workflow")
            self._thread.start()

    def end(self) -> None:
        """Wait until it has ended."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        flat = NAME.replace("-", "_")
        names = [f"{flat}-1.0.0.tar.gz", f"{flat}-1.0.0-py3-none-any.whl"]
        uploads = {index.upload: names for index in (self._addresses.testpypi, self._addresses.pypi)}
        for _ in range(_TRIES):
            try:
                player.publish_draft(
                    self._addresses,
                    REPOSITORY,
                    tag=TAG,
                    sha=self._commit,
                    workflow="publish.yml",
                    uploads=uploads,
                )
            except UnavailableError as problem:
                self.problem = problem.cause
            else:
                self.problem = ""
                return
