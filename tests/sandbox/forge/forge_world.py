"""A repository in a running forge, and a client that holds every answer against GitHub's description."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from github_description import GitHubDescription

from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.frame import Moment
from tagboat.sandbox.journal import Entry
from tagboat.sandbox.server import Sandbox

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


@dataclass
class Reply:
    """An answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Talks to the forge; whatever comes from the REST interface is held against GitHub's description."""

    addresses: Addresses
    description: GitHubDescription | None
    token: str | None = None
    seen: set[str] = field(default_factory=set)

    def anonymous(self) -> Client:
        return Client(self.addresses, self.description, None, self.seen)

    def bearing(self, token: str) -> Client:
        return Client(self.addresses, self.description, token, self.seen)

    def connect(self) -> http.client.HTTPSConnection:
        parts = urlsplit(self.addresses.forge)
        trust = ssl.create_default_context(cafile=self.addresses.ca)
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trust, timeout=30)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """A request to a path from the server's root."""
        connection = self.connect()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, data: object = None, **headers: str) -> Reply:
        """A REST call to a path from ``/repos``, ``/user``..."""
        body = None if data is None else json.dumps(data).encode()
        reply = self.send(method, f"/api/v3{path}", body, **headers)
        media = reply.headers.get("Content-Type", "")
        if self.description is not None and method != "HEAD" and (not reply.body or "json" in media):
            self.seen.add(
                self.description.check(
                    method, urlsplit(path).path, reply.status, reply.body, accept=headers.get("Accept", "")
                )
            )
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, **headers)

    def post(self, path: str, data: object = None) -> Reply:
        return self.call("POST", path, data)

    def patch(self, path: str, data: object) -> Reply:
        return self.call("PATCH", path, data)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)

    def upload(self, release: int, name: str, content: bytes, *, repository: str, label: str = "") -> Reply:
        place = f"/repos/{repository}/releases/{release}/assets"
        query = f"?name={name}" + (f"&label={label}" if label else "")
        sent = {"Content_Type": "application/octet-stream"}
        reply = self.send("POST", f"/api/uploads{place}{query}", content, **sent)
        if self.description is not None:
            self.seen.add(self.description.check("POST", place, reply.status, reply.body))
        return reply


@dataclass
class World:
    """A sandbox with a repository of the test's own."""

    sandbox: Sandbox
    repository: str
    client: Client
    work: Path
    moments: list[Moment]

    @property
    def addresses(self) -> Addresses:
        return self.sandbox.addresses

    @property
    def path(self) -> str:
        return f"/repos/{self.repository}"

    @property
    def clone_url(self) -> str:
        return f"{self.addresses.forge}/{self.repository}.git"

    def url_for(self, token: str) -> str:
        return self.clone_url.replace("https://", f"https://anybody:{token}@")

    def journal(self) -> list[Entry]:
        """What was accepted for this repository, oldest first."""
        path = self.sandbox.directory / "journal.jsonl"
        entries = [Entry(**json.loads(line)) for line in path.read_text().splitlines()]
        return [entry for entry in entries if entry.key.startswith(self.repository)]

    def points(self, operation: str) -> list[tuple[str, str]]:
        """The points and keys of an operation here, once its answer is known to be sent."""
        tick = threading.Event()
        for _ in range(200):
            told = [(each.point, each.key) for each in self.moments if each.operation == operation]
            mine = [(point, key) for point, key in told if self.repository in key]
            if mine and mine[-1][0] == "answered":
                return mine
            tick.wait(0.02)
        raise AssertionError(f"{operation} was never answered")

    def git(
        self, *arguments: str, cwd: Path | None = None, fine: bool = True
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.work.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSL_CAINFO": str(self.sandbox.directory / "ca.pem"),
            "LC_ALL": "C.UTF-8",
            **IDENTITY,
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not fine or done.returncode == 0, done.stderr
        return done

    def commit(self, message: str, files: dict[str, str] | None = None) -> str:
        for name, content in (files or {"notes.txt": f"{message}\n"}).items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).write_text(content)
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").stdout.strip()

    def push(self, *refs: str) -> None:
        self.git("push", "--quiet", self.url_for(self.addresses.token), *(refs or ("main",)))

    def draft(self, tag: str, **fields: object) -> Any:
        reply = self.client.post(f"{self.path}/releases", {"tag_name": tag, "draft": True, **fields})
        assert reply.status == 201, reply.body
        return reply.json
