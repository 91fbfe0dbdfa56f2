"""A workflow file as it is run; strings keep their expressions until the moment when these have a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Input:
    """An input of ``workflow_dispatch`` or ``workflow_call``."""

    name: str
    kind: str = "string"
    required: bool = False
    default: object = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows an event; None where nothing is said."""

    branches: tuple[str, ...] | None = None
    branches_ignore: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    tags_ignore: tuple[str, ...] | None = None
    paths: tuple[str, ...] | None = None
    paths_ignore: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """``workflow_call``: what a caller may or must give, and gets."""

    inputs: Mapping[str, Input] = field(default_factory=dict)
    secrets: Mapping[str, bool] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Triggers:
    """The ``on`` of a workflow; ``unplayed`` names events that nothing in this sandbox causes."""

    push: Filters | None = None
    pull_request: Filters | None = None
    dispatch: Mapping[str, Input] | None = None
    called: Called | None = None
    unplayed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A group in which one run or job goes at a time."""

    group: str
    cancel: object = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """``defaults.run``."""

    shell: str | None = None
    directory: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``run`` or ``uses``."""

    line: int
    id: str
    name: str | None = None
    condition: str | None = None
    run: str | None = None
    uses: str | None = None
    given: Mapping[str, object] = field(default_factory=dict)
    shell: str | None = None
    directory: str | None = None
    env: Mapping[str, object] = field(default_factory=dict)
    lenient: object = False
    minutes: object = None


@dataclass(frozen=True, slots=True)
class Strategy:
    """``strategy``: the matrix may be an expression, or have some inside."""

    matrix: object = None
    fail_fast: object = True
    most: object = None


@dataclass(frozen=True, slots=True)
class Place:
    """``environment`` of a job."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job, or (with ``uses``) the call of another workflow; ``secrets`` is a mapping, ``inherit`` or None."""

    line: int
    id: str
    name: str | None = None
    needs: tuple[str, ...] = ()
    condition: str | None = None
    labels: object = None
    steps: tuple[Step, ...] = ()
    uses: str | None = None
    given: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, object] | str | None = None
    permissions: Mapping[str, str] | None = None
    env: Mapping[str, object] = field(default_factory=dict)
    defaults: Defaults = field(default_factory=Defaults)
    outputs: Mapping[str, str] = field(default_factory=dict)
    strategy: Strategy | None = None
    concurrency: Concurrency | None = None
    environment: Place | None = None
    lenient: object = False
    minutes: object = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A whole file; ``permissions`` None means the repository's default."""

    path: str
    name: str
    title: str | None
    triggers: Triggers
    jobs: Mapping[str, Job]
    permissions: Mapping[str, str] | None = None
    env: Mapping[str, object] = field(default_factory=dict)
    defaults: Defaults = field(default_factory=Defaults)
    concurrency: Concurrency | None = None
