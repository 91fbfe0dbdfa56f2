"""Which credential each index is opened with: this is the whole choice.

The first that is there counts:

1. the identity of the place that we run in, where it gives one and the index takes them (Trusted Publishing);
2. the token in ``TAGBOAT_<INDEX>_TOKEN``;
3. the system's keyring, where the command ``keyring`` is installed;
4. the login for the index's host in ``.netrc``.

In a sandbox there is its own token, and an identity only when this machine itself gives it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tagboat.config.model import Config, IndexTarget
from tagboat.config.privacy import token_variable
from tagboat.config.publishers import publisher_for
from tagboat.core.publisher import Publisher
from tagboat.ports.index import CredentialKind
from tagboat.wiring.places import Places

_SECONDS = 60.0
"""How long an answer of an exchange may take."""

if TYPE_CHECKING:
    from tagboat.adapters.http import HTTP, Credentials
    from tagboat.adapters.indexes.credentials import IndexCredentials, Source
    from tagboat.ports.identity import Identity


def credentials_of(places: Places, config: Config, *, repository: str = "") -> dict[str, IndexCredentials]:
    """Return the credentials of every configured index, by its name; none is looked for yet.

    Args:
        places: where a run publishes to.
        config: the configuration, which also says what each Trusted Publisher is expected to be.
        repository: ``owner/name`` on the forge; "" for the configured one.
    """
    from tagboat.adapters.clock import SystemClock  # noqa: PLC0415 - only where an index is asked
    from tagboat.adapters.http import HTTP, Limits  # noqa: PLC0415
    from tagboat.adapters.indexes.credentials import IndexCredentials  # noqa: PLC0415
    from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing  # noqa: PLC0415

    http = HTTP(SystemClock(), ca=places.ca, limits=Limits(answer=_SECONDS, whole=_SECONDS))
    identity = identity_of(http, places, os.environ)
    known: dict[str, IndexCredentials] = {}
    for target in config.indexes:
        address = places.index(target)
        publishing = TrustedPublishing(
            http,
            index=target.name,
            upload_url=address.upload,
            identity=identity,
            expected=expected_publisher(config, target, repository or config.repository, identity),
        )
        sources = tuple(_sources(places, target.name))
        known[target.name] = IndexCredentials(address.upload, address.simple, sources, publishing)
    return known


def lasting_credential(places: Places, index: str, url: str) -> Credentials | None:
    """Return the lasting secret with which an index's URL is read; None when there is none."""
    hits = (source.find(url) for source in _sources(places, index))
    return next((hit for hit in hits if hit is not None), None)


def identity_of(http: HTTP, places: Places, environment: Mapping[str, str]) -> Identity:
    """Return the identity of the place that we run in; with a sandbox, only one that this machine itself gives."""
    from tagboat.adapters.http.connections import loopback  # noqa: PLC0415
    from tagboat.adapters.identity import Nowhere, ambient  # noqa: PLC0415
    from tagboat.adapters.identity.github_actions import URL  # noqa: PLC0415

    host = urlsplit(environment.get(URL, "")).hostname or ""
    if places.sandbox is not None and not loopback(host):
        return Nowhere()
    return ambient(http, environment)


def _sources(places: Places, index: str) -> Iterator[Source]:
    from tagboat.adapters.indexes.credentials import Source  # noqa: PLC0415
    from tagboat.adapters.keyring import Keyring  # noqa: PLC0415
    from tagboat.adapters.netrc import Netrc  # noqa: PLC0415

    token = places.token_for(index)
    if places.sandbox is not None:
        yield Source(CredentialKind.SANDBOX, "the sandbox", partial(_given, token))
        return
    yield Source(CredentialKind.TOKEN, token_variable(index), partial(_given, token))
    yield Source(CredentialKind.KEYRING, "the keyring", Keyring(os.environ).credentials)
    yield Source(CredentialKind.NETRC, ".netrc", Netrc(os.environ).credentials)


def _given(token: str, _url: str) -> Credentials | None:
    from tagboat.adapters.http import Credentials  # noqa: PLC0415

    return Credentials.for_index(token) if token else None


def expected_publisher(config: Config, target: IndexTarget, repository: str, identity: Identity) -> Publisher:
    """Return what the configuration expects of the index's publisher; repository and workflow file are GitHub's."""
    from tagboat.adapters.identity import GitHubActions  # noqa: PLC0415

    expected = publisher_for(config, target, repository)
    if isinstance(identity, GitHubActions):
        return expected
    return Publisher("", "", "", expected.environment)
