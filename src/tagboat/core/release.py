"""What is being released: one version of one component, at one commit."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.canonical import JSON


@dataclass(frozen=True, slots=True)
class Release:
    """One version of one component, with the tag that names it and the commit that the tag peels to.

    Attributes:
        component: the component's name in the configuration.
        version: in PEP 440's normal form.
        tag: the tag's short name, without ``refs/tags/``.
        commit: the full commit id, never the id of a tag object.
    """

    component: str
    version: str
    tag: str
    commit: str

    def as_json(self) -> dict[str, JSON]:
        """Return the release as it stands in plans, manifests and ``--json`` answers."""
        return {"component": self.component, "version": self.version, "tag": self.tag, "commit": self.commit}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Release:
        """Read what ``as_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not a release.
        """
        return cls(*(word(data[name]) for name in ("component", "version", "tag", "commit")))


def word(value: object) -> str:
    """Return the value if it is text that can be written.

    Raises:
        TypeError: it is not text.
        ValueError: it holds a lone surrogate, which has no bytes.
    """
    if not isinstance(value, str):
        raise TypeError(f"text is wanted, not {type(value).__name__}")
    value.encode()
    return value
