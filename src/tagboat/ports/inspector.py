"""Looking into built files without installing or extracting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tagboat.config.model import Component
from tagboat.core.artifact import Artifact
from tagboat.core.verdict import Finding
from tagboat.ports.builder import Log


@dataclass(frozen=True, slots=True)
class InspectionRequest:
    """What to look at, and what to hold it against.

    Attributes:
        files: each artifact with the path of its bytes.
        tree: the tag's tree below the component's folder: path → SHA-256 of its content ("" for a symbolic link).
        linked: what a symbolic link to a folder of the tree shows below itself: path → SHA-256.
        final: the files go to a final target, so ``.dev`` and ``+`` are refused.
        wheel_patterns: the wheel tags that must be there, all of them and no others; empty: at least one wheel or sdist.
        sdist: whether an sdist must be there (True), must not (False).
        originals: the tag's bytes of files that a back end may rewrite in an sdist by rule: ``setup.cfg``, ``pyproject.toml``.
    """

    component: Component
    version: str
    files: Mapping[Artifact, Path]
    tree: Mapping[str, str]
    linked: Mapping[str, str] = field(default_factory=dict)
    final: bool = True
    wheel_patterns: tuple[str, ...] = ()
    sdist: bool = True
    originals: Mapping[str, bytes] = field(default_factory=dict)


class Inspector(Protocol):
    """Reads archives with a reader of our own and reports all problems at once."""

    def inspect(self, request: InspectionRequest, log: Log) -> Sequence[Finding]:
        """Return every finding; corruption fails, style warns."""
        ...
