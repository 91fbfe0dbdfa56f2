"""Rehearses the release of a repository, kills it in the middle of publishing, and resumes it: ``make demo``.

It uses the ``tagboat`` command as anybody would, and reads the files that the command leaves. What it claims it checks:

- the killed process left a release that ``status`` can explain;
- the resumed one ends well, and no file was accepted twice by an index;
- the ledger is one unbroken chain.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TAGBOAT = str(Path(sysconfig.get_path("scripts")) / "tagboat")
PATIENCE = 150.0
GLANCE = 0.0005


class DemoFailedError(Exception):
    """Something that the demo claims did not hold."""


def main() -> int:
    """Play the demo and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repository", type=Path, help="any local git repository with a Python package")
    parser.add_argument(
        "--state", type=Path, help="where to keep what the rehearsal leaves (default: a new folder)"
    )
    arguments = parser.parse_args()
    state = (arguments.state or Path(tempfile.mkdtemp(prefix="tagboat-demo-")) / "state").resolve()
    began = time.monotonic()
    try:
        play(arguments.repository.resolve(), state)
    except (DemoFailedError, subprocess.TimeoutExpired) as error:
        title(f"The demo failed: {error}")
        say(f"Look at {state}/logs/ and {state}/sandbox/.")
        return 1
    say(f"\nAll of it took {time.monotonic() - began:.0f} seconds.")
    return 0


def play(repository: Path, state: Path) -> None:
    """Show the four acts: the kill, what is left, the resumption, the proof."""
    title("1. Rehearse a release, and kill it as soon as the first file is on the index")
    say(
        "The services are local: an index, a staging index and a forge. 'isolation' says how they are kept apart."
    )
    file = killed_rehearsal(repository, state)
    say(f"\nKilled with signal 9 as soon as the index had {file}.")

    title("2. What is left")
    run("status", "--state", str(state))

    title("3. Resume")
    say("Tagboat looks before it sends: a file that is there already is found, and not sent again.")
    run("resume", "--state", str(state))

    title("4. What can be proved")
    show_manifest(state / "manifest.json")
    run("ledger", "verify", str(state))
    check_journal(state / "sandbox" / "journal.jsonl", file)

    title("Where to look next")
    say(f"  the Manifest          {state}/manifest.json")
    say(f"  who did what, when    {Path(TAGBOAT).name} ledger show {state}")
    say(f"  what the services saw {state}/sandbox/journal.jsonl")
    say(f"  each step's own log   {state}/logs/")
    say(f"  your own repository   {Path(TAGBOAT).name} rehearse PATH")
    say("  the tutorial          docs/tutorial.md")


def killed_rehearsal(repository: Path, state: Path) -> str:
    """Start a rehearsal, kill it when the final index has accepted its first file, and return that file's name."""
    command = [TAGBOAT, "rehearse", str(repository), "--state", str(state)]
    show(command)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    journal = state / "sandbox" / "journal.jsonl"
    deadline = time.monotonic() + PATIENCE
    try:
        while not (accepted := uploads(journal, "pypi")):
            insist(process.poll() is None, "the rehearsal ended before it published anything")
            insist(time.monotonic() < deadline, f"nothing was published within {PATIENCE:.0f} seconds")
            time.sleep(GLANCE)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        status = process.wait(timeout=30)
    insist(status == -signal.SIGKILL, "the rehearsal ended before it could be killed")
    return str(accepted[0]["key"])


def show_manifest(path: Path) -> None:
    """Print what the one build made."""
    manifest = json.loads(path.read_bytes())
    for release in manifest["releases"]:
        say(f"{release['component']} {release['version']}, tag {release['tag']}, commit {release['commit']}")
    say(f"prepare plan {manifest['plan']}")
    for shard in manifest["shards"]:
        python = f" on Python {shard['python']}" if shard["python"] else ""
        say(
            f"{shard['component']}/{shard['shard']}: by {shard['builder']}{python}, network {shard['network']}"
        )
    for artifact in manifest["artifacts"]:
        say(f"  {artifact['sha256']}  {artifact['size']:>8}  {artifact['file']}")


def check_journal(path: Path, survivor: str) -> None:
    """Count what the indexes accepted: each file once, the one that survived the kill included."""
    counts = Counter(
        f"{row['service']} {row['key']}" for name in ("testpypi", "pypi") for row in uploads(path, name)
    )
    for place, count in sorted(counts.items()):
        say(f"  accepted {count} time{'s' if count > 1 else ''}: {place}")
    insist(set(counts.values()) == {1}, "an index accepted a file twice")
    insist(f"pypi {survivor}" in counts, f"{survivor} was lost")


def uploads(journal: Path, service: str) -> list[dict[str, Any]]:
    """Return the journal's whole lines about one service; the last line may still be being written."""
    if not journal.is_file():
        return []
    lines = journal.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    return [row for row in map(json.loads, lines) if row["service"] == service]


def run(*words: str) -> None:
    """Show a command of Tagboat's and run it; it must end well."""
    show([TAGBOAT, *words])
    done = subprocess.run([TAGBOAT, *words], stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    insist(done.returncode == 0, f"tagboat {words[0]} ended with exit status {done.returncode}")


def show(command: Sequence[str]) -> None:
    """Print a command as one would type it."""
    say(f"$ {' '.join([Path(command[0]).name, *command[1:]])}\n")


def insist(holds: bool, otherwise: str) -> None:
    """Stop the demo unless the claim holds.

    Raises:
        DemoFailedError: it does not.
    """
    if not holds:
        raise DemoFailedError(otherwise)


def title(text: str) -> None:
    """Print an act's title."""
    width = min(shutil.get_terminal_size().columns, 100)
    say(f"\n{text}\n{'-' * min(len(text), width)}")


def say(text: str) -> None:
    """Print at once, so that the order with the commands' own output is kept."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
