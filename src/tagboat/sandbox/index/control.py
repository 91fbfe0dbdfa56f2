"""What PyPI lets people do only on its website, and what only a sandbox can do: ``POST /_sandbox/...`` with the token."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web
from packaging.utils import canonicalize_name

from tagboat.sandbox.frame import has_token
from tagboat.sandbox.index.identity import OWNER
from tagboat.sandbox.index.refusals import bad, denied, refusal
from tagboat.sandbox.index.store import Store

_DAY_SECONDS: Final = 24 * 3600
_STATUSES: Final = ("active", "archived", "quarantined", "deprecated")
_TRUSTED: Final = ("trusted-publishing", "trusted-publishing-github", "trusted-publishing-gitlab")
_SETTINGS: Final = ("uploads", "file-limit", "project-limit", "new-projects-limit", *_TRUSTED)


class Control:
    """The control endpoints of one instance. Each takes a JSON body and answers JSON.

    ``under-release`` [names]; ``token`` {owner?, projects?, expires?}; ``yank`` {project, version, reason?, yanked?};
    ``delete`` {filename}; ``age`` {project, version, days}; ``project-status`` {project, status, reason?};
    ``settings`` {uploads?: open|read-only|disabled, file-limit?, project-limit?, new-projects-limit?,
    trusted-publishing?, trusted-publishing-github?, trusted-publishing-gitlab?: on|off}.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers go."""
        deeds: dict[str, Callable[[Any], dict[str, Any]]] = {
            "under-release": self._under_release,
            "token": self._token,
            "yank": self._yank,
            "delete": self._delete,
            "age": self._age,
            "project-status": self._project_status,
            "settings": self._settings,
        }
        return [web.post(f"/_sandbox/{name}", control_endpoint(deed)) for name, deed in deeds.items()]

    def _under_release(self, names: Any) -> dict[str, Any]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise bad("A JSON list of project names is needed.")
        self._store.add_under_release(names)
        return {"under-release": sorted(self._store.under_release())}

    def _token(self, body: Any) -> dict[str, Any]:
        token = self._store.new_token(body.get("owner", OWNER), body.get("projects"), body.get("expires"))
        return {"token": token}

    def _yank(self, body: Any) -> dict[str, Any]:
        return self._changed(
            "UPDATE index_releases SET yanked = :yanked, yanked_reason = :reason"
            " WHERE instance = :instance AND project = :project AND version = :version",
            yanked=int(body.get("yanked", True)),
            reason=body.get("reason", ""),
            project=canonicalize_name(body["project"]),
            version=body["version"],
        )

    def _delete(self, body: Any) -> dict[str, Any]:
        return self._changed("DELETE FROM index_files WHERE instance = ? AND filename = ?", body["filename"])

    def _age(self, body: Any) -> dict[str, Any]:
        values = {
            "age": float(body["days"]) * _DAY_SECONDS,
            "project": canonicalize_name(body["project"]),
            "version": body["version"],
        }
        where = "WHERE instance = :instance AND project = :project AND version = :version"
        self._store.write(f"UPDATE index_files SET uploaded = uploaded - :age {where}", **values)  # noqa: S608 - no input
        return self._changed(f"UPDATE index_releases SET created = created - :age {where}", **values)  # noqa: S608

    def _project_status(self, body: Any) -> dict[str, Any]:
        if body["status"] not in _STATUSES:
            raise bad(f"The status is one of: {', '.join(_STATUSES)}.")
        return self._changed(
            "UPDATE index_projects SET status = :status, status_reason = :reason"
            " WHERE instance = :instance AND name = :name",
            status=body["status"],
            reason=body.get("reason", ""),
            name=canonicalize_name(body["project"]),
        )

    def _settings(self, body: Any) -> dict[str, Any]:
        unknown = set(body) - set(_SETTINGS)
        if unknown:
            raise bad(f"No such setting: {', '.join(sorted(unknown))}.")
        for name, value in body.items():
            self._store.write("INSERT OR REPLACE INTO index_settings VALUES (?, ?, ?)", name, str(value))
        return dict(body)

    def _changed(self, statement: str, *values: Any, **named: Any) -> dict[str, Any]:
        if not self._store.write(statement, *values, **named):
            raise refusal(404, "There is no such thing here.")
        return {"changed": True}


def control_endpoint(
    deed: Callable[[Any], dict[str, Any]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler for whoever holds the sandbox's own token: JSON in, JSON out; 400 for a body that does not fit."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not has_token(request):
            raise denied("The sandbox's own token is needed.")
        try:
            return web.json_response(deed(await request.json()))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise bad(f"The body does not fit: {error!r}.") from None

    return handle
