"""The hash-locked list of what a CI job installs to run Tagboat: made by uv, for Linux, naming no index."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from tagboat.adapters.uv import Uv, failure
from tagboat.errors import StepFailedError, UsageError
from tagboat.ports.builder import Log

PLATFORM = "x86_64-unknown-linux-gnu"


def requirement(wanted: str, extra: str) -> str:
    """Return what is locked for an extra.

    Args:
        wanted: a requirement such as ``tagboat==1.2``, or a wheel's URL.
        extra: ``build`` or ``publish``.

    Raises:
        UsageError: it is neither.
    """
    if "://" in wanted:
        wanted = f"tagboat @ {wanted}"
    try:
        asked = Requirement(wanted)
    except InvalidRequirement:
        asked = None
    if asked is None or asked.name.lower() != "tagboat" or asked.marker is not None:
        raise UsageError(
            f"--tagboat {wanted[:100]!a} names no Tagboat",
            remedy="say a requirement such as tagboat==1.2, or the URL of a wheel",
        )
    asked.extras.add(extra)
    return str(asked)


def locked(uv: Uv, wanted: str, python: str, *, find_links: Sequence[Path], known: str, log: Log) -> str:
    """Return the lock of a requirement and all that it needs, by hash.

    Args:
        uv: with the machine's index settings.
        wanted: a requirement.
        python: ``3.13``.
        find_links: folders of wheels that are looked into beside the index.
        known: the lock so far, whose versions are kept where they still fit; "" for none.
        log: takes what uv says.

    Raises:
        StepFailedError: there is no solution; what uv says is passed on.
        UnavailableError: the index did not answer.
    """
    with tempfile.TemporaryDirectory(prefix="tagboat-lock-") as folder:
        here = Path(folder)
        source, target = here / "requirements.in", here / "requirements.txt"
        source.write_text(f"{wanted}\n", encoding="utf-8")
        if known:
            target.write_text(known, encoding="utf-8")
        arguments: list[str | os.PathLike[str]] = [
            *("pip", "compile", source, "--output-file", target, "--quiet"),
            *("--python-version", python, "--python-platform", PLATFORM),
            *("--generate-hashes", "--no-build", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-find-links"),
        ]
        for links in find_links:
            arguments += ["--find-links", links.resolve()]
        done = uv.run(arguments, cwd=here, log=log)
        if done.returncode:
            raise _refusal(failure(f"{wanted} cannot be locked for CI", done), wanted)
        return target.read_text(encoding="utf-8")


def _refusal(error: Exception, wanted: str) -> Exception:
    if not isinstance(error, StepFailedError):
        return error
    return StepFailedError(
        error.cause,
        remedy=f"see that this machine's index has {wanted}; or name another with --tagboat REQUIREMENT-OR-URL, or a "
        "folder that holds its wheel with --find-links DIR",
    )
