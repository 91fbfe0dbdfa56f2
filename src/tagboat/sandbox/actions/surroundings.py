"""The machine of a sandbox: what its jobs are told of the forge and the index, and whom they trust."""

from __future__ import annotations

import os

from tagboat.sandbox.actions.machine import Identity, Machine
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.names import PublicNames
from tagboat.sandbox.process import TRUST, public_variables


def machine_of(addresses: Addresses, identity: Identity | None, public: PublicNames | None) -> Machine:
    """Jobs know the services by their public names where the sandbox stands in for these, else by its loopback ports.

    Where the names lead to this machine (a rehearsal's private network holds the sandbox and all its children), a job
    needs no more than the authority; elsewhere it goes through the sandbox's proxy, its only way out.
    """
    if public is None or not addresses.front_port:
        return loopback(addresses, identity)
    return Machine(
        server=public.git.rstrip("/"),
        api=public.api.rstrip("/"),
        graphql=f"{public.api.rstrip('/')}/graphql",
        upload=public.indexes["pypi"].upload,
        variables=public_variables(addresses),
        identity=identity,
        identity_url=addresses.identity,
    )


def loopback(addresses: Addresses, identity: Identity | None) -> Machine:
    """Jobs trust the sandbox's CA, find the forge by ``GITHUB_SERVER_URL``, and install from the sandbox's index."""
    return Machine(
        server=addresses.forge,
        api=addresses.api,
        graphql=f"{addresses.forge}/api/graphql",
        upload=addresses.pypi.upload,
        variables={
            **dict.fromkeys(TRUST, addresses.ca),
            "PIP_INDEX_URL": addresses.pypi.simple,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_DEFAULT_INDEX": addresses.pypi.simple,
            "UV_NO_CONFIG": "1",
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1"),
        },
        identity=identity,
        identity_url=addresses.identity,
    )
