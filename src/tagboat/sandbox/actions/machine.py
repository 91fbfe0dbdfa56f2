"""What jobs see of the world outside their own directory: the services, and who vouches for a job's identity."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

ARCHITECTURES: Final = {"x86_64": "X64", "aarch64": "ARM64", "arm64": "ARM64"}


class Identity(Protocol):
    """The identity provider, as far as jobs need it."""

    def grant(self, job: Mapping[str, object]) -> tuple[int, str]:
        """Let a job with these claims ask for tokens; returns the grant's number and its secret."""

    def revoke(self, number: int) -> bool:
        """End a grant."""


def unchanged(command: Sequence[str]) -> list[str]:
    """A command in no other surroundings than its parent's."""
    return list(command)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a job's commands go and what they are told.

    ``server``, ``api`` and ``graphql`` are the forge, ``upload`` the index that the publishing stand-in uploads to by
    default, ``identity_url`` the root of the identity provider. ``variables`` stand in every job's environment.
    ``wrap`` puts a command where these addresses lead to this sandbox and where it sees of the folder ``hidden`` nothing but
    its job's directory. ``minute`` is how long a minute of ``timeout-minutes`` is, in seconds.
    """

    server: str
    api: str
    graphql: str
    upload: str
    variables: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    identity_url: str = ""
    wrap: Callable[[Sequence[str]], list[str]] = unchanged
    hidden: Path | None = None
    minute: float = 60.0


def search_path() -> str:
    """The ``PATH`` of jobs: this process's own, without the environment that the sandbox itself runs from."""
    own = (
        {str(Path(sys.prefix) / "bin"), str(Path(sys.executable).parent)}
        if sys.prefix != sys.base_prefix
        else set()
    )
    parts = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(part for part in parts if part and part not in own)


def architecture() -> str:
    """``runner.arch``."""
    return ARCHITECTURES.get(os.uname().machine, os.uname().machine.upper())
