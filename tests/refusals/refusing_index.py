"""An index that trusts one job, the real client before it, and what came of asking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt

from tagboat.adapters.http import HTTP, Answer, Body, Credentials
from tagboat.adapters.identity import GitHubActions, GitLab
from tagboat.adapters.indexes.credentials import IndexCredentials, Source
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing
from tagboat.core.publisher import Publisher
from tagboat.ports.identity import Absence, Identity, IdentityToken
from tagboat.ports.index import CredentialKind
from tagboat.sandbox.control import order
from tagboat.sandbox.identity.keys import SigningKey
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import (
    GitHubJob,
    GitLabJob,
    PublisherOrder,
    add_publisher,
    grant_identity,
    issue_token,
)
from tagboat.testing.clock import FakeClock
from tagboat.testing.distributions import make_wheel, sha256_of

SHA = "5" * 40


@dataclass
class Clock:
    """The index's own clock, which only tests move."""

    time: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


class Heard(HTTP):
    """The client itself; what the index answered to a write is remembered."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.code = ""

    def write(self, method: str, url: str, body: Body, **options: Any) -> Answer:
        """Send it, and remember a refusal's code, or its status."""
        answer = super().write(method, url, body, **options)
        if not answer.good:
            self.code = _code(answer)
        return answer


def _code(answer: Answer) -> str:
    try:
        return str(json.loads(answer.body)["errors"][0]["code"])
    except (ValueError, KeyError, TypeError, IndexError):
        return str(answer.status)


@dataclass(frozen=True)
class Given:
    """An identity that no real place gives: claims of our own, or signed by somebody else."""

    value: str
    name: str = "GitHub Actions"

    def absence(self) -> Absence | None:
        return None

    def token(self, audience: str) -> IdentityToken:
        return IdentityToken.read(self.value, audience)


@dataclass
class Place:
    """A repository and a project that no other case has, at the sandbox's PyPI."""

    sandbox: Sandbox
    clock: Clock
    folder: Path
    number: int
    http: Heard = field(init=False)

    def __post_init__(self) -> None:
        self.http = Heard(FakeClock(), ca=Path(self.sandbox.addresses.ca), environment={})

    @property
    def repository(self) -> str:
        return f"acme/skiff{self.number}"

    @property
    def project(self) -> str:
        return f"skiff{self.number}"

    def register(
        self, index: str = "pypi", *, pending: bool = False, project: str = "", **changes: str
    ) -> int:
        """Let the index trust a publisher; without changes, the one that the job is."""
        said = {"repository": self.repository, "workflow": "release.yml", "environment": "pypi", **changes}
        name = project or self.project
        return add_publisher(
            self.sandbox.addresses, index, name, PublisherOrder(**said), pending=pending, create=not pending
        )

    def claims(self, **changes: Any) -> GitHubJob:
        said: dict[str, Any] = {"repository": self.repository, "sha": SHA, "environment": "pypi"}
        return GitHubJob(**(said | changes))

    def job(self, **changes: Any) -> Identity:
        """A job of GitHub Actions, with the identity service that it has."""
        return GitHubActions(self.http, self.variables(**changes))

    def variables(self, **changes: Any) -> dict[str, str]:
        return grant_identity(self.sandbox.addresses, self.claims(**changes)).environment()

    def gitlab(self, **changes: Any) -> Identity:
        """A job of GitLab, with the one token that it has for this index."""
        said: dict[str, Any] = {"project_path": self.repository, "sha": SHA, "environment": "pypi"}
        return self.gitlab_with(issue_token(self.sandbox.addresses, GitLabJob(**(said | changes)), "pypi"))

    @staticmethod
    def gitlab_with(token: str) -> Identity:
        return GitLab({"GITLAB_CI": "true", "PYPI_ID_TOKEN": token} if token else {"GITLAB_CI": "true"})

    def token(self) -> str:
        return issue_token(self.sandbox.addresses, self.claims(), "pypi")

    @property
    def key(self) -> SigningKey:
        return SigningKey.of(self.sandbox.directory)

    def signed(self, **changes: Any) -> Identity:
        """A genuine signature over claims that no forge makes; None takes one away."""
        claims = self.read() | changes
        return Given(self.key.sign({name: value for name, value in claims.items() if value is not None}))

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = jwt.decode(self.token(), options={"verify_signature": False})
        return found

    def exchange(self, identity: Identity, expected: Publisher | None = None) -> TrustedPublishing:
        gitlab = identity.name.startswith("GitLab")
        told = (
            Publisher("", "", "", "pypi")
            if gitlab
            else Publisher("acme", self.project, "release.yml", "pypi")
        )
        return TrustedPublishing(
            self.http,
            index="pypi",
            upload_url=self.sandbox.addresses.pypi.upload,
            identity=identity,
            expected=expected or told,
        )

    def mint(self, identity: Identity) -> None:
        """Exchange the identity as the step ``credentials`` does; where none is to be had, that is the refusal."""
        found = IndexCredentials("", "", (), self.exchange(identity)).in_use()
        if found.kind is CredentialKind.NONE:
            raise NoIdentityError(found.absence, found.remedy)

    def index(self, credentials: Credentials | TrustedPublishing | None) -> PyPI:
        address = self.sandbox.addresses.pypi
        exchange = credentials if isinstance(credentials, TrustedPublishing) else None
        lasting = credentials if isinstance(credentials, Credentials) else None
        source = Source(CredentialKind.TOKEN, "a variable", lambda _: lasting)
        held = IndexCredentials(address.upload, address.simple, (source,), exchange)
        return PyPI(
            self.http, name="pypi", upload_url=address.upload, simple_url=address.simple, credentials=held
        )

    def upload(self, credentials: Credentials | TrustedPublishing | None, project: str = "") -> None:
        wheel = make_wheel(self.folder, project or self.project, "1.0")
        self.index(credentials).upload(wheel, sha256_of(wheel))

    def lent(self) -> TrustedPublishing:
        """The exchange of a job that is trusted, with a token in its hands."""
        self.register()
        exchange = self.exchange(self.job())
        exchange.credentials()
        return exchange

    def api_token(self, **about: Any) -> Credentials:
        """A lasting token of somebody's account, as PyPI's page hands it out."""
        told = self.control("token", about)
        return Credentials("__token__", str(told["token"]))

    def control(self, deed: str, body: Mapping[str, Any]) -> Any:
        root = self.sandbox.addresses.pypi.simple.removesuffix("/simple/")
        return order(root, self.sandbox.addresses, "POST", deed, dict(body))

    def steady(self, text: str) -> str:
        """A text without what differs from run to run."""
        addresses = self.sandbox.addresses
        text = text.replace(addresses.pypi.simple.removesuffix("/simple/"), "INDEX")
        text = text.replace(urlsplit(addresses.identity).netloc, "FORGE")
        return text.replace(self.project, "skiff").replace(SHA, "COMMIT")


class NoIdentityError(Exception):
    """There is no identity here: the next credential is looked for, and without one the release is denied."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.code = "no identity"
