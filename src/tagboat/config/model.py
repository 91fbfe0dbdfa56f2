"""What a project may configure, validated; each default is the answer for a project that says nothing.

The table ``[tool.tagboat]`` of ``pyproject.toml``, or the whole of ``tagboat.toml``, spelled with dashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagboat.core.canonical import JSON


@dataclass(frozen=True, slots=True)
class Shard:
    """One machine's part of a component's build.

    Attributes:
        name: unique in the component.
        python: the interpreter to build with (``3.12``), or "" for the running one.
        builder: ``build`` (PyPA build's front end), ``uv``, ``command`` (a project's own), or ``adopt``
            (a folder that another machine, such as cibuildwheel's, filled).
        command: with ``command``: the program and its arguments; ``{out}`` is the folder for its files. With ``adopt``:
            what fills that folder in a CI job of its own; empty where something else does.
        sdist: whether this shard makes the sdist.
        wheel: whether this shard makes a wheel.
        wheels: patterns (``cp312-*-manylinux*``) of the wheel tags that this shard must make; empty: any one wheel.
        repair: repair ``linux_*`` wheels with auditwheel; without it such a wheel is refused.
        environment: variables for the build; never a secret.
        runner: the label of the CI machine that builds it, where each shard is a job.
    """

    name: str = "default"
    python: str = ""
    builder: str = "build"
    command: tuple[str, ...] = ()
    sdist: bool = True
    wheel: bool = True
    wheels: tuple[str, ...] = ()
    repair: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    runner: str = "ubuntu-latest"


@dataclass(frozen=True, slots=True)
class Component:
    """One releasable unit of a repository.

    Attributes:
        name: how people and tags call it.
        path: its folder, relative to the root; "." is the root.
        distributions: the distribution names that a release of it publishes, as their metadata spell them.
        tag: the tag grammar, such as ``v{version}``.
        notes: the release notes' path with ``{version}`` in it, or "" for no notes guard.
        lines: branch → PEP 440 specifier of the versions released from it; empty: the default branch, any version.
        checks: the CI workflows (file names such as ``ci.yml``, or display names) that must be green on the commit;
            empty: whatever ran, and at least one, but the workflow that releases.
        jobs: job name pattern → expected conclusion (``success``, ``skipped``); others must be ``success``.
        shards: the parts of its build.
        build_needs: components built from the same commit whose wheels its build may install; not published with it.
        needs: components that must be published before it in the same release.
        pythons: interpreters on which the built files are installed and imported; empty: the running one.
        imports: modules to import after installing; None: the top-level names found in RECORD.
        additions: patterns of files that an sdist may hold beyond the tag's tree and the back end's known additions.
        omissions: None: what an sdist leaves out is listed; else only files of these patterns may be left out.
        targets: the indexes it goes to, in order; names of ``Config.indexes``.
        reproduce: build twice, and refuse when the two differ.
        strict: refuse a missing description or content type, as ``twine check --strict`` does; else they are warnings.
    """

    name: str
    path: str = "."
    distributions: tuple[str, ...] = ()
    tag: str = "v{version}"
    notes: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    jobs: Mapping[str, str] = field(default_factory=dict)
    shards: tuple[Shard, ...] = (Shard(),)
    build_needs: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    imports: tuple[str, ...] | None = None
    additions: tuple[str, ...] = ()
    omissions: tuple[str, ...] | None = None
    targets: tuple[str, ...] = ("pypi",)
    reproduce: bool = False
    strict: bool = True


@dataclass(frozen=True, slots=True)
class IndexTarget:
    """A package index to publish to.

    Attributes:
        name: ``pypi`` and ``testpypi`` are known; any other needs its addresses.
        upload: the upload URL, or "" for the known one.
        simple: the simple API's URL, or "" for the known one.
        staging: files go there first and are installed from there before any final target is touched.
        private: its names must never be looked for on a public index.
        environment: the forge's environment that publishes to it, as its Trusted Publisher names it; "" for the
            index's own name.
    """

    name: str
    upload: str = ""
    simple: str = ""
    staging: bool = False
    private: bool = False
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a release may do when it cannot be sure.

    Attributes:
        index_down: ``stop``, or ``go`` when an unreachable index shall not stop the version guard.
        ci_wait: seconds to wait for a CI run that is queued or running.
        remote_start: seconds for the run of the workflow that a release is handed to to appear.
        remote_wait: seconds to follow that run; then the release waits, and ``resume`` follows it further.
        staging_tries: how often a staged file is looked for before the release stops.
    """

    index_down: str = "stop"
    ci_wait: int = 600
    remote_start: int = 300
    remote_wait: int = 3600
    staging_tries: int = 6


@dataclass(frozen=True, slots=True)
class Workflows:
    """How the project is validated and released inside the forge's CI.

    Attributes:
        ci: the file in ``.github/workflows`` that validates pull requests and the default branch.
        build: the file of the reusable build, called by both others.
        release: the file that releases; its name is what Trusted Publishers are registered with.
        trigger: what starts a release: ``dispatch`` (component and tag are named, by a person or by the pipeline
            ``remote-release``) or ``tag`` (a pushed tag).
        python: the interpreter that Tagboat runs on in the jobs.
        test: the program and arguments that test the project, without a shell; empty: CI only builds.
        docs: the same for the documentation of a release, run after the files are built; empty: none.
        failure_issue: a release that fails opens or updates one issue on the forge, closed by the next success.
    """

    ci: str = "ci.yml"
    build: str = "build.yml"
    release: str = "release.yml"
    trigger: str = "dispatch"
    python: str = "3.13"
    test: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    failure_issue: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """A project's whole configuration.

    Attributes:
        repository: ``owner/name`` on the forge, or "" to read it from the git remote.
        default_branch: the branch that a component without lines is released from, or "" for the forge's own.
        pipeline: the kind of release.
        components: by name, in the file's order.
        indexes: by name.
        policy: the project's policy.
        workflows: how it is released inside the forge's CI.
        source: where it was read, for messages: ``pyproject.toml``, ``tagboat.toml``, ``discovered``.
    """

    repository: str = ""
    default_branch: str = ""
    pipeline: str = "tag-release"
    components: tuple[Component, ...] = ()
    indexes: tuple[IndexTarget, ...] = (IndexTarget("pypi"), IndexTarget("testpypi", staging=True))
    policy: Policy = Policy()
    workflows: Workflows = Workflows()
    source: str = "discovered"

    def component(self, name: str) -> Component:
        """Return the component of this name.

        Raises:
            KeyError: there is none.
        """
        for component in self.components:
            if component.name == name:
                return component
        raise KeyError(name)

    def index(self, name: str) -> IndexTarget:
        """Return the index of this name.

        Raises:
            KeyError: there is none.
        """
        for index in self.indexes:
            if index.name == name:
                return index
        raise KeyError(name)

    def as_json(self) -> dict[str, JSON]:
        """Return the configuration as data: what a plan's basis digests, and what ``config show`` prints."""
        from dataclasses import asdict  # noqa: PLC0415 - asdict is cheap but only this method needs it

        data: dict[str, JSON] = asdict(self)
        return data
