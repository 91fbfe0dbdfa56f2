"""The ports of a sandbox: each service has its own on the loopback interface, and its last one again when that is free."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Final

from tagboat.errors import UnavailableError
from tagboat.sandbox.faults import SERVICES
from tagboat.sandbox.names import LOOPBACK

FILE: Final = "ports.json"


def listening(directory: Path, *, front: int | None = None) -> dict[str, socket.socket]:
    """One listening socket for each service; with ``front`` also for public names (0: any port) and for their proxy.

    Raises:
        UnavailableError: There is no free port, or not the one asked for.
    """
    remembered = directory / FILE
    wanted: dict[str, int] = json.loads(remembered.read_text()) if remembered.exists() else {}
    sockets: dict[str, socket.socket] = {}
    try:
        if front is not None:
            sockets["front"] = _bound(front) if front else _bound(wanted.get("front", 0), 0)
            sockets["proxy"] = _bound(wanted.get("proxy", 0), 0)
        for service in SERVICES:
            sockets[service] = _bound(wanted.get(service, 0), 0)
    except UnavailableError:
        for bound in sockets.values():
            bound.close()
        raise
    fresh = remembered.with_suffix(".new")
    numbers = {service: bound.getsockname()[1] for service, bound in sockets.items()}
    fresh.write_text(json.dumps(wanted | numbers))
    fresh.replace(remembered)
    return sockets


def _bound(*candidates: int) -> socket.socket:
    problem = ""
    for candidate in candidates:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((LOOPBACK, candidate))
            bound.listen(128)
        except OSError as error:
            bound.close()
            problem = str(error)
        else:
            return bound
    what = f"port {candidates[-1]} is not to be had" if candidates[-1] else "no free port"
    raise UnavailableError(
        f"{what} on the loopback interface: {problem}",
        remedy="is the interface up? try: ip link set lo up",
    )
