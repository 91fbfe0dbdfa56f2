"""The last acts of ``make demo-ci``: a server that no index trusts hands the next release to the project's own workflow."""

from __future__ import annotations

import json
from pathlib import Path

import ci_project as project
from ci_world import World
from kill_and_resume import insist, say, title

from tagboat.adapters.addresses import PUBLIC
from tagboat.sandbox import workflows
from tagboat.sandbox.faults import Faults

COMPONENT, VERSION = "pathfinder", "1.5"
TAG = f"pathfinder-v{VERSION}"
FILES = (f"toolkit_pathfinder-{VERSION}-py3-none-any.whl", f"toolkit_pathfinder-{VERSION}.tar.gz")
SIMPLE = "application/vnd.pypi.simple.v1+json"
HERE = {"TAGBOAT_SANDBOX": ""}
"""The server's commands are told of no sandbox: they know the public addresses alone."""


def hand_over(there: World) -> None:
    """Hand it over, see the workflow fail, let it run again, and see every file where it belongs."""
    prepare(there)
    before = len(there.journal())
    state = there.root / "handed"
    number = fail(there, str(state))
    finish(there, str(state), number, before)
    look(there, state, number, before)


def prepare(there: World) -> None:
    """Configure the pipeline, raise the version, let the tag deploy, and push."""
    title("13. The next release of pathfinder will be handed over: pipeline = remote-release")
    configuration = there.clone / "tagboat.toml"
    configuration.write_text(f'pipeline = "remote-release"\n{configuration.read_text()}')
    there.tagboat("init", "--workflows")
    metadata = there.clone / "toolkit_pathfinder" / "pyproject.toml"
    was, now = (f'version = "{v}"' for v in (project.VERSIONS[COMPONENT], VERSION))
    insist(was in metadata.read_text(), f"{metadata} does not say {was}")
    metadata.write_text(metadata.read_text().replace(was, now))
    for name in ("testpypi", "pypi"):
        allowed = ("--ref", "main", "--ref", "tag:pathfinder-v*")
        there.tagboat("sandbox", "actions", "environment", project.REPOSITORY, name, *allowed)
    there.git("add", "--all")
    there.git("commit", "--quiet", "--message", f"Begin {VERSION}")
    there.git("push", "--quiet", "origin", "main")
    there.finished(newest(there))


def fail(there: World, state: str) -> int:
    """Release; the index refuses the first file, so the workflow's publishing job fails, and Tagboat says so.

    Returns:
        The run that failed.
    """
    title("14. tagboat release, on a server: the draft, the tag, the dispatch, and a run that fails")
    faults = Faults(there.sandbox)
    faults.add("pypi", "upload", "status", value=403, times=1)
    said = there.tagboat(
        *("release", "--component", COMPONENT, "--tag", f"{COMPONENT}={TAG}", "--commit", "HEAD"),
        *("--state", state, "--json"),
        variables=HERE,
        status=6,
        quiet=True,
    )
    faults.clear()
    number = newest(there)
    answer = json.loads(said)
    cause, remedy = answer["error"]["cause"], answer["error"]["remedy"]
    for line in (*cause.splitlines(), f"remedy: {remedy}"):
        say(f"    {line}")
    url = f"{PUBLIC.git.rstrip('/')}/{project.REPOSITORY}/actions/runs/{number}"
    for text, where in (
        (f"release.yml failed (run {number}): {url}", cause),
        ("its job Publish failed in the step 'Publish the files of the Manifest'", cause),
        (f"pypi refused {FILES[1]}", cause),
        ("tagboat resume --rerun", remedy),
    ):
        insist(text in where, f"it does not say {text!r}")
    there.finished(number, "failure")
    return number


def finish(there: World, state: str, number: int, before: int) -> None:
    """Let the failed jobs run again and follow them to the end."""
    title("15. tagboat resume --rerun: the second attempt of the same run ends well")
    answer = json.loads(
        there.tagboat("resume", "--rerun", "--state", state, "--json", variables=HERE, quiet=True)
    )
    for name, told in answer["urls"].items():
        for url in told.values() if isinstance(told, dict) else [told]:
            say(f"    {name}: {url}")
    run = there.finished(number)
    insist(run.attempt == 2, f"the run has {run.attempt} attempts, not 2")
    built = [job.name for job in run.jobs if job.name.startswith("Build") and job.conclusion != "skipped"]
    insist(not built, f"the workflow built what was handed over: {built}")
    started = [row for row in there.journal()[before:] if row["operation"] == "dispatch-workflow"]
    insist(len(started) == 1, f"the workflow was dispatched {len(started)} times")


def look(there: World, state: Path, number: int, before: int) -> None:
    """Hold the indexes against what the server built, byte by byte; its state has the workflow's logs."""
    title("16. What became of it")
    manifest = json.loads((state / "manifest.json").read_text())
    built = {entry["file"]: entry["sha256"] for entry in manifest["artifacts"]}
    for name in ("testpypi", "pypi"):
        page = json.loads(there.fetched(f"{PUBLIC.indexes[name].simple}toolkit-pathfinder/", accept=SIMPLE))
        served = {file["filename"]: file for file in page["files"]}
        for file in FILES:
            digest = there.digest_of(served[file]["url"])
            insist(digest == built[file], f"{file} on {name} is {digest}, the server built {built[file]}")
            keys = [key for key in there.accepted(name, "upload", before) if file in key]
            insist(len(keys) == 1, f"{name} accepted {file} {len(keys)} times")
            say(f"  {name}: {file}: sha256 {digest[:16]}..., accepted once")
    kept = {file.name: file.read_text() for file in (state / "logs" / "files").iterdir()}
    attempts = [
        text.partition("\n")[0] for text in kept.values() if f"/actions/runs/{number} attempt" in text
    ]
    insist(len(attempts) == 2, f"the logs of {len(attempts)} attempts were kept")
    for line in sorted(attempts):
        say(f"  the server kept the logs of {line}")


def newest(there: World) -> int:
    """The number of the newest run."""
    return max(run.id for run in workflows.runs(there.addresses, there.repository))
