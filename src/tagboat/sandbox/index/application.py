"""One instance of the index as an application: uploads, reading, control."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

from aiohttp import web

from tagboat.sandbox.frame import Frame, application
from tagboat.sandbox.index.control import Control
from tagboat.sandbox.index.reading import Reading
from tagboat.sandbox.index.relayed import RelayedProjects
from tagboat.sandbox.index.store import Store
from tagboat.sandbox.index.upload import Uploads


def index_application(
    frame: Frame,
    instance: str,
    root: str,
    *,
    relay_socket: Path | None,
    relay_cache: Path,
    under_release: Collection[str] = (),
    now: Callable[[], float] = time.time,
) -> web.Application:
    """The index ``testpypi`` or ``pypi``; ``root`` is its address without a slash, ``now`` gives Unix seconds."""
    store = Store(frame.state, instance, now=now)
    store.add_under_release(under_release)
    relayed = RelayedProjects(relay_socket, relay_cache, root)
    made = application(frame, instance)
    made.cleanup_ctx.append(relayed.lifetime)
    for part in (Uploads(store, root), Reading(store, relayed, root), Control(store)):
        made.add_routes(part.routes())
    return made
