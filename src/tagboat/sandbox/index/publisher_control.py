"""What people set on the index's website about trusted publishing: ``POST /_sandbox/...`` with the sandbox's token.

``publishers`` {project, issuer, repository, workflow, environment?, pending?, create?} adds one and gives its ``id``: for a
project that exists (``create`` makes it first), or with ``pending`` for one that does not; ``list-publishers`` {};
``remove-publisher`` {id}; ``origin`` {filename}: which publisher uploaded a file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tagboat.sandbox.index.control import control_endpoint
from tagboat.sandbox.index.identity import OWNER
from tagboat.sandbox.index.publishers import Publisher, Publishers
from tagboat.sandbox.index.refusals import bad, refusal
from tagboat.sandbox.index.store import Store


class PublisherControl:
    """The control endpoints of one instance; ``owner_id`` tells how the forge numbers an account."""

    def __init__(self, store: Store, publishers: Publishers, owner_id: Callable[[str], str]) -> None:
        self._store = store
        self._publishers = publishers
        self._owner_id = owner_id

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers go."""
        deeds: dict[str, Callable[[Any], dict[str, Any]]] = {
            "publishers": self._add,
            "list-publishers": self._list,
            "remove-publisher": self._remove,
            "origin": self._origin,
        }
        return [web.post(f"/_sandbox/{name}", control_endpoint(deed)) for name, deed in deeds.items()]

    def _add(self, body: Any) -> dict[str, Any]:
        publisher, project = self._publisher(body), str(body["project"])
        there = self._store.project(project) is not None
        if body.get("pending", False):
            if there:
                raise refusal(
                    400, f"The project {project!r} exists: give it a publisher that is not pending."
                )
            return {"id": self._publishers.add_pending(publisher, project), "pending": True}
        if not there and not body.get("create", False):
            raise refusal(404, f"There is no project {project!r}: create it, or make the publisher pending.")
        self._store.add_project(project, owner=OWNER)
        return {"id": self._publishers.add(publisher, project), "pending": False}

    def _list(self, _: Any) -> dict[str, Any]:
        kept = [*self._publishers.all(pending=False), *self._publishers.all(pending=True)]
        return {
            "publishers": [
                {
                    "id": each.id,
                    **asdict(each.publisher),
                    "pending": each.pending,
                    "projects": list(self._publishers.projects(each.id)),
                }
                for each in kept
            ]
        }

    def _remove(self, body: Any) -> dict[str, Any]:
        if not self._publishers.remove(int(body["id"])):
            raise refusal(404, "There is no such publisher here.")
        return {"removed": True}

    def _origin(self, body: Any) -> dict[str, Any]:
        rows = self._store.rows(
            "SELECT origin FROM index_origins WHERE instance = ? AND filename = ?", str(body["filename"])
        )
        return {"origin": json.loads(rows[0][0]) if rows else None}

    def _publisher(self, body: Any) -> Publisher:
        kind, repository, workflow = (str(body[name]) for name in ("issuer", "repository", "workflow"))
        environment = str(body.get("environment") or "")
        if kind not in ("github", "gitlab"):
            raise bad(f"No issuer {kind!r}: github or gitlab.")
        owner, _, name = repository.partition("/")
        if not owner or not name or (kind == "github" and "/" in name):
            raise bad(f"{repository!r} is no OWNER/NAME.")
        if not workflow.endswith((".yml", ".yaml")) or (kind == "github" and "/" in workflow):
            raise bad(f"{workflow!r} is no workflow file, such as release.yml.")
        if kind == "gitlab":
            return Publisher(kind, repository, "", workflow, environment)
        return Publisher(kind, repository, self._owner_id(owner), workflow, environment.lower())
