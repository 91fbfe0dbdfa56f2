"""How large a matrix was in a run that the forge recorded: the second source, where files do not tell.

The forge's list of a run's jobs has names alone. A job that has no name of its own is called by its id, with the values of
its matrix in brackets; one of a called workflow stands behind its caller's name and a slash (observed on GitHub).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from tagboat.errors import ConfigError
from tagboat.workflows.evaluation import split
from tagboat.workflows.model import Job, Workflow

_DEEPEST: Final = 4
_MOST: Final = 5_000
"""More jobs than a run can have; a longer list is cut."""
_PATTERNS: Final = 2_000
"""How many jobs of the files are looked for; files may call each other, and themselves."""
_LONGEST: Final = 500


def read_names(file: str, data: bytes) -> tuple[str, ...]:
    """Return the names of the jobs that ran, from the answer of the forge's jobs endpoint.

    Args:
        file: its name, for messages.
        data: one answer (``{"jobs": [...]}``), or a list of answers, of jobs or of names.

    Raises:
        ConfigError: it is none of these.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file} is no JSON: {error}", remedy=_REMEDY) from error
    names = list(_names(found))
    if not names:
        raise ConfigError(f"{file} lists no job that ran", remedy=_REMEDY)
    return tuple(names[:_MOST])


_REMEDY: Final = "save a run's jobs: gh api --paginate --slurp repos/OWNER/NAME/actions/runs/RUN/jobs > FILE"


def sizes(workflows: Mapping[str, Workflow], names: Sequence[str]) -> dict[str, int]:
    """Return how many jobs each matrix made: ``FILE:JOB`` to a number.

    A number that the names do not settle, such as one that differs between two callers' jobs, is left out.
    """
    found: dict[str, int] = {}
    for file, job, patterns in islice(_levels(workflows), _PATTERNS if names else 0):
        made = _made(patterns, names)
        if made:
            found[f"{file}:{'/'.join(job)}"] = made
    return found


def _names(found: object) -> Iterator[str]:
    for row in _rows(found):
        below = _rows(row) if isinstance(row, dict) and "jobs" in row else [row]
        for job in below:
            if isinstance(job, str):
                yield job
            elif (
                isinstance(job, dict)
                and isinstance(job.get("name"), str)
                and job.get("conclusion") != "skipped"
            ):
                yield job["name"]


def _rows(found: object) -> list[object]:
    rows = found.get("jobs") if isinstance(found, dict) else found
    return rows if isinstance(rows, list) else []


def _levels(
    workflows: Mapping[str, Workflow],
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield a file's name, and each job's ids and name patterns, its callers' first; those with few callers come first."""
    left: deque[tuple[str, Workflow, tuple[str, ...], tuple[str, ...]]]
    left = deque((path, workflow, (), ()) for path, workflow in workflows.items())
    while left:
        path, workflow, before, patterns = left.popleft()
        for job in workflow.jobs:
            ids, named = (*before, str(job.id)), (*patterns, _pattern(job))
            yield path.rsplit("/", 1)[-1], ids, named
            called = workflows.get(job.uses.removeprefix("./")) if job.uses.startswith("./") else None
            if called is not None and len(ids) < _DEEPEST:
                left.append((path, called, ids, named))


def _pattern(job: Job) -> str:
    if not job.name:
        return re.escape(job.id) + (r" \((?>[^\n]*?\))" if job.matrix else "")
    try:
        parts = list(split(job.name))
    except ConfigError:
        return re.escape(job.name)
    pattern, rest = "", ""
    for part, inside in [*parts, ("", True)]:
        if not inside:
            rest += re.escape(part)
        elif rest or pattern != _ANY:
            # An expression is anything up to the first place where the text behind it stands: a hostile name costs no more
            # than its length.
            pattern = f"(?>{pattern}{rest})" if pattern.endswith(_ANY) else f"{pattern}{rest}"
            pattern, rest = pattern + _ANY, ""
    return pattern if parts and parts[-1][1] else pattern.removesuffix(_ANY)


_ANY: Final = r"[^\n]*?"


def _made(patterns: Sequence[str], names: Sequence[str]) -> int | None:
    """Return how many jobs the last pattern made for each job of those before it; None when that is not one number."""
    *callers, own = patterns
    whole = re.compile("".join(f"(?>({one}) / )" for one in callers) + rf"({own})(?: / [^\n]*)?")
    below: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in names:
        match = whole.fullmatch(name[:_LONGEST])
        if match:
            groups = match.groups()
            below[groups[:-1]].add(groups[-1])
    numbers = {len(made) for made in below.values()}
    return numbers.pop() if len(numbers) == 1 else None
