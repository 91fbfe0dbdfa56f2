"""The values of release-please's files, each of the type that its schema says, and where each was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tagboat.errors import ConfigError

REMEDY: Final = "correct the file; release-please's schema says what it takes"
_ATTRIBUTES: Final[Mapping[str, str]] = {
    "component": "component",
    "package-name": "component",
    "exclude-paths": "exclude",
    "include-v-in-tag": "tag",
    "include-component-in-tag": "tag",
    "tag-separator": "tag",
    "versioning": "versioning.strategy",
    "bump-minor-pre-major": "versioning.breaking_below_one",
    "bump-patch-for-minor-pre-major": "versioning.minor_below_one",
    "prerelease-type": "versioning.train",
    "release-as": "versioning.release_as",
    "changelog-sections": "notes.sections",
    "skip-changelog": "notes.path",
    "changelog-path": "notes.path",
    "changelog-host": "notes.host",
    "release-type": "edits",
    "version-file": "edits",
    "extra-files": "edits",
    "bootstrap-sha": "since",
    "last-release-sha": "stop",
}


class PackageOptions:
    """One package's options; the package's own value goes before the one for all.

    Attributes:
        file: the configuration's path.
        table: the options for all packages.
        path: the package's key.
        own: its own options.
        origins: attribute of the rules → place; it is added to.
        name: the component's name, once it is known: from then on origins are noted.
    """

    def __init__(
        self,
        file: str,
        table: Mapping[str, Any],
        path: str,
        own: Mapping[str, Any],
        origins: dict[str, str],
    ) -> None:
        self.file = file
        self.table = table
        self.path = path
        self.own = own
        self.origins = origins
        self.name = ""

    def value(self, name: str, kind: type) -> Any:
        """Return an option's value, or None.

        Raises:
            ConfigError: it is of another type.
        """
        value = typed(self.file, self._table(name), name, kind, self._place(name))
        if value is not None and self.name:
            self.said(name)
        return value

    def said(self, name: str) -> None:
        """Note where the attribute that an option decides was said."""
        attribute = _ATTRIBUTES.get(name)
        if attribute:
            self.origins[f"{self.name}.{attribute}"] = f"{self.file}: {self._place(name)}{name}"

    def text(self, name: str) -> str:
        """Return the text of an option, "" when it is not there."""
        return self.value(name, str) or ""

    def texts(self, name: str) -> list[str]:
        """Return the texts of a list."""
        self.value(name, list)
        return list(texts_of(self._table(name), name, self.file))

    def flag(self, name: str, default: bool = False) -> bool:
        """Return whether an option is on."""
        value = self.value(name, bool)
        return default if value is None else bool(value)

    def _table(self, name: str) -> Mapping[str, Any]:
        return self.own if name in self.own else self.table

    def _place(self, name: str) -> str:
        return f'packages."{self.path}".' if name in self.own else ""


def typed(file: str, table: Mapping[str, Any], name: str, kind: type, place: str = "") -> Any:
    """Return a value of a table, or None.

    Args:
        file: for the message.
        table: the table.
        name: the key.
        kind: the type that it must have.
        place: what stands before the key in the message.

    Raises:
        ConfigError: it is of another type.
    """
    value = table.get(name)
    if value is not None and not isinstance(value, kind):
        raise ConfigError(f"{file}: {place}{name} is not of the type {kind.__name__}", remedy=REMEDY)
    return value


def object_of(value: object, place: str) -> dict[str, Any]:
    """Return what must be an object.

    Raises:
        ConfigError: it is none.
    """
    if not isinstance(value, dict):
        raise ConfigError(f"{place} is not an object", remedy=REMEDY)
    return value


def text_of(table: Mapping[str, Any], name: str, place: str) -> str:
    """Return the text under a key, "" when there is none.

    Raises:
        ConfigError: something else is there.
    """
    value = table.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{place}: {name} is not of the type str", remedy=REMEDY)
    return value or ""


def texts_of(table: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
    """Return the texts of the list under a key, none when it is not there.

    Raises:
        ConfigError: something else is there.
    """
    value = table.get(name)
    if value is not None and not (isinstance(value, list) and all(isinstance(text, str) for text in value)):
        raise ConfigError(f"{place}: {name} is not a list of texts", remedy=REMEDY)
    return tuple(value or ())
