"""Where things are on this sandbox, and the opaque identifiers that go with them."""

from __future__ import annotations

import base64
from dataclasses import dataclass

Json = dict[str, object]
"""A JSON object on its way out."""


def node_id(kind: str, number: int | str) -> str:
    """GitHub's older form of a global identifier: the kind and the number, in base64."""
    return base64.b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below one origin (``https://localhost:PORT``), laid out as a GitHub server lays them out.

    A forge that has hosts of their own for the REST interface and for release assets names them.
    """

    origin: str
    api_host: str = ""
    uploads_host: str = ""

    @property
    def api(self) -> str:
        """The root of the REST interface."""
        return self.api_host or f"{self.origin}/api/v3"

    @property
    def uploads(self) -> str:
        """The root for release assets on their way in."""
        return self.uploads_host or f"{self.origin}/api/uploads"

    @property
    def documentation(self) -> str:
        """What errors point to."""
        return f"{self.origin}/_sandbox/documentation"

    def repository(self, full_name: str) -> str:
        """A repository's address in the REST interface."""
        return f"{self.api}/repos/{full_name}"

    def page(self, full_name: str) -> str:
        """A repository's address for people."""
        return f"{self.origin}/{full_name}"
