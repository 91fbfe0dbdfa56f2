"""The identity provider as an application.

Each issuer answers below its kind: ``/github/.well-known/openid-configuration`` and ``/github/.well-known/jwks``, the
same for ``/gitlab``. A GitHub job asks ``GET /token/GRANT?audience=...`` with ``Authorization: bearer SECRET``, as the
variables ``ACTIONS_ID_TOKEN_REQUEST_URL`` and ``..._TOKEN`` tell it to.

Controls, for whoever holds the sandbox's own token:

- ``POST /_sandbox/grants`` with the job's claims gives ``{"grant", "secret"}``; ``DELETE /_sandbox/grants/N`` ends it;
- ``POST /_sandbox/tokens`` with ``{"issuer", "audience", "claims"}`` gives ``{"token"}`` at once, as GitLab hands it to jobs;
- ``POST /_sandbox/claims`` with ``{"issuer", "claims"}`` gives all claims that such a token would carry about the job.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tagboat.errors import InvalidError
from tagboat.sandbox.frame import FRAME, Frame, application, exchange_of, has_token, operation
from tagboat.sandbox.identity.claims import KINDS
from tagboat.sandbox.identity.provider import Provider

_JSON = {"Cache-Control": "no-store"}


def identity_application(frame: Frame, provider: Provider, *, only: str | None = None) -> web.Application:
    """All of the provider, or with ``only`` the public documents of one issuer, at the root."""
    made = application(frame, "identity")
    service = _Identity(provider)
    made.add_routes(service.routes() if only is None else service.documents(only, ""))
    return made


class _Identity:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers go."""
        return [
            *(route for kind in KINDS for route in self.documents(kind, f"/{kind}")),
            web.get("/token/{grant:\\d{1,15}}", self.token),
            web.post("/_sandbox/grants", _control(self._grant)),
            web.delete("/_sandbox/grants/{grant:\\d{1,15}}", self.revoke),
            web.post("/_sandbox/tokens", _control(self._issue)),
            web.post("/_sandbox/claims", _control(self._claims)),
        ]

    def documents(self, kind: str, below: str) -> list[web.RouteDef]:
        """Discovery and keys of one issuer."""
        issuer = self._provider.issuers[kind]

        @operation("discovery")
        async def discovery(_: web.Request) -> web.StreamResponse:
            return web.json_response(issuer.discovery())

        @operation("keys")
        async def keys(_: web.Request) -> web.StreamResponse:
            return web.json_response({"keys": [self._provider.key.published()]})

        path = issuer.jwks.removeprefix(issuer.name)
        return [
            web.get(f"{below}/.well-known/openid-configuration", discovery),
            web.get(f"{below}{path}", keys),
        ]

    @operation("id-token")
    async def token(self, request: web.Request) -> web.StreamResponse:
        """A token for the job that this grant was made for."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        number = int(request.match_info["grant"])
        claims = self._provider.granted(number, secret.strip()) if scheme.lower() == "bearer" else None
        if claims is None:
            return web.json_response({"message": "Unauthorized"}, status=401, headers=_JSON)
        audience = request.query.get("audience") or f"https://localhost/{claims['repository_owner']}"
        value = self._provider.token("github", claims, audience)
        exchange_of(request).key = str(claims["job_workflow_ref"])
        request.app[FRAME].journal.record(
            service="identity", operation="id-token", key=f"{claims['sub']} for {audience}", sha256=None,
            result="created",
        )  # fmt: skip
        return web.json_response({"count": len(value), "value": value}, headers=_JSON)

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        """End a grant."""
        if not has_token(request):
            return web.json_response({"message": "The sandbox's own token is needed."}, status=403)
        ended = self._provider.revoke(int(request.match_info["grant"]))
        return web.json_response({"ended": ended}, status=200 if ended else 404)

    def _grant(self, body: Any) -> dict[str, object]:
        number, secret = self._provider.grant(body)
        return {"grant": number, "secret": secret}

    def _issue(self, body: Any) -> dict[str, object]:
        kind = _kind(body)
        return {
            "token": self._provider.token(kind, self._provider.claims(kind, body["claims"]), body["audience"])
        }

    def _claims(self, body: Any) -> dict[str, object]:
        return self._provider.claims(_kind(body), body["claims"])


def _kind(body: Any) -> str:
    kind = str(body["issuer"])
    if kind not in KINDS:
        raise InvalidError(f"no issuer {kind!r}", remedy=f"choose one of: {', '.join(KINDS)}")
    return kind


def _control(
    deed: Callable[[Any], dict[str, object]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        if not has_token(request):
            return web.json_response({"message": "The sandbox's own token is needed."}, status=403)
        try:
            return web.json_response(deed(await request.json()), headers=_JSON)
        except InvalidError as error:
            return web.json_response({"message": error.cause}, status=400)
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            return web.json_response({"message": f"The body does not fit: {error!r}."}, status=400)

    return answer
