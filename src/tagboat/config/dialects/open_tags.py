"""The form of tags where a tool leaves it open: the repository's own tags tell it.

setuptools-scm and git-cliff read any tag with a version in it, and towncrier makes none. With them ``1.2.0`` and
``v1.2.0`` are both usual, and a pattern such as ``acme-*`` does not say whether a ``v`` follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tagboat.config.planning import Planning, Rules
from tagboat.errors import ConfigError

OPEN: Final = frozenset(["scm", "git-cliff", "towncrier"])
"""Dialects whose tool has no form of tags that it makes by itself."""

_V: Final = r"v[0-9]+(?:\.[0-9]+)+"
_BARE: Final = r"[0-9]+(?:\.[0-9]+)+"


def with_fitting_tags(planning: Planning, tags: Sequence[str]) -> Planning:
    """Return the rules with the tags' forms that the repository's own tags have, where the tools leave them open.

    Args:
        planning: the rules of a repository.
        tags: its tags; without any nothing changes.

    Raises:
        ConfigError: a component is called so that git allows no tag with its name.
    """
    if not tags:
        return planning
    if not {*planning.dialect.split("+")} <= OPEN:
        return _fitting_defaults(planning, tags)
    components = tuple(
        rules._replace(tag=_said(rules.tag, tags) if f"{rules.component}.tag" in planning.origins else found)
        if (found := _seen_of(planning, rules, tags))
        else rules
        for rules in planning.components
    )
    return planning._replace(components=components)


def _fitting_defaults(planning: Planning, tags: Sequence[str]) -> Planning:
    """A tool's own default form that no tag follows is not the one in use; one that the project wrote down stays."""
    components = tuple(
        rules._replace(tag=_seen_of(planning, rules, tags))
        if f"{rules.component}.tag" not in planning.origins and not _followed(rules.tag, tags)
        else rules
        for rules in planning.components
    )
    return planning._replace(components=components) if components != planning.components else planning


def _seen_of(planning: Planning, rules: Rules, tags: Sequence[str]) -> str:
    try:
        return seen(rules.distribution or rules.component, tags, alone=len(planning.components) == 1)
    except ConfigError as error:
        place = planning.origins.get(f"{rules.component}.path", planning.source)
        raise ConfigError(f"{place}: {error}", remedy=error.remedy) from None


def _said(tag: str, tags: Sequence[str]) -> str:
    """Return the form that a tool says, with a ``v`` where only tags with it are there."""
    other = tag.replace("{version}", "v{version}")
    if tag.endswith("v{version}") or _followed(tag, tags):
        return tag
    return other if _followed(other, tags) else tag


def _followed(form: str, tags: Sequence[str]) -> bool:
    """Tell whether a tag has this form; the plainest versions are known without reading them."""
    prefix, _, suffix = form.partition("{version}")
    plain = re.compile(f"{re.escape(prefix)}{_BARE}{re.escape(suffix)}")
    if any(map(plain.fullmatch, tags)):
        return True
    from tagboat.core.tag import TagGrammar  # noqa: PLC0415 - hardly ever

    return any(map(TagGrammar(form).version, tags))


def seen(name: str, tags: Sequence[str], *, alone: bool) -> str:
    """Return how a component's tags are named; the two usual forms are told apart without reading thousands of tags."""
    if alone and all(map(re.compile(_V).match, tags)):
        return "v{version}"
    if alone and all(map(re.compile(_BARE).match, tags)):
        return "{version}"
    from tagboat.config.tag_styles import fitting_grammar  # noqa: PLC0415 - hardly ever

    return fitting_grammar(name, tags, alone=alone)
