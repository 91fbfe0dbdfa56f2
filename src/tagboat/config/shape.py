"""The shape of the configuration file: the one source of its validation, its JSON Schema and its reference page.

What a key means, its default and an example stand here; what the parts must fulfil together stands in
:mod:`tagboat.config.consistency`. Import this module only where a configuration is really read: pydantic is slow to
import.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tagboat.config import rules
from tagboat.config.planning_shape import (
    ChangelogTable,
    FileTable,
    MessagesTable,
    MessageTable,
    PathTable,
    PlannedTable,
    SectionTable,
    VersionsTable,
)
from tagboat.config.table import Table
from tagboat.config.workflows_shape import WorkflowsTable

Filled = Annotated[str, AfterValidator(rules.filled), Field(min_length=1, max_length=1000)]
_NAME: dict[str, Any] = {"pattern": "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", "maxLength": 100}
Name = Annotated[str, AfterValidator(rules.name), Field(json_schema_extra=_NAME)]
InnerPath = Annotated[str, AfterValidator(rules.inner_path), Field(max_length=1000)]
Branch = Annotated[str, AfterValidator(rules.branch), Field(max_length=250)]
Specifier = Annotated[str, AfterValidator(rules.specifier), Field(max_length=1000)]
Python = Annotated[str, AfterValidator(rules.python), Field(max_length=20)]
Module = Annotated[str, AfterValidator(rules.module), Field(max_length=250)]
Variable = Annotated[str, AfterValidator(rules.variable), Field(max_length=100)]
OpenValue = Annotated[str, AfterValidator(rules.open_value), Field(max_length=4000)]
Address = Annotated[str, AfterValidator(rules.address), Field(max_length=1000)]


class ShardTable(Table):
    """One machine's part of a component's build; a list of tables, ``[[tool.tagboat.components.NAME.shards]]``."""

    name: Name = Field(
        default="default", description="The shard's name, unique in the component.", examples=["linux"]
    )
    python: Annotated[str, AfterValidator(rules.any_python), Field(max_length=20)] = Field(
        default="", description="The interpreter to build with; empty for the running one.", examples=["3.12"]
    )
    builder: Literal["build", "uv", "command", "adopt"] = Field(
        default="build",
        description="What builds: `build` (PyPA's front end), `uv`, `command` (the project's own), or `adopt` "
        "(a folder of wheels that another machine made, for example with cibuildwheel).",
        examples=["adopt"],
    )
    command: list[Filled] = Field(
        default=[],
        max_length=200,
        description='With `builder = "command"`: the program and its arguments, started without a shell. '
        "`{out}` stands for the folder where its files must be. With `adopt`: what fills that folder in a CI job of its "
        "own.",
        examples=[["make", "wheel", "OUT={out}"]],
    )
    sdist: bool = Field(default=True, description="Whether this shard makes the sdist.", examples=[False])
    wheel: bool = Field(default=True, description="Whether this shard makes a wheel.", examples=[True])
    wheels: list[Filled] = Field(
        default=[],
        max_length=200,
        description="Patterns of the wheel tags that this shard must make; empty for any one wheel.",
        examples=[["cp312-*-manylinux*", "cp313-*-manylinux*"]],
    )
    repair: bool = Field(
        default=True,
        description="Repair `linux_*` wheels with auditwheel; without it such a wheel is refused.",
        examples=[False],
    )
    environment: dict[Variable, OpenValue] = Field(
        default={},
        max_length=100,
        description="Variables for the build. Never a secret.",
        examples=[{"CFLAGS": "-O2"}],
    )
    runner: Filled = Field(
        default="ubuntu-latest",
        description="The label of the CI machine that builds this shard, where each shard is a job.",
        examples=["windows-latest"],
    )


class ReleasedTable(Table):
    """The keys of a component that say how it is released."""

    path: InnerPath = Field(
        default=".",
        description="The component's folder, relative to the repository's root.",
        examples=["packages/core"],
    )
    distributions: list[Name] = Field(
        default=[],
        max_length=50,
        description="The distributions that a release publishes, as their metadata spell them; "
        "empty for the one that the project in `path` makes.",
        examples=[["acme-core"]],
    )
    tag: Annotated[str, AfterValidator(rules.grammar)] = Field(
        default="v{version}",
        max_length=250,
        json_schema_extra={"pattern": "^[^{}]*\\{version\\}[^{}]*$"},
        description="The form of the component's tags, with the place of the version. Two components share tags only "
        "when both say so with the same text; a tag is then given as `COMPONENT=TAG`.",
        examples=["core-v{version}"],
    )
    notes: Annotated[str, AfterValidator(rules.notes)] = Field(
        default="",
        max_length=1000,
        description="The release notes' path, with `{version}` in it. They must be there and not be empty before a "
        "release; post-releases are exempt. Empty for no such guard.",
        examples=["docs/release/{version}-notes.rst"],
    )
    lines: dict[Branch, Specifier] = Field(
        default={},
        max_length=100,
        description="Release lines: a branch, and the PEP 440 specifier of the versions that may be released from it. "
        "A pre-release also belongs where its final version does. Without lines: the default branch, any version.",
        examples=[{"main": ">=13", "12.9.x": "==12.9.*"}],
    )
    checks: list[Filled] = Field(
        default=[],
        max_length=100,
        description="The CI workflows that must be green on the commit, by file name or by display name; "
        "empty for all that ran but the workflow that releases, and at least one.",
        examples=[["ci.yml"]],
    )
    jobs: dict[Filled, Literal["success", "skipped"]] = Field(
        default={},
        max_length=200,
        description="Pattern of job names, and the conclusion that is expected of them. All other jobs must be "
        "`success`: a skipped job counts as green for the forge, and not here.",
        examples=[{"docs*": "skipped"}],
    )
    shards: list[ShardTable] = Field(
        default_factory=lambda: [ShardTable()],
        min_length=1,
        max_length=100,
        description="The parts of the build, each a table of its own.",
        examples=[[{"name": "linux", "builder": "adopt"}]],
    )
    build_needs: list[Name] = Field(
        default=[],
        max_length=50,
        description="Components that are built from the same commit and whose wheels this build may install; they are "
        "not published with it.",
        examples=[["bindings"]],
    )
    needs: list[Name] = Field(
        default=[],
        max_length=50,
        description="Components that must be published before this one when both are in a release.",
        examples=[["core"]],
    )
    pythons: list[Python] = Field(
        default=[],
        max_length=20,
        description="The interpreters on which the built files are installed and imported; empty for the running one.",
        examples=[["3.11", "3.14"]],
    )
    imports: list[Module] | None = Field(
        default=None,
        max_length=200,
        description="The modules to import after the installation; left out, the top-level names found in RECORD.",
        examples=[["acme.core"]],
    )
    additions: list[InnerPath] = Field(
        default=[],
        max_length=200,
        description="Patterns of files that an sdist may hold beyond the tag's tree and what the back end is known to "
        "add.",
        examples=[["src/acme/_generated.c"]],
    )
    omissions: list[InnerPath] | None = Field(
        default=None,
        max_length=200,
        description="Patterns of the only files that an sdist may leave out; left out, omissions are listed and "
        "allowed.",
        examples=[["docs/*", ".github/*"]],
    )
    targets: list[Name] = Field(
        default=["pypi"],
        min_length=1,
        max_length=20,
        description="The indexes that the files go to, in this order; staging indexes first. Where a private index is "
        "configured, every component must say its targets.",
        examples=[["testpypi", "pypi"]],
    )
    reproduce: bool = Field(
        default=False, description="Build twice, and refuse when the two differ.", examples=[True]
    )
    strict: bool = Field(
        default=True,
        description="Refuse a missing description and a description without content type, as `twine check --strict` does. "
        "When false they are warnings, as for a project without any configuration; an index accepts both.",
        examples=[False],
    )


class ComponentTable(PlannedTable, ReleasedTable):
    """One releasable unit of the repository, ``[tool.tagboat.components.NAME]``."""


class IndexTable(Table):
    """A package index, ``[tool.tagboat.indexes.NAME]``; ``pypi`` and ``testpypi`` are known without it."""

    upload: Address = Field(
        default="",
        description="The upload URL; may be left out for a known index.",
        examples=["https://packages.example/legacy/"],
    )
    simple: Address = Field(
        default="",
        description="The simple API's URL; may be left out for a known index.",
        examples=["https://packages.example/simple/"],
    )
    staging: bool = Field(
        default=False,
        description="Files go there first, and are installed from there before any final index is touched. "
        "`testpypi` is a staging index from the start.",
        examples=[True],
    )
    private: bool = Field(
        default=False,
        description="Its names are never looked for on a public index: what its components and their builds depend on "
        "comes from a private index, too, which must serve it all.",
        examples=[True],
    )
    environment: Annotated[str, Field(max_length=255)] = Field(
        default="",
        description="The forge's environment that publishes to it, as its Trusted Publisher names it; empty for the "
        "index's own name.",
        examples=["release"],
    )


class PolicyTable(Table):
    """What a release may do when it cannot be sure, ``[tool.tagboat.policy]``."""

    index_down: Literal["stop", "go"] = Field(
        default="stop",
        description="`stop`, or `go` when an unreachable index shall not stop the guard for free versions.",
        examples=["go"],
    )
    ci_wait: int = Field(
        default=600,
        ge=0,
        le=86400,
        description="Seconds to wait for a CI run that is queued or running.",
        examples=[1800],
    )
    remote_start: int = Field(
        default=300,
        ge=1,
        le=86400,
        description='With `pipeline = "remote-release"`: seconds for the workflow\'s run to appear after the tag was pushed or the workflow was dispatched.',
        examples=[60],
    )
    remote_wait: int = Field(
        default=3600,
        ge=1,
        le=86400,
        description='With `pipeline = "remote-release"`: seconds to follow that run. A release that has waited so long ends '
        "with exit status 5, and `tagboat resume` follows the run further.",
        examples=[7200],
    )
    staging_tries: int = Field(
        default=6,
        ge=1,
        le=100,
        description="How often a staged file is looked for before the release stops.",
        examples=[10],
    )


class Document(Table):
    """The whole configuration: ``[tool.tagboat]`` of ``pyproject.toml``, or all of ``tagboat.toml``."""

    repository: Annotated[str, AfterValidator(rules.repository)] = Field(
        default="",
        max_length=200,
        description="`owner/name` on the forge; empty to read it from the git remote.",
        examples=["acme/tools"],
    )
    default_branch: Annotated[str, AfterValidator(rules.default_branch), Field(max_length=250)] = Field(
        default="",
        description="The branch that a component without lines is released from; empty for the forge's own.",
        examples=["main"],
    )
    pipeline: Literal["tag-release", "remote-release"] = Field(
        default="tag-release",
        description="The kind of release: `tag-release` publishes by itself; `remote-release` fills the draft release, "
        "pushes the tag and follows the forge's workflow, which publishes.",
        examples=["remote-release"],
    )
    components: dict[Name, ComponentTable] = Field(
        default={},
        max_length=200,
        json_schema_extra={"propertyNames": _NAME},
        description="The releasable units by name; none for those that the project files themselves describe.",
        examples=[{"core": {"path": "core"}}],
    )
    indexes: dict[Name, IndexTable] = Field(
        default={},
        max_length=50,
        json_schema_extra={"propertyNames": _NAME},
        description="Package indexes by name.",
        examples=[{"internal": {"private": True}}],
    )
    linked: list[Annotated[list[Name], Field(max_length=50)]] = Field(
        default=[],
        max_length=20,
        description="Groups of components that always get one version.",
        examples=[[["core", "extras"]]],
    )
    policy: PolicyTable = Field(
        default_factory=PolicyTable, description="The project's policy.", examples=[{"ci-wait": 1800}]
    )
    workflows: WorkflowsTable = Field(
        default_factory=WorkflowsTable,
        description="How the project is released inside the forge's CI.",
        examples=[{"release": "publish.yml"}],
    )


_COMPONENT = "tool.tagboat.components.NAME"
_BELOW: dict[tuple[Any, ...], type[Table]] = {
    ("shards", 0): ShardTable,
    ("versions",): VersionsTable,
    ("versions", "paths", 0): PathTable,
    ("changelog",): ChangelogTable,
    ("changelog", "sections", 0): SectionTable,
    ("messages",): MessagesTable,
    ("messages", "rules", 0): MessageTable,
    ("files", 0): FileTable,
}
"""Place below a component's table → the table there; 0 stands for any place of a list."""


def tables() -> dict[str, type[Table]]:
    """Return the tables of the file, by the heading that people write."""
    below = {
        ".".join((_COMPONENT, *map(str, place))).replace(".0", ""): table for place, table in _BELOW.items()
    }
    return {
        "tool.tagboat": Document,
        _COMPONENT: ComponentTable,
        **below,
        "tool.tagboat.indexes.NAME": IndexTable,
        "tool.tagboat.policy": PolicyTable,
        "tool.tagboat.workflows": WorkflowsTable,
    }


def table_at(place: tuple[Any, ...]) -> type[Table] | None:
    """Return the table that stands at this place of the file, or None when none does."""
    match place:
        case ():
            return Document
        case ("components", _):
            return ComponentTable
        case ("components", _, *below):
            return _BELOW.get(tuple(0 if isinstance(part, int) else part for part in below))
        case ("indexes", _):
            return IndexTable
        case ("policy" | "workflows" as name,):
            return PolicyTable if name == "policy" else WorkflowsTable
        case _:
            return None
