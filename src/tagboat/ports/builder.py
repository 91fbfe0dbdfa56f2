"""Building one shard of a component from a written tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tagboat.config.model import Component, Shard

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build.

    Attributes:
        tree: the written tree's root; the component's own folder is ``tree / component.path``.
        out: an existing, empty folder for the files.
        epoch: SOURCE_DATE_EPOCH, in seconds.
        version: the version that the files must have.
        wheels: folders with the wheels of build-only components, offered to the resolver before any index.
        local: names of the distributions in ``wheels``.
        index: the simple API's URL of the one index that build requirements come from; "" for the machine's own.
        adopt: with the builder ``adopt``: the folder that another machine filled.
    """

    component: Component
    shard: Shard
    tree: Path
    out: Path
    epoch: int
    version: str
    wheels: tuple[Path, ...] = ()
    local: tuple[str, ...] = ()
    adopt: Path | None = None
    index: str = ""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What was built, and with what.

    Attributes:
        files: the sdist and wheels in ``out``, sorted by name.
        builder: name and version.
        python: the interpreter's version.
        network: ``off`` or ``open``.
        requirements: the locked build requirements, ``name==version --hash=sha256:...``, sorted.
        repaired: repaired wheel's file name → SHA-256 of the wheel as built.
    """

    files: Sequence[Path]
    builder: str
    python: str
    network: str
    requirements: tuple[str, ...]
    repaired: dict[str, str]


class Builder(Protocol):
    """Builds distributions, without credentials and, where the machine can, without a network."""

    def build(self, request: BuildRequest, log: Log) -> BuildResult:
        """Build the shard.

        Raises:
            StepFailedError: the build failed.
            RefusedError: it rewrote a tracked file, or made files that are not those asked for; or the machine cannot
                build it (no compiler, no Rust, no such interpreter, a root PKG-INFO that would decide the version).
            UnavailableError: the build requirements could not be fetched.
        """
        ...

    def differences(self, first: Path, second: Path) -> Sequence[str]:
        """Name what differs between two builds of one file, member by member; empty for the same bytes."""
        ...
