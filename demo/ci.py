"""Releases a project by the workflows that Tagboat writes for it, run for real on this machine: ``make demo-ci``.

An empty folder becomes a project of three components, its workflows are generated, and the sandbox's forge runs them in a
private network where the public names lead to the sandbox. What it claims it checks:

- CI is green; a tag starts nothing; a dry run writes nothing, and none of its jobs could;
- a dispatch publishes by the job's identity alone, and the release's ledger and Manifest are true;
- a second dispatch finds all done; a killed publishing job is run again; no file is accepted twice;
- a server without any index's trust hands a release over; the run that it starts fails, is told with its cause, and is run
  again; the indexes hold the server's bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import ci_handed
import ci_project as project
from ci_world import BIN, PATIENCE, World, kill_job, world
from kill_and_resume import DemoFailedError, insist, say, title
from platformdirs import user_cache_path

from tagboat.adapters.addresses import PUBLIC
from tagboat.adapters.isolation import private_network
from tagboat.errors import TagboatError
from tagboat.sandbox import workflows
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.relay import running_relay
from tagboat.sandbox.sources import machine_sources
from tagboat.wiring.names import public_names

ROOT = Path(__file__).resolve().parent.parent
GLANCE = 0.002
PUBLISHING = {"Stage", "Publish"}


def main() -> int:
    """Play the demo and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, help="where to work (default: a new folder)")
    parser.add_argument(
        "--only", default="", choices=("ci", "dispatch", "handing-over"), help="play a part of it"
    )
    parser.add_argument("--inside", type=Path, metavar="RELAY", help=argparse.SUPPRESS)
    parser.add_argument("--names", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    root = (arguments.root or Path(tempfile.mkdtemp(prefix="tagboat-ci-"))).resolve()
    if arguments.inside is None:
        return outside(root, arguments.only)
    began = time.monotonic()
    try:
        cache = user_cache_path("tagboat") / "relay"
        with world(
            root, arguments.inside, cache, names=arguments.names, repository=project.REPOSITORY
        ) as there:
            play(there, arguments.only)
    except (DemoFailedError, TagboatError, subprocess.TimeoutExpired) as error:
        title(f"The demo failed: {error}")
        say(f"Look at {root}.")
        return 1
    say(f"\nEvery claim was checked. All of it took {time.monotonic() - began:.0f} seconds.")
    return 0


def outside(root: Path, only: str) -> int:
    """Build Tagboat's own wheel, offer the relay, and play inside the strongest isolation that this machine has."""
    title("0. Tagboat's own wheel, from this checkout")
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(root / "wheel"),
        str(ROOT),
    ]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    isolation = private_network(public_names().hosts())
    say(isolation.describe())
    command = [sys.executable, "-P", __file__, "--root", str(root), *(["--only", only] if only else [])]
    command += ["--names"] if isolation.names else []
    with (
        tempfile.TemporaryDirectory(prefix="tagboat-", dir="/tmp") as folder,
        running_relay(
            Path(folder) / "relay",
            sources=machine_sources(PUBLIC.indexes["pypi"].simple),
            never=("tagboat", *project.DISTRIBUTIONS),
        ),
    ):
        inner = isolation.wrap([*command, "--inside", str(Path(folder) / "relay")])
        return subprocess.run(
            inner, env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)}, check=False
        ).returncode


def play(there: World, only: str) -> None:
    """Show the acts, one after the other; with ``only``, those on which a part depends, and the part."""
    prepare(there)
    validate(there)
    if only in ("", "dispatch"):
        rehearse(there)
        publish(there)
        number = side_by_side(there)
        rerun(there, number)
    if only in ("", "handing-over"):
        ci_handed.hand_over(there)
        released(there, "pathfinder", ci_handed.TAG)
    proof(there, {"": 2 + 4 + 2, "dispatch": 2 + 4, "handing-over": 2, "ci": 0}[only])


def prepare(there: World) -> None:
    """Make the project, its repository, publishers and environments, and write the workflows."""
    title("1. A project, a forge and two indexes")
    for path, text in project.files().items():
        file = there.clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    there.tagboat("sandbox", "repo", project.REPOSITORY)
    there.git("init", "--quiet", "--initial-branch=main")
    there.git("remote", "add", "origin", f"{PUBLIC.git.rstrip('/')}/{project.REPOSITORY}.git")
    (wheel,) = (there.root / "wheel").glob("tagboat-*.whl")
    index = PUBLIC.indexes["pypi"].upload
    there.run(
        *(BIN / "twine", "upload", "--disable-progress-bar", "--repository-url", index, wheel),
        variables={"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": there.addresses.token},
        quiet=True,
    )

    title("2. The workflows, written from the configuration")
    there.tagboat("init", "--workflows")
    title("3. Who may publish, as docs/how-to/publish-without-a-token.md says")
    for distribution in project.DISTRIBUTIONS:
        for name in ("testpypi", "pypi"):
            there.tagboat(
                *("sandbox", "publisher", "add", distribution, project.REPOSITORY, "release.yml"),
                *("--pending", "--environment", name, "--index", name),
            )
    for name in ("testpypi", "pypi"):
        there.tagboat("sandbox", "actions", "environment", project.REPOSITORY, name, "--ref", "main")
    for runner in ("windows-latest", "macos-latest"):
        there.tagboat("sandbox", "actions", "stand-in", runner)
    there.tagboat("sandbox", "actions", "on", project.REPOSITORY)


def validate(there: World) -> None:
    """Push; CI is green. Push the tags; nothing starts."""
    title("4. Push: CI runs on main")
    there.git("add", "--all")
    there.git("commit", "--quiet", "--message", "Begin")
    there.git("push", "--quiet", "origin", "main")
    insist(there.runs() == 1, f"the push started {there.runs()} runs, not 1")
    (run,) = workflows.runs(there.addresses, there.repository)
    there.finished(run.id)

    title("5. Push the tags: nothing runs")
    for tag in sorted(set(project.TAGS.values())):
        there.git("tag", "--annotate", "--message", tag, tag)
        there.git("push", "--quiet", "origin", tag)
    started = there.runs() - 1
    insist(started == 0, f"tags started {started} runs")
    say("  0 runs, 0 jobs")


def rehearse(there: World) -> None:
    """A dry run, which writes nothing and could not."""
    title("6. Dispatch a dry run, which is the default")
    before = len(there.journal())
    run = there.finished(dispatched(there, "pathfinder"))
    written = [row for row in there.journal()[before:] if row["operation"] != "dispatch-workflow"]
    insist(written == [], f"the dry run wrote: {written}")
    ran = [job for job in run.jobs if job.conclusion != "skipped"]
    able = [job.name for job in ran if "write" in job.permissions.values()]
    insist(not able, f"jobs of the dry run could write: {able}")
    say(
        f"  {len(ran)} jobs ran, none with a right to write, none with an identity; the journal holds the dispatch alone"
    )


def publish(there: World) -> None:
    """The release of one component, by identity alone."""
    title("7. Dispatch the release of pathfinder")
    before = len(there.journal())
    run = there.finished(dispatched(there, "pathfinder", wet=True))
    writers = {
        job.name
        for job in run.jobs
        if "write" in (job.permissions.get("contents"), job.permissions.get("id-token"))
    }
    insist(writers == PUBLISHING, f"jobs with a right to write: {sorted(writers)}")
    for index in ("testpypi", "pypi"):
        deeds = Counter(row["operation"] for row in there.journal()[before:] if row["service"] == index)
        insist(deeds["upload"] == 2, f"{index} accepted {deeds['upload']} files, not 2")
        insist(
            deeds["mint-token"] == deeds["burn-token"] > 0, f"{index}: tokens lent and burnt differ: {deeds}"
        )
        say(f"  {index}: " + ", ".join(f"{count} {deed}" for deed, count in sorted(deeds.items())))
    released(there, "pathfinder")


def side_by_side(there: World) -> int:
    """A second dispatch, which finds all done; beside it the release of another component, killed half-way.

    Returns:
        The run of the killed one.
    """
    title("8. Dispatch it again, and bindings beside it")
    before = len(there.journal())
    second, number = dispatched(there, "pathfinder", wet=True), dispatched(there, "bindings", wet=True)
    title("9. Kill the publishing job of bindings when the index has its first file")
    killed(there, number)
    title("10. What the second dispatch found")
    run = there.finished(second)
    builds = [job.name for job in run.jobs if job.name.startswith("Build") and job.conclusion != "skipped"]
    insist(not builds, f"it was built again: {builds}")
    keys = [str(row["key"]) for row in there.journal()[before:] if row["operation"] != "dispatch-workflow"]
    about = [key for key in keys if "pathfinder" in key]
    insist(not about, f"accepted once more: {about}")
    say("  nothing was built, and no service accepted anything about it")
    return number


def killed(there: World, number: int) -> None:
    """Wait for the first file, kill the job that sent it, and see its run fail."""
    deadline = time.monotonic() + PATIENCE
    while not ours(there):
        ended = workflows.run(there.addresses, number).status == "completed"
        insist(not ended, "the run ended before it published anything")
        insist(time.monotonic() < deadline, "nothing was published in time")
        for _ in range(250):
            if ours(there):
                break
            time.sleep(GLANCE)
    faults = Faults(there.sandbox)
    faults.add("pypi", "*", "delay", value=30)
    count = kill_job(number, "publish")
    faults.clear()
    here = ours(there)
    say(f"  killed {count} processes with signal 9; the index had {len(here)} of 4 files: {', '.join(here)}")
    insist(count > 0 and 0 < len(here) < 4, "the job was not killed half-way")
    run = there.finished(number, "failure")
    insist(run.job("Publish").conclusion == "failure", "the publishing job did not fail")


def rerun(there: World, number: int) -> None:
    """Run the failed jobs once more: what is done is found, the rest is done, and the issue about it is closed."""
    title("11. Re-run the failed jobs of bindings")
    before = ours(there)
    there.tagboat("sandbox", "actions", "rerun", str(number), "--failed")
    there.finished(number)
    insist(len(ours(there)) == 4, f"the index has {ours(there)}")
    insist(ours(there)[: len(before)] == before, "a file was lost")
    released(there, "bindings")
    (issue,) = json.loads(there.fetched(f"{PUBLIC.api}/repos/{project.REPOSITORY}/issues?state=all"))
    say(f"    issue {issue['number']}, {issue['state']}: {issue['title']}")
    insist(issue["state"] == "closed", "the issue about the failure is open still")


def proof(there: World, files: int) -> None:
    """What can be counted in the end: so many files on each index."""
    title("17. What the services accepted")
    rows = [
        row
        for row in there.journal()
        if row["service"] in ("pypi", "testpypi") and row["operation"] == "upload"
    ]
    counts = Counter(f"{row['service']:<8} {row['key']}" for row in rows if "tagboat" not in row["key"])
    for place, count in sorted(counts.items()):
        say(f"  {count}  {place}")
    insist(set(counts.values()) <= {1}, "an index accepted a file twice")
    insist(len(counts) == 2 * files, f"{len(counts)} files were accepted, not {2 * files}")
    for (service, operation), count in sorted(
        Counter((row["service"], row["operation"]) for row in there.journal()).items()
    ):
        say(f"  {count:>3}  {service} {operation}")


def dispatched(there: World, component: str, *, wet: bool = False) -> int:
    """Start the release workflow and return the run's number."""
    words = ["--input", f"component={component}", "--input", f"tag={project.TAGS[component]}"]
    words += ["--input", "dry-run=false"] if wet else []
    there.tagboat("sandbox", "actions", "dispatch", project.REPOSITORY, "release.yml", *words)
    return max(run.id for run in workflows.runs(there.addresses, there.repository))


def ours(there: World) -> list[str]:
    """The files of bindings that the index accepted, in order."""
    return [key for key in there.accepted("pypi", "upload") if "bindings" in key]


def released(there: World, component: str, tag: str = "") -> None:
    """The release is public, and its assets prove what was done."""
    tag = tag or project.TAGS[component]
    folder = there.root / f"assets-{tag}"
    folder.mkdir()
    for name in ("tagboat-ledger.jsonl", "tagboat-manifest.json"):
        place = f"{PUBLIC.git.rstrip('/')}/{project.REPOSITORY}/releases/download/{tag}"
        (folder / name).write_text(there.fetched(f"{place}/{name}"), encoding="utf-8")
    there.tagboat("ledger", "verify", folder / "tagboat-ledger.jsonl")
    there.tagboat("verify", folder / "tagboat-manifest.json")


if __name__ == "__main__":
    raise SystemExit(main())
