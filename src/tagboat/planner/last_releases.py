"""Each component's last release: from its tags, from a tool's manifest, or from the commit that a person names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import islice

from tagboat.config.planning import Rules
from tagboat.core.record import Record
from tagboat.errors import UsageError
from tagboat.planner.releases import Past, newest_first, rough, sorted_by_component, tag_of, version_in
from tagboat.planner.versions.schemes import Number, Reader, reader
from tagboat.ports.history import History, TagRef

_NEAR = 50
"""How many of the newest versions are read."""


class Ended(Record):
    """A train of pre-releases that ends with the next release.

    Attributes:
        tag: the tag of the last final release, or "".
        held: the commits since then that the pre-releases hold.
    """

    tag: str
    held: frozenset[str]


class LastRelease(Record):
    """Where a component's next release starts.

    Attributes:
        version: the last release's version, or "" before the first.
        tag: its tag, or "" when there is none.
        commit: the commit whose history is released already, or "" when none is.
        taken: versions that tags hold already, wherever they are.
        warnings: what a person should look at.
        ended: the train that it belongs to, when that one ends here.
    """

    version: str = ""
    tag: str = ""
    commit: str = ""
    taken: Collection[str] = ()
    warnings: tuple[str, ...] = ()
    ended: Ended | None = None


def last_releases(
    history: History,
    components: Sequence[Rules],
    head: str,
    *,
    branch: str = "",
    since: str = "",
    reachable: bool = False,
) -> dict[str, LastRelease]:
    """Return each component's last release.

    Args:
        history: where tags are read.
        components: the components.
        head: the commit to plan from.
        branch: the branch, for release lines.
        since: a tag or commit that counts as the last release.
        reachable: look only at tags that the head can reach, which takes a walk through the whole history.

    Raises:
        UsageError: ``since`` names no commit.
    """
    if not components:
        return {}
    every = sorted_by_component(history.tags(), components)
    merged = history.merged_tags(head) if reachable else None
    cut = _cut_off(history)
    found: dict[str, LastRelease] = {}
    reached = cache(history.merged_tags)
    for rules in components:
        tags = every[rules.component]
        seen = tags if merged is None else [pair for pair in tags if pair[1].name in merged]
        if since:
            last = _chosen(history, rules, seen, since, reached)
        else:
            last = _last_release(history, rules, seen, head, branch)
        # Whoever names the last release asks what would have been; paths go on from the highest version of their line.
        if not since and rules.versioning.strategy != "paths":
            last = last._replace(taken=_taken(tags, last.version))
        found[rules.component] = last._replace(warnings=(*cut, *last.warnings))
    return found


def _taken(tags: Sequence[tuple[str, TagRef]], last: str) -> tuple[str, ...]:
    """Return the versions that tags hold, from the last release upwards, also those of tags that are elsewhere."""
    lowest = rough(last) if last else ()
    return tuple(text for text, _ in tags if rough(text) >= lowest)


def _last_release(
    history: History,
    rules: Rules,
    tags: Sequence[tuple[str, TagRef]],
    head: str,
    branch: str,
) -> LastRelease:
    read = reader(rules.versioning, date.min)
    newest = list(islice(_of_line(newest_first(tags, read), rules, branch), _NEAR))
    taken = tuple(past.version for _, past in newest)
    if rules.manifest:
        said = _by_manifest(history, rules, tags, head, newest, read)
        if said is not None:
            return said
    for _, past in newest[:1]:
        return LastRelease(past.version, past.tag, past.commit, taken)
    if rules.since:
        commit = history.resolve(rules.since)
        lost = f"the commit {rules.since} before the first release is not in this history"
        return LastRelease(commit=commit or "", warnings=() if commit else (lost,))
    return LastRelease(warnings=_why_none(rules, tags))


def _by_manifest(
    history: History,
    rules: Rules,
    tags: Sequence[tuple[str, TagRef]],
    head: str,
    newest: Sequence[tuple[Number, Past]],
    read: Reader,
) -> LastRelease | None:
    """A tool's file says what was released last; without its tag, the commit that wrote the file is the base.

    Only a file that the tool itself lives by goes before newer tags; others are often forgotten.
    """
    taken = tuple(past.version for _, past in newest)
    numbers = rough(rules.manifest.strip().lstrip("vV"))
    same = [tag for text, tag in tags if rough(text) == numbers and _same(text, rules.manifest, read)]
    if not rules.manifest_path and newest and not _above(rules.manifest, newest[0][0], read):
        return None
    if same:
        return LastRelease(rules.manifest, same[0].name, same[0].commit, taken)
    if rules.manifest == "0.0.0" or _unread(rules.manifest, read):
        return None
    wanted = tag_of(rules.tag, rules.manifest)
    if rules.manifest_path:
        written = history.last_change(head, rules.manifest_path) or ""
        missing = (
            f"the tag {wanted} of the last release is missing; the commit that wrote its version is the base"
        )
        return LastRelease(rules.manifest, "", written, taken, (missing,))
    if not newest:
        missing = f"the configuration says that {rules.manifest} was released, and no tag {wanted} is there"
        return LastRelease(rules.manifest, "", "", taken, (missing,))
    past = newest[0][1]
    missing = f"the tag {wanted} of the last release is missing; the changes since {past.tag} are looked at"
    return LastRelease(rules.manifest, past.tag, past.commit, taken, (missing,))


def _above(text: str, number: Number, read: Reader) -> bool:
    try:
        return bool(read(text).key > number.key)
    except ValueError:
        return False


def _unread(text: str, read: Reader) -> bool:
    try:
        read(text)
    except ValueError:
        return True
    return False


def _chosen(
    history: History,
    rules: Rules,
    tags: Sequence[tuple[str, TagRef]],
    since: str,
    reached: Callable[[str], Collection[str]],
) -> LastRelease:
    """A tag is a release; another commit only says where the changes begin, and the highest release below it counts."""
    commit = history.resolve(since)
    if commit is None:
        raise UsageError(f"--since {since} names no commit", remedy="give a tag, a branch or a commit's id")
    named = any(tag.name == since for tag in history.tags())
    version = version_in(rules.tag, since) if named else None
    if version:
        return LastRelease(version, since, commit)
    before = [(text, tag) for text, tag in tags if tag.name in reached(commit)]
    for _, past in newest_first(before, reader(rules.versioning, date.min)):
        return LastRelease(past.version, past.tag, commit)
    return LastRelease(commit=commit)


def _of_line(
    releases: Iterator[tuple[Number, Past]], rules: Rules, branch: str
) -> Iterator[tuple[Number, Past]]:
    wanted = rules.lines.get(branch, "") if rules.lines else ""
    if not wanted:
        return releases
    from tagboat.planner.versions.lines import belonging  # noqa: PLC0415 - few projects have release lines

    return (pair for pair in releases if belonging([pair[1].version], wanted))


def _same(text: str, other: str, read: Reader) -> bool:
    if text == other:
        return True
    try:
        return bool(read(text).key == read(other).key)
    except ValueError:
        return False


def _why_none(rules: Rules, tags: Sequence[tuple[str, TagRef]]) -> tuple[str, ...]:
    if tags:
        return (f"no tag of the form {rules.tag} holds a version of the scheme {rules.versioning.scheme}",)
    return ()


def _cut_off(history: History) -> tuple[str, ...]:
    broken = tuple(
        f"the tag {name} names an object that is not here, and is no release: git update-ref -d refs/tags/{name} ends that"
        for name in history.broken_tags()
    )
    if history.shallow():
        return (
            *broken,
            "the history is cut off (a shallow clone): git fetch --unshallow --tags brings the rest",
        )
    return broken
