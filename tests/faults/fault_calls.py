"""Every request behind every method of the ports of the outside: which one the fault meets, and what is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fault_kinds import Fault
from fault_world import TAGS, Scene

from tagboat.ports.forge import ForgeRelease, WorkflowRun
from tagboat.sandbox import control, workflows
from tagboat.testing.distributions import make_wheel, sha256_of

Deed = Callable[[], object]
READING = "reading"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one method.

    Attributes:
        port: ``forge``, ``index`` or ``identity``.
        method: the port's.
        service: of the sandbox.
        operation: of the service, which the fault meets.
        manner: how refusals are understood, a row of ``fault_rules``.
        prepare: makes the world ready, and returns what is then called.
        effects: the journal's operations of which one entry for each key comes when it is done, and never a second.
        own: it changes something besides, and so has a repository of its own.
    """

    port: str
    method: str
    service: str
    operation: str
    manner: str
    prepare: Callable[[Scene], Deed]
    effects: tuple[str, ...] = ()
    own: bool = False

    @property
    def name(self) -> str:
        return f"{self.port}.{self.method}/{self.operation}"

    @property
    def key(self) -> str:
        """The repository that it happens in: reads share one, each write has its own."""
        shared = not (self.effects or self.own)
        return READING if shared else f"{self.method}-{self.operation}".replace("_", "-")


def read(method: str, operation: str, manner: str, deed: Callable[[Any, WorkflowRun], object]) -> Call:
    def prepare(scene: Scene) -> Deed:
        run = prepare_reading(scene)
        return lambda: deed(scene, run)

    return Call("forge", method, "forge", operation, manner, prepare)


def write(
    method: str, operation: str, prepare: Callable[[Scene], Deed], *, manner: str = "write", effect: str = ""
) -> Call:
    return Call("forge", method, "forge", operation, manner, prepare, (effect or operation,))


def prepare_reading(scene: Scene) -> WorkflowRun:
    """Fill the repository of reads, once: a finished run with a log and a review, an issue, a release with a file."""
    forge = scene.calm.forge
    runs = [run for run in forge.runs(scene.commit) if run.workflow == "ci.yml"]
    if runs:
        return runs[0]
    there = scene.world.sandbox.addresses
    played = control.play_workflow_run(
        there, scene.repository, sha=scene.commit, jobs=[control.Job("test", log="a\nb\nc\n", step="Test")]
    )
    control.review_workflow_run(there, played.id, environments=["pypi"], user="grace", comment="Fine.")
    workflows.set_environment(there, scene.repository, "pypi", refs=["main"])
    forge.open_issue(title="One", body="<!-- mark -->\nbody")
    draft = forge.create_draft(
        tag=TAGS["light"], commit=scene.commit, title="One", notes="n", prerelease=False
    )
    forge.upload_asset(draft, "demo.bin", scene.file())
    return next(run for run in forge.runs(scene.commit) if run.workflow == "ci.yml")


def draft(scene: Scene) -> ForgeRelease:
    return scene.calm.forge.create_draft(
        tag=scene.tag, commit=scene.commit, title="Demo", notes="notes", prerelease=False
    )


def create_draft(scene: Scene) -> Deed:
    return lambda: scene.forge.create_draft(
        tag=scene.tag, commit=scene.commit, title="Demo", notes="notes", prerelease=False
    )


def upload_asset(scene: Scene) -> Deed:
    release, path = draft(scene), scene.file()
    return lambda: scene.forge.upload_asset(release, path.name, path)


def upload_over_a_starter(scene: Scene) -> Deed:
    """A broken upload has left something under the name."""
    release, path = draft(scene), scene.file()
    scene.world.order("forge", "upload-asset", Fault("reset-mid"))
    try:
        scene.calm.forge.upload_asset(release, path.name, path)
    except Exception as broken:  # noqa: BLE001 - whatever it is called, what it left is what is wanted
        del broken
    scene.world.lift()
    return lambda: scene.forge.upload_asset(release, path.name, path)


def delete_asset(scene: Scene) -> Deed:
    asset = scene.calm.forge.upload_asset(draft(scene), "demo.bin", scene.file())
    return lambda: scene.forge.delete_asset(asset)


def delete_what_is_gone(scene: Scene) -> Deed:
    asset = scene.calm.forge.upload_asset(draft(scene), "demo.bin", scene.file())
    scene.calm.forge.delete_asset(asset)
    return lambda: scene.forge.delete_asset(asset)


def publish(scene: Scene) -> Deed:
    release = draft(scene)
    return lambda: scene.forge.publish(release, prerelease=False, latest=True)


def create_tag(scene: Scene) -> Deed:
    return lambda: scene.forge.create_tag(scene.tag, scene.commit, "message")


def dispatch(scene: Scene) -> Deed:
    return lambda: scene.forge.dispatch("release.yml", "main", {})


def rerun_failed(scene: Scene) -> Deed:
    played = control.play_workflow_run(
        scene.world.sandbox.addresses, scene.repository, sha=scene.commit, conclusion="failure"
    )
    run = next(run for run in scene.calm.forge.runs(scene.commit) if run.id == played.id)
    return lambda: scene.forge.rerun_failed(run)


def open_issue(scene: Scene) -> Deed:
    return lambda: scene.forge.open_issue(title="Failed", body=f"<!-- {scene.number} -->")


def of_issue(deed: Callable[[Any, Any], object]) -> Callable[[Scene], Deed]:
    def prepare(scene: Scene) -> Deed:
        issue = scene.calm.forge.open_issue(title="Failed", body=f"<!-- {scene.number} -->")
        return lambda: deed(scene.forge, issue)

    return prepare


def download_asset(scene: Scene) -> object:
    release = next(r for r in scene.calm.forge.releases() if r.assets)
    target = scene.folder / "fetched"
    scene.forge.download_asset(release.assets[0], target)
    return target.read_bytes()


FORGE = (
    read("viewer", "get-user", "user", lambda s, _: s.forge.viewer()),
    read("viewer", "graphql", "graphql", lambda s, _: s.forge_as("installation").viewer()),
    read("may_write", "get-repository", "right", lambda s, _: s.forge.may_write()),
    read("may_write", "get-user", "user", lambda s, _: s.forge_as("stranger").may_write()),
    read("tag_commit", "get-ref", "object", lambda s, _: s.forge.tag_commit(TAGS["light"])),
    read("tag", "get-ref", "object", lambda s, _: s.forge.tag(TAGS["annotated"])),
    read("tag", "get-tag", "part of a tag", lambda s, _: s.forge.tag(TAGS["annotated"])),
    write("create_tag", "create-tag", create_tag, manner="tag object", effect="create-ref"),
    write("create_tag", "create-ref", create_tag),
    read("tag_names", "list-matching-refs", "list", lambda s, _: s.forge.tag_names()),
    read("default_branch", "get-repository", "repository", lambda s, _: s.forge.default_branch()),
    read("branch_head", "get-ref", "object", lambda s, _: s.forge.branch_head("main")),
    read("paths", "get-tree", "tree", lambda s, _: s.forge.paths(s.commit)),
    read("read", "get-contents", "file", lambda s, _: s.forge.read(s.commit, "README.md")),
    read("runs", "list-runs", "list", lambda s, _: s.forge.runs(s.commit)),
    read("branch_runs", "list-runs", "list", lambda s, _: s.forge.branch_runs("main")),
    read(
        "workflow_runs",
        "get-workflow",
        "object",
        lambda s, _: s.forge.workflow_runs("ci.yml", s.commit),
    ),
    read(
        "workflow_runs",
        "list-workflow-runs",
        "list",
        lambda s, _: s.forge.workflow_runs("ci.yml", s.commit),
    ),
    read("jobs", "list-jobs", "list", lambda s, run: s.forge.jobs(run)),
    read("job_log", "get-job-log", "log", lambda s, run: s.forge.job_log(s.calm.forge.jobs(run)[0])),
    read("job_log", "download-log", "text", lambda s, run: s.forge.job_log(s.calm.forge.jobs(run)[0])),
    read("run_logs", "get-run-logs", "log", lambda s, run: s.forge.run_logs(run)),
    read("run_logs", "download-log", "archive", lambda s, run: s.forge.run_logs(run)),
    write("dispatch", "dispatch-workflow", dispatch),
    write("rerun_failed", "rerun-failed-jobs", rerun_failed, effect="rerun"),
    read("approvals", "list-approvals", "approvals", lambda s, run: s.forge.approvals(run.id)),
    read("environment", "get-environment", "object", lambda s, _: s.forge.environment("pypi")),
    read("environment", "list-ref-policies", "list", lambda s, _: s.forge.environment("pypi")),
    read("find_issue", "get-user", "user", lambda s, _: s.forge.find_issue("<!-- mark -->")),
    read("find_issue", "list-issues", "list", lambda s, _: s.forge.find_issue("<!-- mark -->")),
    write("open_issue", "create-issue", open_issue),
    write("update_issue", "update-issue", of_issue(lambda f, issue: f.update_issue(issue, body="new"))),
    write("comment_issue", "create-comment", of_issue(lambda f, issue: f.comment_issue(issue, "word"))),
    write("close_issue", "update-issue", of_issue(lambda f, issue: f.close_issue(issue))),
    read("releases", "list-releases", "list", lambda s, _: s.forge.releases()),
    write("create_draft", "create-release", create_draft),
    write("upload_asset", "upload-asset", upload_asset),
    Call("forge", "upload_asset", "forge", "list-assets", "list", upload_over_a_starter, ("upload-asset",)),
    write("upload_asset", "delete-asset", upload_over_a_starter),
    read("download_asset", "get-asset", "link", lambda s, _: download_asset(s)),
    read("download_asset", "download-asset", "bytes", lambda s, _: download_asset(s)),
    write("delete_asset", "delete-asset", delete_asset, manner="delete"),
    Call("forge", "delete_asset", "forge", "get-asset", "gone", delete_what_is_gone, own=True),
    write("publish", "update-release", publish),
)


def project(scene: Scene) -> Deed:
    wheel = make_wheel(scene.folder, scene.project, "1.0")
    scene.calm.index.upload(wheel, sha256_of(wheel))

    def deed() -> object:
        found = scene.index.project(scene.project)
        return found and [(file.version, len(file.sha256)) for file in found.files]

    return deed


def upload(scene: Scene) -> Deed:
    wheel = make_wheel(scene.folder, scene.project, "1.0")
    return lambda: scene.index.upload(wheel, sha256_of(wheel))


def trusted_upload(scene: Scene) -> Deed:
    wheel, index = make_wheel(scene.folder, scene.project, "1.0"), scene.trusted
    return lambda: index.upload(wheel, sha256_of(wheel))


def download(scene: Scene) -> Deed:
    project(scene)
    listed = scene.calm.index.project(scene.project)
    assert listed is not None
    target = scene.folder / "fetched"

    def deed() -> bool:
        scene.index.download(listed.files[0], target)
        return sha256_of(target) == listed.files[0].sha256

    return deed


def upload_credential(scene: Scene) -> Deed:
    index = scene.trusted
    return lambda: index.upload_credential().kind.value


def burn(scene: Scene) -> Deed:
    index = scene.trusted
    index.upload_credential()
    return lambda: index.burn() and "remark"


def token(scene: Scene) -> Deed:
    identity = scene.identity
    return lambda: identity.token("pypi").claims["aud"]


INDEX = (
    Call("index", "project", "pypi", "simple", "page", project),
    Call("index", "upload_credential", "pypi", "oidc-audience", "audience", upload_credential),
    Call("index", "upload_credential", "identity", "id-token", "token", upload_credential),
    Call("index", "upload_credential", "pypi", "mint-token", "mint", upload_credential),
    Call("index", "burn", "pypi", "burn-token", "burn", burn),
    Call("index", "upload", "pypi", "upload", "upload", upload, ("upload",)),
    Call("index", "upload", "pypi", "mint-token", "mint", trusted_upload, ("upload",)),
    Call("index", "download", "pypi", "file", "index file", download),
)

IDENTITY = (Call("identity", "token", "identity", "id-token", "token", token),)

CALLS = (*INDEX, *IDENTITY, *FORGE)
ASKS_NOBODY = {("identity", "absence")}
"""Methods that send nothing."""
