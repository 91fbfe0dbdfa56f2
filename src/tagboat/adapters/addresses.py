"""The addresses of public services. No other module names one, so that a rehearsal cannot reach them by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tagboat.core.record import Record


class IndexAddress(Record):
    """Where an index is.

    Attributes:
        upload: where it takes uploads; its host also answers for trusted publishing (``/_/oidc/``).
        simple: the simple API (PEP 503, PEP 691) that installers read; both end with ``/``.
        files: where its files are, without a slash; "" when only the simple API tells.
        also: further addresses by which clients know it.
    """

    upload: str
    simple: str
    files: str = ""
    also: tuple[str, ...] = ()


class Addresses(Record):
    """Where a forge and the indexes known by name are, without a slash at the end.

    Attributes:
        api: the forge's REST API.
        uploads: where the forge takes release assets; the one host besides ``api`` that sees its credential.
        git: the base of git URLs: ``{git}/OWNER/NAME.git``.
        indexes: by the name that a configuration uses.
        issuers: who signs the identity tokens of CI jobs, as in their ``iss``, by kind of forge: ``github``, ``gitlab``.
    """

    api: str
    uploads: str
    git: str
    indexes: Mapping[str, IndexAddress] = MappingProxyType({})
    issuers: Mapping[str, str] = MappingProxyType({})

    def git_url(self, repository: str) -> str:
        """Return the URL to fetch ``owner/name`` from."""
        return f"{self.git}/{repository}.git"


PUBLIC: Final = Addresses(
    api="https://api.github.com",
    uploads="https://uploads.github.com",
    git="https://github.com",
    indexes=MappingProxyType(
        {
            "pypi": IndexAddress(
                "https://upload.pypi.org/legacy/",
                "https://pypi.org/simple/",
                "https://files.pythonhosted.org",
                # twine looks for what is there already under the name of former days
                ("https://pypi.python.org",),
            ),
            "testpypi": IndexAddress(
                "https://test.pypi.org/legacy/",
                "https://test.pypi.org/simple/",
                "https://test-files.pythonhosted.org",
            ),
        }
    ),
    issuers=MappingProxyType(
        {"github": "https://token.actions.githubusercontent.com", "gitlab": "https://gitlab.com"}
    ),
)
"""GitHub, PyPI and TestPyPI."""
