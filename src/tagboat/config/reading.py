"""From a table, as TOML gives it, to a :class:`~tagboat.config.model.Config`, or to all of its mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from tagboat.config.consistency import inconsistencies
from tagboat.config.load import OwnTable
from tagboat.config.mistakes import Mistake, refusal
from tagboat.config.model import Component, Config, IndexTarget, Policy, Shard, Workflows
from tagboat.config.planning_consistency import planning_inconsistencies
from tagboat.config.shape import ComponentTable, Document, ReleasedTable
from tagboat.config.translation import translate

# What no other part of a configuration can disagree with; N is the mistake's number.
_HARMLESS = {"tag": "tagboat-N/{version}", "upload": "https://localhost/", "simple": "https://localhost/"}


def read(found: OwnTable, named: Callable[[str], str | None]) -> tuple[Config, Document]:
    """Return the configuration that a table holds, and the document itself, which says what was left out.

    Args:
        found: the table, and where it stands.
        named: returns the distribution that the project in a folder makes, or None.

    Raises:
        ConfigError: it has mistakes; all are named.
    """
    mistakes: list[Mistake] = []
    try:
        document = Document.model_validate(found.table)
    except ValidationError as error:
        mistakes = translate(error)
        document = _rest(found.table, mistakes)
    config = replace(_config(document, named), source=found.file)
    tagged = frozenset(
        n for n, component in document.components.items() if "tag" in component.model_fields_set
    )
    wrong = {mistake.path[:3] for mistake in mistakes}
    targeted = frozenset(
        n
        for n, component in document.components.items()
        if "targets" in component.model_fields_set or ("components", n, "targets") in wrong
    )
    mistakes.extend(inconsistencies(config, tagged, targeted))
    mistakes.extend(planning_inconsistencies(document))
    if mistakes:
        raise refusal(found.where + found.file, found.text, found.root, mistakes)
    return config, document


def _rest(table: object, mistakes: Sequence[Mistake]) -> Document:
    """Return what is right, with harmless values in the places of the mistakes: what is wrong between its parts is said too.

    Nothing is left when a mistake concerns more than a key, because what it would have said is then not known.
    """
    rest = _copy(table)
    for number, mistake in enumerate(mistakes):
        match mistake.path:
            case ("components" | "indexes" as kind, str(name), str(key), *_):
                rest[kind][name].pop(key, None)
                if key == "versions":
                    rest[kind][name].pop("trains", None)  # whether they fit depends on the scheme
                if key in _HARMLESS:
                    rest[kind][name][key] = _HARMLESS[key].replace("N", str(number))
            case (str(key), *_) if key not in {"components", "indexes"}:
                rest.pop(key, None)
            case _:
                return Document()
    try:
        return Document.model_validate(rest)
    except ValidationError:
        return Document()


def _copy(table: object) -> dict[str, Any]:
    """Copy as deep as a mistake is mended, and no deeper: hostile tables are nested more deeply than calls can be."""
    rest = dict(table) if isinstance(table, dict) else {}
    for kind in ("components", "indexes"):
        named = rest.get(kind)
        if isinstance(named, dict):
            rest[kind] = {
                name: dict(inner) if isinstance(inner, dict) else inner for name, inner in named.items()
            }
    return rest


def _config(document: Document, named: Callable[[str], str | None]) -> Config:
    known = {index.name: index for index in Config().indexes}
    for name, table in document.indexes.items():
        known[name] = replace(
            known.get(name, IndexTarget(name)), **_given(table.model_dump(exclude_unset=True))
        )
    return Config(
        repository=document.repository,
        default_branch=document.default_branch,
        pipeline=document.pipeline,
        components=tuple(_component(name, table, named) for name, table in document.components.items()),
        indexes=tuple(known.values()),
        policy=Policy(**document.policy.model_dump()),
        workflows=Workflows(**_given(document.workflows.model_dump())),
    )


def _component(name: str, table: ComponentTable, named: Callable[[str], str | None]) -> Component:
    values = _given(table.model_dump(include=set(ReleasedTable.model_fields) - {"shards"}))
    values["distributions"] = values["distributions"] or (named(table.path) or name,)
    shards = tuple(Shard(**_given(shard.model_dump())) for shard in table.shards)
    return Component(name=name, shards=shards, **values)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
