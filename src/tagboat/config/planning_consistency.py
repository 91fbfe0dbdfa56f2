"""What the planning keys of a configuration must fulfil together, beyond each key for itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from packaging.version import InvalidVersion, Version

from tagboat.config.mistakes import Mistake, near
from tagboat.config.places import Path
from tagboat.config.planning_shape import ChangelogTable, FileTable, MessagesTable, PathTable, VersionsTable
from tagboat.config.shape import ComponentTable, Document

_SEMVER: Final = re.compile(
    r"v?\d{1,20}\.\d{1,20}\.\d{1,20}(?:-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?"
)
_TRAIN: Final = re.compile(r"(?:a|alpha|b|beta|c|rc|pre|preview|dev|post)(?:\.?\d{1,9})?")
_STRUCTURED: Final = ("toml", "json", "yaml")
Said = Iterator[tuple[Path, str]]


def planning_inconsistencies(document: Document) -> Iterator[Mistake]:
    """Yield a mistake for each rule that the planning keys break."""
    for name, component in document.components.items():
        for path, said in _component(component):
            yield Mistake(("components", name, *path), said)
    for path, said in _linked(document.linked, list(document.components)):
        yield Mistake(("linked", *path), said)


def _component(component: ComponentTable) -> Said:
    scheme = component.versioning.scheme
    yield from ((("versions", *path), said) for path, said in _versions(component.versioning))
    for branch, train in component.trains.items():
        yield from ((("trains", branch), said) for said in _train(train, scheme))
    yield from ((("changelog", *path), said) for path, said in _changelog(component.notes_table))
    yield from ((("messages", "rules", *path), said) for path, said in _messages(component.reading))
    for place, table in enumerate(component.edits):
        yield from ((("files", place, *path), said) for path, said in _file(table))
    for place, folder in enumerate(component.exclude):
        if not PurePosixPath(folder).is_relative_to(component.path):
            yield ("exclude", place), f"lies outside of the component's folder {component.path}"


def _versions(table: VersionsTable) -> Said:
    if table.scheme == "calver" and not table.pattern:
        yield ("scheme",), "'calver' needs the key 'pattern', such as 'YYYY.0M.MICRO'"
    if table.pattern and table.scheme != "calver":
        yield ("pattern",), f"is for the scheme 'calver' only, and here it is '{table.scheme}'"
    if table.strategy == "paths" and not table.paths:
        yield ("strategy",), "'paths' needs the key 'paths': which files move the version how far"
    if table.paths and table.strategy != "paths":
        yield ("paths",), f"is for the strategy 'paths' only, and here it is '{table.strategy}'"
    if table.zero_holds and table.zero_ends:
        yield ("zero-ends",), "contradicts 'zero-holds': versions below 1 either stay or end"
    yield from ((("train",), said) for said in _train(table.train, table.scheme))
    for key, version in (("initial", table.initial), ("release-as", table.release_as)):
        if version and not _is_version(version, table.scheme):
            yield (key,), f"is no version of the scheme '{table.scheme}'"
    for place, rule in enumerate(table.paths):
        yield from ((("paths", place, *path), said) for path, said in _path(rule))


def _train(train: str, scheme: str) -> Iterator[str]:
    if train and scheme != "semver" and not _TRAIN.fullmatch(train.lower()):
        yield f"is no train of the scheme '{scheme}': it has 'a', 'b', 'rc', 'dev' and 'post'"


def _is_version(text: str, scheme: str) -> bool:
    if scheme == "calver":
        return True  # the first version is today's where this one does not fit
    if scheme == "semver" and _SEMVER.fullmatch(text):
        return True
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _path(rule: PathTable) -> Said:
    if not rule.patterns:
        yield ("patterns",), "must not be empty"
    if rule.only == "content" and not rule.content:
        yield ("only",), "'content' needs the key 'content': a regular expression"
    if rule.content and rule.only != "content":
        yield ("content",), f"is for only = \"content\", and here it is '{rule.only}'"


def _changelog(table: ChangelogTable) -> Said:
    for key, format_, value in (
        ("template", "template", table.template),
        ("fragments", "towncrier", table.fragments),
    ):
        if value and table.format != format_:
            yield (key,), f"is for the format '{format_}' only, and here it is '{table.format}'"
        if not value and table.format == format_:
            yield ("format",), f"'{format_}' needs the key '{key}'"
    for place, section in enumerate(table.sections):
        if not section.title and not section.hidden:
            yield ("sections", place), "needs a 'title', or hidden = true"
    for kind, times in Counter(section.type for section in table.sections).items():
        if times > 1:
            yield ("sections",), f"name the type '{kind}' {times} times"


def _messages(table: MessagesTable) -> Said:
    for place, rule in enumerate(table.rules):
        if not rule.pattern:
            yield (place,), "needs the key 'pattern': a regular expression"
        if rule.skip and (rule.type or rule.scope or rule.level or rule.breaking):
            yield (place, "skip"), "leaves the commit out, so that nothing else of this table comes to bear"
        elif rule.pattern and not (rule.skip or rule.type or rule.scope or rule.level or rule.breaking):
            yield (place,), "says nothing: give it 'type', 'scope', 'level', 'breaking' or 'skip'"


def _file(table: FileTable) -> Said:
    kind = table.kind
    if kind != "auto" and not table.path:
        yield ("kind",), f"'{kind}' needs the key 'path'"
    if kind == "pattern" and not table.search:
        yield ("kind",), "'pattern' needs the key 'search'"
    elif kind == "pattern" and not table.replace and "{" not in table.search:
        yield ("search",), "has no place of a version such as {version}, and there is no 'replace'"
    for key, kinds, value in (
        ("key", ("auto", "python", *_STRUCTURED), table.key),
        ("search", ("pattern",), table.search),
        ("replace", ("pattern",), table.replace),
        ("line", ("pattern",), table.line),
        ("every", ("pattern", "python"), table.every),
    ):
        if value and kind not in kinds:
            yield (key,), f"is not for the kind '{kind}', but for {' and '.join(map(repr, kinds))}"
    if kind == "auto" and table.key and not table.path:
        yield ("key",), "needs the key 'path'"


def _linked(groups: Sequence[Sequence[str]], names: Sequence[str]) -> Said:
    seen: dict[str, int] = {}
    for place, group in enumerate(groups):
        if len(group) < 2:
            yield (place,), "links one component with nothing: name two or more"
        for index, name in enumerate(group):
            if name not in names:
                yield (place, index), f"there is no component '{name}'{near(name, names)}"
            elif name in seen:
                yield (place, index), f"'{name}' is linked already"
            seen.setdefault(name, place)
