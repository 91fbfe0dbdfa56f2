"""zizmor, the auditor of workflow files, as a second pair of eyes; it is optional, and its absence is told.

It runs without the network and without any token, so those of its audits that ask the forge cannot run: they are named as
not run, never as passed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tagboat.adapters.process import run
from tagboat.errors import StepFailedError, TagboatError

_SECONDS: Final = 120
_LARGEST: Final = 32 << 20
"""The most characters of its answer that are read."""

ASKING: Final = (
    "impostor-commit",
    "known-vulnerable-actions",
    "ref-confusion",
    "ref-version-mismatch",
    "stale-action-refs",
)
"""Its audits that need the network (zizmor 1.32)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One of its findings.

    Attributes:
        audit: the name of its audit.
        file: the path in the repository.
        line: where it stands, from 1.
        spans: first and last line of each place that it shows.
        said: what it says about it.
        severity: ``High``, ``Medium``, ``Low``, ``Informational``.
    """

    audit: str
    file: str
    line: int
    spans: tuple[tuple[int, int], ...]
    said: str
    severity: str


@dataclass(frozen=True, slots=True)
class Run:
    """What became of it.

    Attributes:
        found: what it found.
        version: ``zizmor 1.32.0``; "" when it did not run.
        reason: why it did not run; "" when it did.
        unread: what it says of the files that it cannot read, and so did not judge; "" when there are none.
    """

    found: tuple[Seen, ...] = ()
    version: str = ""
    reason: str = ""
    unread: str = ""


def program() -> Path | None:
    """Return the zizmor beside our own interpreter, or the one on the path; None when there is none."""
    own = Path(sys.executable).with_name("zizmor")
    found = str(own) if own.is_file() else shutil.which("zizmor")
    return Path(found) if found else None


def second_audit(root: Path) -> Run:
    """Let it judge the workflows, actions and Dependabot's file below ``root/.github``; it never raises.

    The project's own ``zizmor.yml`` and ignore comments count; its ``.gitignore`` does not, as the forge runs what is committed.
    """
    found = program()
    if found is None:
        return Run(reason="it is not installed: pip install 'tagboat[audit]'")
    try:
        version = _said(found, ["--version"], root).strip()[:60]
        text, unread = _judged(found, root)
        rows = json.loads(text[text.index("[") :])
        return Run(tuple(_seen(rows, root)), version, unread=unread)
    except TagboatError as error:
        return Run(reason=error.cause)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return Run(reason=f"its answer cannot be read ({type(error).__name__}: {str(error)[:200]})")


def _judged(found: Path, root: Path) -> tuple[str, str]:
    """Return its answer, and what it says of files that it cannot read: those it would pass over in silence."""
    words = ["--offline", "--persona=auditor", "--format=json", "--no-progress", "--no-exit-codes", "--quiet"]
    words += ["--color=never", "--collect=all"]
    try:
        return _said(found, [*words, "--strict-collection", "--", str(root / ".github")], root), ""
    except StepFailedError as error:
        said = next((line for line in error.cause.splitlines() if "failed to load" in line), error.cause)
        return _said(found, [*words, "--", str(root / ".github")], root), said.strip()[:300]


def _said(found: Path, words: list[str], root: Path) -> str:
    """Run it and return all that it printed.

    Raises:
        StepFailedError: it failed, said too much, or took too long.
    """
    parts: list[str] = []
    size = 0

    def take(line: str) -> None:
        nonlocal size
        size += len(line)
        if size <= _LARGEST:
            parts.append(line)

    environment = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    done = run([found, *words], cwd=root, env=environment, log=take, timeout=_SECONDS, network=False)
    if done.returncode:
        raise StepFailedError(f"it ended with status {done.returncode}: {done.output_tail[:400]}")
    if size > _LARGEST:
        raise StepFailedError("its answer is too long")
    return "".join(parts)


def _seen(rows: list[Mapping[str, Any]], root: Path) -> Iterator[Seen]:
    for row in rows:
        if row["ignored"]:
            continue
        places = [(place["symbolic"], place["concrete"]["location"]) for place in row["locations"]]
        primary = next((place for place in places if place[0]["kind"] == "Primary"), places[0])
        spans = tuple((_row(where["start_point"]), _row(where["end_point"])) for _, where in places)
        said = f"{row['desc']}: {primary[0]['annotation']}"
        yield Seen(
            str(row["ident"])[:60],
            _path(primary[0]["key"]["Local"]["verbatim_path"], root),
            _row(primary[1]["start_point"]),
            spans,
            said[:300],
            str(row["determinations"]["severity"]),
        )


def _row(point: Mapping[str, int]) -> int:
    return int(point["row"]) + 1


def _path(path: str, root: Path) -> str:
    found = Path(path)
    return str(found.relative_to(root)) if found.is_relative_to(root) else path[:300]
