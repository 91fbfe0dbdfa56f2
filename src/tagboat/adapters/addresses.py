"""The addresses of public services. No other module names one, so that a rehearsal cannot reach them by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tagboat.core.record import Record


class IndexAddress(Record):
    """Where an index takes uploads, and the simple API (PEP 503, PEP 691) that installers read; both end with ``/``."""

    upload: str
    simple: str


class Addresses(Record):
    """Where a forge and the indexes known by name are, without a slash at the end.

    Attributes:
        api: the forge's REST API.
        uploads: where the forge takes release assets; the one host besides ``api`` that sees its credential.
        git: the base of git URLs: ``{git}/OWNER/NAME.git``.
        indexes: by the name that a configuration uses.
    """

    api: str
    uploads: str
    git: str
    indexes: Mapping[str, IndexAddress] = MappingProxyType({})

    def git_url(self, repository: str) -> str:
        """Return the URL to fetch ``owner/name`` from."""
        return f"{self.git}/{repository}.git"


PUBLIC: Final = Addresses(
    api="https://api.github.com",
    uploads="https://uploads.github.com",
    git="https://github.com",
    indexes=MappingProxyType(
        {
            "pypi": IndexAddress("https://upload.pypi.org/legacy/", "https://pypi.org/simple/"),
            "testpypi": IndexAddress("https://test.pypi.org/legacy/", "https://test.pypi.org/simple/"),
        }
    ),
)
"""GitHub, PyPI and TestPyPI."""
