"""The shape of the tables that say how a component is planned; their attributes are those of :mod:`tagboat.config.planning`.

What a key means, its default and an example stand here; what keys must fulfil together stands in
:mod:`tagboat.config.planning_consistency`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tagboat.config import planning_values as values
from tagboat.config import rules
from tagboat.config.planning import SECTIONS, EditKind, NotesFormat, Scheme, Strategy
from tagboat.config.table import Table

LevelWord = Literal["none", "patch", "minor", "major"]
Expression = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(values.expression)]
AnyExpression = Annotated[str, Field(max_length=1000), AfterValidator(values.any_expression)]
Glob = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(values.glob)]
Kind = Annotated[str, Field(max_length=100), AfterValidator(values.kind)]
Train = Annotated[str, Field(max_length=50), AfterValidator(values.train)]
Text = Annotated[str, Field(max_length=1000), AfterValidator(rules.plain)]
Filled = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(rules.filled)]


class PathTable(Table):
    """How far changed files move the version; a list of tables, ``[[tool.tagboat.components.NAME.versions.paths]]``."""

    patterns: list[Glob] = Field(
        default=[],
        max_length=200,
        description="Patterns of the files, relative to the component's folder; `**` stands for any folders.",
        examples=[["src/acme/api/**"]],
    )
    level: LevelWord = Field(
        default="patch", description="How far such a change moves the version.", examples=["minor"]
    )
    only: Literal["any", "set", "content"] = Field(
        default="any",
        description="Which change counts: `any`, `set` (a file was added or removed), or `content` (a changed line "
        "matches `content`).",
        examples=["set"],
    )
    content: AnyExpression = Field(
        default="", description='With `only = "content"`: a regular expression.', examples=["^class .*Model"]
    )
    cap: bool = Field(
        default=False,
        description="These files never move the version further than `level`, whatever other rules say.",
        examples=[True],
    )
    reason: Text = Field(default="", description="Why, for people.", examples=["the public contract"])


class VersionsTable(Table):
    """How the next version follows from the last one and the changes, ``[tool.tagboat.components.NAME.versions]``."""

    scheme: Scheme = Field(default="pep440", description="The grammar of versions.", examples=["semver"])
    pattern: Annotated[str, Field(max_length=100), AfterValidator(values.calver)] = Field(
        default="",
        description='With `scheme = "calver"`: the pattern, in the words of calver.org.',
        examples=["YYYY.0M.MICRO"],
    )
    strategy: Strategy = Field(
        default="default",
        description="What decides how far the version moves: `default` (the changes), `always-patch`, `always-minor`, "
        "`always-major`, `prerelease` (a suffix that is there stays and is counted up), `service-pack`, `paths` (the "
        "files that changed, by `paths`), or `manual` (a person writes it into the project's files, in a reviewed change, or says it each time).",
        examples=["paths"],
    )
    levels: dict[Kind, LevelWord] = Field(
        default={"feat": "minor", "feature": "minor"},
        max_length=200,
        description="Type of change, and how far it moves the version.",
        examples=[{"feat": "minor", "docs": "none"}],
    )
    other: LevelWord = Field(
        default="patch", description="The level of every type that `levels` does not name.", examples=["none"]
    )
    breaking: LevelWord = Field(
        default="major", description="The level of a change that breaks something.", examples=["minor"]
    )
    breaking_below_one: LevelWord = Field(
        default="major",
        description="The level of a change that breaks something, while the major version is 0.",
        examples=["minor"],
    )
    minor_below_one: LevelWord = Field(
        default="minor",
        description="The level of what would be minor, while the major version is 0.",
        examples=["patch"],
    )
    zero_holds: bool = Field(
        default=False,
        description="Changes never lead out of the major version 0; a person does.",
        examples=[True],
    )
    zero_ends: bool = Field(
        default=False, description="What follows a version below 1 is 1.0.0.", examples=[True]
    )
    releases: Literal["notes", "level"] = Field(
        default="notes",
        description="When a release is due: `notes` (the changelog has an entry for it), or `level` (a change moves the "
        'version). Left out with `strategy = "paths"`: `level`.',
        examples=["level"],
    )
    train: Train = Field(
        default="",
        description="The pre-releases that the next version belongs to, such as `a`, `b`, `rc` or `dev`; empty for final "
        "versions.",
        examples=["rc"],
    )
    graduates: bool = Field(
        default=True,
        description="Without a train, a pre-release is followed by its final version; when false, its suffix stays.",
        examples=[False],
    )
    release_as: Text = Field(
        default="",
        description="The next version, chosen by a person; without effect once it is released.",
        examples=["2.0.0"],
    )
    initial: Text = Field(
        default="0.1.0", min_length=1, description="The version of the first release.", examples=["1.0.0"]
    )
    paths: list[PathTable] = Field(
        default=[],
        max_length=200,
        description='With `strategy = "paths"`: how far changed files move the version, each rule a table of its own.',
        examples=[[{"patterns": ["src/**"], "level": "minor"}]],
    )


class SectionTable(Table):
    """A heading of the notes; a list of tables, ``[[tool.tagboat.components.NAME.changelog.sections]]``."""

    type: Kind = Field(default="", description="The type of change below it.", examples=["feat"])
    title: Text = Field(default="", description="The heading.", examples=["Features"])
    hidden: bool = Field(
        default=False, description="Leave the type out, unless something breaks.", examples=[True]
    )


class ChangelogTable(Table):
    """How the notes of a release are written, and where, ``[tool.tagboat.components.NAME.changelog]``."""

    format: NotesFormat = Field(
        default="markdown",
        description="Who writes them: `markdown` (as release-please does), `keep-a-changelog`, `restructuredtext`, "
        "`towncrier` (from its fragments), `template` (an own Jinja2 template), or `none`.",
        examples=["keep-a-changelog"],
    )
    path: Annotated[str, Field(max_length=1000), AfterValidator(values.changelog)] = Field(
        default="CHANGELOG.md",
        description="The changelog, relative to the component's folder; empty for none.",
        examples=["docs/changes.md"],
    )
    sections: list[SectionTable] = Field(
        default=[SectionTable(type=s.type, title=s.title, hidden=s.hidden) for s in SECTIONS],
        max_length=200,
        description="The headings in their order; types without one are left out.",
        examples=[[{"type": "feat", "title": "Features"}]],
    )
    template: Annotated[str, Field(max_length=1000), AfterValidator(values.changelog)] = Field(
        default="",
        description='With `format = "template"`: the template\'s path, relative to the root.',
        examples=["docs/notes.md.jinja"],
    )
    fragments: Annotated[str, Field(max_length=1000), AfterValidator(values.changelog)] = Field(
        default="",
        description='With `format = "towncrier"`: the file that configures towncrier, relative to the root.',
        examples=["pyproject.toml"],
    )
    host: Annotated[str, Field(max_length=1000), AfterValidator(values.host)] = Field(
        default="",
        description="The forge's address for links; empty for that of the git remote.",
        examples=["https://forge.example"],
    )
    planned: Text = Field(
        default="",
        description="The heading's word for a version that is only planned.",
        examples=["tbd"],
    )
    cases: list[Filled] | None = Field(
        default=None,
        alias="sentence-case",
        max_length=200,
        description="Begin each entry with a capital letter, but for these words; left out, entries stay as they are.",
        examples=[["gRPC", "npm"]],
    )
    settings: dict[Literal["references", "start-string"], Text] = Field(
        default={},
        description="More for one format: `references` (with `markdown`: the word before the issues of a change, "
        "`closes` by default) and `start-string` (with `template`: the line below which new notes are put).",
        examples=[{"references": "refs"}],
    )


class MessageTable(Table):
    """What a commit counts as when its message matches; a list of tables, ``[[….messages.rules]]``."""

    pattern: AnyExpression = Field(
        default="",
        description="A regular expression that is searched for in the message. The first rule that matches wins.",
        examples=["^Merge release"],
    )
    type: Kind = Field(
        default="", description="The type that the commit counts as; empty keeps its own.", examples=["fix"]
    )
    scope: Text = Field(
        default="", description="The scope that it gets; empty keeps its own.", examples=["api"]
    )
    level: LevelWord | None = Field(
        default=None,
        description="How far it moves the version; left out, `versions.levels` says it.",
        examples=["minor"],
    )
    skip: bool = Field(default=False, description="Leave the commit out.", examples=[True])
    breaking: bool = Field(default=False, description="What matches breaks something.", examples=[True])


class MessagesTable(Table):
    """How commit messages are read, ``[tool.tagboat.components.NAME.messages]``."""

    rules: list[MessageTable] = Field(
        default=[],
        max_length=200,
        description="Own rules, tried before the message's header is read, each a table of its own.",
        examples=[[{"pattern": "^Bump ", "type": "deps"}]],
    )
    each_line: bool = Field(
        default=False,
        description="Search the rules' patterns in every line of the message, and let each match count.",
        examples=[True],
    )
    reverts: bool = Field(
        default=True, description="A revert takes what it names out of the release.", examples=[False]
    )
    bullets: bool = Field(
        default=False,
        description="The bullets of a squash message are changes of their own.",
        examples=[True],
    )
    once: bool = Field(
        default=True, description="What a merge or a cherry-pick repeats counts once.", examples=[False]
    )
    unknown: Literal["list", "keep"] = Field(
        default="list",
        description="What becomes of a commit whose header cannot be read: `list` it and leave it out, or `keep` it as a "
        "change without a type.",
        examples=["keep"],
    )
    types: list[Filled] = Field(
        default=[],
        max_length=200,
        description="The only types that count, spelled exactly so; none for every word.",
        examples=[["feat", "fix"]],
    )
    bodies: bool = Field(
        default=True,
        description="Changes below the header (footers, paragraphs, nested blocks) count too.",
        examples=[False],
    )
    merges: bool = Field(default=True, description="The messages of merges are read.", examples=[False])


class FileTable(Table):
    """A place that holds the version; a list of tables, ``[[tool.tagboat.components.NAME.files]]``."""

    path: Annotated[str, Field(max_length=1000), AfterValidator(values.file)] = Field(
        default="",
        description="The file, or with `*` several: relative to the component's folder, with a leading `/` to the root. "
        "Only `auto` needs none.",
        examples=["src/acme/version.py"],
    )
    kind: EditKind = Field(
        default="auto",
        description="What stands there: `auto` (by the file's name; without a path: every place that the package's own "
        "files use), `python` (`__version__`), `text` (the whole file), `markers` (release-please's annotations), "
        "`toml`, `json`, `yaml` (a key), `pattern` (a search and a replacement), or `lock` (a lock file).",
        examples=["python"],
    )
    key: Text = Field(
        default="",
        description="The key's path (`$.version` when empty), or the name of the variable in Python.",
        examples=["$.project.version"],
    )
    search: Annotated[str, Field(max_length=4000)] = Field(
        default="",
        description='With `kind = "pattern"`: text to look for, with `{version}` (any version), `{last}` (that of the last '
        "release), `{date}` and others in it.",
        examples=["version: {version}"],
    )
    replace: Annotated[str, Field(max_length=4000)] = Field(
        default="",
        description="What it becomes; empty for the same as `search`.",
        examples=["version: {version}"],
    )
    line: AnyExpression = Field(
        default="",
        description="A regular expression; only lines that it is found in are looked at.",
        examples=["^release:"],
    )
    every: bool = Field(
        default=False, description="Change every match; else a second one is a mistake.", examples=[True]
    )
    required: bool = Field(
        default=True,
        description="A place that is missing is a mistake; else it is passed over.",
        examples=[False],
    )
    date: Annotated[str, Field(max_length=60), AfterValidator(values.day)] = Field(
        default="",
        description="Write the day of the release there, in this form of `strftime`, and not the version.",
        examples=["%Y-%m-%d"],
    )


class PlannedTable(Table):
    """The keys of a component that say how it is planned."""

    exclude: list[Annotated[str, Field(max_length=1000), AfterValidator(rules.inner_path)]] = Field(
        default=[],
        max_length=200,
        description="Folders, relative to the repository's root, whose commits do not count for the component.",
        examples=[["packages/core/docs"]],
    )
    ignored_tags: list[Expression] = Field(
        default=[],
        max_length=100,
        description="Regular expressions of tags that are never a release of it.",
        examples=[["^v0\\.0\\."]],
    )
    trains: dict[Expression, Train] = Field(
        default={},
        max_length=100,
        description="Pre-release trains by branch: a regular expression for the branch's name from its beginning, and the "
        "train of what is released from it; empty for final versions. The first that matches counts instead of "
        "`versions.train`.",
        examples=[{"next$": "rc"}],
    )
    versioning: VersionsTable = Field(
        default_factory=VersionsTable,
        alias="versions",
        description="How the next version follows from the changes.",
        examples=[{"scheme": "semver"}],
    )
    notes_table: ChangelogTable = Field(
        default_factory=ChangelogTable,
        alias="changelog",
        description="How the notes of a release are written, and where.",
        examples=[{"format": "keep-a-changelog"}],
    )
    reading: MessagesTable = Field(
        default_factory=MessagesTable,
        alias="messages",
        description="How commit messages are read.",
        examples=[{"reverts": False}],
    )
    edits: list[FileTable] = Field(
        default=[FileTable()],
        alias="files",
        max_length=200,
        description="The places that hold the version, each a table of its own; left out, every place that the package's "
        "own files use (a table with nothing in it stands for those), and empty for none.",
        examples=[[{}, {"path": "docs/conf.py", "kind": "python", "key": "release"}]],
    )
