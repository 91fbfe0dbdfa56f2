"""Tagboat's own configuration as planning rules.

A component with a planning key of its own is planned by these and by the defaults. One that says nothing about planning
keeps the rules of the tool that is configured for its folder, so that a project can be released with Tagboat before it
gives up the tool that plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tagboat.config.dialects.naming import names_at
from tagboat.config.load import OwnTable, own_table
from tagboat.config.origins import place_of
from tagboat.config.places import Path, places
from tagboat.config.planning import (
    Edit,
    MessageRule,
    Notes,
    PathRule,
    Planning,
    ReadingRules,
    Remark,
    Rules,
    Section,
    Versioning,
)
from tagboat.config.project import Tree
from tagboat.core.change import Level

if TYPE_CHECKING:
    from tagboat.config.model import Component
    from tagboat.config.shape import ComponentTable, Document
    from tagboat.config.table import Table

KEYS: Mapping[str, str] = {
    "versioning": "versions",
    "notes": "changelog",
    "reading": "messages",
    "edits": "files",
    "cases": "sentence-case",
}
"""Attribute of the rules → its key in the file, where that is not the same word with dashes."""
_SHARED = ("path", "tag", "lines")
_LEVELS = frozenset(["level", "other", "breaking", "breaking_below_one", "minor_below_one"])


def own_planning(tree: Tree, tags: Sequence[str], others: Callable[[], Planning | None]) -> Planning | None:
    """Return the planning rules that Tagboat's own configuration asks for, or None when there is none.

    Args:
        tree: the files of the commit.
        tags: the repository's tags, for a configuration without components.
        others: returns the rules of other tools' configuration, or None when there are none; asked only when a
            component says nothing about planning.

    Raises:
        ConfigError: the configuration has mistakes; all are named.
    """
    found = own_table(tree)
    if found is None:
        return None
    from tagboat.config.reading import read  # noqa: PLC0415 - pydantic is slow to import

    config, document = read(found, lambda folder: names_at(tree, folder)[1] or None)
    own = _Own(found, document)
    if config.components:
        own.others = others() if own.any_silent() else None
        return own.planning(config.components)
    from tagboat.config.dialects.defaults import defaults  # noqa: PLC0415 - only without components

    theirs = others() or defaults(tree, tags)
    return theirs._replace(repository=config.repository or theirs.repository)


def file_key(attribute: str) -> str:
    """Return how the file spells an attribute of the rules: ``versions.zero-holds`` of ``versioning.zero_holds``."""
    return ".".join(KEYS.get(part, part.replace("_", "-")) for part in attribute.split("."))


class _Own:
    def __init__(self, found: OwnTable, document: Document) -> None:
        self.found = found
        self.document = document
        self.others: Planning | None = None
        self.lines = places(found.text)
        self.origins: dict[str, str] = {}
        self.remarks: list[Remark] = []

    def any_silent(self) -> bool:
        """Tell whether a component says nothing about planning."""
        return any(not _planned(table) for table in self.document.components.values())

    def planning(self, components: tuple[Component, ...]) -> Planning:
        made = tuple(self._rules(one, self.document.components[one.name]) for one in components)
        others = self.others
        if self.document.linked:
            self.origins["linked"] = f"{self.found.file}:{self._line((*self.found.root, 'linked'))}"
        elif others and "linked" in others.origins:
            self.origins["linked"] = others.origins["linked"]
        return Planning(
            dialect=f"tagboat+{others.dialect}" if others else "tagboat",
            source=self.found.file,
            components=made,
            linked=tuple(map(tuple, self.document.linked)) or self._linked_elsewhere(made),
            origins=self.origins,
            remarks=(*self.remarks, *(others.remarks if others else ())),
            repository=self.document.repository or (others.repository if others else ""),
        )

    def _rules(self, component: Component, table: ComponentTable) -> Rules:
        said = table.model_fields_set
        for attribute in (name for name in _SHARED if name in said):
            self._note(component.name, attribute)
        own: dict[str, Any] = {
            "path": component.path,
            "tag": component.tag,
            "lines": component.lines,
            "distribution": component.distributions[0],
        }
        if not _planned(table):
            theirs = self._counterpart(component)
            if theirs is not None:
                return self._taken(component, theirs, {name: own[name] for name in _SHARED if name in said})
            return Rules(component.name, **own)
        for attribute, values in (
            ("versioning", table.versioning),
            ("notes", table.notes_table),
            ("reading", table.reading),
        ):
            for inner in values.model_fields_set:
                self._note(component.name, f"{attribute}.{inner}")
        if _by_files(table.versioning):
            strategy = f"{component.name}.versioning.strategy"
            self.origins[f"{component.name}.versioning.releases"] = self.origins[strategy]
        for attribute in said & {"exclude", "ignored_tags", "trains", "edits"}:
            self._note(component.name, attribute)
        return Rules(
            component.name,
            **own,
            exclude=tuple(table.exclude),
            ignored_tags=tuple(table.ignored_tags),
            trains=dict(table.trains),
            versioning=_versioning(table.versioning),
            notes=_notes(table.notes_table),
            reading=_reading(table.reading),
            edits=tuple(Edit(**_values(edit)) for edit in table.edits),
        )

    def _note(self, component: str, attribute: str) -> None:
        path: Path = (*self.found.root, "components", component, *file_key(attribute).split("."))
        self.origins[f"{component}.{attribute}"] = f"{self.found.file}:{self._line(path)}"

    def _line(self, path: Path) -> int:
        ends = range(len(path), 0, -1)
        return next((self.lines[path[:end]] for end in ends if path[:end] in self.lines), 1)

    def _counterpart(self, component: Component) -> Rules | None:
        """Return the rules that another tool has for the component: those of its folder, or the only ones."""
        rules = self.others.components if self.others else ()
        if len(rules) == len(self.document.components) == 1:
            return rules[0]
        return next((one for one in rules if one.path == component.path), None)

    def _taken(self, component: Component, theirs: Rules, own: dict[str, Any]) -> Rules:
        others = self.others
        if others is None:
            raise AssertionError("rules of nobody")
        for attribute in attributes():
            place = place_of(others, theirs.component, attribute)
            if place:
                self.origins.setdefault(f"{component.name}.{attribute}", place)
        if "tag" not in own and theirs.tag != component.tag:
            self.remarks.append(
                Remark(
                    f"{self.found.file}: components.{component.name}.tag",
                    f"{others.dialect} plans tags of the form {theirs.tag}, a release expects {component.tag}: "
                    f'write tag = "{theirs.tag}"',
                )
            )
        return theirs._replace(component=component.name, **own)

    def _linked_elsewhere(self, made: tuple[Rules, ...]) -> tuple[tuple[str, ...], ...]:
        """Return another tool's groups under the names that the components have here."""
        if self.others is None:
            return ()
        folders = {rules.component: rules.path for rules in self.others.components}
        names = {rules.path: rules.component for rules in made}
        groups = (
            tuple(names[folders[name]] for name in group if folders.get(name) in names)
            for group in self.others.linked
        )
        return tuple(group for group in groups if len(group) > 1)


def _planned(table: ComponentTable) -> bool:
    from tagboat.config.planning_shape import PlannedTable  # noqa: PLC0415 - pydantic is slow to import

    return bool(table.model_fields_set & set(PlannedTable.model_fields))


def attributes() -> Iterator[str]:
    """Yield the attributes of the rules, those of the inner classes one by one."""
    whole = {
        "versioning": Versioning._fields,
        "notes": Notes._fields,
        "reading": ReadingRules._fields,
    }
    for name in Rules._fields:
        if name in whole:
            yield from (f"{name}.{inner}" for inner in whole[name])
        else:
            yield name


def _versioning(table: Table) -> Versioning:
    values = _values(table)
    values["paths"] = tuple(PathRule(**_converted(rule)) for rule in values["paths"])
    if _by_files(table):
        values["releases"] = "level"
    values["levels"] = {kind: Level[word.upper()] for kind, word in values["levels"].items()}
    return Versioning(**values)


def _by_files(table: Table) -> bool:
    """Tell whether files decide the level and nothing says when a release is due: then the level does, too."""
    return getattr(table, "strategy", "") == "paths" and "releases" not in table.model_fields_set


def _notes(table: Table) -> Notes:
    values = _values(table)
    values["sections"] = tuple(Section(**section) for section in values["sections"])
    return Notes(**values)


def _reading(table: Table) -> ReadingRules:
    values = _values(table)
    values["rules"] = tuple(MessageRule(**_converted(rule)) for rule in values["rules"])
    return ReadingRules(**values)


def _values(table: Table) -> dict[str, Any]:
    return _converted(table.model_dump())


def _converted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table's values as the rules have them: lists as tuples, words as levels."""
    return {
        name: Level[value.upper()]
        if name in _LEVELS and isinstance(value, str)
        else tuple(value)
        if isinstance(value, list)
        else value
        for name, value in values.items()
    }
