"""The configured indexes as ports, and what private ones are read with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tagboat.config.model import Config
from tagboat.ports.index import Index
from tagboat.wiring.credentials import credentials_of
from tagboat.wiring.places import Places

if TYPE_CHECKING:
    from tagboat.adapters.http import HTTP, Credentials
    from tagboat.adapters.indexes.credentials import IndexCredentials


def indexes_of(
    http: HTTP, places: Places, config: Config, credentials: Mapping[str, IndexCredentials] | None = None
) -> dict[str, Index]:
    """Return the configured indexes, by name."""
    from tagboat.adapters.indexes.pypi import PyPI  # noqa: PLC0415

    known = credentials_of(places, config) if credentials is None else credentials
    indexes: dict[str, Index] = {}
    for target in config.indexes:
        address = places.index(target)
        indexes[target.name] = PyPI(
            http,
            name=target.name,
            upload_url=address.upload,
            simple_url=address.simple,
            credentials=known[target.name],
            private=target.private,
        )
    return indexes


def burn(indexes: Mapping[str, Index]) -> None:
    """Give back whatever the indexes lent, however the release ended."""
    for index in indexes.values():
        index.burn()


def logins_of(
    places: Places, config: Config, credentials: Mapping[str, IndexCredentials] | None = None
) -> dict[str, Credentials]:
    """Return what private indexes are read with, by the URL that installers are given; public ones need nothing."""
    known = credentials_of(places, config) if credentials is None else credentials
    return {
        f"{places.index(target).simple.rstrip('/')}/": login
        for target in config.indexes
        if target.private and (login := known[target.name].reading())
    }
