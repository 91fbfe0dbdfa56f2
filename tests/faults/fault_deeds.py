"""What the engine does with each write: the real steps and the failure's issue, and how they are started a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, cast

from fault_calls import draft
from fault_world import Scene

from tagboat.adapters.git.mirror import Mirror
from tagboat.adapters.store import FolderStore
from tagboat.core.artifact import Artifact, Role
from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.engine.failure_issue import FailedJob, Failure, failed, succeeded
from tagboat.engine.inline import InlineEngine, Patience
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.state import StateDirectory
from tagboat.ports import Ports
from tagboat.sandbox import control
from tagboat.steps.kinds import freeze, load_kind
from tagboat.steps.remote_run import rerun
from tagboat.testing.distributions import make_wheel

PATIENCE = Patience(looks=3, first_pause=0.1, tries=3)


@dataclass(frozen=True, slots=True)
class Work:
    """Something that the engine does, with one write in it.

    Attributes:
        what: the step's kind, or the function.
        service: of the sandbox.
        operation: of the service, which the fault meets.
        prepare: makes the world ready, and returns what starts the work; each call of it is a new process.
        effect: the journal's operation that must be there once in the end.
        listing: the operation by which the engine looks.
        none: the effect may be left out when its answer was lost, which costs nobody anything.
    """

    what: str
    service: str
    operation: str
    prepare: Callable[[Scene], Callable[[Scene], object]]
    effect: str
    listing: str = "list-releases"
    none: bool = False

    @property
    def name(self) -> str:
        return f"{self.what}/{self.operation}"

    @property
    def key(self) -> str:
        return f"work-{self.what}-{self.operation}"


def step(
    kind: str,
    options: Callable[[Scene], Mapping[str, Any]],
    ready: Callable[[Scene], object] = lambda _: None,
) -> Callable[[Scene], Callable[[Scene], object]]:
    """A plan of one step, walked by the inline engine in the case's state directory."""

    def prepare(scene: Scene) -> Callable[[Scene], object]:
        ready(scene)
        release = Release("demo", f"1.0.{scene.number}", scene.tag, scene.commit)
        module = cast("Any", load_kind(kind))
        frozen = freeze(kind, kind, module.Options(**options(scene)))
        plan = Plan(Half.PUBLISH, "tag-release", (release,), (frozen,))

        def walk(under: Scene) -> object:
            with _ports(under) as (ports, state):
                return InlineEngine(ports, state, patience=PATIENCE).walk(plan)

        return walk

    return prepare


@contextmanager
def _ports(scene: Scene) -> Iterator[tuple[Ports, StateDirectory]]:
    with (
        StateDirectory(scene.folder / "state") as state,
        closing(SqliteLedger(state.ledger, scene.clock, "tester")) as ledger,
    ):
        unused = dict.fromkeys(("builder", "inspector", "installer"))
        yield (
            Ports(
                **cast("Any", unused),
                repository=Mirror(scene.folder / "mirror.git", scene.world.source),
                forge=scene.forge,
                indexes={"pypi": scene.index},
                store=FolderStore(state.artifacts),
                logs=FolderStore(state.logs),
                ledger=ledger,
                clock=scene.clock,
            ),
            state,
        )


def artifact(scene: Scene) -> Artifact:
    """A wheel in the case's store."""
    wheel = make_wheel(scene.folder, scene.project, "1.0")
    folder = scene.folder / "state" / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    sha256, size = FolderStore(folder).put(wheel)
    return Artifact(wheel.name, sha256, size, "demo", Role.WHEEL)


def upload(scene: Scene) -> Mapping[str, Any]:
    return {"index": "pypi", "distribution": scene.project, "artifact": artifact(scene).as_json()}


def asset(scene: Scene) -> Mapping[str, Any]:
    return {"tag": scene.tag, "artifact": artifact(scene).as_json()}


def the_draft(scene: Scene) -> Mapping[str, Any]:
    return {
        "tag": scene.tag,
        "commit": scene.commit,
        "title": "Demo",
        "notes": "",
        "prerelease": False,
        "files": ("tagboat-manifest.json=" + "0" * 64,),
    }


def earlier_draft(scene: Scene) -> None:
    """A draft with a file of an earlier build, which is no longer the repository's last write."""
    scene.calm.forge.upload_asset(draft(scene), "old.bin", scene.file())
    scene.calm.forge.create_draft(
        tag=f"{scene.tag}.dev1", commit=scene.commit, title="Another", notes="", prerelease=False
    )


def undraft(scene: Scene) -> Mapping[str, Any]:
    return {"tag": scene.tag, "version": f"1.0.{scene.number}", "grammar": "v{version}"}


def push_tag(scene: Scene) -> Mapping[str, Any]:
    return {"tag": scene.tag, "commit": scene.commit, "title": "Demo", "manifest": "0" * 64}


def dispatch_run(scene: Scene) -> Mapping[str, Any]:
    return {
        "tag": scene.tag,
        "commit": scene.commit,
        "workflow": "release.yml",
        "component": "demo",
        "manifest": "0" * 64,
    }


def tagged(scene: Scene) -> None:
    """The tag is there, and the engine's mirror knows its commit."""
    scene.calm.forge.create_tag(scene.tag, scene.commit, "message")
    Mirror(scene.folder / "mirror.git", scene.world.source).refresh()


def rerun_failed(scene: Scene) -> Callable[[Scene], object]:
    """A workflow's run that failed, which ``resume --rerun`` starts again."""
    scene.calm.forge.create_tag(scene.tag, scene.commit, "message")
    file = f"release-{scene.number}.yml"
    control.play_workflow_run(
        scene.world.sandbox.addresses,
        scene.repository,
        sha=scene.commit,
        workflow=f".github/workflows/{file}",
        branch=scene.tag,
        conclusion="failure",
    )
    module = cast("Any", load_kind("follow-run"))
    options = {"tag": scene.tag, "workflow": file, "manifest": "0" * 64, "start": 10, "wait": 10}
    frozen = freeze("follow-run", "follow-run", module.Options(**options))
    plan = Plan(Half.PUBLISH, "remote-release", (), (frozen,))

    def again(under: Scene) -> object:
        with _ports(under) as (ports, _):
            return rerun(ports, plan)

    return again


def _failure(scene: Scene, cause: str) -> Failure:
    return Failure(
        scene.repository, f"demo{scene.number}", scene.tag, (FailedJob("publish", "failure", cause),)
    )


def report(scene: Scene) -> Callable[[Scene], object]:
    return lambda under: failed(under.forge, under.clock, _failure(scene, "one"))


def report_again(scene: Scene) -> Callable[[Scene], object]:
    failed(scene.calm.forge, scene.clock, _failure(scene, "one"))
    return lambda under: failed(under.forge, under.clock, _failure(scene, "another"))


def report_success(scene: Scene) -> Callable[[Scene], object]:
    failed(scene.calm.forge, scene.clock, _failure(scene, "one"))
    return lambda under: succeeded(under.forge, _failure(scene, "one"))


WORKS = (
    Work("upload", "pypi", "upload", step("upload", upload), "upload", "simple"),
    Work("draft", "forge", "create-release", step("draft", the_draft), "create-release"),
    Work("draft", "forge", "delete-asset", step("draft", the_draft, earlier_draft), "delete-asset"),
    Work("asset", "forge", "upload-asset", step("asset", asset, draft), "upload-asset"),
    Work(
        "ledger-asset",
        "forge",
        "upload-asset",
        step("ledger-asset", lambda s: {"tag": s.tag}, draft),
        "upload-asset",
    ),
    Work("undraft", "forge", "update-release", step("undraft", undraft, draft), "update-release"),
    Work("push-tag", "forge", "create-tag", step("push-tag", push_tag), "create-ref", "get-ref"),
    Work("push-tag", "forge", "create-ref", step("push-tag", push_tag), "create-ref", "get-ref"),
    Work(
        "dispatch-run",
        "forge",
        "dispatch-workflow",
        step("dispatch-run", dispatch_run, tagged),
        "dispatch-workflow",
        "list-workflow-runs",
    ),
    Work("rerun", "forge", "rerun-failed-jobs", rerun_failed, "rerun", "list-workflow-runs"),
    Work("issue-of-failure", "forge", "create-issue", report, "create-issue", "list-issues"),
    Work("issue-of-another", "forge", "update-issue", report_again, "update-issue", "list-issues"),
    Work(
        "issue-of-another",
        "forge",
        "create-comment",
        report_again,
        "create-comment",
        "list-issues",
        none=True,
    ),
    Work(
        "issue-of-success",
        "forge",
        "create-comment",
        report_success,
        "create-comment",
        "list-issues",
        none=True,
    ),
    Work("issue-of-success", "forge", "update-issue", report_success, "update-issue", "list-issues"),
)
