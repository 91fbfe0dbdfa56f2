"""A rehearsal: the whole release, the same code on the same protocols, against services of this machine alone.

Three parts:

- :func:`prepare` copies the user's repository and chooses the tags; nothing of the user's is written to;
- :func:`outside` runs next to the machine's network: it offers the relay, and starts the rest inside the isolation;
- :func:`inside` runs in the private network: it starts the sandbox, pushes the copy, plays a green CI run, releases.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import TYPE_CHECKING

from tagboat.engine.events import Observer
from tagboat.engine.release import ReleaseRun
from tagboat.engine.state import write_durably
from tagboat.errors import (
    AlreadyRunningError,
    ConflictError,
    InterruptedRunError,
    RefusedError,
    StalePlanError,
)
from tagboat.pipelines import remote_release
from tagboat.sandbox.names import HTTPS_PORT
from tagboat.wiring import handed_rehearsal
from tagboat.wiring.choice import choose
from tagboat.wiring.places import sandbox_places
from tagboat.wiring.project import mirror_source
from tagboat.wiring.publisher_trial import trial_in
from tagboat.wiring.rehearsal_sources import private_source, relay_sources
from tagboat.wiring.remotes import repository_name
from tagboat.wiring.session import Wish, open_release

if TYPE_CHECKING:
    from tagboat.adapters.git.copy import Copy
    from tagboat.adapters.isolation import Isolation
    from tagboat.sandbox.addresses import Addresses

FILE = "rehearsal.json"
NOT_COVERED = (
    "whether the real indexes have this version, or a newer one, already",
    "whether your credentials and Trusted Publishers are accepted",
    "whether the real CI was green on this commit",
    "the speed and the lags of the real services",
)
_KEPT_VARIABLES = [
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TERM",
    "NO_COLOR",
    "COLUMNS",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "SHELL",
    "UV_CACHE_DIR",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "PYTHONPATH",
    "UV_PYTHON_INSTALL_DIR",
    "PYTHONWARNINGS",
    "PYTHONIOENCODING",
    "PYTHONUTF8",
    "LC_CTYPE",
]
_LONGEST_SOCKET_FOLDER = 70


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A prepared rehearsal, as ``rehearsal.json`` keeps it.

    Attributes:
        repository: ``owner/name`` on the sandbox's forge.
        branch: the default branch.
        tags: ``COMPONENT=TAG``.
        green: ``COMMIT BRANCH WORKFLOW`` of each CI run to play.
        names: distributions under release; the relay never answers for them.
        edited: what was changed in the copy, for people; "" when nothing was.
        asked: what was asked for: the commit of HEAD, then the tags and the components as they were given.
        adopt: ``SHARD=FOLDER`` of each shard that another machine built.
        commit: where the tags stand that the release is to make itself; "" where they are there from the beginning.
        workflow: the workflow that the release is handed to, or "".
        index: the name and the URL of the private index that all other packages come from; empty for the machine's own.
    """

    repository: str
    branch: str
    tags: tuple[str, ...]
    green: tuple[str, ...]
    names: tuple[str, ...]
    edited: str
    asked: tuple[str, ...]
    index: tuple[str, ...] = ()
    adopt: tuple[str, ...] = ()
    commit: str = ""
    workflow: str = ""

    def not_covered(self) -> tuple[str, ...]:
        """Return what this rehearsal cannot tell."""
        more = handed_rehearsal.NOT_COVERED.format(workflow=self.workflow)
        return (*NOT_COVERED, more) if self.workflow else NOT_COVERED


def prepare(
    path: Path,
    tags: Sequence[str],
    components: Sequence[str],
    state: Path,
    adopt: Mapping[str, Path] = MappingProxyType({}),
) -> Rehearsal:
    """Copy the repository into the state directory and choose what to release.

    A state directory that holds this very rehearsal is left as it is, so that starting again is resuming.

    Raises:
        RefusedError: the repository is empty or shallow, or no version can be found for it.
        StalePlanError: the state directory holds another rehearsal.
        RefusedError: private and public components are to be rehearsed at once.
        ConfigError, UsageError: configuration or selection are wrong.
    """
    from tagboat.adapters.git.copy import Copy  # noqa: PLC0415
    from tagboat.adapters.git.local import Local  # noqa: PLC0415
    from tagboat.adapters.git.mirror import Mirror  # noqa: PLC0415 - after --help
    from tagboat.adapters.worktree import Worktree  # noqa: PLC0415

    work = Worktree(path)
    head = work.head_commit()
    if head is None:
        raise RefusedError(f"{path} has no commit yet", remedy="commit something first")
    folders = tuple(f"{name}={folder.resolve()}" for name, folder in sorted(adopt.items()))
    asked = (
        head,
        *tags,
        *(f"--component {name}" for name in components),
        *(f"--from {text}" for text in folders),
    )
    if (state / FILE).exists():
        return _same(prepared(state), asked, state)
    mirror = Mirror(state / "source.git", path)
    mirror.refresh()
    Local(path).fetch_commit(state / "source.git", head)
    choice = choose(mirror, Copy(state / "source.git"), work.branch() or "", head, tags, components)
    remote = work.remote_url()
    name = choice.config.repository or (repository_name(remote) if remote else None) or _local_name(path)
    index = private_source(choice.config, choice.tags)
    again = mirror_source(Mirror(state / "source.git", path))
    rehearsal = Rehearsal(
        name,
        choice.branch,
        choice.tags,
        choice.green,
        choice.names,
        choice.edited,
        asked,
        index,
        folders,
        handed_rehearsal.one_commit(choice.config, choice.tags, again.tag_commit),
        choice.config.workflows.release if choice.config.pipeline == remote_release.NAME else "",
    )
    write_durably(
        state / FILE, json.dumps({"schema": "tagboat/rehearsal/1", **asdict(rehearsal)}, indent=1) + "\n"
    )
    return rehearsal


def prepared(state: Path) -> Rehearsal:
    """Return the rehearsal of this state directory.

    Raises:
        ConflictError: it holds none, or one that cannot be read.
    """
    try:
        data = json.loads((state / FILE).read_bytes())
        lists = {name: tuple(data[name]) for name in ("tags", "green", "names", "asked", "index", "adopt")}
        return Rehearsal(
            repository=data["repository"],
            branch=data["branch"],
            edited=data["edited"],
            commit=data["commit"],
            workflow=data["workflow"],
            **lists,
        )
    except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
        raise ConflictError(
            f"{state} holds no rehearsal that can be continued: {error}", remedy="tagboat rehearse PATH"
        ) from error


@contextmanager
def alone(state: Path) -> Iterator[int]:
    """Hold the rehearsal's own lock, and yield its descriptor: whoever inherits that holds it as well.

    It is taken before the sandbox is touched, so that a second start cannot take the first one's sandbox down.

    Raises:
        AlreadyRunningError: another process rehearses in this state directory.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(state / "rehearsal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        yield handle
    except BlockingIOError:
        holder = os.pread(handle, 100, 0).decode("ascii", "replace")
        raise AlreadyRunningError(
            f"this rehearsal is running already: {holder or 'it has just started'}",
            remedy="wait for it (tagboat status), or stop that process; its state is kept",
        ) from None
    finally:
        os.close(handle)


def outside(state: Path, rehearsal: Rehearsal, lock: int, *, as_json: bool) -> int:
    """Run the rehearsal inside the strongest isolation that the machine has, and return its exit status.

    Args:
        state: the state directory.
        rehearsal: what was prepared in it.
        lock: the descriptor of :func:`alone`; the process inside keeps it as well.
        as_json: whether the answer is JSON.

    Raises:
        InterruptedRunError: the process inside was killed, and so has not answered.
    """
    from tagboat.adapters.isolation import private_network  # noqa: PLC0415
    from tagboat.sandbox.relay import running_relay  # noqa: PLC0415
    from tagboat.wiring.names import public_names  # noqa: PLC0415

    isolation = private_network(public_names().hosts())
    environment = inside_environment(os.environ, isolation)
    sources = relay_sources(rehearsal)
    with _socket_folder() as folder:
        socket = Path(folder) / "relay"
        # -P: the folder that we are in may be the project's, and may hold a module of any name.
        command = [sys.executable, "-P", "-m", "tagboat", "rehearse", "--inside", str(socket)]
        command += ["--state", str(state), *(["--json"] if as_json else [])]
        with running_relay(socket, sources=sources, never=rehearsal.names):
            status = _ended(
                subprocess.Popen(
                    isolation.wrap(command), env=environment, stdin=subprocess.DEVNULL, pass_fds=(lock,)
                )
            )
    if status < 0:
        raise InterruptedRunError(
            f"the rehearsal was ended by {signal.Signals(-status).name}; its state is kept",
            remedy=f"tagboat resume --state {shlex.quote(str(state))}",
        )
    return status


def inside_environment(environ: Mapping[str, str], isolation: Isolation) -> dict[str, str]:
    """Return all that the process inside gets to see of the user's variables: names that hold no credential."""
    environment = {name: environ[name] for name in _KEPT_VARIABLES if name in environ}
    environment["TAGBOAT_ISOLATION"] = isolation.describe()
    environment["TAGBOAT_OUTSIDE"] = str(os.getpid())
    environment["TAGBOAT_PUBLIC_PORT"] = str(HTTPS_PORT if isolation.names else 0)
    if isolation.network == "open":
        proxies = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy")
        environment |= dict.fromkeys(proxies, "http://127.0.0.1:9")
        environment |= dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1")
    return environment


@contextmanager
def inside(
    state: Path, socket: Path, *, observer: Observer, stop: Callable[[], bool]
) -> Iterator[tuple[ReleaseRun, Rehearsal]]:
    """Start the sandbox in the private network, bring the project into it, and open the release there."""
    from tagboat.adapters.git.copy import Copy  # noqa: PLC0415
    from tagboat.adapters.process import end_with  # noqa: PLC0415
    from tagboat.sandbox import process  # noqa: PLC0415
    from tagboat.wiring.names import public_names  # noqa: PLC0415

    end_with(int(os.environ.get("TAGBOAT_OUTSIDE", "0")))
    rehearsal = prepared(state)
    directory = state / "sandbox"
    process.down(directory)
    addresses = process.up(
        directory,
        relay_socket=socket,
        relay_cache=_relay_cache(),
        under_release=rehearsal.names,
        public=public_names(),
        public_port=int(os.environ.get("TAGBOAT_PUBLIC_PORT", "0")),
    )
    try:
        places = sandbox_places(directory)
        _bring(
            rehearsal, addresses, Copy(state / "source.git"), places.addresses.git_url(rehearsal.repository)
        )
        adopt = {name: Path(folder) for name, _, folder in (text.partition("=") for text in rehearsal.adopt)}
        commit = rehearsal.commit
        wish = Wish(None, places, rehearsal.repository, rehearsal.tags, (), state, adopt, commit=commit)
        watch = handed_rehearsal.Player(addresses, places, observer)
        trial = partial(trial_in, addresses, places)
        with open_release(wish, observer=watch, stop=stop, trial=trial) as run:
            watch.run = run
            yield run, rehearsal
    finally:
        process.down(directory)


def _bring(rehearsal: Rehearsal, addresses: Addresses, copy: Copy, url: str) -> None:
    from tagboat.sandbox import control  # noqa: PLC0415

    control.create_repository(addresses, rehearsal.repository, default_branch=rehearsal.branch)
    refs = handed_rehearsal.pushed_refs(rehearsal.commit, rehearsal.tags)
    copy.push(url, token=addresses.token, ca=Path(addresses.ca), refs=refs)
    for line in rehearsal.green:
        commit, branch, workflow = line.split(" ", 2)
        file = workflow if workflow.endswith((".yml", ".yaml")) else "ci.yml"
        control.play_workflow_run(
            addresses,
            rehearsal.repository,
            sha=commit,
            branch=branch,
            workflow=f".github/workflows/{file}",
            name=workflow.removesuffix(".yml").removesuffix(".yaml"),
        )


def _local_name(path: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.resolve().name).strip("-.") or "project"
    return f"rehearsal/{name}"


def _relay_cache() -> Path:
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("tagboat") / "relay"


def _same(rehearsal: Rehearsal, asked: tuple[str, ...], state: Path) -> Rehearsal:
    if rehearsal.asked == asked:
        return rehearsal
    raise StalePlanError(
        f"{state} holds another rehearsal: {', '.join(rehearsal.tags)} of {rehearsal.asked[0][:12]}",
        remedy=f"continue that one: tagboat resume --state {shlex.quote(str(state))}; or name a fresh --state",
    )


def _socket_folder() -> tempfile.TemporaryDirectory[str]:
    """A new folder for the relay's socket, whose path the kernel keeps short (unix(7): 108 bytes)."""
    long = len(os.fsencode(tempfile.gettempdir())) > _LONGEST_SOCKET_FOLDER
    return tempfile.TemporaryDirectory(prefix="tagboat-", dir="/tmp" if long else None)  # noqa: S108 - private, 0700


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Wait for the process inside, which a terminal's Ctrl-C reaches by itself; other wishes to end are passed on."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    kept = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    kept[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
