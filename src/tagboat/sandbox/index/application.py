"""One instance of the index as an application: uploads, reading, trusted publishing, control."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from tagboat.sandbox.frame import Frame, application
from tagboat.sandbox.index.control import Control
from tagboat.sandbox.index.keysets import Keysets, KnownIssuer
from tagboat.sandbox.index.minting import Minting
from tagboat.sandbox.index.publisher_control import PublisherControl
from tagboat.sandbox.index.publishers import Publishers
from tagboat.sandbox.index.reading import Reading
from tagboat.sandbox.index.relayed import RelayedProjects
from tagboat.sandbox.index.store import Store
from tagboat.sandbox.index.upload import Uploads


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose identity tokens an index takes: issuers by the text of ``iss``, how to reach them, how owners are numbered."""

    issuers: Mapping[str, KnownIssuer]
    context: ssl.SSLContext
    owner_id: Callable[[str], str]


def index_application(
    frame: Frame,
    instance: str,
    root: str,
    *,
    trust: Trust,
    relay_socket: Path | None,
    relay_cache: Path,
    files: str = "",
    under_release: Collection[str] = (),
    now: Callable[[], float] = time.time,
) -> web.Application:
    """The index ``testpypi`` or ``pypi``.

    ``root`` is its address without a slash, ``files`` the address that its files are told to be below when that is
    another one, ``now`` gives Unix seconds.
    """
    store = Store(frame.state, instance, now=now)
    store.add_under_release(under_release)
    publishers = Publishers(store)
    relayed = RelayedProjects(relay_socket, relay_cache, files or root)
    keysets = Keysets(trust.issuers, trust.context, now)
    made = application(frame, instance)
    made.cleanup_ctx.append(relayed.lifetime)
    made.cleanup_ctx.append(keysets.lifetime)
    for part in (
        Uploads(store, publishers, root),
        Reading(store, relayed, files or root),
        Minting(store, publishers, trust.issuers, keysets, f"{root}/help/"),
        Control(store),
        PublisherControl(store, publishers, trust.owner_id),
    ):
        made.add_routes(part.routes())
    return made
