"""How a component's next version, its notes and its file edits are planned: the rules, as data, whoever wrote them.

They come from Tagboat's own configuration or from another tool's file, read by one of :mod:`tagboat.config.dialects`.
The defaults are release-please's for a Python package, because most projects that configure nothing expect those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from tagboat.core.change import Level
from tagboat.core.record import Record

Scheme = Literal["pep440", "semver", "calver"]
Strategy = Literal[
    "default", "always-patch", "always-minor", "always-major", "prerelease", "service-pack", "paths", "manual"
]
NotesFormat = Literal["markdown", "keep-a-changelog", "restructuredtext", "towncrier", "template", "none"]
EditKind = Literal["auto", "python", "text", "markers", "toml", "json", "yaml", "pattern", "lock"]

NOTHING: Final[Mapping[str, str]] = {}
LEVELS: Final[Mapping[str, Level]] = {"feat": Level.MINOR, "feature": Level.MINOR}
"""How far a type of change moves the version where nothing else is configured."""


class Section(Record):
    """A heading of the notes, and the type of change below it.

    Attributes:
        type: the change's type, in lower case.
        title: the heading.
        hidden: leave the type out, unless something breaks.
    """

    type: str
    title: str
    hidden: bool = False


SECTIONS: Final = (
    Section("feat", "Features"),
    Section("fix", "Bug Fixes"),
    Section("perf", "Performance Improvements"),
    Section("deps", "Dependencies"),
    Section("revert", "Reverts"),
    Section("docs", "Documentation"),
    Section("style", "Styles", hidden=True),
    Section("chore", "Miscellaneous Chores", hidden=True),
    Section("refactor", "Code Refactoring", hidden=True),
    Section("test", "Tests", hidden=True),
    Section("build", "Build System", hidden=True),
    Section("ci", "Continuous Integration", hidden=True),
)
"""The sections of a Python package: release-please 17.1.3, strategies/python.ts."""


class MessageRule(Record):
    """What a commit counts as when its message matches; the first rule that matches wins.

    Attributes:
        pattern: a regular expression, searched for in the message (or in one line of it).
        type: the type that it counts as; "" keeps the header's own.
        scope: the scope that it gets; "" keeps the header's own.
        level: how far it moves the version; None leaves that to :attr:`Versioning.levels`.
        skip: leave the commit out.
        word: a regular expression that the pattern's first group must match from its beginning; "" for any word.
        breaking: what matches breaks something.
    """

    pattern: str
    type: str = ""
    scope: str = ""
    level: Level | None = None
    skip: bool = False
    word: str = ""
    breaking: bool = False


class ReadingRules(Record):
    """How commit messages are read.

    Attributes:
        rules: tried on every commit before its header is read.
        each_line: search the rules' patterns in every line of the message, and let each match count (commitizen).
        reverts: a revert takes what it names out of the release: git's and GitHub's message and ``revert:``.
        bullets: the bullets of a squash message are changes of their own.
        once: a merge's or a cherry-pick's changes count once.
        unknown: what becomes of a commit whose header cannot be read: ``list`` it, or take it as a change of the
            type ``""`` (``keep``).
        types: the only types that can be read, spelled exactly so; none for every word.
        bodies: changes that stand below a header, in footers, paragraphs and nested blocks, count too.
        merges: the messages of merges are read.
    """

    rules: tuple[MessageRule, ...] = ()
    each_line: bool = False
    reverts: bool = True
    bullets: bool = False
    once: bool = True
    unknown: Literal["list", "keep"] = "list"
    types: tuple[str, ...] = ()
    bodies: bool = True
    merges: bool = True


class PathRule(Record):
    """How far a change of these files moves the version, whatever its message says (strategy ``paths``).

    Attributes:
        patterns: glob patterns relative to the component's folder, ``**`` for any depth.
        level: how far.
        only: which change of a file counts: ``any``, ``set`` (one was added or removed), or ``content``
            (a line of the diff matches :attr:`content`).
        content: with ``only = "content"``: a regular expression.
        cap: the files never move it further than ``level``, whatever other rules say (patch-only overrides).
        reason: why, for people.
    """

    patterns: tuple[str, ...]
    level: Level
    only: Literal["any", "set", "content"] = "any"
    content: str = ""
    cap: bool = False
    reason: str = ""


class Versioning(Record):
    """How the next version follows from the last one and the changes.

    Attributes:
        scheme: the grammar of versions.
        pattern: with ``calver``: the pattern, such as ``YYYY.0M.MICRO`` (https://calver.org).
        strategy: what decides the level.
        levels: type of change in lower case → level.
        other: the level of every type that ``levels`` does not name.
        breaking: the level of a change that breaks something.
        breaking_below_one: the same while the major version is 0.
        minor_below_one: the level of what would be minor while the major version is 0.
        zero_holds: the major version 0 is never left by changes, only by a person.
        zero_ends: what follows a version below 1 is 1.0.0 (python-semantic-release without ``allow_zero_version``).
        releases: a release is due when the notes have an entry (``notes``), or when the level is above none (``level``).
        train: the pre-release that the next version belongs to (``a``, ``b``, ``rc``, ``dev``, release-please's
            ``beta``), or "" for final versions.
        graduates: without a train, a pre-release is followed by its final version; False: its suffix stays, and the
            components move all the same (release-please's ``default`` strategy).
        release_as: the next version, chosen by a person; without effect once it is not above the last release.
        initial: the version of the first release.
        paths: with the strategy ``paths``.
    """

    scheme: Scheme = "pep440"
    pattern: str = ""
    strategy: Strategy = "default"
    levels: Mapping[str, Level] = LEVELS
    other: Level = Level.PATCH
    breaking: Level = Level.MAJOR
    breaking_below_one: Level = Level.MAJOR
    minor_below_one: Level = Level.MINOR
    zero_holds: bool = False
    zero_ends: bool = False
    releases: Literal["notes", "level"] = "notes"
    train: str = ""
    graduates: bool = True
    release_as: str = ""
    initial: str = "0.1.0"
    paths: tuple[PathRule, ...] = ()


class Notes(Record):
    """How the notes of a release are written, and where.

    Attributes:
        format: who renders them.
        path: the changelog, relative to the component's folder; "" writes none.
        sections: headings, in order; types without one are left out.
        template: with ``template``: the Jinja2 template's path, relative to the root.
        fragments: with ``towncrier``: the file that configures it, relative to the root.
        host: the forge's address for links, without a slash at the end.
        planned: the heading's word for a version that is planned only (pypiserver's ``tbd``).
        cases: upper-case the subject's first letter, but for these words; None: leave subjects alone.
        settings: more for one format: ``references``, ``start-string``, or ``breaking`` = ``raw`` for notes of breaking
            changes with their HTML.
    """

    format: NotesFormat = "markdown"
    path: str = "CHANGELOG.md"
    sections: tuple[Section, ...] = SECTIONS
    template: str = ""
    fragments: str = ""
    host: str = ""
    planned: str = ""
    cases: tuple[str, ...] | None = None
    settings: Mapping[str, str] = NOTHING


class Edit(Record):
    """A place that holds the version.

    Attributes:
        path: the file, or with ``*`` several, relative to the component's folder; with a leading ``/`` to the root.
        kind: ``auto`` (every place that the package's own files use), ``python`` (``__version__`` in all its
            spellings), ``text`` (the whole file), ``markers`` (release-please's annotations), ``toml``, ``json``,
            ``yaml`` (a key), ``pattern`` (a search and a replacement), ``lock`` (a lock file that lists the component).
        key: the key's path (``$.project.version``), or the name of the variable in Python.
        search: with ``pattern``: literal text with placeholders to look for; :mod:`tagboat.planner.edits.patterns`
            lists them (``{version}`` is any version, ``{last}`` that of the last release).
        replace: with ``pattern``: what it becomes; "" for the same as ``search``.
        line: with ``pattern``: a regular expression; only lines that it is found in are looked at.
        every: with ``pattern``, and with ``python`` and a key: change every match (bump-my-version, bumpver,
            commitizen); else a second is an error.
        required: that the place is missing is an error; else it is passed over.
        date: write the date of the release there, in this ``strftime`` form, and not the version.
    """

    path: str = ""
    kind: EditKind = "auto"
    key: str = ""
    search: str = ""
    replace: str = ""
    line: str = ""
    every: bool = False
    required: bool = True
    date: str = ""


class Rules(Record):
    """The planning rules of one component.

    Attributes:
        component: its name.
        distribution: the name of its distribution, for edits and lock files; "" when nothing says it.
        path: its folder, relative to the root; "." is the root.
        exclude: folders whose commits do not count for it.
        tag: the grammar of its tags (``v{version}``).
        ignored_tags: regular expressions of tags that are never a release of it.
        lines: branch → PEP 440 specifier of the versions released from it.
        trains: a regular expression of branches, matched from the beginning of the name → the train of what is
            released from them, "" for final versions; the first that matches counts instead of
            :attr:`Versioning.train`.
        reading: how commit messages are read.
        versioning: how the version follows.
        notes: how notes are written.
        edits: the places that hold the version.
        manifest: the version that a file of the tool gives as the last one, or "".
        manifest_path: that file, when the tool lives by it (release-please's manifest): it goes before newer tags.
        since: the commit before the first that counts, while there is no release yet; or "".
        stop: a commit whose history never counts; or "".
    """

    component: str
    distribution: str = ""
    path: str = "."
    exclude: tuple[str, ...] = ()
    tag: str = "v{version}"
    ignored_tags: tuple[str, ...] = ()
    lines: Mapping[str, str] = NOTHING
    trains: Mapping[str, str] = NOTHING
    reading: ReadingRules = ReadingRules()
    versioning: Versioning = Versioning()
    notes: Notes = Notes()
    edits: tuple[Edit, ...] = (Edit(),)
    manifest: str = ""
    manifest_path: str = ""
    since: str = ""
    stop: str = ""


class Remark(Record):
    """Something in another tool's file that was not carried over.

    Attributes:
        place: the file and the key (``release-please-config.json: packages.".".snapshot-label``).
        text: why: it does not apply, or it has no counterpart.
        applies: whether it would matter for planning; False for what is another stage's or another language's.
    """

    place: str
    text: str
    applies: bool = True


class Planning(Record):
    """All planning rules of a repository.

    Attributes:
        dialect: whose configuration it is: ``tagboat``, ``release-please``…, or ``defaults``.
        source: the file that it was read from, or "".
        components: the components' rules, in the file's order.
        linked: groups of components that always get one version.
        origins: value (``acme.versioning.strategy``) → where it was said (``cz.toml: [tool.commitizen] …``); what is
            not here has its default.
        remarks: what was not carried over.
        repository: ``owner/name`` on the forge, for links; "" when the configuration does not say it.
    """

    dialect: str
    source: str = ""
    components: tuple[Rules, ...] = ()
    linked: tuple[tuple[str, ...], ...] = ()
    origins: Mapping[str, str] = NOTHING
    remarks: tuple[Remark, ...] = ()
    repository: str = ""
