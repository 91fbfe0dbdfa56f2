"""Every value that a project is planned and released by, with where it comes from: ``tagboat config show --effective``.

Keys are spelled as Tagboat's own file spells them (``versions.zero-holds``), whichever tool's file a value was read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from typing import Final, Literal

from tagboat.config.load import OwnTable
from tagboat.config.mistakes import near
from tagboat.config.model import Component, Config
from tagboat.config.origins import attribute_of, place_of
from tagboat.config.own_planning import attributes, file_key
from tagboat.config.places import Path, places
from tagboat.config.planning import Edit, MessageRule, PathRule, Planning, Rules, Section
from tagboat.core.canonical import JSON
from tagboat.core.change import Level
from tagboat.errors import UsageError

DEFAULT: Final = "default"
_SHARED: Final = ("path", "tag", "lines")
_SEEN: Final = {"distribution": "the project's files", "tag": "the repository's tags"}
_DISCOVERED: Final = {
    "tag": "the repository's tags",
    "targets": "default without a configuration",
    "strict": "default without a configuration",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One value.

    Attributes:
        component: the component that it goes for, or "" for all.
        key: how Tagboat's own file spells it.
        value: the value, as data.
        place: the file and line or the tool's key that it comes from, or who decided when nobody said it.
        stage: what it matters for.
    """

    component: str
    key: str
    value: JSON
    place: str
    stage: Literal["planning", "release"]

    @property
    def name(self) -> str:
        """The key with its component."""
        return f"{self.component}.{self.key}" if self.component else self.key


def planning_settings(planning: Planning, own: OwnTable | None) -> Iterator[Setting]:
    """Yield the values that the components are planned by.

    Args:
        planning: the rules.
        own: Tagboat's own table, for the places of what goes for all components; None when there is none.
    """
    tool = planning.dialect.removeprefix("tagboat").lstrip("+")
    lines = _Lines(own)
    yield Setting("", "repository", planning.repository, lines.place("repository"), "planning")
    linked = _Lines(own).place("linked")
    where = planning.source if planning.linked and linked == DEFAULT else linked
    yield Setting("", "linked", _data(planning.linked), where, "planning")
    for rules in planning.components:
        for attribute in attributes():
            if attribute == "component":
                continue
            value = attribute_of(rules, attribute)
            place = place_of(planning, rules.component, attribute) or _unsaid(attribute, value, tool)
            yield Setting(rules.component, file_key(attribute), _data(value), place, "planning")


def release_settings(config: Config, own: OwnTable | None, planned: Sequence[str]) -> Iterator[Setting]:
    """Yield the values that the components are released by, without those that planning shows already.

    Args:
        config: the configuration of a release.
        own: Tagboat's own table, for the places; None when there is none.
        planned: the names of the components whose path, tag and release lines planning shows.
    """
    lines = _Lines(own)
    for key, value in (
        ("default-branch", config.default_branch),
        ("pipeline", config.pipeline),
        *((f"policy.{file_key(name)}", value) for name, value in asdict(config.policy).items()),
        *((f"workflows.{file_key(name)}", value) for name, value in asdict(config.workflows).items()),
        *(
            (f"indexes.{index.name}.{name}", value)
            for index in config.indexes
            for name, value in asdict(index).items()
            if name != "name"
        ),
    ):
        yield Setting("", key, _data(value), lines.place(*key.split(".")), "release")
    for component in config.components:
        for field in fields(Component):
            if field.name == "name" or (field.name in _SHARED and component.name in planned):
                continue
            key, value = file_key_of_release(field.name), getattr(component, field.name)
            place = lines.place("components", component.name, key)
            if place == DEFAULT and value != _default(field):
                place = _DISCOVERED.get(field.name, "the project's files")
            yield Setting(component.name, key, _data(value), place, "release")


def file_key_of_release(attribute: str) -> str:
    """Return how the file spells an attribute of a component's release."""
    return attribute.replace("_", "-")


def setting_of(settings: Sequence[Setting], name: str) -> Setting:
    """Return the setting of this name: ``COMPONENT.KEY``, ``KEY`` where only one has it, or an entry of a table.

    Raises:
        UsageError: there is none; the near one is named.
    """
    named = {setting.name: setting for setting in settings}
    for setting in settings:
        alone = sum(other.key == setting.key for other in settings) == 1
        for spelled in (setting.name, setting.key) if alone else (setting.name,):
            if name == spelled:
                return setting
            entry = name.removeprefix(f"{spelled}.")
            if entry != name and isinstance(setting.value, Mapping) and entry in setting.value:
                return replace(setting, key=f"{setting.key}.{entry}", value=setting.value[entry])
    raise UsageError(
        f"there is no setting {name[:100]!a}{near(name, named)}",
        remedy="tagboat config show --effective lists them all",
    )


def meaning(setting: Setting) -> str:
    """Return what a setting means, in the words of the reference page; "" for one that the own file does not have."""
    from tagboat.config.shape import table_at  # noqa: PLC0415 - pydantic is slow to import

    path = setting.key.split(".")
    place: tuple[str, ...] = ("components", setting.component) if setting.component else ()
    if path[0] in {"indexes", "policy", "workflows"}:
        path, place = path[-1:], tuple(path[:-1])
    while path:
        table = table_at(place)
        fields_ = {field.alias: field for field in table.model_fields.values()} if table else {}
        field = fields_.get(path[0])
        inner = table_at((*place, path[0]))
        if field is not None and (len(path) == 1 or inner is None):
            return field.description or ""
        place, path = (*place, path[0]), path[1:]
    return ""


class _Lines:
    def __init__(self, own: OwnTable | None) -> None:
        self._own = own
        self._lines = places(own.text) if own else {}

    def place(self, *keys: str) -> str:
        """Return the file and line of a key, or who decided when it is not there."""
        own = self._own
        path: Path = (*own.root, *keys) if own else keys
        return f"{own.file}:{self._lines[path]}" if own and path in self._lines else DEFAULT


def _unsaid(attribute: str, value: object, tool: str) -> str:
    """Say who decided a value that no file says."""
    name, _, inner = attribute.partition(".")
    default = Rules._field_defaults.get(name, MISSING)
    if inner and default is not MISSING:
        default = getattr(default, inner)
    if value == default:
        return DEFAULT
    if attribute in _SEEN:
        return _SEEN[attribute]
    return f"{tool}'s default" if tool and tool != "defaults" else "the project's files"


def _default(field: object) -> object:
    default = getattr(field, "default", MISSING)
    if default is not MISSING:
        return default
    factory = getattr(field, "default_factory", MISSING)
    return factory() if callable(factory) else MISSING


def _data(value: object) -> JSON:
    match value:
        case Mapping():
            return {str(key): _data(inner) for key, inner in value.items()}
        case Section() | MessageRule() | PathRule() | Edit():
            return {
                file_key_of_release(name): _data(said)
                for name, said in zip(value._fields, value, strict=True)
                if name not in value._field_defaults or said != value._field_defaults[name]
            }
        case list() | tuple():
            return [_data(item) for item in value]
        case str() | bool() | int() | None:
            return value.word if isinstance(value, Level) else value
        case _ if is_dataclass(value):
            return {
                file_key_of_release(field.name): _data(getattr(value, field.name))
                for field in fields(value)
                if getattr(value, field.name) != _default(field)
            }
        case _:
            return str(value)
