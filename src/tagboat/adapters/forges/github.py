"""GitHub as the forge, over its REST API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from tagboat.adapters.addresses import Addresses
from tagboat.adapters.forges import github_environments, github_issues, github_runs, github_tags, github_tree
from tagboat.adapters.forges import github_shapes as shapes
from tagboat.adapters.forges.github_calls import Calls
from tagboat.adapters.http import HTTP, Answer, Body, Credentials
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.shape import Shape
from tagboat.core.tag import odd_tag
from tagboat.errors import AnswerLostError, ConflictError, InvalidError, UnavailableError
from tagboat.ports.forge import Asset, Environment, ForgeRelease, ForgeTag, Issue, Job, Review, WorkflowRun

_BYTES: Final = "application/octet-stream"
_RAW: Final = "application/vnd.github.raw+json"

RecordT = TypeVar("RecordT")


class GitHub:
    """One repository on GitHub, or on anything that speaks its REST API.

    Args:
        http: the client.
        addresses: where the API and the uploads are; no other host sees the credential.
        repository: ``owner/name``.
        credentials: without them only public things can be read.
    """

    def __init__(
        self, http: HTTP, addresses: Addresses, repository: str, credentials: Credentials | None = None
    ) -> None:
        owner, _, name = repository.partition("/")
        if not all(part.strip(".") and quote(part, safe="") == part for part in (owner, name)):
            raise InvalidError(
                f"not a repository on the forge: {repository!r}", remedy="write it as owner/name"
            )
        self.repository = repository
        self._http = http
        self._uploads = addresses.uploads.rstrip("/")
        self._credentials = credentials
        self._calls = Calls(http, addresses.api, credentials)
        self._root = f"/repos/{repository}"
        self._visible = False
        self._login: str | None = None

    def viewer(self) -> str:
        """Return our login, asked for once; "" without a token, or when the forge does not tell.

        A workflow's or an app's own token may not read ``/user``, and GraphQL tells it who it is, such as
        ``github-actions[bot]`` (observed behaviour of GitHub).
        """
        if self._login is None:
            self._login = self._asked_login() if self._credentials else ""
        return self._login

    def _asked_login(self) -> str:
        answer = self._calls.get("/user", besides=(403,))
        return _object(answer).text("login") if answer.good else self._calls.viewer()

    def may_write(self) -> bool | None:
        """Tell whether the token's owner may push, which writing releases needs; None for a workflow's or an app's token.

        Those have no role in the repository (observed behaviour of GitHub): the answer says false whatever they may do,
        and they are known by being refused the question who they are.
        """
        if self._credentials is None:
            return False
        found = self._calls.object(self._root)
        if found is None:
            self._check_visible()
            return False
        if found.inner("permissions").flag("push"):
            return True
        return False if self._calls.get("/user", besides=(403,)).good else None

    def tag_commit(self, tag: str) -> str | None:
        """Return the commit that the tag peels to, or None when there is no such tag (or it names no commit)."""
        found = self.tag(tag)
        return found.commit or None if found else None

    def tag(self, name: str) -> ForgeTag | None:
        """Return the tag, or None."""
        found = github_tags.read(self._calls, self._root, name)
        if found is None and not odd_tag(name):
            self._check_visible()
        return found

    def create_tag(self, name: str, commit: str, message: str) -> None:
        """Make an annotated tag."""
        github_tags.create(self._calls, self._root, name, commit, message)

    def tag_names(self) -> Sequence[str]:
        """Return the names of all tags."""
        return github_tree.tag_names(self._calls, self._root)

    def default_branch(self) -> str:
        """Return the default branch."""
        found = github_tree.default_branch(self._calls, self._root)
        if found is None:
            raise self._calls.unseen(f"the forge shows us no repository {self.repository}")
        return found

    def branch_head(self, branch: str) -> str | None:
        """Return the commit at the head of the branch, or None."""
        return github_tree.branch_head(self._calls, self._root, branch)

    def paths(self, commit: str) -> Sequence[str]:
        """Return every file of the commit's tree."""
        return github_tree.paths(self._calls, self._root, commit)

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content at the commit, or None; a symbolic link gives what it leads to."""
        if any(part in ("", ".", "..") for part in path.split("/")):
            return None
        where = f"{self._root}/contents/{quote(path)}?{urlencode({'ref': commit})}"
        answer = self._calls.get(where, accept=_RAW)
        if not answer.good:
            self._check_visible()
            return None
        # A folder or a submodule comes as JSON, whatever was asked for.
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        return None if kind == "application/json" else answer.body

    def runs(self, commit: str) -> Sequence[WorkflowRun]:
        """Return every run on exactly this commit, newest first; GitHub's filtered list is neither sure nor sorted."""
        found: dict[int, WorkflowRun] = {}
        query = urlencode({"head_sha": commit, "per_page": 100})
        for shape in self._calls.pages(f"{self._root}/actions/runs?{query}", "workflow_runs"):
            run = shapes.run(shape)
            if run.commit == commit and (run.id not in found or found[run.id].attempt <= run.attempt):
                found[run.id] = run
        return sorted(found.values(), key=lambda run: run.id, reverse=True)

    def branch_runs(self, branch: str) -> Sequence[WorkflowRun]:
        """Return one page of the branch's newest runs, whatever their commit."""
        query = urlencode({"branch": branch, "per_page": 30})
        answer = self._calls.get(f"{self._root}/actions/runs?{query}", besides=())
        return [shapes.run(shape) for shape in _object(answer).items("workflow_runs")]

    def jobs(self, run: WorkflowRun) -> Sequence[Job]:
        """Return the jobs of the run's latest attempt."""
        pages = self._calls.pages(
            f"{self._root}/actions/runs/{run.id}/jobs?filter=latest&per_page=100", "jobs"
        )
        return [shapes.job(shape) for shape in pages]

    def workflow_runs(self, workflow: str, commit: str) -> Sequence[WorkflowRun]:
        """Return every run of the workflow on the commit, newest first."""
        found = github_runs.of_workflow(self._calls, self._root, workflow, commit)
        if found is None:
            self._check_visible()
        return found or []

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int:
        """Start the workflow and return the run's number."""
        return github_runs.dispatch(self._calls, self._root, workflow, ref, inputs)

    def job_log(self, job: Job) -> str | None:
        """Return a job's log, or None."""
        return github_runs.job_log(self._calls, self._root, job)

    def run_logs(self, run: WorkflowRun) -> Mapping[str, str] | None:
        """Return the logs of an attempt's jobs, or None."""
        return github_runs.run_logs(self._calls, self._root, run)

    def rerun_failed(self, run: WorkflowRun) -> None:
        """Let what did not succeed run again."""
        github_runs.rerun_failed(self._calls, self._root, run)

    def approvals(self, run: int) -> Sequence[Review]:
        """Return the review history of the run's deployments, oldest first."""
        answer = self._calls.get(f"{self._root}/actions/runs/{run}/approvals", besides=(404,))
        return (
            [shapes.review(shape) for shape in Shape.list_of(answer.json(), answer.url)]
            if answer.good
            else []
        )

    def environment(self, name: str) -> Environment | None:
        """Return the environment, or None."""
        return github_environments.read(self._calls, self._root, name)

    def find_issue(self, mark: str) -> Issue | None:
        """Return our own open issue whose body begins with ``mark``, or None."""
        return github_issues.find(self._calls, self._root, mark, self.viewer())

    def open_issue(self, *, title: str, body: str) -> Issue:
        """Open an issue."""
        return github_issues.opened(self._calls, self._root, title, body)

    def update_issue(self, issue: Issue, *, body: str) -> Issue:
        """Give the issue another body."""
        return github_issues.changed(self._calls, self._root, issue, {"body": body})

    def comment_issue(self, issue: Issue, text: str) -> None:
        """Add a comment."""
        github_issues.commented(self._calls, self._root, issue, text)

    def close_issue(self, issue: Issue) -> None:
        """Close the issue."""
        github_issues.changed(self._calls, self._root, issue, {"state": "closed"})

    def releases(self) -> Sequence[ForgeRelease]:
        """Return all releases, newest first; drafts only when the token has push rights."""
        pages = self._calls.pages(f"{self._root}/releases?per_page=100")
        found = {shape.number("id"): shapes.release(shape) for shape in pages}
        return sorted(found.values(), key=lambda release: release.id, reverse=True)

    def create_draft(
        self, *, tag: str, commit: str, title: str, notes: str, prerelease: bool
    ) -> ForgeRelease:
        """Create a draft for the tag."""
        answer = self._calls.send(
            "POST",
            f"{self._root}/releases",
            {
                "tag_name": tag,
                "target_commitish": commit,
                "name": title,
                "body": notes,
                "draft": True,
                "prerelease": prerelease,
                "generate_release_notes": False,
            },
        )
        return _done(answer, shapes.release)

    def upload_asset(self, release: ForgeRelease, name: str, path: Path) -> Asset:
        """Upload the file; what a broken upload left under the name is deleted first.

        Raises:
            ConflictError: a whole asset of this name is there already, or the forge stored it under another name.
        """
        answer = self._uploaded(release, name, path)
        if answer.status == 422 and self._cleared(release, name):
            answer = self._uploaded(release, name, path)
        if not answer.good:
            raise self._calls.refusal(answer)
        asset = _done(answer, shapes.asset)
        if asset.name != name:
            raise ConflictError(
                f"the forge stored {name} under the name {asset.name}",
                remedy="delete it and choose a plain name",
            )
        return asset

    def download_asset(self, asset: Asset, destination: Path) -> None:
        """Write the asset's bytes to ``destination``; the storage that GitHub redirects to sees no credential.

        Raises:
            ConflictError: the bytes are not those of the asset's digest or size.
        """
        arrived = self._http.download(
            f"{self._calls.api}{self._root}/releases/assets/{asset.id}",
            destination,
            limit=asset.size,
            headers={"Accept": _BYTES, "X-GitHub-Api-Version": "2022-11-28"},
            credentials=self._credentials,
        )
        if isinstance(arrived, Answer):
            raise self._calls.refusal(arrived)
        if arrived.size != asset.size or asset.sha256 not in ("", arrived.sha256):
            destination.unlink(missing_ok=True)
            raise ConflictError(
                f"{asset.name}: the forge serves other bytes than it lists",
                remedy="look at the release's assets; do not use the file",
            )

    def delete_asset(self, asset: Asset) -> None:
        """Delete the asset of a draft; one that is gone already is fine."""
        path = f"{self._root}/releases/assets/{asset.id}"
        answer = self._calls.sent("DELETE", f"{self._calls.api}{path}", Body)
        # 404 may also mean that we may not delete it: then it can still be seen.
        gone = answer.status == 404 and self._calls.object(path) is None
        if not (answer.good or gone):
            raise self._calls.refusal(answer)

    def publish(self, release: ForgeRelease, *, prerelease: bool, latest: bool) -> ForgeRelease:
        """Turn the draft into a public release."""
        data = {"draft": False, "prerelease": prerelease, "make_latest": "true" if latest else "false"}
        answer = self._calls.send("PATCH", f"{self._root}/releases/{release.id}", data)
        return _done(answer, shapes.release)

    def _uploaded(self, release: ForgeRelease, name: str, path: Path) -> Answer:
        query = urlencode({"name": name})
        url = f"{self._uploads}{self._root}/releases/{release.id}/assets?{query}"
        return self._calls.sent("POST", url, lambda: Body(path), _BYTES)

    def _cleared(self, release: ForgeRelease, name: str) -> bool:
        """Delete what a broken upload left under the name; tell whether there was such a thing."""
        pages = self._calls.pages(f"{self._root}/releases/{release.id}/assets?per_page=100")
        broken = [shape for shape in pages if shape.text("name") == name and not shapes.stored(shape)]
        for shape in broken:
            self._calls.send("DELETE", f"{self._root}/releases/assets/{shape.number('id')}")
        return bool(broken)

    def _check_visible(self) -> None:
        """Make sure, once, that we can see the repository: else "not there" says nothing.

        Raises:
            DeniedError: we cannot.
        """
        if not self._visible and self._calls.object(self._root) is None:
            raise self._calls.unseen(f"the forge shows us no repository {self.repository}")
        self._visible = True


def _object(answer: Answer) -> Shape:
    return Shape.of(answer.json(), answer.url)


def _done(answer: Answer, read: Callable[[Shape], RecordT]) -> RecordT:
    """Read the answer to a write; when it cannot be read, the write was done all the same."""
    try:
        return read(_object(answer))
    except UnavailableError as problem:
        raise AnswerLostError(problem.cause, remedy=LOOK) from None
