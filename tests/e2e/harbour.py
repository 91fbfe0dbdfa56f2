"""A running sandbox, projects that live in it, and the real command that releases them."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import projects
import urllib3
from answer_schema import ANSWER

from tagboat.sandbox import control
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.faults import Faults

SECONDS = 120
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
_SECRET_NAMES = ("TOKEN", "SECRET", "PASSWORD", "TAGBOAT_", "GITHUB_", "RUNNER_")


@dataclass(frozen=True)
class Answer:
    """How one call of the command ended."""

    exit: int
    json: dict[str, Any]
    out: str
    err: str

    def step(self, key: str) -> dict[str, Any]:
        """The row of the one step whose key starts with ``key``."""
        rows = [row for row in self.json["steps"] if row["key"].startswith(key)]
        assert len(rows) == 1, f"{key}: {[row['key'] for row in self.json['steps']]}"
        found: dict[str, Any] = rows[0]
        return found

    def codes(self) -> set[str]:
        """The codes of all findings."""
        return {finding["code"] for row in self.json["steps"] for finding in row.get("findings", ())}

    @property
    def cause(self) -> str:
        return str(self.json["error"]["cause"])

    @property
    def remedy(self) -> str:
        return str(self.json["error"]["remedy"])


def environment(**extra: str) -> dict[str, str]:
    """This machine's variables without anything secret, and a git without the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not any(s in name for s in _SECRET_NAMES)}
    git = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **git, **IDENTITY, "LC_ALL": "C.UTF-8", **extra}


def command(*arguments: str | Path, python: str | Path = sys.executable) -> list[str]:
    """The real command."""
    return [str(python), "-m", "tagboat", *map(str, arguments)]


def run(
    arguments: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str],
    seconds: int = SECONDS,
    python: str | Path = sys.executable,
) -> Answer:
    """Call the command with ``--json`` and hold its answer against the published schema."""
    done = subprocess.run(
        command(*arguments, "--json", python=python),
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return answer_of(done.returncode, done.stdout, done.stderr)


def answer_of(status: int, out: str, err: str) -> Answer:
    """Read a command's answer: one JSON object that fits the schema and names the process's exit status."""
    assert out.startswith("{"), f"exit {status}\n{out}\n{err}"
    data = json.loads(out)
    problems = [f"{problem.instance_path}: {problem.message}" for problem in ANSWER.iter_errors(data)]
    assert not problems, problems
    assert data["exit"] == status, f"the answer says {data['exit']}, the process {status}"
    assert "Traceback" not in err, err
    return Answer(status, data, out, err)


@dataclass
class Harbour:
    """One sandbox for the tests of a process; each test has a repository and a distribution of its own in it."""

    directory: Path
    addresses: Addresses
    caches: Path

    @property
    def faults(self) -> Faults:
        return Faults(self.directory)

    def journal(self) -> list[dict[str, Any]]:
        """Everything accepted so far, oldest first."""
        lines = (self.directory / "journal.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def index_control(self, index: str, deed: str, body: Any) -> Any:
        """What the index's own website would let its owner do."""
        address = getattr(self.addresses, index)
        root = address.simple.removesuffix("/simple/")
        return self._call("POST", f"{root}/_sandbox/{deed}", body)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the forge's REST interface as its owner."""
        return self._call(method, f"{self.addresses.api.rstrip('/')}{path}", body)

    def download(self, asset: dict[str, Any]) -> bytes:
        """The bytes of a release's asset."""
        return self._bytes("GET", asset["url"], None, accept="application/octet-stream")

    def files(self, index: str, project: str) -> dict[str, str]:
        """What an index lists of a project: file name → SHA-256."""
        simple = getattr(self.addresses, index).simple
        listed = self._call("GET", f"{simple}{project}/", None, accept="application/vnd.pypi.simple.v1+json")
        return {file["filename"]: file["hashes"]["sha256"] for file in listed["files"]}

    def _call(self, method: str, url: str, body: Any, accept: str = "application/json") -> Any:
        text = self._bytes(method, url, body, accept)
        return json.loads(text) if text else None

    def _bytes(self, method: str, url: str, body: Any, accept: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - https on this machine
            url,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.addresses.token}",
                "Content-Type": "application/json",
                "Accept": accept,
            },
        )
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.addresses.ca))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
        with opener.open(request, timeout=30) as response:
            content: bytes = response.read()
        return content


@dataclass
class Project:
    """A user's clone of a repository on the sandbox's forge."""

    harbour: Harbour
    name: str
    repository: str
    work: Path
    state: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.harbour.addresses.forge}/{self.repository}.git"

    @property
    def env(self) -> dict[str, str]:
        return environment(
            GIT_SSL_CAINFO=self.harbour.addresses.ca,
            XDG_STATE_HOME=str(self.state.parent / "user-state"),
            UV_CACHE_DIR=str(self.harbour.caches / "uv"),
            **self.variables,
        )

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.work,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files; None deletes one."""
        for name, content in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes | None], message: str = "Change something") -> str:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def push(self, *refs: str) -> None:
        url = self.url.replace("https://", f"https://anybody:{self.harbour.addresses.token}@")
        self.git("push", "--quiet", "--force", url, *(refs or ("HEAD:refs/heads/main",)))

    def tag(self, tag: str, *options: str) -> None:
        """Make a tag (annotated unless options say otherwise) and push it."""
        self.git("tag", *(options or ("-a", "-m", tag)), tag)
        self.push(f"refs/tags/{tag}")

    def green(self, sha: str = "", **fields: Any) -> control.PlayedRun:
        """Let a CI run appear; green on the default branch unless fields say otherwise."""
        return control.play_workflow_run(
            self.harbour.addresses, self.repository, sha=sha or self.head, **fields
        )

    def ready(self, version: str = "1.0", files: Mapping[str, str | bytes | None] | None = None) -> str:
        """Commit, push, play a green run, tag and push the tag; returns the tag."""
        self.commit(files or {})
        self.push()
        self.green()
        self.tag(f"v{version}")
        return f"v{version}"

    def tagboat(self, subcommand: str, *arguments: str | Path, state: Path | None = None) -> Answer:
        """Call a command that takes a sandbox and a state directory."""
        places = ["--sandbox", self.harbour.directory, "--state", state or self.state]
        return run([*subcommand.split(), *arguments, *places], self.work, self.env)

    def release(self, *arguments: str | Path, state: Path | None = None) -> Answer:
        return self.tagboat("release", *arguments, state=state)

    def start(
        self, *arguments: str | Path, state: Path | None = None, subcommand: str = "release"
    ) -> subprocess.Popen[str]:
        """Start a release, or another command, and return at once; the caller ends it."""
        places = ["--sandbox", self.harbour.directory, "--state", state or self.state]
        return subprocess.Popen(
            command(subcommand, *arguments, *places, "--json"),
            cwd=self.work,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def journal(self) -> list[dict[str, Any]]:
        """What was accepted of releases and files of this project; pushes are the user's own."""
        flat = self.name.replace("-", "_")
        return [
            line
            for line in self.harbour.journal()
            if (line["service"] == "forge" and line["key"].startswith(f"{self.repository}/"))
            or (line["service"] != "forge" and line["key"].startswith((f"{flat}-", f"{self.name}-")))
        ]

    def publish(self, index: str, version: str, payload: str = "value = 1\n") -> str:
        """Let somebody else publish a wheel written by hand; returns its file name."""
        filename, content = projects.wheel(self.name, version, payload)
        self.upload(index, version, filename, content, "bdist_wheel")
        return filename

    def upload(self, index: str, version: str, filename: str, content: bytes, kind: str) -> None:
        """Let somebody else upload a file."""
        addresses = self.harbour.addresses
        form: dict[str, Any] = {
            ":action": "file_upload",
            "protocol_version": "1",
            "metadata_version": "2.3",
            "name": self.name,
            "version": version,
            "summary": "Tiny",
            "filetype": kind,
            "pyversion": "py3" if kind == "bdist_wheel" else "source",
            "sha256_digest": hashlib.sha256(content).hexdigest(),
            "content": (filename, content, "application/octet-stream"),
        }
        body, media = urllib3.encode_multipart_formdata(form)
        headers = urllib3.make_headers(basic_auth=f"__token__:{addresses.token}") | {"Content-Type": media}
        trust = ssl.create_default_context(cafile=addresses.ca)
        with urllib3.PoolManager(ssl_context=trust, timeout=30, retries=False) as pool:
            reply = pool.request("POST", getattr(addresses, index).upload, body=body, headers=headers)
        assert reply.status == 200, reply.data

    def releases(self) -> list[dict[str, Any]]:
        """The forge's releases of the repository, drafts included."""
        found: list[dict[str, Any]] = self.harbour.api("GET", f"/repos/{self.repository}/releases")
        return found


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for something that another process does."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        tick.wait(0.02)
    raise AssertionError(f"never happened: {what}")


def kill(process: subprocess.Popen[str]) -> None:
    """End a process that a test started, as a crash would."""
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
