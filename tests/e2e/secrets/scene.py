"""A machine on which too many secrets are set, a project that is released from it, and all places that are looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from canaries import Flock, nosy, planted_home, planted_keyring, planted_variables
from gateway import Gateway
from harbour import Project
from projects import configured, setuptools
from traces import arguments_below, texts

OUTSIDE = Path(__file__).with_name("outside.py")
SECONDS = 240
_STATELESS = ("verify", "report", "ledger")


@dataclass
class Figures:
    """What was done, for whoever reads the run's last line."""

    paths: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    places: int = 0
    found: list[str] = field(default_factory=list)

    def told(self) -> str:
        return (
            f"canaries: {len(self.kinds)} kinds x 5 spellings x {len(self.paths)} paths, "
            f"{self.places} places looked at: found {len(self.found)}"
        )


@dataclass(frozen=True)
class Seen:
    """One call of the command: how it ended, and where it was heard."""

    exit: int
    out: str
    err: str
    arguments: frozenset[bytes]
    answer: Mapping[str, Any]

    @property
    def cause(self) -> str:
        return str(self.answer["error"]["cause"])


@dataclass
class Scene:
    """The machine.

    Attributes:
        kept: what is looked at: state directories, crash files, what the CI's runner is told.
        planted: where the secrets are, which is not looked at.
        told: what was found in a file already, so that one leak fails one path.
    """

    project: Project
    flock: Flock
    gateway: Gateway
    kept: Path
    planted: Path
    figures: Figures
    told: set[tuple[str, str]] = field(default_factory=set)

    def plant(self) -> None:
        """Put every secret where it lives."""
        hosts = {urlsplit(origin).hostname or "" for origin in self.gateway.origins.values()}
        planted_home(self.planted / "home", self.flock, hosts)
        planted_keyring(self.planted / "bin", self.flock)
        config = self.project.work / ".git" / "config"
        url = self.project.url.replace("https://", f"https://crew:{self.flock['git remote URL password']}@")
        text = config.read_text().replace(self.project.url, url)
        config.write_text(
            f'{text}[http "https://forge.example/"]\n\textraheader = Authorization: {self.flock["git extraheader"]}\n'
        )

    def log(self, path: str) -> str:
        """What the steps of a path have logged."""
        return "".join(file.read_text() for file in (self.kept / path / "logs").glob("*.log"))

    def files(
        self,
        version: str,
        *,
        fails: bool = False,
        tables: str = "",
        policy: Mapping[str, object] | None = None,
    ) -> dict[str, str | bytes]:
        """A package whose build and whose import tell all that they can see."""
        name = self.project.name
        told = nosy(self.planted / "home")
        end = 'raise SystemExit("the build gives up")\n' if fails else ""
        files = setuptools(name, version)
        if tables:
            text = str(files["pyproject.toml"])
            files["pyproject.toml"] = (
                f"{text[: text.index('[tool.tagboat.')]}{tables}{configured(name, policy=policy)}"
            )
        return {
            **files,
            "setup.py": f"{told}\n{end}import setuptools\n\nsetuptools.setup()\n",
            f"src/{name.replace('-', '_')}/__init__.py": nosy(Path()).replace(repr("."), repr("")),
        }

    def variables(self, path: str, *, actions: bool) -> dict[str, str]:
        """The whole environment of a call."""
        own = planted_variables(self.flock)
        index = f"{self.gateway.led(self.project.harbour.addresses.pypi.simple)}"
        login = f"crew:{quote(self.flock['index URL password'], safe='')}@"
        env = {**self.project.env, **own, "HOME": str(self.planted / "home")}
        env.pop("GIT_CONFIG_GLOBAL")
        env["PATH"] = f"{self.planted / 'bin'}{os.pathsep}{env['PATH']}"
        env["XDG_STATE_HOME"] = str(self.kept / "user-state")
        env["XDG_CACHE_HOME"] = str(self.kept / "user-cache")
        env["UV_DEFAULT_INDEX"] = index.replace("://", f"://{login}")
        env["PYTHONPATH"] = os.pathsep.join(sys.path)
        if actions:
            env |= {
                "GITHUB_ACTIONS": "true",
                "GITHUB_REPOSITORY": self.project.repository,
                "GITHUB_RUN_ID": "7",
                "GITHUB_SERVER_URL": self.gateway.led(self.project.harbour.addresses.forge),
                "GITHUB_OUTPUT": str(self.kept / f"{path}.output"),
                "GITHUB_STEP_SUMMARY": str(self.kept / f"{path}.summary.md"),
            }
        return env

    def call(
        self,
        path: str,
        *words: str | Path,
        actions: bool = False,
        without: tuple[str, ...] = (),
        more: Mapping[str, str] | None = None,
        order: Mapping[str, str] | None = None,
        state: str = "",
        kill_when: threading.Event | None = None,
        shown_already: bool = False,
        leads: bool = True,
    ) -> Seen:
        """Run the command on a path of this name, and look for every canary afterwards."""
        self.flock.sent.clear()  # a process can give away only what it was given
        env = {**self.variables(path, actions=actions), **(more or {})}
        env = {name: value for name, value in env.items() if name not in without}
        led = self.planted / "order.json"
        led.write_text(json.dumps({**(self._order() if leads else {}), **(order or {})}))
        places = [] if words[0] in _STATELESS else ["--state", self.kept / (state or path)]
        process = subprocess.Popen(
            [sys.executable, "-P", str(OUTSIDE), str(led), *map(str, words), *map(str, places), "--json"],
            cwd=self.project.work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        seen: set[bytes] = set()
        over = threading.Event()
        watch = threading.Thread(target=self._watched, args=(process, seen, over, kill_when))
        watch.start()
        try:
            out, err = process.communicate(timeout=SECONDS)
        finally:
            over.set()
            process.kill()
            watch.join()
        told = Seen(
            process.returncode,
            out,
            err,
            frozenset() if shown_already else frozenset(seen),
            json.loads(out) if out.startswith("{") else {},
        )
        self.look(path, told)
        return told

    def _order(self) -> dict[str, str]:
        there = self.project.harbour.addresses
        led = {
            "api": there.api,
            "uploads": there.api.replace("/api/v3", "/api/uploads"),
            "git": there.git,
            **{
                f"{name}-{use}": getattr(getattr(there, name), use)
                for name in ("pypi", "testpypi")
                for use in ("upload", "simple")
            },
        }
        return {name: self.gateway.led(url) for name, url in led.items()}

    @staticmethod
    def _watched(
        process: subprocess.Popen[str],
        seen: set[bytes],
        over: threading.Event,
        kill_when: threading.Event | None,
    ) -> None:
        while not over.wait(0.01):
            seen.update(arguments_below(process.pid))
            if kill_when is not None and kill_when.is_set():
                process.kill()

    def places(self, seen: Seen) -> Iterator[tuple[str, bytes]]:
        """Everything that somebody else could read afterwards."""
        # A mask is the one line that has to name a secret: the runner obeys it and prints nothing of it.
        err = "\n".join(line for line in seen.err.split("\n") if not line.startswith("::add-mask::"))
        yield "standard output", seen.out.encode()
        yield "standard error", err.encode()
        yield "the answer's texts", "\n".join(_strings(seen.answer)).encode()
        for line in seen.arguments:
            yield "a command line", line
        forge = self.project.harbour.directory
        for folder in (self.kept, forge):
            for file, data in texts(folder):
                if not file.is_relative_to(
                    forge / "actions" / "logs"
                ):  # the jobs' own, which are what repeats
                    yield str(file), data

    def look(self, path: str, seen: Seen) -> None:
        """Look everywhere, and fail with the places where something was found."""
        found, count = [], 0
        for place, data in self.places(seen):
            count += 1
            seen_here = [(place, what) for what in self.flock.found(data)]
            found += [f"{path}: {place}: {what}" for _, what in seen_here if (place, what) not in self.told]
            self.told.update((place, what) for place, what in seen_here if Path(place).is_file())
        self.figures.paths.append(path)
        self.figures.kinds |= {canary.kind for canary in self.flock.canaries}
        self.figures.places += count
        self.figures.found += found
        assert found == [], "\n".join(found[:40])


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (str(name), *_strings(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value
