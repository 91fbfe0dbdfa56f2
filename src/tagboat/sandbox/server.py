"""A whole sandbox in one event loop: forge, two indexes, identity provider, each on a loopback port of its own, over TLS."""

from __future__ import annotations

import os
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from tagboat.errors import UnavailableError
from tagboat.sandbox import looping, ports
from tagboat.sandbox.actions.service import Actions
from tagboat.sandbox.actions.surroundings import machine_of
from tagboat.sandbox.addresses import Addresses, IndexAddress, write_addresses
from tagboat.sandbox.certificates import server_context
from tagboat.sandbox.faults import SERVICES, Faults
from tagboat.sandbox.forge.forge import Forge
from tagboat.sandbox.forge.service import forge_application
from tagboat.sandbox.frame import Frame, Moment
from tagboat.sandbox.front import front_application
from tagboat.sandbox.identity import identity_application
from tagboat.sandbox.identity.claims import KINDS
from tagboat.sandbox.identity.keys import SigningKey
from tagboat.sandbox.identity.provider import Issuer, Provider
from tagboat.sandbox.index.application import Trust, index_application
from tagboat.sandbox.index.keysets import KnownIssuer
from tagboat.sandbox.journal import Journal
from tagboat.sandbox.lock import ProcessLock
from tagboat.sandbox.names import LOOPBACK, PublicNames
from tagboat.sandbox.proxy import ConnectProxy
from tagboat.sandbox.state import State


class Sandbox:
    """The services of one directory; started and stopped inside a running event loop.

    ``on_moment`` is called in the loop at the points that ``frame.Moment`` lists. ``relay_socket`` is where a
    ``relay.Relay`` listens; without one, projects that were not uploaded here do not exist. ``under_release`` names the
    projects that are never asked from the relay; whatever is uploaded here joins them. ``relay_cache`` is a folder
    where relayed files stay, by default in the directory. ``now`` is the clock of the indexes and of
    the identity provider, in Unix seconds. ``public`` are the addresses that all this stands in for, on the
    port ``public_port`` (0: any that is free) for all of them.
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
        public_port: int = 0,
    ) -> None:
        self.directory = directory.resolve()
        self._on_moment = on_moment
        self._relay_socket = relay_socket
        self._relay_cache = relay_cache or self.directory / "relay-cache"
        self._under_release = tuple(under_release)
        self._now = now
        self._public = public
        self._public_port = public_port
        self._proxy: ConnectProxy | None = None
        self._actions: Actions | None = None
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
            UnavailableError: A port is not to be had.
        """
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.acquire()
        names = self._public.hosts() if self._public else ()
        sockets = self._sockets = ports.listening(self.directory, front=self._public_port if names else None)
        numbers = {service: int(bound.getsockname()[1]) for service, bound in sockets.items()}
        token = _token(self.directory)
        addresses = _addresses(self.directory, numbers, token, self._public)
        state = State(self.directory)
        journal = Journal(self.directory / "journal.jsonl", state)
        frame = self.frame = Frame(state, journal, Faults(self.directory), token, self._on_moment)
        context = server_context(self.directory, names)
        for service, made in self._applications(frame, addresses).items():
            runner = web.AppRunner(made, access_log=None, shutdown_timeout=1.0, auto_decompress=False)
            self._runners.append(runner)
            await runner.setup()
            await web.SockSite(runner, sockets[service], ssl_context=context).start()
        if names:
            self._proxy = ConnectProxy(sockets["proxy"], names, addresses.front_port)
            await self._proxy.start()
        if self._actions is not None:
            await self._actions.start()
        self._addresses = addresses
        write_addresses(self.directory, addresses)

    async def stop(self) -> None:
        """Take the services down; what they accepted stays."""
        if self._actions is not None:
            await self._actions.stop()
            self._actions = None
        if self._proxy is not None:
            await self._proxy.stop()
            self._proxy = None
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
        """The services, each an application of its own, and with public names all of them once more as one."""
        forge, issuers = Forge(frame), _issuers(addresses)
        key = SigningKey.of(self.directory)
        provider = Provider(frame.state, key, issuers, numbers=forge.numbers, now=self._now)
        actions = self._actions = Actions(forge, machine_of(addresses, provider, self._public))
        known = {
            each.name: KnownIssuer(kind, each.name, f"{addresses.identity}/{kind}")
            for kind, each in issuers.items()
        }
        context = ssl.create_default_context(cafile=addresses.ca)
        trust = Trust(known, context, lambda owner: forge.numbers(f"{owner}/")[0])

        def index(instance: str, root: str, files: str = "") -> web.Application:
            return index_application(
                frame,
                instance,
                root,
                files=files,
                trust=trust,
                relay_socket=self._relay_socket,
                relay_cache=self._relay_cache,
                under_release=self._under_release,
                now=self._now,
            )

        made = {
            "forge": forge_application(frame, actions),
            "identity": identity_application(frame, provider),
            **{name: index(name, _root(getattr(addresses, name).simple)) for name in ("testpypi", "pypi")},
        }
        if self._public is not None:
            made["front"] = front_application(
                self._public,
                forge=lambda door, links: forge_application(frame, actions, door=door, links=links),
                index=lambda name, public: index(name, _root(public.simple), public.files.rstrip("/")),
                issuer=lambda kind: identity_application(frame, provider, only=kind),
            )
        return made


def _root(simple: str) -> str:
    return simple.removesuffix("/simple/")


def _issuers(addresses: Addresses) -> dict[str, Issuer]:
    """Both issuers; GitHub and GitLab publish their keys at different paths."""
    paths = {"github": "/.well-known/jwks", "gitlab": "/oauth/discovery/keys"}
    return {kind: Issuer(kind, name, name + paths[kind]) for kind, name in addresses.issuers.items()}


def _token(directory: Path) -> str:
    path = directory / "token"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("pypi-" + secrets.token_urlsafe(32))
        fresh.replace(path)
    return path.read_text()


def _addresses(directory: Path, numbers: dict[str, int], token: str, public: PublicNames | None) -> Addresses:
    roots = {service: f"https://localhost:{numbers[service]}" for service in SERVICES}
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
        front_port=numbers.get("front", 0),
        proxy=f"http://{LOOPBACK}:{numbers['proxy']}" if "proxy" in numbers else "",
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
    public_port: int = 0,
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
        public_port=public_port,
    )
    with looping.running(f"sandbox {directory.name}", sandbox.start, sandbox.stop):
        yield sandbox
