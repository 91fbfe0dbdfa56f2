"""The edits of a whole proposal: each component's version places and its changelog, one after the other.

Two components may edit one file (a lock, a manifest): the second one's edit starts from the first one's result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType

from tagboat.config.planning import Rules
from tagboat.config.project import Tree
from tagboat.core.proposal import FileEdit, Next, Place
from tagboat.errors import ConfigError
from tagboat.planner.edits.files import file_edits
from tagboat.planner.edits.paths import check_place
from tagboat.planner.notes.formats import inserted
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.redraft import Comment, redrafted
from tagboat.planner.standing_drafts import StandingDraft, changelog_path

_CHANGELOGS = frozenset({"changelog", "changes", "history", "news", "releases", "release_notes"})


def all_edits(
    tree: Tree,
    components: Sequence[Rules],
    proposals: Sequence[Next],
    today: date,
    drafts: Mapping[str, StandingDraft] = MappingProxyType({}),
) -> Mapping[str, tuple[FileEdit, ...]]:
    """Return the edits of each component that is to be released.

    Args:
        tree: the files of the commit that it was planned from.
        components: the rules of the components.
        proposals: what would be released, in the order in which their edits are made.
        today: the day of the release.
        drafts: component → the section that stands in its changelog already; what people wrote there is kept.

    Raises:
        ConfigError: edits that match nothing or too much, over all components.
    """
    rules = {rules.component: rules for rules in components}
    changed: dict[str, bytes | None] = {}
    found: dict[str, tuple[FileEdit, ...]] = {}
    mistakes: list[ConfigError] = []
    for next_ in proposals:
        if not next_.version:
            continue
        now = _with(tree, changed)
        try:
            edits = file_edits(now, rules[next_.component], next_.last, next_.version, today)
            edited = _with(now, {edit.path: edit.after for edit in edits})
            draft = drafts.get(next_.component)
            noted = _changelog(edited, rules[next_.component], next_, today, draft)
            for edit in (*edits, *noted):
                check_place(tree, edit.path)
        except ConfigError as error:
            mistakes.append(error)
            continue
        found[next_.component] = (*edits, *noted)
        changed.update({edit.path: edit.after for edit in found[next_.component]})
    if mistakes:
        causes = dict.fromkeys(error.cause for error in mistakes)
        raise ConfigError("; ".join(causes), remedy=mistakes[0].remedy)
    return found


def changelog_remarks(tree: Tree, rules: Rules) -> tuple[str, ...]:
    """Return what a person should know of a changelog that would be new: a file beside it looks like one already."""
    path = changelog_path(rules)
    if not path or path in tree.paths:
        return ()
    folders = {".", "docs"} if rules.path == "." else {rules.path, f"{rules.path}/docs"}
    alike = sorted(file for file in tree.paths if _looks_like_one(PurePosixPath(file), folders))
    if not alike:
        return ()
    return (f"{path} would be a new file beside {alike[0]}: configure that as the changelog if it is one",)


def _looks_like_one(file: PurePosixPath, folders: Collection[str]) -> bool:
    return (
        str(file.parent) in folders
        and file.stem.lower() in _CHANGELOGS
        and file.suffix.lower() in {"", ".md", ".rst", ".txt"}
    )


def composed(proposals: Sequence[Next]) -> tuple[FileEdit, ...]:
    """Return one edit for each file: from what it was before the first component's edit to what it is after the last."""
    found: dict[str, FileEdit] = {}
    for next_ in proposals:
        for edit in next_.edits:
            first = found.get(edit.path, edit)
            places = edit.places if first is edit else (*first.places, *edit.places)
            found[edit.path] = FileEdit(edit.path, first.before, edit.after, places, edit.rule)
    return tuple(found[path] for path in sorted(found))


def _changelog(
    tree: Tree, rules: Rules, next_: Next, today: date, draft: StandingDraft | None
) -> tuple[FileEdit, ...]:
    if not rules.notes.path or not next_.section:
        return ()
    path = str(PurePosixPath(changelog_path(rules)))
    before = tree.get(path)
    try:
        text = before.decode("utf-8") if before is not None else None
    except UnicodeDecodeError as error:
        line = (before or b"").count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: this is not UTF-8 text", remedy="save it as UTF-8") from None
    heading = Heading(next_.version, next_.tag, next_.last_tag, today, component=next_.component)
    if draft is not None and text is not None and draft.standing in text:
        form: Comment = "html" if path.lower().endswith((".md", ".markdown")) else "rst"
        section = redrafted(draft.standing, draft.drafted, next_.section, comment=form)
        after = text.replace(draft.standing, section, 1)
        rule = "the notes of the release; what people wrote into the draft is kept"
    else:
        after, section, rule = (
            inserted(text, next_.section, rules.notes, heading),
            next_.section,
            "the notes of the release",
        )
    if after == text:
        return tuple(_used_up(tree, rules))
    place = Place(_first_difference(text or "", after), draft.standing if draft else "", section)
    return (FileEdit(path, before, after.encode(), (place,), rule), *_used_up(tree, rules))


def _used_up(tree: Tree, rules: Rules) -> Iterator[FileEdit]:
    """Yield the removal of the fragments that are in the notes now."""
    if rules.notes.format != "towncrier":
        return
    from tagboat.planner.notes.fragments import fragments  # noqa: PLC0415 - towncrier's projects only

    for path in sorted(fragments(tree, rules.notes).used):
        yield FileEdit(path, tree.read(path), None, (), "towncrier has put it into the notes")


def _first_difference(before: str, after: str) -> int:
    for number, (old, new) in enumerate(zip(before.split("\n"), after.split("\n"), strict=False), 1):
        if old != new:
            return number
    return before.count("\n") + 1


def _with(tree: Tree, changed: Mapping[str, bytes | None]) -> Tree:
    if not changed:
        return tree
    overlay = {path: content for path, content in changed.items() if content is not None}
    paths = frozenset((*tree.paths, *overlay)) - (changed.keys() - overlay.keys())
    return Tree(paths, lambda path: overlay[path] if path in overlay else tree.read(path), tree.links)
