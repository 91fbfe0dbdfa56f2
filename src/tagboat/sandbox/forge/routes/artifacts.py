"""The artifacts of runs: list, read, delete, and download through a signed address."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from tagboat.sandbox.actions.model import Artifact
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.forge import FORGE
from tagboat.sandbox.forge.model import Repository, Run, now
from tagboat.sandbox.forge.refusals import Refusal, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.routes.actions import RUN, run_of
from tagboat.sandbox.forge.shapes.links import Json, node_id
from tagboat.sandbox.forge.signatures import genuine, redirect
from tagboat.sandbox.frame import operation

_ARTIFACTS = f"{REPOSITORY}/actions/artifacts"


def _shown(call: Call, repository: Repository, found: Artifact) -> Json:
    url = f"{call.links.repository(repository.full_name)}/actions/artifacts/{found.id}"
    run = call.forge.records.get(Run, id=found.run_id)
    return {
        "id": found.id,
        "node_id": node_id("Artifact", found.id),
        "name": found.name,
        "size_in_bytes": found.size,
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": found.expires <= now(),
        "created_at": found.created,
        "expires_at": found.expires,
        "updated_at": found.created,
        "digest": f"sha256:{found.sha256}",
        "workflow_run": {
            "id": found.run_id,
            "repository_id": repository.id,
            "head_repository_id": repository.id,
            "head_branch": run.branch or "" if run else "",
            "head_sha": run.sha if run else "",
        },
    }


@endpoint("list-artifacts")
def list_artifacts(call: Call) -> Answer:
    """The artifacts of a run or of a repository, newest first; ``name`` narrows."""
    repository = call.repository("actions")
    where: dict[str, int] = (
        {"run_id": run_of(call, repository).id} if "run" in call.request.match_info else {}
    )
    found = call.forge.records.newest(Artifact, repository_id=repository.id, gone=False, **where)
    if call.query("name"):
        found = [each for each in found if each.name == call.query("name")]
    shown = [_shown(call, repository, each) for each in call.page(found)]
    return Answer({"total_count": len(found), "artifacts": shown})


@endpoint("get-artifact")
def get_artifact(call: Call) -> Answer:
    """One artifact."""
    repository = call.repository("actions")
    return Answer(_shown(call, repository, _find(call, repository)))


@endpoint("delete-artifact")
def delete_artifact(call: Call) -> Answer:
    """Take an artifact away."""
    repository = call.repository("actions", "write")
    found = _find(call, repository)
    with call.forge.records.together():
        call.forge.records.change(found, gone=True)
        key = f"{repository.full_name}/artifacts/{found.name}"
        call.forge.accept("delete-artifact", key, sha256=found.sha256, result="updated")
    return Answer(status=204)


@endpoint("download-artifact")
def download_artifact(call: Call) -> Answer:
    """The way to the archive."""
    repository = call.repository("actions")
    found = _find(call, repository)
    if call.path("format") != "zip":
        raise not_found()
    if found.expires <= now():
        raise Refusal(410, "Artifact has expired")
    return redirect(call, f"/_sandbox/artifacts/{found.id}.zip")


@operation("download-archive", read=True)
async def download(request: web.Request) -> web.StreamResponse:
    """The bytes, for whoever was given the signed address."""
    genuine(request)
    forge = request.app[FORGE]
    found = forge.records.get(Artifact, id=int(request.match_info["artifact"]), gone=False)
    if found is None:
        raise web.HTTPNotFound
    name = quote(f"{found.name}.zip")
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
    }
    return web.FileResponse(forge.frame.state.blobs.path(found.sha256), headers=headers)


def _find(call: Call, repository: Repository) -> Artifact:
    found = call.forge.records.get(
        Artifact, id=call.number("artifact"), repository_id=repository.id, gone=False
    )
    if found is None:
        raise not_found()
    return found


ROUTES: list[Route] = [
    ("GET", f"{RUN}/artifacts", list_artifacts),
    ("GET", _ARTIFACTS, list_artifacts),
    ("GET", f"{_ARTIFACTS}/{{artifact:\\d+}}", get_artifact),
    ("DELETE", f"{_ARTIFACTS}/{{artifact:\\d+}}", delete_artifact),
    ("GET", f"{_ARTIFACTS}/{{artifact:\\d+}}/{{format}}", download_artifact),
    ("GET", "/_sandbox/artifacts/{artifact:\\d+}.zip", download),
]
