"""The sandbox's own process: ``python -m tagboat.sandbox --dir DIR``; ended by SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from tagboat.sandbox.server import Sandbox


def main() -> None:
    """Serve until told to stop; tell ``--ready-fd`` the addresses once everything answers."""
    parser = argparse.ArgumentParser(prog="python -m tagboat.sandbox")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--relay-socket", type=Path)
    parser.add_argument("--relay-cache", type=Path)
    parser.add_argument("--under-release", action="append", default=[], metavar="NAME")
    parser.add_argument("--ready-fd", type=int)
    parser.add_argument("--detach", action="store_true")
    options = parser.parse_args()
    if options.detach and os.fork():
        os._exit(0)
    sandbox = Sandbox(
        options.dir,
        relay_socket=options.relay_socket,
        relay_cache=options.relay_cache,
        under_release=options.under_release,
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
