"""The identity of a job of GitLab CI/CD: a token in a variable, one for each audience, the same as long as the job lives.

Sources: GitLab's documentation of ``id_tokens``, and the naming of the variable by its audience that PyPI documents
(``PYPI_ID_TOKEN``, ``TESTPYPI_ID_TOKEN``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tagboat.core.text import plain
from tagboat.errors import DeniedError
from tagboat.ports.identity import Absence, IdentityToken

_NOT_IN_A_NAME: Final = re.compile(r"[^A-Z0-9_]|^[^A-Z_]")


class GitLab:
    """The job's tokens.

    Args:
        environment: the job's variables.
    """

    name = "GitLab CI/CD"

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    @staticmethod
    def here(environment: Mapping[str, str]) -> bool:
        """Tell whether these are the variables of such a job."""
        return bool(environment.get("GITLAB_CI"))

    def absence(self) -> Absence | None:
        """Say nothing: whether there is one depends on the audience."""
        return None

    def token(self, audience: str) -> IdentityToken | Absence:
        """Return the job's token for ``audience``.

        Raises:
            DeniedError: the variable holds something else.
        """
        variable = f"{_NOT_IN_A_NAME.sub('_', audience.upper())}_ID_TOKEN"
        configure = (
            f"give the job in its YAML file 'id_tokens: {variable}: aud: {plain(audience, limit=100)}'"
        )
        value = self._environment.get(variable, "").strip()
        if not value:
            return Absence(f"this job of GitLab has no identity for {plain(audience, limit=100)}", configure)
        try:
            return IdentityToken.read(value, audience)
        except ValueError as problem:
            raise DeniedError(
                f"{variable} holds no identity of this job: {problem}", remedy=configure
            ) from None
