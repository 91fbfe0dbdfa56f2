"""The sandbox's own process: ``python -m tagboat.sandbox --dir DIR``; ended by SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tagboat.sandbox.names import PublicNames
from tagboat.sandbox.relay import running_relay
from tagboat.sandbox.server import Sandbox


def main() -> None:
    """Serve until told to stop; tell ``--ready-fd`` the addresses once everything answers."""
    parser = argparse.ArgumentParser(prog="python -m tagboat.sandbox")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--relay-socket", type=Path)
    parser.add_argument("--own-relay", action="store_true", help="relay from this very process")
    parser.add_argument("--default-index", help="what the relay reads when the machine names no main index")
    parser.add_argument("--relay-cache", type=Path)
    parser.add_argument("--under-release", action="append", default=[], metavar="NAME")
    parser.add_argument(
        "--public", type=json.loads, help="the addresses to stand in for, as names.PublicNames"
    )
    parser.add_argument("--public-port", type=int, default=0, help="where; 0 is any port that is free")
    parser.add_argument("--ready-fd", type=int)
    parser.add_argument("--detach", action="store_true")
    options = parser.parse_args()
    if options.detach and os.fork():
        os._exit(0)
    with ExitStack() as stack:
        relay_socket = options.relay_socket
        if options.own_relay:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tagboat-relay-"))
            relay_socket = Path(folder) / "relay.sock"
            never = options.under_release
            stack.enter_context(running_relay(relay_socket, default_index=options.default_index, never=never))
        sandbox = Sandbox(
            options.dir,
            relay_socket=relay_socket,
            relay_cache=options.relay_cache,
            under_release=options.under_release,
            public=PublicNames.from_json(options.public) if options.public else None,
            public_port=options.public_port,
        )
        asyncio.run(_serve(sandbox, options.ready_fd))


async def _serve(sandbox: Sandbox, ready: int | None) -> None:
    ended = asyncio.Event()
    for deadly in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(deadly, ended.set)
    try:
        await sandbox.start()
        if ready is not None:
            os.write(ready, json.dumps(sandbox.addresses.as_json()).encode() + b"\n")
            os.close(ready)
        await ended.wait()
    finally:
        await sandbox.stop()


if __name__ == "__main__":
    main()
