"""One open release: its state directory, its ports, its engine, from what the user named."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tagboat.config.model import Config
from tagboat.config.selection import refuse_odd
from tagboat.core.canonical import JSON, digest
from tagboat.core.release import Release
from tagboat.engine.events import Observer, nobody
from tagboat.engine.inline import InlineEngine
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.lock import FileLock
from tagboat.engine.release import Derived, ReleaseRun
from tagboat.engine.state import StateDirectory
from tagboat.errors import UsageError
from tagboat.pipelines import remote_release
from tagboat.ports import Ports
from tagboat.ports.clock import Clock
from tagboat.ports.forge import Forge
from tagboat.ports.index import Index
from tagboat.ports.trial import PublisherTrial
from tagboat.steps.kinds import Kind, load_kind
from tagboat.wiring.credentials import credentials_of
from tagboat.wiring.indexes import burn, indexes_of, logins_of
from tagboat.wiring.jobs import in_actions, open_ledger
from tagboat.wiring.places import Places
from tagboat.wiring.project import (
    Source,
    derive,
    derive_commit,
    forge_source,
    mirror_source,
    tags_in,
    with_tags,
)
from tagboat.wiring.remotes import repository_name
from tagboat.wiring.shards import adopted_folders

if TYPE_CHECKING:
    from tagboat.adapters.git.mirror import Mirror
    from tagboat.adapters.http import HTTP
    from tagboat.adapters.http.credentials import Credentials


_REPOSITORY = re.compile(
    r"[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*"
)
_UNPLAIN = re.compile(r"[^A-Za-z0-9._+=-]")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for.

    Attributes:
        project: the folder of the user's own repository, or None to work from the forge alone.
        repository: ``owner/name`` on the forge, or "" to read it from the project.
        tags: each ``TAG`` or ``COMPONENT=TAG``.
        components: names given by ``--component``.
        state: the state directory, or None for the user's own.
        adopt: folders that other machines filled, by ``component/shard`` or by a shard's name that is unique.
        command: what was called; ``resume`` continues only that.
        commit: a commit to build from in place of a tag, of which nothing can be released; with tags, where those that
            are still to be made will stand.
        phase: the part of the publish half that was asked for, "" for all of it.
        ledgers: the ledgers of earlier jobs of the same run, which a fresh one goes on from.
    """

    project: Path | None
    places: Places
    repository: str = ""
    tags: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    state: Path | None = None
    adopt: Mapping[str, Path] = field(default_factory=dict)
    command: str = "release"
    commit: str = ""
    phase: str = ""
    ledgers: tuple[Path, ...] = ()

    def context(self, repository: str) -> dict[str, JSON]:
        """Return what ``resume`` needs to start the same release again."""
        return {
            "command": self.command,
            "repository": repository,
            "tags": list(self.tags),
            "components": list(self.components),
            "adopt": {name: str(folder.resolve()) for name, folder in self.adopt.items()},
            "sandbox": str(self.places.sandbox.resolve()) if self.places.sandbox else "",
            **({"phase": self.phase} if self.phase else {}),
            **({"commit": self.commit} if self.commit else {}),
        }


@contextmanager
def open_release(
    wish: Wish,
    *,
    observer: Observer = nobody,
    stop: Callable[[], bool] = lambda: False,
    kinds: Callable[[str], Kind] = load_kind,
    from_forge: bool = False,
    trial: Callable[[HTTP, Config], PublisherTrial] | None = None,
) -> Iterator[ReleaseRun]:
    """Open the release: take the state directory's lock, refresh the mirror, derive the plan.

    Args:
        wish: what the user asked for.
        observer: is told every moment.
        stop: is asked between steps.
        kinds: finds the kinds of steps.
        from_forge: derive the plan through the forge's API alone; no history is fetched.
        trial: makes the place where a rehearsal tries publishers.

    Raises:
        AlreadyRunningError: another process holds this release.
        TagboatError: tag, configuration or forge refuse.
    """
    from tagboat.adapters.clock import SystemClock  # noqa: PLC0415 - status and help never come here
    from tagboat.adapters.secrets import clean  # noqa: PLC0415

    repository, places, clock = checked(wish), wish.places, SystemClock()
    with (
        StateDirectory(state_path(wish, repository)) as state,
        closing(SqliteLedger(state.ledger, clock, actor(), earlier=state.earlier, hide=clean)) as ledger,
        ExitStack() as held,
    ):
        open_ledger(state, ledger, wish.ledgers)
        forge = forge_of(http := http_of(places), places, repository)
        mirror = _mirror(state, places, repository)
        seen_by_forge = forge_source(forge)
        if not from_forge:
            mirror.refresh()
        if wish.commit:
            _expect(mirror, wish, seen_by_forge)
        derived = _derived(wish, seen_by_forge if from_forge else mirror_source(mirror), repository)
        for release in derived.prepare.releases if wish.command in PUBLISHING else ():
            held.enter_context(version_lock(places, repository, release))
        credentials = credentials_of(places, derived.config, repository=repository)
        indexes = indexes_of(http, places, derived.config, credentials)
        held.callback(burn, indexes)
        logins = logins_of(places, derived.config, credentials)
        shards = adopted_folders(derived.prepare, wish.adopt)
        tried = trial(http, derived.config) if trial else None
        ports = _ports(state, wish, forge, mirror, indexes, logins, shards, ledger, clock, tried)
        engine = InlineEngine(
            ports, state, patience=places.patience, observer=observer, stop=stop, kinds=kinds, hide=clean
        )

        def derive_again() -> Derived:
            return _derived(wish, seen_by_forge, repository)

        hands = wish.command not in PUBLISHING_ITSELF
        yield ReleaseRun(ports, state, engine, derived, derive_again, wish.context(repository), hands)


def _mirror(state: StateDirectory, places: Places, repository: str) -> Mirror:
    from tagboat.adapters.git.mirror import Mirror  # noqa: PLC0415 - status and help never come here
    from tagboat.adapters.http.credentials import Credentials  # noqa: PLC0415

    credential = Credentials.bearer(places.forge_token) if places.forge_token else None
    url = places.addresses.git_url(repository)
    return Mirror(state.mirror, url, ca=places.ca, credentials=credential)


def _expect(mirror: Mirror, wish: Wish, source: Source) -> None:
    """Bring the wished commit, and show the tags that are still to be made of it."""
    mirror.fetch_commit(wish.commit)
    for tag in tags_in(wish.tags, source.tag_names()) if wish.tags else ():
        mirror.expect_tag(tag, wish.commit)


def _derived(wish: Wish, source: Source, repository: str) -> Derived:
    if wish.commit and not wish.tags:
        return derive_commit(source, repository, wish.commit, wish.components)
    if not wish.commit:
        return derive(source, repository, wish.tags, wish.components)
    derived = derive(with_tags(source, wish.tags, wish.commit), repository, wish.tags, wish.components)
    if derived.config.pipeline != remote_release.NAME:
        raise UsageError(
            f"the pipeline {derived.config.pipeline} makes no tag, so --commit says nothing to it",
            remedy="push the tag, and leave --commit out",
        )
    return derived


PUBLISHING = ("release", "publish")
"""The commands that may change something outside: one of them at a time for each version."""
PUBLISHING_ITSELF = ("publish", "confirm")
"""The commands of the jobs that a release is handed to: they publish by themselves, whatever the pipeline."""


def checked(wish: Wish) -> str:
    """Return the repository of a wish whose names can be what they say, before anything is made on the disk.

    Raises:
        UsageError: there is no tag, an odd tag, or no repository.
    """
    if not (wish.tags or wish.commit):
        raise UsageError(
            "no tag was given", remedy="say --tag TAG, or --tag COMPONENT=TAG for one of several components"
        )
    for tag in wish.tags:
        refuse_odd(tag)
    repository = repository_of(wish)
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"{repository!a} is no repository on a forge", remedy="write it as OWNER/NAME")
    return repository


def version_lock(places: Places, repository: str, release: Release) -> FileLock:
    """Return the lock that one process of this user holds for a version, whatever its state directory."""
    from platformdirs import user_state_path  # noqa: PLC0415

    folder = user_state_path("tagboat") / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    where = str(places.sandbox.resolve()) if places.sandbox else places.addresses.api
    name = digest([where, repository, release.component, release.version])
    return FileLock(folder / name[:32], f"the release of {release.component} {release.version}")


def repository_of(wish: Wish) -> str:
    """Return ``owner/name``: as asked, as the forge's CI says, as configured, or from the git remote ``origin``.

    Raises:
        UsageError: none of them says.
    """
    from tagboat.adapters.worktree import Worktree  # noqa: PLC0415
    from tagboat.config.load import FILES, load  # noqa: PLC0415

    if wish.repository:
        return wish.repository
    if in_actions() and os.environ.get("GITHUB_REPOSITORY"):
        return os.environ["GITHUB_REPOSITORY"]
    if wish.project is not None:
        files = {
            name: (wish.project / name).read_bytes() for name in FILES if (wish.project / name).is_file()
        }
        config = load(files)
        if config is not None and config.repository:
            return config.repository
        remote = Worktree(wish.project).remote_url()
        name = repository_name(remote) if remote else None
        if name:
            return name
    raise UsageError(
        "which repository on the forge?",
        remedy="say --repository OWNER/NAME, configure 'repository', or add the git remote 'origin'",
    )


def state_path(wish: Wish, repository: str) -> Path:
    """Return the state directory: as asked, or below the user's state folder, one for each set of tags."""
    if wish.state is not None:
        return wish.state
    from platformdirs import user_state_path  # noqa: PLC0415

    tags = "+".join(sorted(_UNPLAIN.sub("~", tag) for tag in wish.tags or (f"commit-{wish.commit[:40]}",)))
    return user_state_path("tagboat") / repository.replace("/", "~") / tags


def actor() -> str:
    """Return who runs this process: the CI's own name for it, or ``user@host``."""
    if os.environ.get("GITHUB_ACTOR") and os.environ.get("GITHUB_RUN_ID"):
        return f"{os.environ['GITHUB_ACTOR']} (run {os.environ['GITHUB_RUN_ID']})"
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def http_of(places: Places) -> HTTP:
    """Return the HTTP client for these places."""
    from tagboat.adapters.clock import SystemClock  # noqa: PLC0415
    from tagboat.adapters.http import HTTP  # noqa: PLC0415

    return HTTP(SystemClock(), ca=places.ca)


def forge_of(http: HTTP, places: Places, repository: str) -> Forge:
    """Return the forge's view of the repository."""
    from tagboat.adapters.forges.github import GitHub  # noqa: PLC0415
    from tagboat.adapters.http.credentials import Credentials  # noqa: PLC0415

    credential = Credentials.bearer(places.forge_token) if places.forge_token else None
    return GitHub(http, places.addresses, repository, credential)


def _ports(
    state: StateDirectory,
    wish: Wish,
    forge: Forge,
    mirror: Mirror,
    indexes: Mapping[str, Index],
    logins: Mapping[str, Credentials],
    shards: Mapping[str, Path],
    ledger: SqliteLedger,
    clock: Clock,
    trial: PublisherTrial | None,
) -> Ports:
    from tagboat.adapters.builders.frontend import FrontEnd  # noqa: PLC0415
    from tagboat.adapters.inspection import Inspection  # noqa: PLC0415
    from tagboat.adapters.installers.uv import UvInstaller  # noqa: PLC0415
    from tagboat.adapters.store import FolderStore  # noqa: PLC0415

    environment = {**os.environ, **wish.places.environment}
    return Ports(
        repository=mirror,
        forge=forge,
        indexes=indexes,
        builder=FrontEnd(environment, logins),
        inspector=Inspection(),
        installer=UvInstaller(environment, logins),
        store=FolderStore(state.artifacts),
        logs=FolderStore(state.logs),
        ledger=ledger,
        clock=clock,
        shards=shards,
        trial=trial,
    )
