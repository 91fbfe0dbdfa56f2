"""GitHub's JSON read into the forge port's records (REST API, version 2022-11-28)."""

from __future__ import annotations

from pathlib import PurePosixPath

from tagboat.adapters.shape import Shape
from tagboat.ports.forge import Asset, ForgeRelease, Issue, Job, JobStep, Review, WorkflowRun


def asset(shape: Shape) -> Asset:
    """Read an asset; ``digest`` is missing on assets from before GitHub computed it (June 2025)."""
    algorithm, _, value = shape.maybe("digest").partition(":")
    return Asset(
        id=shape.number("id"),
        name=shape.text("name"),
        size=shape.number("size"),
        sha256=value.lower() if algorithm == "sha256" else "",
        uploader=shape.inner("uploader").line("login"),
        url=shape.maybe("browser_download_url"),
    )


def stored(shape: Shape) -> bool:
    """Tell whether the asset is whole: an upload that broke off leaves one in another state (``starter``)."""
    return shape.maybe("state") in ("uploaded", "")


def release(shape: Shape) -> ForgeRelease:
    """Read a release; half-uploaded assets count as absent."""
    return ForgeRelease(
        id=shape.number("id"),
        tag=shape.text("tag_name"),
        title=shape.line("name"),
        draft=shape.flag("draft"),
        prerelease=shape.flag("prerelease"),
        immutable=shape.flag("immutable"),
        author=shape.inner("author").line("login"),
        url=shape.maybe("html_url"),
        assets=tuple(asset(item) for item in shape.items("assets") if stored(item)),
        notes=shape.maybe("body"),
        upload_url=shape.maybe("upload_url"),
    )


def run(shape: Shape) -> WorkflowRun:
    """Read a workflow run; its ``path`` may end in ``@ref``."""
    return WorkflowRun(
        id=shape.number("id"),
        workflow=PurePosixPath(shape.maybe("path").partition("@")[0]).name,
        name=shape.line("name"),
        commit=shape.text("head_sha"),
        branch=shape.line("head_branch"),
        event=shape.text("event"),
        status=shape.maybe("status"),
        conclusion=shape.maybe("conclusion"),
        url=shape.maybe("html_url"),
        attempt=shape.number("run_attempt") if shape.data.get("run_attempt") else 1,
        created=shape.maybe("created_at"),
        started=shape.maybe("run_started_at"),
        title=shape.line("display_title"),
    )


def job(shape: Shape) -> Job:
    """Read a job."""
    steps = shape.items("steps") if shape.data.get("steps") else []
    return Job(
        name=shape.line("name"),
        status=shape.text("status"),
        conclusion=shape.maybe("conclusion"),
        id=shape.number("id"),
        steps=tuple(JobStep(step.line("name"), step.maybe("conclusion")) for step in steps),
        url=shape.maybe("html_url"),
    )


def review(shape: Shape) -> Review:
    """Read an entry of a run's review history."""
    return Review(
        environments=tuple(item.line("name") for item in shape.items("environments")),
        state=shape.text("state"),
        user=shape.inner("user").line("login"),
        comment=shape.line("comment"),
    )


def issue(shape: Shape) -> Issue:
    """Read an issue."""
    return Issue(
        number=shape.number("number"),
        title=shape.line("title"),
        body=shape.maybe("body"),
        author=shape.inner("user").line("login"),
        url=shape.maybe("html_url"),
    )
