"""Replaying the releases of a repository on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tagboat.adapters.addresses import PUBLIC
from tagboat.adapters.git.history import LocalHistory
from tagboat.config.dialects import planning_of
from tagboat.errors import RefusedError, UsageError
from tagboat.planner.drafts import Draft, drafts
from tagboat.planner.past import Made, releases_made
from tagboat.planner.replay import Release, Replayed, as_release, replay
from tagboat.wiring.remotes import links_of


def releases_in(file: Path) -> list[Release]:
    """Return the releases that the lines of a file describe.

    Raises:
        UsageError: a line is no UTF-8 text with a JSON object that has ``previous_tag``, ``tag`` and ``base``; all
            such lines are told.
    """
    found: list[Release] = []
    mistakes: list[str] = []
    for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("it is no object")
            found.append(as_release(row))
        except (ValueError, RecursionError) as error:
            mistakes.append(f"{file}:{number}: {error}")
    if mistakes:
        raise UsageError(
            "; ".join(mistakes[:20]), remedy="each line holds previous_tag, tag, base and repository"
        )
    return found


def replayed(repository: Path, releases: Sequence[Release]) -> Iterator[Replayed]:
    """Yield what would have been planned for each release.

    Raises:
        RefusedError: a commit or a tag is not in the repository.
        ConfigError: the configuration of that time cannot be used.
    """
    history = LocalHistory(repository, lenient=True)
    try:
        for release in releases:
            for revision in (release.base, release.previous_tag):
                if history.resolve(revision) is None:
                    raise RefusedError(f"{release.tag}: {revision} is not in {repository}")
            yield from replay(history, [release], PUBLIC.git)
    finally:
        history.close()


def compared(repository: Path, components: Sequence[str]) -> Iterator[tuple[str, Made, Replayed]]:
    """Yield each release that was made, found in tags and changelog, and what would have been planned for it.

    Raises:
        RefusedError: there is no commit.
        UsageError: there is no such component.
    """
    history = LocalHistory(repository, lenient=True)
    try:
        head = history.resolve("HEAD")
        if head is None:
            raise RefusedError(f"{repository} has no commit yet", remedy="commit something first")
        planning = planning_of(history.tree(head), [tag.name for tag in history.tags()])
        known = [rules.component for rules in planning.components]
        for name in components:
            if name not in known:
                raise UsageError(f"there is no component {name!r}", remedy=f"components: {', '.join(known)}")
        name, host = links_of("", planning.repository, history.remote(), PUBLIC.git)
        for rules in planning.components:
            if not components or rules.component in components:
                for made in releases_made(history, rules, head, name):
                    for result in replay(history, [made.release], host or PUBLIC.git):
                        yield rules.component, made, result
    finally:
        history.close()


def redrafted(repository: Path, *, compatible: bool) -> Iterator[Draft]:
    """Yield the drafts of release candidates, made once more.

    Raises:
        RefusedError: what a draft is made from is missing.
        ConfigError: a changelog names no release.
    """
    history = LocalHistory(repository, lenient=True)
    try:
        yield from drafts(history, compatible=compatible)
    finally:
        history.close()
