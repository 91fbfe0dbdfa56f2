"""Where no tag tells of a release: the version that the files hold already is the last one, never one to fall behind."""

from __future__ import annotations

from datetime import date
from typing import Final

from tagboat.config.planning import Rules
from tagboat.errors import TagboatError
from tagboat.planner.last_releases import LastRelease
from tagboat.planner.version_place import decisive_places
from tagboat.planner.version_text import VersionPlace
from tagboat.planner.versions.schemes import initial, reader
from tagboat.ports.history import History

_BACK: Final = 50
"""So many changes of the file are looked at for the one that wrote the version."""


def release_in_files(
    history: History, rules: Rules, last: LastRelease, head: str, today: date
) -> LastRelease:
    """Return the release that the files tell of, when their version is above the initial one; else ``last``.

    Args:
        history: where the files are read.
        rules: the component's rules.
        last: what tags say: no release.
        head: the commit to plan from.
        today: the day of the release.

    Raises:
        ConfigError: the CalVer pattern cannot be used.
        InvalidError: the configured initial version is none.
    """
    place = _place(history, rules, head)
    read = reader(rules.versioning, today)
    try:
        if place is None or read(place.version).key <= initial(rules.versioning, read, today).key:
            return last
    except ValueError:
        return last
    warning = (
        f"no tag of the form {rules.tag} tells of a release, so {place.version} in {place.file} counts as the last one;"
        " git fetch --tags brings tags that are missing here, and --release-as says another version"
    )
    commit = last.commit or _written(history, rules, head, place)
    return last._replace(version=place.version, commit=commit, warnings=(*last.warnings, warning))


def _place(history: History, rules: Rules, commit: str) -> VersionPlace | None:
    try:
        places = decisive_places(history.tree(commit), rules.path, rules.distribution or rules.component)
    except TagboatError:  # what is wrong with the files is told where they are edited
        return None
    return places[0] if len({place.version for place in places}) == 1 else None


def _written(history: History, rules: Rules, head: str, place: VersionPlace) -> str:
    """Return the commit that brought the version, or the earliest that was looked at."""
    at = history.last_change(head, place.file) or ""
    for _ in range(_BACK):
        parent = history.resolve(f"{at}~1") if at else None
        before = _place(history, rules, parent) if parent else None
        if parent is None or before is None or before.version != place.version:
            break
        at = history.last_change(parent, place.file) or at
    return at
