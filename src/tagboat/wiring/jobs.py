"""What one job of the forge's CI knows of the run that it belongs to: which job it is, and the ledgers before its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tagboat.core.canonical import JSON
from tagboat.core.text import plain
from tagboat.engine import bundle
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.state import StateDirectory, write_durably
from tagboat.errors import ConflictError, DeniedError, UnavailableError
from tagboat.ports.forge import Forge
from tagboat.ports.ledger import Ledger

_JOB = {
    "job": "GITHUB_JOB",
    "run": "GITHUB_RUN_ID",
    "attempt": "GITHUB_RUN_ATTEMPT",
    "workflow": "GITHUB_WORKFLOW_REF",
    "workflow_commit": "GITHUB_WORKFLOW_SHA",
    "event": "GITHUB_EVENT_NAME",
}
"""What the opening entry says of the job, and the variable of GitHub Actions that tells it."""
LEDGER = "ledger.jsonl"
"""The file beside a shard's record or a Manifest in which a job hands its ledger on."""


def in_actions(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this process is a step of a GitHub Actions job."""
    return environment.get("GITHUB_ACTIONS") == "true"


def open_ledger(state: StateDirectory, ledger: SqliteLedger, files: Sequence[Path]) -> None:
    """Let a fresh ledger go on from those of earlier jobs; one that was begun has its opening already.

    Raises:
        ConflictError: a file is no sound ledger.
    """
    job: dict[str, JSON] = {
        name: plain(os.environ[variable], limit=300)
        for name, variable in _JOB.items()
        if in_actions() and os.environ.get(variable)
    }
    if ledger.entries():
        return
    state.earlier.unlink(missing_ok=True)
    earlier = bundle.joined(files)
    if earlier:
        write_durably(state.earlier, "".join(map(bundle.text_of, earlier)))
    if earlier or job:
        ledger.append("opened", body=bundle.opening(earlier, job))


def record_reviews(forge: Forge, ledger: Ledger) -> None:
    """Keep who let this very run publish, and with which words; a forge that does not tell is recorded as such.

    It tells no time: the entry's own says when it was asked, which is after the approval and before anything final.
    """
    run = os.environ.get("GITHUB_RUN_ID", "")
    if not (in_actions() and run.isdecimal() and len(run) < 19):
        return
    body: dict[str, JSON] = {"run": run, "attempt": os.environ.get("GITHUB_RUN_ATTEMPT", "")}
    try:
        body["reviews"] = [
            {
                "environments": list(review.environments),
                "state": review.state,
                "user": review.user,
                "comment": review.comment,
            }
            for review in forge.approvals(int(run))
        ]
    except (DeniedError, UnavailableError) as error:
        body["unknown"] = error.cause
    ledger.append("reviews", body=body)


@contextmanager
def handing_on(ledger: Ledger, folder: Path | None) -> Iterator[None]:
    """Write the ledger, those before it included, into the folder that goes to the next job, however the block ends."""
    try:
        yield
    finally:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            write_durably(folder / LEDGER, ledger.export())


def ledgers_in(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the ledgers that earlier jobs put into these folders."""
    return tuple(path for folder in folders if (path := folder / LEDGER).is_file())


def read_earlier(state: Path) -> str:
    """Return the ledgers of the jobs before the one that this state directory belongs to.

    Raises:
        ConflictError: they cannot be read.
    """
    path = state / "earlier.jsonl"
    try:
        return path.read_text() if path.is_file() else ""
    except (OSError, ValueError) as error:
        raise ConflictError(
            f"{path} cannot be read: {error}", remedy="use the release's ledger asset"
        ) from error
