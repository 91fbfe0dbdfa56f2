"""Trying a package the way its users will: a clean environment, a real installer, an import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tagboat.ports.builder import Log


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """What to install, from where.

    Attributes:
        python: the interpreter (``3.12``), or "" for the running one, if the package allows it, else another.
        sample: one of the files that may be installed; its Requires-Python says what the package allows.
        distribution: the name whose installed version is reported.
        files: local files to install; empty to install by requirement.
        requirement: ``name==version`` to ask the index for; "" when ``files`` are given.
        index: the simple API's URL that dependencies (and the requirement) come from; "" for the machine's own.
        hashes: the only SHA-256 digests that the index may serve for ``requirement``; empty for no limit.
        find_links: folders with wheels of components that are released together.
        imports: modules to import; None for the top-level names found in the installed RECORD.
    """

    distribution: str
    python: str = ""
    files: tuple[Path, ...] = ()
    requirement: str = ""
    index: str = ""
    hashes: tuple[str, ...] = ()
    find_links: tuple[Path, ...] = ()
    imports: tuple[str, ...] | None = None
    sample: Path | None = None


@dataclass(frozen=True, slots=True)
class InstallReport:
    """What came of it; empty ``problems`` mean that it installed, imports, and ``pip check`` is content.

    Attributes:
        python: the interpreter's full version.
        version: the installed version of the distribution, or "" when it did not install.
        imported: the modules that were imported.
        problems: each failure as a line for people.
    """

    python: str
    version: str
    imported: tuple[str, ...]
    problems: tuple[str, ...]


class Installer(Protocol):
    """Installs into a fresh environment and throws it away."""

    def install(self, request: InstallRequest, log: Log) -> InstallReport:
        """Install, check and import.

        Raises:
            RefusedError: the machine has no such interpreter.
            UnavailableError: the index did not answer.
        """
        ...
