"""A sandbox whose clock stands still, an index in it, and tokens of all kinds for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import jwt

from tagboat.sandbox import trust
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.identity.keys import SigningKey
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import GitHubJob, GitLabJob, PublisherOrder

SHA = "5" * 40
JOB = GitHubJob("acme/boat", SHA, environment="pypi")
AT = [f"acme/boat/.github/workflows/release.yml@{at}" for at in (SHA, "refs/heads/main")]
OTHER = "acme/boat/.github/workflows/release.yml@refs/heads/other"
PUBLISHER = PublisherOrder("acme/boat", "release.yml", environment="pypi")


@dataclass
class Clock:
    time: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Place:
    """A sandbox whose clock stands still, and its PyPI."""

    sandbox: Sandbox
    client: Any
    clock: Clock

    @property
    def addresses(self) -> Addresses:
        return self.sandbox.addresses

    def token(self, job: GitHubJob | GitLabJob = JOB, audience: str = "pypi") -> str:
        return trust.issue_token(self.addresses, job, audience)

    def signed(self, **changes: Any) -> str:
        """A genuine signature over claims that the provider would not make; None takes one away."""
        claims = jwt.decode(self.token(), options={"verify_signature": False}) | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return SigningKey.of(self.sandbox.directory).sign(kept)

    def post(self, what: str, token: object) -> Any:
        body = json.dumps({"token": token}).encode()
        return self.client.request("POST", f"/_/oidc/{what}", body=body)

    def mint(self, token: object = None) -> Any:
        return self.post("mint-token", self.token() if token is None else token)

    def minted(self, token: str | None = None) -> str:
        answer = self.mint(token)
        assert answer.status == 200, answer.body
        return str(answer.json()["token"])

    def refused(self, token: object) -> tuple[str, str]:
        answer = self.mint(token)
        body = answer.json()
        assert (answer.status, body["message"]) == (422, "Token request failed")
        (error,) = body["errors"]
        return error["code"], error["description"]

    def journal(self) -> list[tuple[str, str, str]]:
        assert self.sandbox.frame is not None
        return [
            (each.operation, each.key, each.result)
            for each in self.sandbox.frame.journal.entries(service="pypi")
        ]
