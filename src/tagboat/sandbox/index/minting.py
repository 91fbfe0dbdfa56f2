"""Trusted publishing at the index: the audience, a token for a token, and the end of a token.

``POST /_/oidc/mint-token`` refuses with 422 and a code, in this order (observed behaviour of PyPI):

1. ``invalid-payload``: the body is no JSON with a text ``token``, that is no JWT, or its issuer is unknown;
2. ``not-enabled``: the issuer's kind was switched off;
3. ``invalid-token``: not genuine, see ``tokens``;
4. ``invalid-pending-publisher``: a pending publisher fits, and its project exists meanwhile;
5. ``invalid-payload``: a pending publisher fits, and its project's name is not to be had;
6. ``invalid-publisher``: no publisher fits, see ``claims``;
7. ``invalid-reuse-token``: the identity token was taken before.

What ``burn-token`` answers is not documented; clients take 200 and 204 alike. Here it is 204 for every token that was
minted, as often as it is asked, and 422 for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tagboat.sandbox.frame import FRAME, exchange_of, operation
from tagboat.sandbox.index import rules
from tagboat.sandbox.index.claims import NoPublisherError, matching
from tagboat.sandbox.index.identity import OWNER
from tagboat.sandbox.index.keysets import Keysets, KnownIssuer
from tagboat.sandbox.index.publishers import Kept, Publishers
from tagboat.sandbox.index.store import Store
from tagboat.sandbox.index.tokens import unverified_issuer, verified_claims
from tagboat.sandbox.journal import Result

SETTING: Final = "trusted-publishing"
"""``on`` or ``off``, for all issuers; with ``-github`` or ``-gitlab`` behind it for one kind."""

_FAILED: Final = "Token request failed"


class _Refused(Exception):  # noqa: N818 - an answer, not an error
    """Leave the minting with a code and its description; the transaction that it leaves is rolled back."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Minting:
    """The handlers below ``/_/oidc/`` for one instance."""

    def __init__(
        self,
        store: Store,
        publishers: Publishers,
        issuers: Mapping[str, KnownIssuer],
        keysets: Keysets,
        help_: str,
    ) -> None:
        self._store = store
        self._publishers = publishers
        self._issuers = issuers
        self._keysets = keysets
        self._help = help_

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers go."""
        return [
            web.get("/_/oidc/audience", self.audience),
            web.post("/_/oidc/mint-token", self.mint),
            web.post("/_/oidc/github/mint-token", self.mint),
            web.post("/_/oidc/burn-token", self.burn),
        ]

    @operation("oidc-audience")
    async def audience(self, _: web.Request) -> web.StreamResponse:
        """Whom identity tokens have to be for."""
        if self._store.setting(SETTING, "on") == "off":
            return web.json_response({"message": "Trusted publishing functionality not enabled"}, status=403)
        return web.json_response({"audience": self._store.instance})

    @operation("mint-token")
    async def mint(self, request: web.Request) -> web.StreamResponse:
        """A token for uploads in exchange for an identity token."""
        try:
            token = _token(await request.read())
            issuer = self._issuer(token)
            if "off" in (self._store.setting(name, "on") for name in (SETTING, f"{SETTING}-{issuer.kind}")):
                raise _Refused("not-enabled", f"{issuer.kind} trusted publishing functionality not enabled")
            claims = await verified_claims(
                token,
                issuer=issuer.name,
                audience=self._store.instance,
                keysets=self._keysets,
                now=self._store.now,
            )
            if claims is None:
                raise _Refused("invalid-token", "malformed or invalid token")
            return self._minted(request, issuer, claims)
        except _Refused as refused:
            error = {"code": refused.code, "description": refused.description}
            return web.json_response({"message": _FAILED, "errors": [error]}, status=422)

    @operation("burn-token")
    async def burn(self, request: web.Request) -> web.StreamResponse:
        """End a token that was minted."""
        try:
            token = _token(await request.read())
            with self._store.state.transaction():
                publisher = self._publishers.burn(token)
                if publisher is None:
                    raise _Refused("invalid-token", "no token of a trusted publisher")
                self._record(request, "burn-token", str(publisher), "updated")
        except _Refused as refused:
            error = {"code": refused.code, "description": refused.description}
            return web.json_response({"message": _FAILED, "errors": [error]}, status=422)
        return web.Response(status=204)

    def _issuer(self, token: str) -> KnownIssuer:
        name = unverified_issuer(token)
        if name is None:
            raise _Refused("invalid-payload", "malformed JWT")
        if name not in self._issuers:
            raise _Refused("invalid-payload", "unknown trusted publishing issuer")
        return self._issuers[name]

    def _minted(self, request: web.Request, issuer: KnownIssuer, claims: dict[str, Any]) -> web.Response:
        """All that reads and writes, without an await in between: two requests with one token cannot both pass."""
        pending = self._pending(issuer, claims)
        with self._store.state.transaction():
            if pending is not None:
                self._store.add_project(str(pending.pending), owner=OWNER)
                self._publishers.make_real(pending)
            found = self._matching(issuer, claims, pending=False)
            if not self._publishers.use_once(issuer.name, str(claims["jti"]), float(claims["exp"])):
                raise _Refused("invalid-reuse-token", "invalid token: already used")
            value, expires = self._publishers.mint(found.id, claims)
            self._record(request, "mint-token", str(found.publisher), "created")
        return web.json_response({"success": True, "token": value, "expires": expires})

    def _pending(self, issuer: KnownIssuer, claims: dict[str, Any]) -> Kept | None:
        """The pending publisher that fits, if its project can be created.

        Raises:
            _Refused: The project exists, and the pending publisher is gone with this answer; or the name is not to be had.
        """
        try:
            pending = self._matching(issuer, claims, pending=True)
        except _Refused:
            return None
        name = str(pending.pending)
        if self._store.project(name) is not None:
            self._publishers.remove(pending.id)
            raise _Refused("invalid-pending-publisher", "valid token, but project already exists")
        try:
            rules.check_new_name(self._store, name, self._help)
        except web.HTTPException as refusal:
            raise _Refused("invalid-payload", refusal.reason) from None
        return pending

    def _matching(self, issuer: KnownIssuer, claims: dict[str, Any], *, pending: bool) -> Kept:
        server = issuer.name.partition("://")[2]
        try:
            return matching(issuer.kind, self._publishers.all(pending=pending), claims, server)
        except NoPublisherError as error:
            raise _Refused(
                "invalid-publisher", f"valid token, but no corresponding publisher ({error})"
            ) from None

    def _record(self, request: web.Request, name: str, key: str, result: Result) -> None:
        exchange_of(request).key = key
        request.app[FRAME].journal.record(
            service=self._store.instance, operation=name, key=key, sha256=None, result=result
        )


def _token(body: bytes) -> str:
    try:
        token = json.loads(body)["token"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = f"the body is no JSON object with a token: {type(error).__name__}"
        raise _Refused("invalid-payload", why) from None
    if not isinstance(token, str):
        raise _Refused("invalid-payload", "token: Input should be a valid string")
    if not token.isascii():
        raise _Refused("invalid-payload", "malformed JWT")
    return token
