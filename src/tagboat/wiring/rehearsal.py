"""A rehearsal: the whole release, the same code on the same protocols, against services of this machine alone.

Three parts:

- :func:`prepare` copies the user's repository and chooses the tags; nothing of the user's is written to;
- :func:`outside` runs next to the machine's network: it offers the relay, and starts the rest inside the isolation;
- :func:`inside` runs in the private network: it starts the sandbox, pushes the copy, plays a green CI run, releases.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from tagboat.config.model import Component, Config
from tagboat.config.project import Tree
from tagboat.config.selection import component_of, select
from tagboat.core.tag import TagGrammar
from tagboat.engine.events import Observer
from tagboat.engine.release import ReleaseRun
from tagboat.engine.state import write_durably
from tagboat.errors import ConflictError, RefusedError
from tagboat.wiring.places import sandbox_places
from tagboat.wiring.project import Source, mirror_source, repository_name
from tagboat.wiring.session import Wish, open_release

if TYPE_CHECKING:
    from tagboat.adapters.git.copy import Copy
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
]


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
    """

    repository: str
    branch: str
    tags: tuple[str, ...]
    green: tuple[str, ...]
    names: tuple[str, ...]
    edited: str


def prepare(path: Path, tags: Sequence[str], components: Sequence[str], state: Path) -> Rehearsal:
    """Copy the repository into the state directory and choose what to release.

    Raises:
        RefusedError: the repository is empty or shallow, or no version can be found for it.
        ConfigError, UsageError: configuration or selection are wrong.
    """
    from tagboat.adapters.git import Mirror  # noqa: PLC0415 - after --help
    from tagboat.adapters.git.copy import Copy  # noqa: PLC0415
    from tagboat.adapters.worktree import Worktree  # noqa: PLC0415

    work = Worktree(path)
    head = work.head_commit()
    if head is None:
        raise RefusedError(f"{path} has no commit yet", remedy="commit something first")
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    mirror = Mirror(state / "source.git", path)
    mirror.refresh()
    source = mirror_source(mirror)
    config = _configuration(source, head, tags)
    branch = config.default_branch or work.branch() or "main"
    copy = Copy(state / "source.git")
    copy.set_branch(branch, head)
    chosen, edited = list(tags), ""
    if not tags:
        wanted = [component_of(config, name) for name in components] or list(config.components)
        chosen, edited = _choose(source, copy, wanted, head, branch)
    remote = work.remote_url()
    name = config.repository or (repository_name(remote) if remote else None) or _local_name(path)
    rehearsal = Rehearsal(
        repository=name,
        branch=branch,
        tags=tuple(chosen),
        green=tuple(_green(mirror_source(Mirror(state / "source.git", path)), config, chosen, branch)),
        names=tuple(d for s in select(config, chosen) for d in s.component.distributions),
        edited=edited,
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
        return Rehearsal(
            repository=data["repository"],
            branch=data["branch"],
            tags=tuple(data["tags"]),
            green=tuple(data["green"]),
            names=tuple(data["names"]),
            edited=data["edited"],
        )
    except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
        raise ConflictError(
            f"{state} holds no rehearsal that can be continued: {error}", remedy="tagboat rehearse PATH"
        ) from error


def outside(state: Path, rehearsal: Rehearsal, *, as_json: bool) -> int:
    """Run the rehearsal inside the strongest isolation that the machine has, and return its exit status."""
    from tagboat.adapters.addresses import PUBLIC  # noqa: PLC0415
    from tagboat.adapters.isolation import private_network  # noqa: PLC0415
    from tagboat.sandbox.relay import running_relay  # noqa: PLC0415

    isolation = private_network()
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    environment["TAGBOAT_ISOLATION"] = isolation.describe()
    environment["TAGBOAT_OUTSIDE"] = str(os.getpid())
    if isolation.network == "open":
        refused = "http://127.0.0.1:9"
        environment |= dict.fromkeys(
            ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY"), refused
        )
        environment |= dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1")
    with tempfile.TemporaryDirectory(prefix="tagboat-") as folder:
        socket = Path(folder) / "relay"
        index = PUBLIC.indexes["pypi"].simple
        with running_relay(socket, default_index=index, never=rehearsal.names):
            command = [
                sys.executable,
                "-m",
                "tagboat",
                "rehearse",
                "--inside",
                str(socket),
                "--state",
                str(state),
            ]
            command += ["--json"] if as_json else []
            child = subprocess.Popen(isolation.wrap(command), env=environment, stdin=subprocess.DEVNULL)
            return _wait(child)


@contextmanager
def inside(
    state: Path, socket: Path, *, observer: Observer, stop: Callable[[], bool]
) -> Iterator[tuple[ReleaseRun, Rehearsal]]:
    """Start the sandbox in the private network, bring the project into it, and open the release there."""
    from tagboat.adapters.git.copy import Copy  # noqa: PLC0415
    from tagboat.adapters.process import end_with  # noqa: PLC0415
    from tagboat.sandbox import process  # noqa: PLC0415

    end_with(int(os.environ.get("TAGBOAT_OUTSIDE", "0")))
    rehearsal = prepared(state)
    directory = state / "sandbox"
    process.down(directory)
    addresses = process.up(
        directory, relay_socket=socket, relay_cache=_relay_cache(), under_release=rehearsal.names
    )
    try:
        places = sandbox_places(directory)
        _bring(
            rehearsal, addresses, Copy(state / "source.git"), places.addresses.git_url(rehearsal.repository)
        )
        wish = Wish(None, places, rehearsal.repository, rehearsal.tags, (), state)
        with open_release(wish, observer=observer, stop=stop) as run:
            yield run, rehearsal
    finally:
        process.down(directory)


def _bring(rehearsal: Rehearsal, addresses: Addresses, copy: Copy, url: str) -> None:
    from tagboat.sandbox import control  # noqa: PLC0415

    control.create_repository(addresses, rehearsal.repository, default_branch=rehearsal.branch)
    refs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
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


def _configuration(source: Source, head: str, tags: Sequence[str]) -> Config:
    from tagboat.config.at_tag import configuration, configuration_of_tag  # noqa: PLC0415

    known = source.tag_names()
    if not tags:
        return configuration(source.tree(head), known)
    tag = tags[0] if tags[0] in known else tags[0].split("=", 1)[-1]
    commit = source.tag_commit(tag)
    if commit is None:
        raise RefusedError(
            f"the tag {tag} is not in this repository", remedy="name a tag that 'git tag' lists"
        )
    return configuration_of_tag(tag, source.tree(commit), source.tree(head), known)


def _choose(
    source: Source, copy: Copy, wanted: Sequence[Component], head: str, branch: str
) -> tuple[list[str], str]:
    tags: dict[str, str] = {}
    files: dict[str, bytes] = {}
    edits = []
    new: list[str] = []
    for component in wanted:
        versions = _tagged(source, component)
        at_head = [v for v, name in versions.items() if source.tag_commit(name) == head and not v.local]
        if at_head:
            tags[component.name] = versions[max(at_head)]
            continue
        version, changed = _next_version(source, component, head, versions, files)
        files |= changed
        edits += [f"{file}: {version}" for file in changed]
        tags[component.name] = TagGrammar(component.tag).tag(version)
        new.append(tags[component.name])
    commit = copy.commit(head, files, "Set the version to rehearse") if files else head
    copy.set_branch(branch, commit)
    for tag in new:
        copy.tag(tag, commit)
    if files:
        tags = {name: tag for name, tag in tags.items() if tag in new} or tags
    return [f"{name}={tag}" for name, tag in tags.items()], "; ".join(edits)


def _next_version(
    source: Source, component: Component, head: str, versions: dict[Version, str], files: Mapping[str, bytes]
) -> tuple[Version, dict[str, bytes]]:
    from tagboat.planner.version_edit import edited, next_patch  # noqa: PLC0415
    from tagboat.planner.version_place import version_place  # noqa: PLC0415
    from tagboat.planner.version_vcs import is_dynamic_from_vcs  # noqa: PLC0415

    original = source.tree(head)
    tree = Tree(original.paths, lambda path: files[path] if path in files else original.read(path))
    finals = [version for version in versions if not version.is_prerelease]
    if is_dynamic_from_vcs(tree, component.path):
        return (next_patch(max(finals), versions) if finals else Version("0.1.0")), {}
    place = version_place(tree, component.path, component.distributions[0])
    version = Version(place.version)
    if not version.is_prerelease and not version.local and version not in versions:
        return version, {}
    following = next_patch(max([version, *finals]), versions)
    return following, {place.file: edited(tree.read(place.file), place, following)}


def _tagged(source: Source, component: Component) -> dict[Version, str]:
    grammar = TagGrammar(component.tag)
    return {version: name for name in source.tag_names() if (version := grammar.version(name)) is not None}


def _green(source: Source, config: Config, tags: Sequence[str], branch: str) -> Iterator[str]:
    from tagboat.config.lines import allowed_branches  # noqa: PLC0415

    for chosen in select(config, tags):
        commit = source.tag_commit(chosen.tag)
        branches = allowed_branches(chosen.component, chosen.version, branch)
        for workflow in chosen.component.checks or ("ci.yml",):
            if commit and branches:
                yield f"{commit} {branches[0]} {workflow}"


def _local_name(path: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.resolve().name).strip("-.") or "project"
    return f"rehearsal/{name}"


def _relay_cache() -> Path:
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("tagboat") / "relay"


def _wait(child: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            status = child.wait()
        except KeyboardInterrupt:
            continue
        return status if status >= 0 else 128 - status
