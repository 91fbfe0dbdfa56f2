"""Faults on demand: what a sandbox shall do wrong, to whom, and how often.

The list lives in a file beside the sandbox, so that it can be changed while the sandbox is up, by another process.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tagboat.errors import InvalidError

SERVICES: Final = ("forge", "testpypi", "pypi", "identity")

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "delay": "VALUE seconds pass first",
        "silence": "nothing is done and nothing said; the connection is held for VALUE seconds",
        "status": "VALUE is answered in place of the deed",
        "too-many": "429 in place of the deed, without a word of when to come again",
        "retry-after": "429 in place of the deed, to come again after VALUE seconds",
        "html": "a gateway's page with the status VALUE in place of the deed; it quotes the request, secrets and all",
        "drop-before": "the connection is closed in place of the deed",
        "drop-after": "the deed is done, and the connection closed without an answer",
        "reset-before": "the connection is reset in place of the deed",
        "reset-mid": "it is reset in the middle of the request's body, or else of the answer",
        "reset-after": "the deed is done, and the connection reset without an answer",
        "truncate": "the answer is cut in half; with VALUE 1 half of its JSON comes as if it were all",
        "wrong-type": "the answer is JSON of another type; with VALUE 1 everything in it is of another type",
        "slow-body": "the answer's body comes in many pieces, VALUE seconds apart",
        "stale": "a read does not show the last VALUE writes",
    }
)
"""What can go wrong with a request, and what it is like."""

_DEFAULTS: Final = {
    "delay": 1.0,
    "silence": 60.0,
    "status": 503.0,
    "retry-after": 1.0,
    "html": 502.0,
    "slow-body": 1.0,
    "stale": 1.0,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to do wrong.

    ``value`` is what ``KINDS`` calls VALUE; ``times`` is how many requests it still meets. ``operation`` may be ``*``.
    """

    service: str
    operation: str
    kind: str
    value: float
    times: int


class Faults:
    """The faults of one sandbox directory (``faults.json``), shared by whoever orders them and the sandbox itself."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "faults.json"
        self._lock = directory / "faults.lock"

    def add(
        self, service: str, operation: str, kind: str, *, value: float | None = None, times: int = 1
    ) -> Fault:
        """Order a fault for the next ``times`` matching requests.

        Raises:
            InvalidError: The service or the kind does not exist, or a number makes no sense.
        """
        if service not in SERVICES:
            raise InvalidError(f"no service '{service}'", remedy=f"choose one of: {', '.join(SERVICES)}")
        if kind not in KINDS:
            raise InvalidError(f"no fault '{kind}'", remedy=f"choose one of: {', '.join(KINDS)}")
        amount = _DEFAULTS.get(kind, 0.0) if value is None else value
        if (
            times < 1
            or amount < 0
            or (kind in ("status", "html") and not (200 <= amount <= 599 and amount == int(amount)))
        ):
            raise InvalidError(
                f"a fault '{kind}' cannot have value {amount:g} and times {times}",
                remedy="times is at least 1; seconds are not negative; a status is between 200 and 599",
            )
        fault = Fault(service, operation, kind, amount, times)
        with self._locked():
            self._write([*self._read(), fault])
        return fault

    def pending(self) -> list[Fault]:
        """The faults still to come, oldest first."""
        return self._read()

    def clear(self) -> None:
        """Forget all of them."""
        with self._locked():
            self._write([])

    def take(self, service: str, operation: str, *, read: bool) -> list[Fault]:
        """Consume what meets this request: at most one delay and one other fault, the oldest of each.

        ``stale`` meets reads only.
        """
        if not self._path.exists():
            return []
        with self._locked():
            faults = self._read()
            taken: list[Fault] = []
            left: list[Fault] = []
            for fault in faults:
                if _meets(fault, service, operation, read) and not _occupied(taken, fault):
                    taken.append(fault)
                    if fault.times > 1:
                        left.append(replace(fault, times=fault.times - 1))
                else:
                    left.append(fault)
            if taken:
                self._write(left)
            return taken

    def _read(self) -> list[Fault]:
        try:
            return [Fault(**fault) for fault in json.loads(self._path.read_text())]
        except FileNotFoundError:
            return []

    def _write(self, faults: list[Fault]) -> None:
        if not faults:
            self._path.unlink(missing_ok=True)
            return
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps([asdict(fault) for fault in faults]))
        fresh.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _meets(fault: Fault, service: str, operation: str, read: bool) -> bool:
    return (
        fault.service == service and fault.operation in ("*", operation) and (read or fault.kind != "stale")
    )


def _occupied(taken: list[Fault], fault: Fault) -> bool:
    return any((other.kind == "delay") == (fault.kind == "delay") for other in taken)
