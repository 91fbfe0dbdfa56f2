"""The machine of a sandbox whose services are at their loopback ports, for jobs that are told these addresses."""

from __future__ import annotations

import os

from tagboat.sandbox.actions.machine import Identity, Machine
from tagboat.sandbox.addresses import Addresses

TRUST = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
)
"""The variables by which clients are told whom to trust."""


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
