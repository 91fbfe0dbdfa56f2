"""What a workflow file says, as frozen data; every element knows its line.

A text is a :class:`Text`: a ``str`` with the line on which it stands. What the file leaves out is "" or empty or None.
Nothing is evaluated here: ``${{ ... }}`` stands in the texts as written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

Data = str | int | float | bool | None | Sequence["Data"] | Mapping[str, "Data"]
"""A value of a matrix or an input, with the type that the forge gives it."""


class Text(str):
    """A text of the file with the line on which it begins; compared as the text that it is."""

    __slots__ = ("line",)
    line: int

    def __new__(cls, value: str = "", line: int = 0) -> Self:
        """Return ``value`` with its line; 0 where the file says nothing."""
        text = super().__new__(cls, value)
        text.line = line
        return text

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override] # a copy keeps its line
        return str(self), self.line


NONE = Text()


@dataclass(frozen=True, slots=True)
class Input:
    """An input of ``workflow_dispatch`` or ``workflow_call``.

    Attributes:
        kind: ``string``, ``boolean``, ``choice``, ``number`` or ``environment``.
        default: its value where the caller gives none; None where there is none.
        options: what may be chosen.
    """

    name: Text
    line: int
    kind: Text = field(default_factory=lambda: Text("string"))
    required: bool = False
    default: Data = None
    options: tuple[Text, ...] = ()
    description: Text = NONE


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event that starts the workflow, with its filters.

    Attributes:
        name: ``push``, ``pull_request``, ``workflow_dispatch`` ...
        types: the activities that count; empty for the event's own default.
        workflows: with ``workflow_run``: the display names that are followed.
        cron: with ``schedule``: the times.
        outputs: with ``workflow_call``: name to expression.
        secrets: with ``workflow_call``: the names.
    """

    name: Text
    line: int
    branches: tuple[Text, ...] = ()
    branches_ignore: tuple[Text, ...] = ()
    tags: tuple[Text, ...] = ()
    tags_ignore: tuple[Text, ...] = ()
    paths: tuple[Text, ...] = ()
    paths_ignore: tuple[Text, ...] = ()
    types: tuple[Text, ...] = ()
    workflows: tuple[Text, ...] = ()
    cron: tuple[Text, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: Mapping[str, Text] = field(default_factory=dict)
    secrets: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the token of a job may do, as written at one place.

    Attributes:
        every: ``read`` or ``write`` for ``read-all`` and ``write-all``; else "".
        scopes: scope to ``read``, ``write`` or ``none``; what is not named is ``none``.
    """

    line: int
    every: str = ""
    scopes: Mapping[str, Text] = field(default_factory=dict)

    def of(self, scope: str) -> str:
        """Return ``read``, ``write`` or ``none`` for a scope such as ``id-token``."""
        return self.every or str(self.scopes.get(scope, "none"))


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A group of which one run is active at a time."""

    line: int
    group: Text = NONE
    cancel_in_progress: Text = NONE


@dataclass(frozen=True, slots=True)
class Environment:
    """The forge's environment of a job."""

    line: int
    name: Text = NONE
    url: Text = NONE


@dataclass(frozen=True, slots=True)
class Container:
    """An image that a job, or a service beside it, runs in."""

    name: Text
    line: int
    image: Text = NONE


@dataclass(frozen=True, slots=True)
class Matrix:
    """A job's matrix.

    Attributes:
        expression: the whole matrix as one expression; the rest is empty then.
        axes: name to its values, or to the expression that gives them.
        include: entries to add or to extend, or the expression that gives them.
        exclude: combinations to leave out, or the expression that gives them.
    """

    line: int
    expression: Text = NONE
    axes: Mapping[str, Text | tuple[Data, ...]] = field(default_factory=dict)
    include: Text | tuple[Mapping[str, Data], ...] = ()
    exclude: Text | tuple[Mapping[str, Data], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job: an action that is used, or text that a shell runs."""

    line: int
    id: Text = NONE
    name: Text = NONE
    condition: Text = NONE
    uses: Text = NONE
    inputs: Mapping[str, Text] = field(default_factory=dict)
    run: Text = NONE
    shell: Text = NONE
    env: Mapping[str, Text] = field(default_factory=dict)
    working_directory: Text = NONE
    continue_on_error: Text = NONE
    timeout_minutes: Text = NONE


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Attributes:
        condition: its ``if``.
        labels: what ``runs-on`` asks for; one expression counts as one label.
        group: the group of runners, or "".
        fail_fast: as written, or "".
        permissions: None where the workflow's count.
        uses: the reusable workflow that it calls, or "".
        inputs: what that is called ``with``.
        secrets: the secrets that it gets, by name.
        inherits_secrets: whether that is ``secrets: inherit``.
        shell: the default shell of its ``run`` steps, or "".
        directory: their default working directory, or "".
    """

    id: Text
    line: int
    name: Text = NONE
    needs: tuple[Text, ...] = ()
    condition: Text = NONE
    labels: tuple[Text, ...] = ()
    group: Text = NONE
    matrix: Matrix | None = None
    fail_fast: Text = NONE
    max_parallel: Text = NONE
    environment: Environment | None = None
    permissions: Permissions | None = None
    concurrency: Concurrency | None = None
    outputs: Mapping[str, Text] = field(default_factory=dict)
    env: Mapping[str, Text] = field(default_factory=dict)
    uses: Text = NONE
    inputs: Mapping[str, Text] = field(default_factory=dict)
    secrets: Mapping[str, Text] = field(default_factory=dict)
    inherits_secrets: bool = False
    services: tuple[Container, ...] = ()
    container: Container | None = None
    timeout_minutes: Text = NONE
    continue_on_error: Text = NONE
    shell: Text = NONE
    directory: Text = NONE
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A whole file.

    Attributes:
        file: its path, for people.
        unread: keys that this reader does not know, with their lines; the forge may know them.
    """

    file: str
    name: Text = NONE
    run_name: Text = NONE
    triggers: tuple[Trigger, ...] = ()
    permissions: Permissions | None = None
    env: Mapping[str, Text] = field(default_factory=dict)
    concurrency: Concurrency | None = None
    shell: Text = NONE
    directory: Text = NONE
    jobs: tuple[Job, ...] = ()
    unread: tuple[Text, ...] = ()

    def trigger(self, name: str) -> Trigger | None:
        """Return the trigger of this name, or None."""
        return next((trigger for trigger in self.triggers if trigger.name == name), None)

    def job(self, name: str) -> Job | None:
        """Return the job of this id, or None."""
        return next((job for job in self.jobs if job.id == name), None)

    def permission(self, job: Job, scope: str) -> str:
        """Return what a job's token may do with a scope: ``read``, ``write`` or ``none``.

        "" stands for the repository's own setting, which no file tells.
        """
        said = job.permissions or self.permissions
        return said.of(scope) if said is not None else ""
