"""The publish half in several jobs, each alone on a machine that knows nothing but the Manifest, its files and the world.

One job stages, one that may write nothing installs from the staging index, one publishes, one confirms. All of them
derive the same plan. What another job was to do is looked up in the world; that somebody installed the files cannot be
seen there, so the ledger only says that another job was to do it: the order of jobs is the forge's to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tagboat.core.artifact import Manifest
from tagboat.core.plan import Plan
from tagboat.core.step import Phase, Receipt, Step, StepState
from tagboat.engine.release import ReleaseRun
from tagboat.engine.state import write_durably
from tagboat.errors import RefusedError, UsageError
from tagboat.steps.adopt import fetch_adopted, stated
from tagboat.steps.vouching import handed_over

TRIES = "staged-install"
"""The kind of step that runs the project's code in the staging phase, and so has a job without any right to write."""


def steps_of(plan: Plan, phase: str) -> frozenset[str]:
    """Return the keys of what ``publish --phase`` does of the publish half; all of it for ""."""
    match phase:
        case "stage":
            chosen = (step for step in plan.steps if step.phase is Phase.STAGE and step.kind != TRIES)
        case "publish":
            chosen = (
                step
                for step in plan.steps
                if step.phase in (Phase.STAGE, Phase.PUBLISH) and step.kind != TRIES
            )
        case _:
            chosen = (step for step in plan.steps)
    return frozenset(step.key for step in chosen)


def stage(run: ReleaseRun, manifest: Manifest) -> None:
    """Fill the draft and upload to the staging indexes.

    Raises:
        TagboatError: as :meth:`ReleaseRun.publish` does.
    """
    plan = run.begin_publish(manifest)
    run.engine.walk(plan, only=steps_of(plan, "stage"), begun=run.begun(manifest))
    run.ports.ledger.append("staged", body={"manifest": manifest.digest})


def try_staged(run: ReleaseRun, manifest: Manifest) -> Mapping[str, Receipt]:
    """Install from the staging indexes what was uploaded there, and import it.

    Raises:
        UsageError: the release goes to no staging index.
        RefusedError: it is not there, is not ours, or does not install.
    """
    plan = run.plan_publish(manifest)
    keys = {step.key for step in plan.steps if step.kind == TRIES}
    if not keys:
        raise UsageError(
            "this release goes to no staging index, so nothing can be installed from one",
            remedy="leave this job out, or configure a staging index as a target",
        )
    receipts = run.engine.walk(plan, only=keys)
    run.ports.ledger.append("tried", body={"manifest": manifest.digest})
    return receipts


def publish(run: ReleaseRun, manifest: Manifest) -> None:
    """Upload to the final indexes, add the ledger, and make the release public; what is staged is only looked for.

    Raises:
        RefusedError: a staging index lacks a file, so the job that stages has not ended.
        TagboatError: as :meth:`ReleaseRun.publish` does.
    """
    plan = run.begin_publish(manifest)
    elsewhere = {step.key for step in plan.steps if _is_staging_upload(step)}
    begun = run.begun(manifest)
    seen = run.engine.walk(plan, only=elsewhere, begun=begun, elsewhere=elsewhere) if elsewhere else {}
    preset = {**seen, **_tried_elsewhere(run, plan)}
    run.engine.walk(plan, only=steps_of(plan, "publish"), preset=preset, begun=begun)
    run.ports.ledger.append("published", body={"manifest": manifest.digest})


def receive(run: ReleaseRun) -> Manifest:
    """Bring the build that was handed over from the forge's draft into the store, as it is, and return its Manifest.

    It was verified where it was built; nothing of it runs here, in a job that may write.

    Raises:
        RefusedError: no tag hands a build over, or the draft does not hold the one that it names.
    """
    plan = run.derived.prepare
    digest = handed_over(run.ports, plan)
    tags = ", ".join(sorted({release.tag for release in plan.releases}))
    if not digest:
        raise RefusedError(
            f"no build was handed over with {tags}: the tag's message names no Manifest, or the project's pipeline is "
            "not 'remote-release'",
            remedy="build and gather it, as for any other tag",
        )
    receipt = run.engine.walk(plan, only={"adopt"})["adopt"]
    manifest = stated(receipt.facts.get("manifest"))
    if manifest is None or manifest.digest != digest:
        raise _not_received(f"{tags} hands the build {digest} over", receipt)
    for artifact in manifest.artifacts:
        fetch_adopted(run.ports, manifest, artifact, run.state.folder())
    run.ports.ledger.append("received", body={"manifest": manifest.digest})
    return manifest


def _not_received(handed: str, receipt: Receipt) -> RefusedError:
    if receipt.facts.get("passed_over"):
        return RefusedError(
            f"{handed}, and it cannot be taken: {receipt.summary}",
            remedy="put the draft right; where the plans differ, let this workflow's lock and the machine that built "
            "have the same Tagboat, and release the next version",
        )
    return RefusedError(
        f"{handed}, and the forge does not hold it: {receipt.summary}",
        remedy="go on with 'tagboat resume' where it was built, which fills the draft; where that is lost, "
        "release the next version",
    )


def prefer_draft(run: ReleaseRun, manifest: Manifest, folder: Path, manifest_file: Path) -> Manifest:
    """Return the Manifest to go on with: the forge's own, where a whole vouched build of this very plan lies there.

    A run before this one may have published a part of it, and no index takes a second build of a file. Its files then
    replace those in the folder, the Manifest last, so that the jobs after this one go on with the same bytes.

    Args:
        run: the open release.
        manifest: the one that was gathered.
        folder: where its files are.
        manifest_file: the Manifest's own file.
    """
    adopted = run.adoption()
    if adopted is None or adopted.digest == manifest.digest:
        return manifest
    for artifact in adopted.artifacts:
        fetch_adopted(run.ports, adopted, artifact, run.state.folder())
        (folder / artifact.file).write_bytes(run.ports.store.path(artifact).read_bytes())
    write_durably(manifest_file, adopted.text)
    kept = {artifact.file for artifact in adopted.artifacts}
    for artifact in manifest.artifacts:
        if artifact.file not in kept:
            (folder / artifact.file).unlink(missing_ok=True)
    return adopted


def _is_staging_upload(step: Step) -> bool:
    return step.kind == "upload" and step.phase is Phase.STAGE


def _tried_elsewhere(run: ReleaseRun, plan: Plan) -> dict[str, Receipt]:
    """Return receipts for the installations that a job without rights was to make, and say so in the ledger."""
    reason = "another job of this run was to install from the staging index"
    receipts = {}
    for step in plan.steps:
        if step.kind == TRIES:
            run.ports.ledger.append("elsewhere", step=step.key, body={"plan": plan.digest, "reason": reason})
            receipts[step.key] = Receipt(reason, state=StepState.SKIPPED)
    return receipts
