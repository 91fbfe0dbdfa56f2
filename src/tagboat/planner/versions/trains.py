"""Pre-release trains: 1.2.3, 1.3.0rc1, 1.3.0rc2, 1.3.0.

A train runs to the final version that the changes since the last final one ask for. What arrives on the way moves it
on only when it asks for more: a fix or a feature is part of 1.3.0 still, a breaking change makes 2.0.0rc1 of 1.3.0rc2.
"""

from __future__ import annotations

from tagboat.core.change import Level
from tagboat.planner.versions.schemes import Number


def following(last: Number, level: Level, train: str) -> Number:
    """Return the version after ``last``.

    Args:
        last: the last release, which can be a pre-release itself.
        level: how far the changes since then move it; patch or higher.
        train: the pre-release word of the next version, or "" for a final one: then a pre-release's train ends.
            A train of post-releases never moves the components.

    Raises:
        ConfigError: the grammar has no such pre-release.
    """
    target = destination(last, level)
    if not train:
        return target
    first = target.begun(train)
    if not first.is_prerelease:
        return last.final() if last.is_prerelease else last.packed()
    if target.release == last.release:
        for candidate in (last.renumbered(), last.skipped()):
            if candidate.rides(train):
                return candidate
    return first if first.key > last.key else last.moved(level).begun(train)


def destination(last: Number, level: Level) -> Number:
    """Return the final version that comes after ``last``: a pre-release's own, unless the changes ask for more."""
    return last.final() if last.is_prerelease and level <= last.stage else last.moved(level)
