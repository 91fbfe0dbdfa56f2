"""The sandbox under public names: one application that gives each request to the service that its host belongs to.

Inside a rehearsal's isolation the public names lead to this machine, and this application listens on port 443. It has
the very services of the other ports, with the addresses in their answers being the public ones. What has no host here
is 421 (RFC 9110): nobody is guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from tagboat.errors import InvalidError
from tagboat.sandbox.forge.service import Door
from tagboat.sandbox.forge.shapes.links import Links
from tagboat.sandbox.names import PublicIndex, PublicNames, host_of

Forge = Callable[[Door, Links], web.Application]
Index = Callable[[str, PublicIndex], web.Application]
Issuer = Callable[[str], web.Application]


def front_application(names: PublicNames, *, forge: Forge, index: Index, issuer: Issuer) -> web.Application:
    """All services by host; the three functions make an application for one host.

    Raises:
        InvalidError: Two services share a host, which a request cannot tell apart.
    """
    links = Links(names.git.rstrip("/"), names.api.rstrip("/"), names.uploads.rstrip("/"))
    hosts: dict[str, web.Application] = {}
    for url, door in ((names.api, Door.API), (names.uploads, Door.UPLOADS), (names.git, Door.GIT)):
        _add(hosts, host_of(url), forge(door, links))
    for instance, address in names.indexes.items():
        for host in address.hosts():
            _add(hosts, host, index(instance, address))
    for kind, url in names.issuers.items():
        _add(hosts, host_of(url), issuer(kind))
    return _by_host(hosts)


def _add(hosts: dict[str, web.Application], host: str, made: web.Application) -> None:
    if host in hosts:
        raise InvalidError(f"two services are to be {host}")
    hosts[host] = made


def _by_host(hosts: Mapping[str, web.Application]) -> web.Application:
    # Requests are made by the outermost application, so the size of uploads is its business.
    front = web.Application(client_max_size=1 << 40)
    for host, made in hosts.items():
        front.add_domain(host, made)
    front.router.add_route("*", "/{rest:.*}", _misdirected)
    return front


async def _misdirected(request: web.Request) -> web.StreamResponse:
    return web.Response(status=421, text=f"This sandbox does not stand in for {request.host}.\n")
