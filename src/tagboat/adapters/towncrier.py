"""Towncrier's own rendering of a project's fragments, in a child that has no network, little time and little memory.

Its templates are Jinja programs of the project, which towncrier runs without a sandbox. Here they run in Jinja's, because
a plan of a hostile repository must run nothing of it; and the child sees a folder with the fragments alone.

Run as a program (``python -m tagboat.adapters.towncrier FILE ARGUMENT...``) it bounds itself, sends its standard output to
FILE and becomes towncrier: messages and the rendered text are kept apart so.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tagboat.adapters.environment import bare_environment
from tagboat.adapters.process import quiet, run
from tagboat.errors import ConfigError, MissingExtraError
from tagboat.ports.builder import Log

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_SECONDS = 60
_MOST_MEMORY = 1 << 30
_MOST_TEXT = 4 << 20
_STANDARD = ("towncrier.toml", "pyproject.toml")


def rendered(
    files: Mapping[str, bytes], config: str, *, name: str, version: str, day: date, log: Log = quiet
) -> str:
    """Return the notes that towncrier makes of its fragments, without white space at the ends.

    Args:
        files: path → content: the configuration, the template, the fragments (``planner.notes.fragments``).
        config: the configuration's path.
        name: the project's name; "" for none.
        version: of the release.
        day: of the release.
        log: takes what towncrier says.

    Raises:
        MissingExtraError: towncrier is not installed.
        ConfigError: towncrier refuses the configuration, the template or a fragment.
        StepFailedError: it did not end in time.
    """
    if find_spec("towncrier") is None:
        raise MissingExtraError("notes", "rendering towncrier's fragments")
    with tempfile.TemporaryDirectory(prefix="tagboat-notes-", ignore_cleanup_errors=True) as folder:
        work, project, answer = Path(folder), Path(folder, "project"), Path(folder, "notes")
        for path, content in files.items():
            _write(project, path, content)
        project.mkdir(exist_ok=True)
        arguments = ["build", "--draft", "--version", version, "--date", f"{day:%Y-%m-%d}", "--name", name]
        arguments += ["--dir", str((project / config).parent)]
        if PurePosixPath(config).name not in _STANDARD:
            arguments += ["--config", str(project / config)]
        command = [sys.executable, "-P", "-m", "tagboat.adapters.towncrier", str(answer), *arguments]
        done = run(command, cwd=project, env=bare_environment(work), log=log, timeout=_SECONDS, network=False)
        if done.returncode:
            raise ConfigError(
                f"towncrier cannot render the fragments of {config}: {_said(done.output_tail)}",
                remedy="see that `towncrier build --draft` works in the project",
            )
        return answer.read_text("utf-8", "replace").strip()


def _write(folder: Path, path: str, content: bytes) -> None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ConfigError(
            f"{path!a} lies outside of the repository", remedy="correct towncrier's configuration"
        )
    place = folder / parts
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _said(tail: str) -> str:
    """Return the line in which towncrier, or the interpreter, says what is wrong."""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing"


def main(argv: Sequence[str]) -> None:
    """Bound this process, send its output to the file that ``argv`` names first, and run towncrier with the rest."""
    import resource  # noqa: PLC0415 - not on every platform

    from jinja2 import Template  # noqa: PLC0415 - an extra
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    _import_nothing_else()
    # What Jinja makes of every template that is not given an environment: towncrier gives none.
    Template.environment_class = SandboxedEnvironment
    for limit, most in (
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_FSIZE, _MOST_TEXT),
    ):
        hard = resource.getrlimit(limit)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))
    descriptor = os.open(argv[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.close(descriptor)
    sys.argv = ["towncrier", *argv[1:]]
    runpy.run_module("towncrier", run_name="__main__", alter_sys=True)


def _import_nothing_else() -> None:
    """Keep towncrier from importing the packages in which a configuration says that a template lies."""
    from importlib import resources  # noqa: PLC0415 - only in the child

    of_package = resources.files

    def files(anchor: str) -> Traversable:
        if anchor.partition(".")[0] != "towncrier":
            raise SystemExit(f"{anchor!a} is not imported: only towncrier's own templates are looked for")
        return of_package(anchor)

    resources.files = files  # type: ignore[assignment]  # towncrier has no other way to say where templates are


if __name__ == "__main__":
    main(sys.argv[1:])
