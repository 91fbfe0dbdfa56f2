"""The forge: where the project's code, CI results and releases live (GitHub)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobStep:
    """One step of a job; ``conclusion`` is "" while it is not finished."""

    name: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a CI run; ``conclusion`` is "" while it is not finished.

    Attributes:
        id: the forge's number; 0 for a job that has no log.
        url: for people.
    """

    name: str
    status: str
    conclusion: str
    id: int = 0
    steps: tuple[JobStep, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One CI run.

    Attributes:
        id: the forge's number.
        workflow: the workflow file's name, such as ``ci.yml``.
        name: the workflow's display name.
        commit: the commit that it ran on.
        branch: the branch (or tag) that it ran for.
        event: ``push``, ``pull_request``, ``workflow_dispatch``...
        status: ``queued``, ``in_progress``, ``completed``...
        conclusion: ``success``, ``failure``, ``cancelled``, ``skipped``, ``timed_out``...; "" while not completed.
        url: for people.
        attempt: 1, or more after a re-run.
        created: when its first attempt was asked for, ISO 8601 in UTC; "" when the forge does not say.
        started: when this attempt began, likewise.
        title: what the run is called: the workflow's ``run-name``, or the forge's choice.
    """

    id: int
    workflow: str
    name: str
    commit: str
    branch: str
    event: str
    status: str
    conclusion: str
    url: str
    attempt: int = 1
    created: str = ""
    started: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ForgeTag:
    """A tag as the forge has it.

    Attributes:
        commit: what it peels to, or "" when it names no commit.
        message: an annotated tag's text; "" for a lightweight one.
        made: when an annotated tag says that it was made, ISO 8601; "" for a lightweight one.
    """

    name: str
    commit: str
    message: str = ""
    made: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What a person said to a run's deployment; the forge does not tell when.

    Attributes:
        environments: whose protection asked for it.
        state: ``approved``, ``rejected``, or ``pending`` for a comment alone.
        user: the login.
    """

    environments: tuple[str, ...]
    state: str
    user: str
    comment: str


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of the forge, by which its jobs are protected.

    Attributes:
        protected: only branches that the forge protects may deploy to it.
        listed: only what is listed here may.
        branches: patterns of the branches that may.
        tags: patterns of the tags that may.
    """

    name: str
    protected: bool = False
    listed: bool = False
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue; ``author`` is the login of who opened it."""

    number: int
    title: str
    body: str
    author: str
    url: str


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of a forge release.

    Attributes:
        sha256: as the forge computed it, lower-case hex; "" when it does not say.
        uploader: the login of who uploaded it; "" when the forge does not say.
    """

    id: int
    name: str
    size: int
    sha256: str
    uploader: str
    url: str


@dataclass(frozen=True, slots=True)
class ForgeRelease:
    """A release on the forge, draft or published.

    Attributes:
        author: the login of who made it.
        immutable: its assets and tag can no longer be changed.
        notes: its text.
        upload_url: where assets are sent, as the forge writes it.
    """

    id: int
    tag: str
    title: str
    draft: bool
    prerelease: bool
    immutable: bool
    author: str
    url: str
    assets: tuple[Asset, ...] = ()
    notes: str = ""
    upload_url: str = ""

    def asset(self, name: str) -> Asset | None:
        """Return the asset of this name, or None."""
        return next((asset for asset in self.assets if asset.name == name), None)


class Forge(Protocol):
    """A project on a forge. Every method may raise UnavailableError (down after retries) and DeniedError.

    Writes raise AnswerLostError when they were sent and no answer was seen; they are never retried blindly.
    """

    repository: str
    """``owner/name``."""

    def viewer(self) -> str:
        """Return the login that our credential stands for, or "" when the forge does not tell."""
        ...

    def may_write(self) -> bool | None:
        """Tell whether our credential may write releases; None when the forge does not tell that beforehand."""
        ...

    def tag_commit(self, tag: str) -> str | None:
        """Return the commit that the tag peels to on the forge, or None when there is no such tag."""
        ...

    def tag(self, name: str) -> ForgeTag | None:
        """Return the tag with what its own object says, or None when there is no such tag."""
        ...

    def create_tag(self, name: str, commit: str, message: str) -> None:
        """Make an annotated tag, dated by the forge; pushed tags start workflows, and so does this one.

        Raises:
            ConflictError: there is a tag of this name.
        """
        ...

    def tag_names(self) -> Sequence[str]:
        """Return the names of all tags."""
        ...

    def default_branch(self) -> str:
        """Return the name of the default branch."""
        ...

    def branch_head(self, branch: str) -> str | None:
        """Return the commit at the head of the branch, or None when there is no such branch."""
        ...

    def paths(self, commit: str) -> Sequence[str]:
        """Return the path of every file in the commit's tree."""
        ...

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content at the commit, or None when it is not there."""
        ...

    def runs(self, commit: str) -> Sequence[WorkflowRun]:
        """Return every CI run on exactly this commit, newest first, of every branch and event."""
        ...

    def branch_runs(self, branch: str) -> Sequence[WorkflowRun]:
        """Return the newest CI runs on the branch, whatever their commit, newest first; one page of them."""
        ...

    def workflow_runs(self, workflow: str, commit: str) -> Sequence[WorkflowRun]:
        """Return every run of the workflow file on exactly this commit, newest first, of every branch and event.

        A re-run is no run of its own: the run is as its newest attempt is. None for a workflow that never ran.
        """
        ...

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int:
        """Start the workflow file, as it is at the branch or tag ``ref``, with these inputs.

        Each call starts a run of its own: nothing tells the forge that two of them are meant as one.

        Returns:
            The run's number; 0 when the forge does not say.

        Raises:
            DeniedError: we may not, or the forge knows no such workflow.
            StepFailedError: the workflow is not started by hand, refuses the inputs, or is not at ``ref``.
            AnswerLostError: whether it was started can only be seen in the list of runs.
        """
        ...

    def jobs(self, run: WorkflowRun) -> Sequence[Job]:
        """Return the jobs of the run's latest attempt."""
        ...

    def job_log(self, job: Job) -> str | None:
        """Return the text of a finished job's log, or None when the forge has none (any more).

        Raises:
            UnavailableError: also when it is larger than is read.
        """
        ...

    def run_logs(self, run: WorkflowRun) -> Mapping[str, str] | None:
        """Return the logs of all jobs of this attempt of the run by their names in the forge's order, or None.

        Raises:
            UnavailableError: also when they are larger than is read, or no sound archive.
        """
        ...

    def rerun_failed(self, run: WorkflowRun) -> None:
        """Let the jobs of a finished run that did not succeed run again, as its next attempt.

        Raises:
            DeniedError: we may not, or the forge refuses: the run is not finished, or too old.
        """
        ...

    def approvals(self, run: int) -> Sequence[Review]:
        """Return what people said to the deployments of the run with this number; nothing for a run that is not there."""
        ...

    def environment(self, name: str) -> Environment | None:
        """Return the environment, whatever the case of its name; None where there is none, or we may not see any."""
        ...

    def find_issue(self, mark: str) -> Issue | None:
        """Return our own open issue whose body begins with ``mark``, the oldest of several, or None.

        Issues of others are never ours, whatever stands in them.

        Raises:
            DeniedError: the forge does not tell who we are, or shows us no issues.
        """
        ...

    def open_issue(self, *, title: str, body: str) -> Issue:
        """Open an issue."""
        ...

    def update_issue(self, issue: Issue, *, body: str) -> Issue:
        """Give the issue another body."""
        ...

    def comment_issue(self, issue: Issue, text: str) -> None:
        """Add a comment."""
        ...

    def close_issue(self, issue: Issue) -> None:
        """Close the issue."""
        ...

    def releases(self) -> Sequence[ForgeRelease]:
        """Return all releases that we may see, drafts included, newest first."""
        ...

    def create_draft(
        self, *, tag: str, commit: str, title: str, notes: str, prerelease: bool
    ) -> ForgeRelease:
        """Create a draft release for the tag."""
        ...

    def upload_asset(self, release: ForgeRelease, name: str, path: Path) -> Asset:
        """Upload the file as an asset and return what the forge stored, its digest included."""
        ...

    def download_asset(self, asset: Asset, destination: Path) -> None:
        """Write the asset's bytes to ``destination``, at most ``asset.size`` of them."""
        ...

    def delete_asset(self, asset: Asset) -> None:
        """Delete the asset of a draft; no error when it is gone already."""
        ...

    def publish(self, release: ForgeRelease, *, prerelease: bool, latest: bool) -> ForgeRelease:
        """Turn the draft into a public release."""
        ...
