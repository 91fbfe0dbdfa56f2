"""Where a run publishes to, and with which credentials: the public services, or a sandbox and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tagboat.adapters.addresses import PUBLIC, Addresses, IndexAddress
from tagboat.config.model import IndexTarget
from tagboat.config.privacy import token_variable
from tagboat.engine.inline import Patience
from tagboat.errors import ConfigError

FORGE_TOKENS = ("TAGBOAT_FORGE_TOKEN", "GH_TOKEN", "GITHUB_TOKEN")


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of a run, and what opens them.

    Attributes:
        ca: the certificates to trust beyond the usual ones' place; None for the usual ones.
        forge_token: "" for anonymous.
        sandbox: its directory, when the services are a sandbox's.
        environment: variables for installers and builds, so that they reach these places.
        patience: how long lost answers are looked for.
    """

    addresses: Addresses
    forge_token: str = field(default="", repr=False)
    index_token: str = field(default="", repr=False)
    ca: Path | None = None
    sandbox: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)

    def index(self, target: IndexTarget) -> IndexAddress:
        """Return an index's URLs: the configured ones, or the known ones of its name; in a sandbox only its own.

        Raises:
            ConfigError: neither are there.
        """
        known = self.addresses.indexes.get(target.name)
        if self.sandbox is not None:
            if known is None:
                known = self.addresses.indexes["testpypi" if target.staging else "pypi"]
            return known
        if target.upload and target.simple:
            return IndexAddress(target.upload, target.simple)
        if known is None:
            raise ConfigError(
                f"the index {target.name} has no addresses",
                remedy="give it 'upload' and 'simple' in the configuration",
            )
        return known

    def token_for(self, index: str) -> str:
        """Return the index's token, "" when there is none: ``TAGBOAT_<INDEX>_TOKEN`` outside a sandbox."""
        if self.sandbox is not None:
            return self.index_token
        return os.environ.get(token_variable(index), "")


def places(sandbox: Path | None) -> Places:
    """Return the sandbox's places, or the public ones with the credentials of the environment.

    Raises:
        UnavailableError: the sandbox is not up.
    """
    return sandbox_places(sandbox) if sandbox else public_places()


def public_places() -> Places:
    """Return the public services with what the environment holds."""
    token = next((os.environ[name] for name in FORGE_TOKENS if os.environ.get(name)), "")
    return Places(PUBLIC, forge_token=token)


def sandbox_places(directory: Path) -> Places:
    """Return a running sandbox's places.

    Raises:
        UnavailableError: it is not up.
    """
    from tagboat.errors import UnavailableError  # noqa: PLC0415 - with the sandbox, which is heavy
    from tagboat.sandbox.process import environment, status  # noqa: PLC0415

    found = status(directory)
    if found.addresses is None:
        raise UnavailableError(
            f"no sandbox is up in {directory}", remedy=f"start it: tagboat sandbox up --dir {directory}"
        )
    there = found.addresses
    indexes = {
        "pypi": IndexAddress(there.pypi.upload, there.pypi.simple),
        "testpypi": IndexAddress(there.testpypi.upload, there.testpypi.simple),
    }
    uploads = there.api.replace("/api/v3", "/api/uploads")
    return Places(
        Addresses(
            api=there.api.rstrip("/"), uploads=uploads.rstrip("/"), git=there.git.rstrip("/"), indexes=indexes
        ),
        forge_token=there.token,
        index_token=there.token,
        ca=Path(there.ca),
        sandbox=directory,
        environment=environment(directory),
        patience=Patience(looks=4, first_pause=0.02),
    )
