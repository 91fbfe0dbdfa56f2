"""The sandbox of ``make demo-ci`` from inside its network: git, the ``tagboat`` command, its runs and its journal."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kill_and_resume import insist, say

from tagboat.sandbox import process, workflows
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.names import HTTPS_PORT
from tagboat.sandbox.workflows import ExecutedRun
from tagboat.wiring.names import public_names

BIN = Path(sysconfig.get_path("scripts"))
PATIENCE = 900.0


@dataclass(frozen=True, slots=True)
class World:
    """The sandbox in ``root/sandbox``, and the maintainer's clone in ``root/toolkit``."""

    root: Path
    addresses: Addresses
    environment: Mapping[str, str]
    repository: str

    @property
    def clone(self) -> Path:
        """The maintainer's work tree."""
        return self.root / "toolkit"

    @property
    def sandbox(self) -> Path:
        """The sandbox's directory."""
        return self.root / "sandbox"

    def run(
        self,
        *words: str | Path,
        variables: Mapping[str, str] | None = None,
        quiet: bool = False,
        status: int = 0,
    ) -> str:
        """Show a command and run it as the maintainer would; it must end with this status."""
        shown = " ".join(Path(str(word)).name if word == words[0] else str(word) for word in words)
        say(f"$ {shown}".replace(f"{self.root}/", ""))
        done = subprocess.run(
            [str(word) for word in words],
            cwd=self.clone,
            env={**self.environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        insist(
            done.returncode == status, f"{shown} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
        if not quiet:
            for line in done.stdout.splitlines():
                say(f"    {line}")
        return done.stdout

    def git(self, *words: str) -> str:
        """Run git in the clone."""
        return self.run("git", *words, quiet=True).strip()

    def tagboat(
        self,
        *words: str | Path,
        variables: Mapping[str, str] | None = None,
        quiet: bool = False,
        status: int = 0,
    ) -> str:
        """Run this checkout's ``tagboat``."""
        return self.run(BIN / "tagboat", *words, variables=variables, quiet=quiet, status=status)

    def fetched(self, url: str, *, accept: str = "*/*") -> str:
        """Return what stands at a public address, as anybody would read it."""
        words = ("--fail", "--silent", "--show-error", "--location", "--header", f"Accept: {accept}")
        return self.run("curl", *words, url, quiet=True)

    def digest_of(self, url: str) -> str:
        """Return the SHA-256 of the file at a public address."""
        file = self.root / "fetched"
        words = ("--fail", "--silent", "--show-error", "--location", "--output", file)
        self.run("curl", *words, url, quiet=True)
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def runs(self) -> int:
        """How many runs there have been."""
        return len(workflows.runs(self.addresses, self.repository))

    def journal(self) -> list[dict[str, Any]]:
        """Every write that a service accepted, in order; the last line may still be being written."""
        text = (self.sandbox / "journal.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.rpartition("\n")[0].splitlines()]

    def accepted(self, service: str, operation: str, start: int = 0) -> list[str]:
        """The keys of one kind of write since a line of the journal."""
        return [
            str(row["key"])
            for row in self.journal()[start:]
            if (row["service"], row["operation"]) == (service, operation)
        ]

    def finished(self, number: int, conclusion: str = "success") -> ExecutedRun:
        """Wait for a run, print its jobs, and insist on how it ended."""
        run = workflows.wait(self.addresses, number, until=("completed",), seconds=PATIENCE)
        say(f"  run {run.id}, attempt {run.attempt}: {run.title} ({run.path}): {run.conclusion}")
        for job in run.jobs:
            rights = ", ".join(f"{name}: {level}" for name, level in sorted(job.permissions.items()))
            say(f"    {job.conclusion or '?':<9} {job.name:<28} {rights}")
        if run.conclusion != conclusion:
            self._explain(run)
        insist(
            run.conclusion == conclusion, f"run {number} ended {run.conclusion}, not {conclusion}: {run.note}"
        )
        return run

    def _explain(self, run: ExecutedRun) -> None:
        for job in run.jobs:
            if job.conclusion not in ("success", "skipped"):
                tail = "\n".join(workflows.log(self.addresses, job.id).splitlines()[-40:])
                say(f"\n-- the log of {job.name} ends:\n{tail}")


@contextmanager
def world(root: Path, relay: Path, cache: Path, *, names: bool, repository: str) -> Iterator[World]:
    """Start the sandbox that stands in for every public address that Tagboat knows, and stop it in the end."""
    directory = root / "sandbox"
    addresses = process.up(
        directory,
        relay_socket=relay,
        relay_cache=cache,
        under_release=("tagboat", "toolkit", "toolkit-bindings", "toolkit-pathfinder"),
        public=public_names(),
        public_port=HTTPS_PORT if names else 0,
    )
    try:
        environment = _maintainer(root, addresses, process.public_environment(directory))
        yield World(root, addresses, environment, repository)
    finally:
        process.down(directory)


def kill_job(run: int, job: str) -> int:
    """Kill every process group of a run's job at once, and return how many processes there were."""
    wanted = {f"GITHUB_RUN_ID={run}".encode(), f"GITHUB_JOB={job}".encode()}
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted <= set((place / "environ").read_bytes().split(b"\0")):
                found.append(int(place.name))
    for group in {os.getpgid(number) for number in found}:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    return len(found)


def _maintainer(root: Path, addresses: Addresses, public: Mapping[str, str]) -> dict[str, str]:
    """What the maintainer's commands see: public addresses, a forge token, an identity for git; nothing of this machine's."""
    home = root / "home"
    home.mkdir(exist_ok=True)
    helper = home / "credentials"
    helper.write_text(f"#!/bin/sh\nprintf 'username=maintainer\\npassword=%s\\n' '{addresses.token}'\n")
    helper.chmod(0o700)
    git = {"credential.helper": str(helper), "user.name": "Grace", "user.email": "grace@example.org"}
    configured = {
        f"GIT_CONFIG_{kind}_{place}": text
        for place, pair in enumerate(git.items())
        for kind, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    return {
        **{name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ},
        **public,
        **configured,
        "GIT_CONFIG_COUNT": str(len(git)),
        "HOME": str(home),
        "GH_TOKEN": addresses.token,
        "TAGBOAT_SANDBOX": str(root / "sandbox"),
        "UV_CACHE_DIR": str(root / "uv-cache"),
    }
