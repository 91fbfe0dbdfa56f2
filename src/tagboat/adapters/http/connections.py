"""Pools of connections: which certificates are trusted, which proxy is used, which addresses are allowed at all."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import certifi
import urllib3

from tagboat.adapters.secrets import clean
from tagboat.errors import InvalidError, RefusedError

POOL_SIZE: Final = 8


def loopback(host: str) -> bool:
    """Tell whether a host's name can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def checked(url: str) -> SplitResult:
    """Return the parts of an address that may be asked: https, or http on this machine; no credential in it.

    Raises:
        InvalidError: it is not such an address.
        RefusedError: it is http to another machine.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidError(f"not a web address: {clean(url)[:200]!r}") from None
    if parts.scheme not in ("https", "http") or not host or not url.isprintable():
        raise InvalidError(f"not a web address: {clean(url)[:200]!r}")
    if parts.username is not None or parts.password is not None:
        raise InvalidError(
            f"the address of {host} holds a credential",
            remedy="give it by environment, file or keyring instead",
        )
    if parts.scheme == "http" and not loopback(host):
        raise RefusedError(f"{host} would be asked over plain http", remedy="use its https address")
    return parts


def origin(url: str) -> tuple[str, str, int]:
    """Return what must be equal for a credential to be sent along: scheme, host and port; no address equals one."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", url, 0


class Connections:
    """The connection pools of one process: direct ones and, where the environment names them, through proxies."""

    def __init__(self, ca: Path | None, environment: Mapping[str, str]) -> None:
        self._ca = str(ca) if ca else environment.get("SSL_CERT_FILE") or certifi.where()
        self._proxies = _proxies(environment)
        self._pools: dict[tuple[str, str], urllib3.PoolManager] = {}

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """The certificates are read when they are first needed, as that takes its time."""
        try:
            context = ssl.create_default_context(cafile=self._ca)
        except (OSError, ssl.SSLError) as problem:
            raise InvalidError(
                f"the certificates in {self._ca} cannot be used: {problem}", remedy="check SSL_CERT_FILE"
            ) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def pool(self, parts: SplitResult) -> urllib3.PoolManager:
        """Return the pool that reaches this address; this machine is never asked through a proxy."""
        host = parts.hostname or ""
        proxy = self._proxies.get(parts.scheme) or self._proxies.get("all") or ""
        if loopback(host) or _excepted(host, self._proxies.get("no", "")):
            proxy = ""
        key = (parts.scheme, proxy)
        if key not in self._pools:
            self._pools[key] = self._made(proxy, self._context if parts.scheme == "https" else None)
        return self._pools[key]

    def _made(self, proxy: str, context: ssl.SSLContext | None) -> urllib3.PoolManager:
        if not proxy:
            return urllib3.PoolManager(maxsize=POOL_SIZE, ssl_context=context, retries=False)
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        who = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        try:
            return urllib3.ProxyManager(
                f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
                maxsize=POOL_SIZE,
                ssl_context=context,
                retries=False,
                proxy_headers=urllib3.make_headers(proxy_basic_auth=who) if who else None,
            )
        except urllib3.exceptions.HTTPError:
            raise InvalidError(
                "the environment names a proxy that is no http or https address", remedy="check HTTPS_PROXY"
            ) from None


def _proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """The proxies by scheme, lower-case names first, as curl reads them; ``no`` is the list of exceptions."""
    proxies: dict[str, str] = {}
    for name in ("http", "https", "all", "no"):
        value = environment.get(f"{name}_proxy") or environment.get(f"{name.upper()}_PROXY") or ""
        if value:
            proxies[name] = value
    return proxies


def _excepted(host: str, exceptions: str) -> bool:
    """Tell whether NO_PROXY's list (host names, which cover their sub-domains, or ``*``) names the host."""
    for item in exceptions.lower().split(","):
        name = item.strip().rpartition("://")[2].partition(":")[0].removeprefix("*").lstrip(".")
        if item.strip() == "*" or (name and (host.lower() == name or host.lower().endswith("." + name))):
            return True
    return False
