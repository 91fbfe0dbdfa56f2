"""From the last version and a level to the next version, by the configured strategy.

release-please's strategies give what its release 17.1.3 gives (src/versioning-strategies) for versions of the form
X.Y.Z and X.Y.Z-pre. A version that only PEP 440 can read keeps its meaning: release-please would cut off what it
does not know.
"""

from __future__ import annotations

from typing import Final

from tagboat.config.planning import Versioning
from tagboat.core.change import Level
from tagboat.planner.versions.schemes import Number

FIXED: Final = {"always-patch": Level.PATCH, "always-minor": Level.MINOR, "always-major": Level.MAJOR}
"""Strategies that do not look at the changes, and their level."""


def following(last: Number, level: Level, rules: Versioning) -> Number:
    """Return the version that comes ``level`` after ``last``.

    Raises:
        ConfigError: the grammar has no such pre-release train.
    """
    match rules.strategy:
        case "prerelease":
            return _suffixed(last, level, rules.train)
        case "service-pack":
            return last.packed()
        case _ if not rules.graduates and not rules.train:
            return last.moved(level, keep=True)
        case _:
            from tagboat.planner.versions import trains  # noqa: PLC0415 - few projects have pre-release trains

            return trains.following(last, level, rules.train)


def _suffixed(last: Number, level: Level, train: str) -> Number:
    """Return what release-please's ``prerelease`` strategy does: a suffix once there stays, and is counted up.

    The components move on only when the changes ask for more than they show already; the number stays then.
    """
    if last.is_prerelease:
        return last.renumbered() if level <= last.stage else last.moved(level, keep=True)
    moved = last.moved(level, keep=True)
    return moved.begun(train, bare=True) if train else moved
