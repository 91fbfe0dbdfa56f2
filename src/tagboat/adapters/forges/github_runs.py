"""Workflow runs on GitHub: those of one workflow, and their logs, which are a stranger's archive."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from tagboat.adapters.forges import github_shapes as shapes
from tagboat.adapters.forges.github_calls import Calls
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.secrets import hide
from tagboat.adapters.shape import Shape
from tagboat.core.canonical import JSON
from tagboat.errors import AnswerLostError, DeniedError, StepFailedError, UnavailableError
from tagboat.ports.forge import Job, WorkflowRun

MOST_BYTES: Final = 32 << 20
"""Of one job's log, of the archive of all, and of what comes out of that archive."""
_MOST_FILES: Final = 2000
_PAGES: Final = "look at the run's page"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNSOUND: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,  # names that are no UTF-8, places before the beginning
    IndexError,
)
"""What Python's reader of archives raises for bytes that are none, as seen by feeding it such."""
_DETAILS: Final = "return_run_details"
_KNOWN: Final = "a workflow is known once its file was on the default branch"


def of_workflow(calls: Calls, root: str, workflow: str, commit: str) -> Sequence[WorkflowRun] | None:
    """Return the workflow's runs on the commit, newest first; None when GitHub knows no such workflow.

    A workflow is known once its file was on the default branch or has run (observed behaviour of GitHub).
    """
    place = f"{root}/actions/workflows/{quote(workflow, safe='')}"
    if calls.object(place) is None:
        return None
    found: dict[int, WorkflowRun] = {}
    query = urlencode({"head_sha": commit, "per_page": 100})
    for shape in calls.pages(f"{place}/runs?{query}", "workflow_runs"):
        run = shapes.run(shape)
        if run.commit == commit and (run.id not in found or found[run.id].attempt <= run.attempt):
            found[run.id] = run
    return sorted(found.values(), key=lambda run: run.id, reverse=True)


def dispatch(calls: Calls, root: str, workflow: str, ref: str, inputs: Mapping[str, str]) -> int:
    """Start the workflow, and return the run's number where GitHub says it, else 0.

    GitHub answers 200 with the run where its details are asked for (since February 2026), and 204 with nothing before that.
    A GitHub Enterprise Server that does not know the question refuses it by its name (422), and is not asked again.
    """
    path = f"{root}/actions/workflows/{quote(workflow, safe='')}/dispatches"
    data: dict[str, JSON] = {"ref": ref, "inputs": dict(inputs)}
    try:
        answer = calls.send("POST", path, {**data, _DETAILS: True})
    except StepFailedError as problem:
        if _DETAILS not in problem.cause:
            raise
        answer = calls.send("POST", path, data)
    except DeniedError as problem:
        raise DeniedError(problem.cause, remedy=f"{problem.remedy}; {_KNOWN}") from None
    if not answer.body:
        return 0
    try:
        return Shape.of(answer.json(), answer.url).number("workflow_run_id")
    except UnavailableError as problem:
        raise AnswerLostError(problem.cause, remedy=LOOK) from None


def job_log(calls: Calls, root: str, job: Job) -> str | None:
    """Return the log that GitHub's redirect leads to, without secrets of ours; the storage sees no credential."""
    content = calls.bytes(f"{root}/actions/jobs/{job.id}/logs", MOST_BYTES)
    return None if content is None else hide(content.decode("utf-8", "replace"))


def run_logs(calls: Calls, root: str, run: WorkflowRun) -> Mapping[str, str] | None:
    """Return the logs of all jobs of an attempt."""
    content = calls.bytes(f"{root}/actions/runs/{run.id}/attempts/{run.attempt}/logs", MOST_BYTES)
    return None if content is None else unpacked(content)


def unpacked(content: bytes) -> Mapping[str, str]:
    """Return the jobs' logs of an archive: the files at its top; those of each step, in folders, say the same again.

    It is read in memory, file by file: no name of it becomes a path, and no size that it states is believed.

    Raises:
        UnavailableError: it is no archive, or larger than is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            top = [item for item in members if "/" not in item.filename] or members
            if len(top) > _MOST_FILES:
                raise UnavailableError(f"the logs are {len(top)} files", remedy=_PAGES)
            if any(item.compress_type not in _METHODS for item in top):
                raise zipfile.BadZipFile("it is packed in another way than logs are")
            return _texts(archive, top)
    except _UNSOUND as problem:
        raise UnavailableError(f"the logs are no sound archive: {problem}", remedy=_PAGES) from None


def _texts(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> Mapping[str, str]:
    texts, left = {}, MOST_BYTES
    for item in sorted(members, key=_place):
        with archive.open(item) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise UnavailableError(f"the logs are larger than {MOST_BYTES >> 20} MiB", remedy=_PAGES)
        texts[item.filename.removesuffix(".txt")] = hide(content.decode("utf-8", "replace"))
    return texts


def _place(item: zipfile.ZipInfo) -> tuple[int, str]:
    """GitHub numbers the jobs: ``10_publish.txt`` comes after ``9_build.txt``."""
    number = item.filename.partition("_")[0]
    return (int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0, item.filename)


def rerun_failed(calls: Calls, root: str, run: WorkflowRun) -> None:
    """Ask for another attempt of what did not succeed; GitHub answers 403 when it will not, whatever the token."""
    try:
        calls.send("POST", f"{root}/actions/runs/{run.id}/rerun-failed-jobs", {})
    except DeniedError as problem:
        raise DeniedError(problem.cause, remedy=f"re-run it on its page: {run.url}") from None
