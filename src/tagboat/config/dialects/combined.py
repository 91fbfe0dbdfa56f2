"""Several tools in one repository: one decides the versions, others hold the places, the tag or the notes.

Three roles, by what a tool does in practice:

- *whole*: release-please, python-semantic-release, commitizen, and git-cliff where none of those is there. They read
  commits and decide the version.
- *places*: bumpver, bump-my-version and the tools that read the version from the tag. They say which files hold the
  version, how it is spelled and how the tag is formed.
- *notes*: towncrier. It renders the notes.

A whole tool that tags by itself keeps all of its own rules but for the notes. Everything that another tool says and that
does not come to bear is remarked on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tagboat.config.planning import Edit, Planning, Remark, Rules

TAGGERS: Final = frozenset(["tagboat", "release-please", "python-semantic-release", "commitizen"])
"""Dialects whose tool tags and writes versions by itself: nobody else's tags or places count beside it."""

_PLACES: Final = ("tag", "ignored_tags", "edits", "manifest", "path", "exclude")
_VERSIONS: Final = ("scheme", "pattern", "initial")
_NOTES: Final = ("path",)
_DEFAULT_EDITS: Final = (Edit(),)


def combined(whole: Planning | None, partial: Sequence[Planning]) -> Planning:
    """Return the rules of a repository with several tools: the partial ones laid over the whole one.

    What a tool says goes before what another leaves to its default; towncrier's notes go before all others'.

    Args:
        whole: the rules of the tool that decides, or None: then the first partial ones take its place.
        partial: the rules of the others, the more important first.

    Raises:
        ValueError: there are no rules at all.
    """
    plannings = [*([whole] if whole is not None else []), *partial]
    if not plannings:
        raise ValueError("there is nothing to combine")
    first, *others = plannings
    for other in others:
        first = _laid(first, other)
    return first


def _laid(base: Planning, other: Planning) -> Planning:
    origins = dict(base.origins)
    components: list[Rules] = []
    used = False
    for mine in base.components:
        theirs = _counterpart(base, other, mine)
        if theirs is None:
            components.append(mine)
            continue
        taken = _taken(base, other, mine, theirs)
        used |= bool(taken)
        for value in taken:
            place = other.origins.get(f"{theirs.component}.{value}")
            if place is not None:
                origins[f"{mine.component}.{value}"] = place
        components.append(_with(mine, theirs, taken))
    if not used:
        text = f"{other.dialect} is configured too; {base.dialect or 'the first one'} decides, and nothing is taken from it"
        return base._replace(remarks=(*base.remarks, Remark(other.source, text, applies=False)))
    return base._replace(
        dialect=f"{base.dialect}+{other.dialect}",
        components=tuple(components),
        origins=origins,
        remarks=(*base.remarks, *other.remarks),
    )


def _counterpart(base: Planning, other: Planning, mine: Rules) -> Rules | None:
    if len(base.components) == len(other.components) == 1:
        return other.components[0]
    return next((rules for rules in other.components if rules.path == mine.path), None)


def _taken(base: Planning, other: Planning, mine: Rules, theirs: Rules) -> tuple[str, ...]:
    """Return the values that are taken from another tool's rules."""
    if theirs.notes.format == "towncrier":
        return ("notes.format", "notes.path", "notes.fragments")
    if base.dialect.partition("+")[0] in TAGGERS:
        return ()
    names = (
        *_PLACES,
        *(f"versioning.{name}" for name in _VERSIONS),
        *(f"notes.{name}" for name in _NOTES),
    )
    return tuple(
        name
        for name in names
        if f"{theirs.component}.{name}" in other.origins
        and f"{mine.component}.{name}" not in base.origins
        and (name != "edits" or mine.edits in {_DEFAULT_EDITS, ()})
        and not (name.startswith("notes.") and mine.notes.format == "towncrier")
    )


def _with(mine: Rules, theirs: Rules, taken: Sequence[str]) -> Rules:
    if "notes.format" in taken:
        return mine._replace(notes=theirs.notes)
    return mine._replace(
        **{name: getattr(theirs, name) for name in taken if "." not in name},
        versioning=mine.versioning._replace(**_inner(theirs.versioning, taken, "versioning.")),
        notes=mine.notes._replace(**_inner(theirs.notes, taken, "notes.")),
    )


def _inner(rules: object, taken: Sequence[str], prefix: str) -> dict[str, Any]:
    names = [name.removeprefix(prefix) for name in taken if name.startswith(prefix)]
    return {name: getattr(rules, name) for name in names}
