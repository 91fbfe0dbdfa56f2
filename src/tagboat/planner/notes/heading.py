"""What a section of notes is headed with, whatever its format."""

from __future__ import annotations

from datetime import date

from tagboat.core.record import Record


class Heading(Record):
    """The release that a section is about.

    Attributes:
        version: as it is written.
        tag: the release's tag.
        previous_tag: the last release's tag, or "" before the first.
        date: the day of the release.
        repository: ``owner/name`` on the forge, for links; "" for none.
        host: the forge's address for links, such as ``https://forge.example``, without a slash at the end; "" for none.
        component: the component's name.
    """

    version: str
    tag: str
    previous_tag: str
    date: date
    repository: str = ""
    host: str = ""
    component: str = ""

    @property
    def address(self) -> str:
        """The repository's page on the forge."""
        return f"{self.host}/{self.repository}"
