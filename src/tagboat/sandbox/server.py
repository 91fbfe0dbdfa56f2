"""A whole sandbox in one event loop: forge, two indexes, identity provider, each on a loopback port of its own, over TLS."""

from __future__ import annotations

import json
import os
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from tagboat.errors import UnavailableError
from tagboat.sandbox import looping
from tagboat.sandbox.actions.surroundings import loopback
from tagboat.sandbox.addresses import Addresses, IndexAddress, write_addresses
from tagboat.sandbox.certificates import server_context
from tagboat.sandbox.faults import SERVICES, Faults
from tagboat.sandbox.forge import forge_application
from tagboat.sandbox.forge.forge import Forge
from tagboat.sandbox.frame import Frame, Moment
from tagboat.sandbox.identity import identity_application
from tagboat.sandbox.identity.claims import KINDS
from tagboat.sandbox.identity.keys import SigningKey
from tagboat.sandbox.identity.provider import Issuer, Provider
from tagboat.sandbox.index.application import Trust, index_application
from tagboat.sandbox.index.keysets import KnownIssuer
from tagboat.sandbox.journal import Journal
from tagboat.sandbox.lock import ProcessLock
from tagboat.sandbox.names import PublicNames
from tagboat.sandbox.state import State

LOOPBACK: Final = "127.0.0.1"


class Sandbox:
    """The services of one directory; started and stopped inside a running event loop.

    ``on_moment`` is called in the loop at the points that ``frame.Moment`` lists. ``relay_socket`` is where a
    ``relay.Relay`` listens; without one, projects that were not uploaded here do not exist. ``under_release`` names the
    projects that are never asked from the relay; whatever is uploaded here joins them. ``relay_cache`` is a folder
    where relayed files stay, by default in the directory. ``now`` is the clock of the indexes and of
    the identity provider, in Unix seconds. ``public`` are the addresses that all this stands in for.
    """

    def __init__(
        self,
        directory: Path,
        *,
        on_moment: Callable[[Moment], None] | None = None,
        relay_socket: Path | None = None,
        under_release: Collection[str] = (),
        relay_cache: Path | None = None,
        now: Callable[[], float] = time.time,
        public: PublicNames | None = None,
    ) -> None:
        self.directory = directory.resolve()
        self._on_moment = on_moment
        self._relay_socket = relay_socket
        self._relay_cache = relay_cache or self.directory / "relay-cache"
        self._under_release = tuple(under_release)
        self._now = now
        self._public = public
        self._sockets: dict[str, socket.socket] = {}
        self._runners: list[web.AppRunner] = []
        self._addresses: Addresses | None = None
        self._lock = ProcessLock(self.directory)
        self.frame: Frame | None = None

    @property
    def addresses(self) -> Addresses:
        """Where everything is.

        Raises:
            UnavailableError: The sandbox is not started.
        """
        if self._addresses is None:
            raise UnavailableError(f"the sandbox in {self.directory} is not up", remedy="start it first")
        return self._addresses

    async def start(self) -> None:
        """Bring all services up; when this returns they answer.

        Raises:
            AlreadyRunningError: Another process, or another object of this one, serves this directory.
        """
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.acquire()
        sockets = self._sockets = _sockets(self.directory)
        ports = {service: int(bound.getsockname()[1]) for service, bound in sockets.items()}
        token = _token(self.directory)
        addresses = _addresses(self.directory, ports, token, self._public)
        state = State(self.directory)
        journal = Journal(self.directory / "journal.jsonl", state)
        frame = self.frame = Frame(state, journal, Faults(self.directory), token, self._on_moment)
        context = server_context(self.directory)
        for service, made in self._applications(frame, addresses).items():
            runner = web.AppRunner(made, access_log=None, shutdown_timeout=1.0, auto_decompress=False)
            self._runners.append(runner)
            await runner.setup()
            await web.SockSite(runner, sockets[service], ssl_context=context).start()
        self._addresses = addresses
        write_addresses(self.directory, addresses)

    async def stop(self) -> None:
        """Take the services down; what they accepted stays."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        for bound in self._sockets.values():
            bound.close()
        if self.frame is not None:
            self.frame.cut_connections()
            self.frame.journal.close()
            self.frame.state.close()
            self.frame = None
        self._addresses = None
        self._lock.release()

    def _applications(self, frame: Frame, addresses: Addresses) -> dict[str, web.Application]:
        """The services; each is one application."""
        forge, issuers = Forge(frame), _issuers(addresses)
        key = SigningKey.of(self.directory)
        provider = Provider(frame.state, key, issuers, numbers=forge.numbers, now=self._now)
        known = {
            each.name: KnownIssuer(kind, each.name, f"{addresses.identity}/{kind}")
            for kind, each in issuers.items()
        }
        context = ssl.create_default_context(cafile=addresses.ca)
        trust = Trust(known, context, lambda owner: forge.numbers(f"{owner}/")[0])
        made = {
            "forge": forge_application(frame, forge, loopback(addresses, provider)),
            "identity": identity_application(frame, provider),
        }
        for instance, address in (("testpypi", addresses.testpypi), ("pypi", addresses.pypi)):
            made[instance] = index_application(
                frame,
                instance,
                address.simple.removesuffix("/simple/"),
                trust=trust,
                relay_socket=self._relay_socket,
                relay_cache=self._relay_cache,
                under_release=self._under_release,
                now=self._now,
            )
        return made


def _issuers(addresses: Addresses) -> dict[str, Issuer]:
    """Both issuers; GitHub and GitLab publish their keys at different paths."""
    paths = {"github": "/.well-known/jwks", "gitlab": "/oauth/discovery/keys"}
    return {kind: Issuer(kind, name, name + paths[kind]) for kind, name in addresses.issuers.items()}


def _sockets(directory: Path) -> dict[str, socket.socket]:
    """One listening socket for each service, on its port of last time when that is free."""
    remembered = directory / "ports.json"
    wanted: dict[str, int] = json.loads(remembered.read_text()) if remembered.exists() else {}
    sockets = {service: _bound(wanted.get(service, 0)) for service in SERVICES}
    fresh = remembered.with_suffix(".new")
    fresh.write_text(json.dumps({service: bound.getsockname()[1] for service, bound in sockets.items()}))
    fresh.replace(remembered)
    return sockets


def _bound(port: int) -> socket.socket:
    for candidate in (port, 0):
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((LOOPBACK, candidate))
            bound.listen(128)
        except OSError:
            bound.close()
        else:
            return bound
    raise UnavailableError(
        "no free port on the loopback interface", remedy="is the interface up? try: ip link set lo up"
    )


def _token(directory: Path) -> str:
    path = directory / "token"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("pypi-" + secrets.token_urlsafe(32))
        fresh.replace(path)
    return path.read_text()


def _addresses(directory: Path, ports: dict[str, int], token: str, public: PublicNames | None) -> Addresses:
    roots = {service: f"https://localhost:{port}" for service, port in ports.items()}
    indexes = {
        name: IndexAddress(f"{roots[name]}/legacy/", f"{roots[name]}/simple/")
        for name in ("testpypi", "pypi")
    }
    return Addresses(
        forge=roots["forge"],
        api=f"{roots['forge']}/api/v3",
        git=roots["forge"],
        ca=str(directory / "ca.pem"),
        token=token,
        pid=os.getpid(),
        identity=roots["identity"],
        issuers=dict(public.issuers) if public else {kind: f"{roots['identity']}/{kind}" for kind in KINDS},
        **indexes,
    )


@contextmanager
def running_sandbox(
    directory: Path,
    *,
    on_moment: Callable[[Moment], None] | None = None,
    relay_socket: Path | None = None,
    under_release: Collection[str] = (),
    relay_cache: Path | None = None,
    now: Callable[[], float] = time.time,
    public: PublicNames | None = None,
) -> Iterator[Sandbox]:
    """A sandbox in a thread of this process, up for the length of the ``with`` block; ``on_moment`` runs there, too."""
    sandbox = Sandbox(
        directory,
        on_moment=on_moment,
        relay_socket=relay_socket,
        under_release=under_release,
        relay_cache=relay_cache,
        now=now,
        public=public,
    )
    with looping.running(f"sandbox {directory.name}", sandbox.start, sandbox.stop):
        yield sandbox
