"""The keys of the issuers that an index knows: found by discovery, kept, and asked for anew at most once a minute.

A key that is not among those kept makes the index look again, unless it has just looked; so a token with a made-up
``kid`` cannot make it hammer an issuer. An issuer that fails leaves what is kept as it is.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    import jwt

COOLDOWN_SECONDS: Final = 60.0
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True, slots=True)
class KnownIssuer:
    """An issuer that the index takes tokens from: its ``kind``, and the address on this machine that stands for its name."""

    kind: str
    name: str
    reached: str


class Keysets:
    """The keys by issuer and ``kid``."""

    def __init__(
        self, issuers: Mapping[str, KnownIssuer], trust: ssl.SSLContext, now: Callable[[], float]
    ) -> None:
        self._issuers = issuers
        self._trust = trust
        self._now = now
        self._keys: dict[str, dict[str, Any]] = {}
        self._looked: dict[str, float] = {}
        self._turn = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def lifetime(self, _: web.Application) -> AsyncIterator[None]:
        """The client, for as long as the application is up (an aiohttp cleanup context)."""
        connector = aiohttp.TCPConnector(ssl=self._trust)
        async with aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT) as self._session:
            yield
        self._session = None

    async def key(self, issuer: str, kid: str) -> jwt.PyJWK | None:
        """The key of a known issuer, or None when it has none of this name."""
        from jwt import PyJWK  # noqa: PLC0415 - part of the sandbox extra
        from jwt.exceptions import PyJWKError  # noqa: PLC0415

        async with self._turn:
            if kid not in self._keys.get(issuer, {}) and self._may_look(issuer):
                await self._look(issuer)
        found = self._keys.get(issuer, {}).get(kid)
        try:
            return PyJWK(found) if found is not None else None
        except PyJWKError:
            return None

    def _may_look(self, issuer: str) -> bool:
        return self._now() - self._looked.get(issuer, float("-inf")) >= COOLDOWN_SECONDS

    async def _look(self, issuer: str) -> None:
        known = self._issuers[issuer]
        discovered = await self._read(f"{known.reached}/.well-known/openid-configuration")
        place = discovered.get("jwks_uri")
        if not isinstance(place, str) or not place.startswith(known.name + "/"):
            return
        listed = (await self._read(known.reached + place.removeprefix(known.name))).get("keys")
        keys = {str(key["kid"]): key for key in listed if "kid" in key} if isinstance(listed, list) else {}
        if keys:
            self._keys[issuer] = keys
            self._looked[issuer] = self._now()

    async def _read(self, url: str) -> dict[str, Any]:
        if self._session is None:
            return {}
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                read = json.loads(await answer.read()) if answer.status == 200 else {}
        except (TimeoutError, aiohttp.ClientError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}
