"""From a component's rules to the new content of its files: all edits of a file at once, all mistakes in one error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from tagboat.config.planning import Edit, EditKind, Rules
from tagboat.config.project import Tree, inside, setup_cfg_of
from tagboat.core.proposal import FileEdit
from tagboat.errors import ConfigError
from tagboat.planner.edits.locks import is_lock, lock_spots
from tagboat.planner.edits.merge import Wanted, merged
from tagboat.planner.edits.own import lock_files, own_spots
from tagboat.planner.edits.paths import check_links, named
from tagboat.planner.edits.spots import LONGEST, REMEDY, Found, Source, Words

_ENDINGS: dict[str, EditKind] = {
    "json": "json",
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
    "py": "python",
}


def file_edits(tree: Tree, rules: Rules, last: str, version: str, today: date) -> tuple[FileEdit, ...]:
    """Return the new content of every file that holds the component's version, sorted by path.

    Files that hold the next version already are left out. Every byte outside the places stays.

    Args:
        tree: the files of the commit that the release is planned from.
        rules: the component's; its ``edits`` say where to look.
        last: the version of the last release, or "" before the first.
        version: the next version, as it is written.
        today: the day of the release.

    Raises:
        ConfigError: edits that match nothing or twice, or meet each other, and files that cannot be read: all of them.
    """
    words = Words(last, version, today)
    wanted: dict[str, list[Wanted]] = defaultdict(list)
    mistakes: list[ConfigError] = []
    for edit in dict.fromkeys(rules.edits):
        try:
            for file, spots in _found(tree, rules, edit, words, mistakes):
                wanted[file] += spots
        except ConfigError as error:
            mistakes.append(error)
    edits = []
    for file, spots in sorted(wanted.items()):
        try:
            edits.append(merged(file, tree.read(file), spots))
        except ConfigError as error:
            mistakes.append(error)
    if mistakes:
        raise _together(mistakes)
    return tuple(edit for edit in edits if edit.places)


def lock_remarks(tree: Tree, rules: Rules) -> tuple[str, ...]:
    """Return why lock files near the component stay unchanged: they do not list it, or only their tool can change them.

    Raises:
        ConfigError: a lock cannot be read.
    """
    words = Words("", "0", date.min)
    name = rules.distribution or rules.component
    found = (
        lock_spots(Source.of(file, tree.read(file), LONGEST), name, words)
        for file in lock_files(tree, rules.path)
    )
    return tuple(lock.why for lock in found if not lock.spots)


def _found(
    tree: Tree, rules: Rules, edit: Edit, words: Words, mistakes: list[ConfigError]
) -> Iterator[tuple[str, list[Wanted]]]:
    if edit.kind == "auto" and not edit.path:
        for file, spot in own_spots(tree, rules, words, required=edit.required):
            yield file, [Wanted(spot, "auto")]
        return
    files = named(tree.paths, rules.path, edit.path, rules.exclude)
    if not files and edit.required:
        check_links(tree, edit.path[1:] if edit.path.startswith("/") else inside(rules.path, edit.path))
        raise ConfigError(f"{edit.path}: there is no such file in the commit", remedy=REMEDY)
    nothing: list[str] = []
    there = 0
    for file in files:
        try:
            found = _in_file(tree, file, rules, edit, words)
        except ConfigError as error:
            mistakes.append(error)
            there += 1
            continue
        there += bool(found.spots) or not found.why
        nothing += [found.why] if not found.spots and found.why else []
        yield file, [Wanted(spot, _rule(edit)) for spot in found.spots]
    # Of several files that a * finds, one that holds the version is enough.
    if edit.required and not there and nothing:
        raise ConfigError("\n".join(nothing[:20]), remedy=REMEDY)


def _in_file(tree: Tree, file: str, rules: Rules, edit: Edit, words: Words) -> Found:
    kind = _kind(tree, file, edit)
    long = kind in {"text", "markers", "pattern", "lock"}
    source = Source.of(file, tree.read(file), *([LONGEST] if long else []))
    # Each kind's module is loaded when it is needed: a plan must not wait for expressions that it does not use.
    match kind:
        case "auto":
            from tagboat.planner.edits.project_files import project_file_spots  # noqa: PLC0415

            found = project_file_spots(source, setup_cfg_of(tree, file.rpartition("/")[0] or "."), words)
        case "python":
            from tagboat.planner.edits.python import python_spots  # noqa: PLC0415

            found = python_spots(source, edit, words)
        case "text":
            from tagboat.planner.edits.texts import text_spots  # noqa: PLC0415

            found = text_spots(source, edit, words)
        case "markers":
            from tagboat.planner.edits.markers import marker_spots  # noqa: PLC0415

            found = marker_spots(source, edit, words)
        case "pattern":
            from tagboat.planner.edits.patterns import pattern_spots  # noqa: PLC0415

            found = pattern_spots(source, edit, words)
        case "lock":
            found = Found(lock_spots(source, rules.distribution or rules.component, words).spots)
        case _:
            from tagboat.planner.edits.values import value_spots  # noqa: PLC0415

            found = value_spots(source, edit, kind, words)
    return found


def _kind(tree: Tree, file: str, edit: Edit) -> EditKind:
    """Return what ``auto`` means for one file; the kind itself when it is another."""
    name = file.rpartition("/")[2]
    if edit.kind != "auto" or (name in {"pyproject.toml", "setup.cfg"} and not edit.key):
        return edit.kind
    if is_lock(name):
        return "lock"
    ending = name.rpartition(".")[2]
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    return "markers" if b"x-release-please-" in tree.read(file) else "text"


def _rule(edit: Edit) -> str:
    return f"{edit.kind} {edit.key or edit.search}".strip()


def _together(mistakes: list[ConfigError]) -> ConfigError:
    causes = list(dict.fromkeys(error.cause for error in mistakes))
    remedies = list(dict.fromkeys(error.remedy for error in mistakes if error.remedy))
    if len(causes) == 1:
        return ConfigError(causes[0], remedy="; ".join(remedies))
    return ConfigError(f"{len(causes)} mistakes:\n" + "\n".join(causes[:100]), remedy="; ".join(remedies[:3]))
