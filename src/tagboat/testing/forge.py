"""A forge in memory, for those who test steps; held to the same contract as the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tagboat.errors import ConflictError, DeniedError, StepFailedError, UnavailableError
from tagboat.ports.forge import Asset, Environment, ForgeRelease, ForgeTag, Issue, Job, Review, WorkflowRun
from tagboat.testing.orders import Orders


@dataclass(slots=True)
class Hosted:
    """What a forge keeps of one repository, whoever looks.

    Attributes:
        tags: name → commit that it peels to.
        tag_texts: name → message and date, of annotated ones.
        logs: job's number → its log.
        trees: commit → path → content.
        jobs: run's number → jobs; a run without any has one, ``test``, in its own state.
        releases: number → release.
        past: the releases before each write, for stale lists.
        reviews: run's number → what people said to its deployments.
        issues: number → open issue.
        comments: issue's number → what was said to it.
        workflows: the files that can be dispatched, besides those that have run.
        dispatched: workflow, reference and inputs of every dispatch, in order.
        environments: name in lower case → environment.
    """

    tags: dict[str, str] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    runs: list[WorkflowRun] = field(default_factory=list)
    jobs: dict[int, tuple[Job, ...]] = field(default_factory=dict)
    releases: dict[int, ForgeRelease] = field(default_factory=dict)
    latest: int = 0
    past: list[dict[int, ForgeRelease]] = field(default_factory=list)
    contents: dict[int, bytes] = field(default_factory=dict)
    number: int = 0
    reviews: dict[int, list[Review]] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, list[str]] = field(default_factory=dict)
    tag_texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    logs: dict[int, str] = field(default_factory=dict)
    workflows: set[str] = field(default_factory=set)
    dispatched: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    environments: dict[str, Environment] = field(default_factory=dict)


class FakeForge:
    """One account's view of a repository; ``orders`` make it fail.

    Attributes:
        moment: tells the time that new tags and runs are stamped with.
    """

    def __init__(
        self, hosted: Hosted | None = None, *, login: str = "releaser", may_write: bool = True
    ) -> None:
        self.repository = "acme/demo"
        self.hosted = hosted or Hosted()
        self.orders = Orders()
        self.moment: Callable[[], str] = lambda: ""
        self._login = login
        self._may_write = may_write

    def viewer(self) -> str:
        """Return the login."""
        return self._login

    def may_write(self) -> bool | None:
        """Tell whether this account may write."""
        return self._may_write

    def tag_commit(self, tag: str) -> str | None:
        """Return the tag's commit, or None."""
        self.orders.read("tag")
        return self.hosted.tags.get(tag)

    def tag(self, name: str) -> ForgeTag | None:
        """Return the tag, or None."""
        commit = self.tag_commit(name)
        return ForgeTag(name, commit, *self.hosted.tag_texts.get(name, ("", ""))) if commit else None

    def create_tag(self, name: str, commit: str, message: str) -> None:
        """Make an annotated tag."""

        def create() -> None:
            self._refuse_strangers()
            if name in self.hosted.tags:
                raise ConflictError(f"there is a tag {name}", remedy="look where it leads")
            self.hosted.tags[name] = commit
            self.hosted.tag_texts[name] = (message, self.moment())

        self.orders.write("create-tag", create)

    def tag_names(self) -> Sequence[str]:
        """Return all tags."""
        return list(self.hosted.tags)

    def default_branch(self) -> str:
        """Return the default branch."""
        return "main"

    def branch_head(self, branch: str) -> str | None:
        """Return the branch's head, or None."""
        return self.hosted.branches.get(branch)

    def paths(self, commit: str) -> Sequence[str]:
        """Return the commit's files."""
        return list(self.hosted.trees[commit])

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content, or None."""
        self.orders.read("read")
        return self.hosted.trees.get(commit, {}).get(path)

    def play(
        self,
        commit: str,
        *,
        workflow: str = "ci.yml",
        branch: str = "main",
        event: str = "push",
        status: str = "completed",
        conclusion: str = "success",
        jobs: tuple[Job, ...] = (),
        log: str | None = None,
        title: str = "",
    ) -> WorkflowRun:
        """Let a CI run appear; ``log`` is that of its one job."""
        number, moment = self._next(), self.moment()
        name = workflow.partition(".")[0]
        url = f"https://forge.invalid/runs/{number}"
        run = WorkflowRun(
            number, workflow, name, commit, branch, event, status, conclusion, url, created=moment,
            started=moment, title=title,
        )  # fmt: skip
        self.hosted.runs.insert(0, run)
        self._set_jobs(run, jobs, log)
        return run

    def change(
        self,
        run: WorkflowRun,
        *,
        status: str = "completed",
        conclusion: str = "success",
        jobs: tuple[Job, ...] = (),
        log: str | None = None,
        again: bool = False,
    ) -> WorkflowRun:
        """Let a run go on to another state, or run again."""
        place, now = next((n, r) for n, r in enumerate(self.hosted.runs) if r.id == run.id)
        changed = replace(now, status=status, conclusion=conclusion)
        if again:
            changed = replace(changed, attempt=now.attempt + 1, started=self.moment())
        self.hosted.runs[place] = changed
        self._set_jobs(changed, jobs, log)
        return changed

    def _set_jobs(self, run: WorkflowRun, jobs: tuple[Job, ...], log: str | None) -> None:
        self.hosted.jobs[run.id] = jobs or (Job("test", run.status, run.conclusion, self._next()),)
        if log is not None:
            self.hosted.logs[self.hosted.jobs[run.id][0].id] = log

    def runs(self, commit: str) -> Sequence[WorkflowRun]:
        """Return the commit's runs, newest first."""
        self.orders.read("runs")
        return [run for run in self.hosted.runs if run.commit == commit]

    def branch_runs(self, branch: str) -> Sequence[WorkflowRun]:
        """Return the branch's newest runs."""
        return [run for run in self.hosted.runs if run.branch == branch][:30]

    def workflow_runs(self, workflow: str, commit: str) -> Sequence[WorkflowRun]:
        """Return the workflow's runs on the commit, newest first."""
        return [run for run in self.runs(commit) if run.workflow == workflow]

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int:
        """Queue a run of a workflow that is known, or has run."""

        def start() -> int:
            self._refuse_strangers()
            if workflow not in {*self.hosted.workflows, *(run.workflow for run in self.hosted.runs)}:
                raise DeniedError(f"there is no workflow {workflow}", remedy="push it to the default branch")
            commit = self.hosted.branches.get(ref) or self.hosted.tags.get(ref)
            if commit is None:
                raise StepFailedError(f"No ref found for: {ref}", remedy="push it")
            self.hosted.dispatched.append((workflow, ref, dict(inputs)))
            run = self.play(
                commit,
                workflow=workflow,
                branch=ref,
                event="workflow_dispatch",
                status="queued",
                conclusion="",
            )
            return run.id

        return self.orders.write("dispatch", start)

    def jobs(self, run: WorkflowRun) -> Sequence[Job]:
        """Return the run's jobs."""
        return self.hosted.jobs[run.id]

    def job_log(self, job: Job) -> str | None:
        """Return the job's log, or None."""
        self.orders.read("job-log")
        return self.hosted.logs.get(job.id)

    def run_logs(self, run: WorkflowRun) -> Mapping[str, str] | None:
        """Return the logs of the run's jobs, or None."""
        self.orders.read("run-logs")
        jobs = [job for job in self.hosted.jobs[run.id] if job.id in self.hosted.logs]
        return {f"{n}_{job.name}": self.hosted.logs[job.id] for n, job in enumerate(jobs)} or None

    def rerun_failed(self, run: WorkflowRun) -> None:
        """Queue another attempt."""

        def again() -> None:
            self._refuse_strangers()
            if run.status != "completed":
                raise DeniedError("it is running already", remedy="wait for it")
            self.change(run, status="queued", conclusion="", again=True)

        self.orders.write("rerun", again)

    def approvals(self, run: int) -> Sequence[Review]:
        """Return what people said to the run."""
        self.orders.read("approvals")
        return list(self.hosted.reviews.get(run, ()))

    def environment(self, name: str) -> Environment | None:
        """Return the environment."""
        self.orders.read("environment")
        return self.hosted.environments.get(name.lower())

    def find_issue(self, mark: str) -> Issue | None:
        """Return this account's open issue with the mark."""
        if not self._login:
            raise DeniedError("nobody knows who you are", remedy="give a token")
        self.orders.read("find-issue")
        found = [
            i for i in self.hosted.issues.values() if i.author == self._login and i.body.startswith(mark)
        ]
        return min(found, key=lambda issue: issue.number, default=None)

    def open_issue(self, *, title: str, body: str) -> Issue:
        """Open an issue."""

        def create() -> Issue:
            self._refuse_nobody()
            number = self._next()
            issue = Issue(number, title, body, self._login, f"https://forge.invalid/issues/{number}")
            self.hosted.issues[number] = issue
            return issue

        return self.orders.write("open-issue", create)

    def update_issue(self, issue: Issue, *, body: str) -> Issue:
        """Give the issue another body."""

        def change() -> Issue:
            self._refuse_others(issue)
            changed = replace(self.hosted.issues[issue.number], body=body)
            self.hosted.issues[issue.number] = changed
            return changed

        return self.orders.write("update-issue", change)

    def comment_issue(self, issue: Issue, text: str) -> None:
        """Add a comment."""

        def say() -> None:
            self._refuse_nobody()
            self.hosted.comments.setdefault(issue.number, []).append(text)

        self.orders.write("comment-issue", say)

    def close_issue(self, issue: Issue) -> None:
        """Close the issue."""

        def close() -> None:
            self._refuse_others(issue)
            del self.hosted.issues[issue.number]

        self.orders.write("close-issue", close)

    def releases(self) -> Sequence[ForgeRelease]:
        """Return the releases that this account may see, newest first."""
        stale = self.orders.read("releases")
        past = self.hosted.past
        seen = past[-stale] if stale and stale <= len(past) else self.hosted.releases
        return sorted(
            (r for r in seen.values() if self._may_write or not r.draft), key=lambda r: r.id, reverse=True
        )

    def create_draft(
        self, *, tag: str, commit: str, title: str, notes: str, prerelease: bool
    ) -> ForgeRelease:
        """Create a draft; a second one for the tag is not refused, as on GitHub."""
        del commit  # nobody can ask for it again

        def create() -> ForgeRelease:
            self._refuse_strangers()
            number = self._next()
            url = f"https://forge.invalid/releases/{number}"
            made = ForgeRelease(number, tag, title, True, prerelease, False, self._login, url, notes=notes)
            return self._kept(made)

        return self.orders.write("create-draft", create)

    def upload_asset(self, release: ForgeRelease, name: str, path: Path) -> Asset:
        """Store the file, once."""
        content = path.read_bytes()

        def store() -> Asset:
            self._refuse_strangers()
            current = self.hosted.releases[release.id]
            if current.asset(name):
                raise ConflictError(f"{release.tag} has an asset {name} already", remedy="delete it first")
            number = self._next()
            sha256 = hashlib.sha256(content).hexdigest()
            url = f"https://forge.invalid/assets/{number}"
            asset = Asset(number, name, len(content), sha256, self._login, url)
            self.hosted.contents[number] = content
            self._kept(replace(current, assets=(*current.assets, asset)))
            return asset

        return self.orders.write("upload-asset", store)

    def download_asset(self, asset: Asset, destination: Path) -> None:
        """Write the bytes, if they are those of the asset."""
        self.orders.read("download-asset")
        content = self.hosted.contents[asset.id]
        if len(content) > asset.size:
            raise UnavailableError(f"{asset.name} is larger than {asset.size} bytes", remedy="look at it")
        if asset.sha256 not in ("", hashlib.sha256(content).hexdigest()):
            raise ConflictError(f"{asset.name} has other bytes than listed", remedy="do not use it")
        destination.write_bytes(content)

    def delete_asset(self, asset: Asset) -> None:
        """Delete the asset; gone is gone."""

        def delete() -> None:
            self._refuse_strangers()
            for release in list(self.hosted.releases.values()):
                if asset.id in [each.id for each in release.assets]:
                    left = tuple(each for each in release.assets if each.id != asset.id)
                    self._kept(replace(release, assets=left))

        self.orders.write("delete-asset", delete)

    def publish(self, release: ForgeRelease, *, prerelease: bool, latest: bool) -> ForgeRelease:
        """Make the draft public."""

        def make_public() -> ForgeRelease:
            self._refuse_strangers()
            self.hosted.latest = release.id if latest else self.hosted.latest
            current = self.hosted.releases[release.id]
            return self._kept(replace(current, draft=False, prerelease=prerelease))

        return self.orders.write("publish", make_public)

    def delete_release(self, release: ForgeRelease) -> None:
        """Let somebody delete a release."""
        self.hosted.past.append(dict(self.hosted.releases))
        del self.hosted.releases[release.id]

    def _kept(self, release: ForgeRelease) -> ForgeRelease:
        self.hosted.past.append(dict(self.hosted.releases))
        self.hosted.releases[release.id] = release
        return release

    def _next(self) -> int:
        self.hosted.number += 1
        return self.hosted.number

    def _refuse_nobody(self) -> None:
        if not self._login:
            raise DeniedError("nobody may not write here", remedy="use a token")

    def _refuse_others(self, issue: Issue) -> None:
        if issue.author != self._login:
            self._refuse_strangers()

    def _refuse_strangers(self) -> None:
        if not self._may_write:
            raise DeniedError("you may not write here", remedy="use a token that may")
