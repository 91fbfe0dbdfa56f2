"""The values of release-please's files, each of the type that its schema says, and where each was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tagboat.config.dialects.sources import Source

_KINDS: Final[Mapping[type, str]] = {str: "text", bool: "true or false", list: "a list", dict: "an object"}
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
        source: the configuration's file; mistakes are noted there.
        table: the options for all packages.
        path: the package's key.
        own: its own options.
        origins: attribute of the rules → place; it is added to.
        name: the component's name, once it is known: from then on origins are noted.
    """

    def __init__(
        self,
        source: Source,
        table: Mapping[str, Any],
        path: str,
        own: Mapping[str, Any],
        origins: dict[str, str],
    ) -> None:
        self.source = source
        self.file = source.file
        self.table = table
        self.path = path
        self.own = own
        self.origins = origins
        self.name = ""

    def value(self, name: str, kind: type) -> Any:
        """Return an option's value, or None; one of another type is a mistake."""
        value = typed(self.source, self._table(name), name, kind, self.path_to(name))
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
        found = texts_of(self.source, self._table(name), name, self.path_to(name))
        if found and self.name:
            self.said(name)
        return list(found)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return whether an option is on."""
        value = self.value(name, bool)
        return default if value is None else bool(value)

    def path_to(self, name: str) -> tuple[str, ...]:
        """Return the keys that lead to the table which an option is read from."""
        return ("packages", self.path) if name in self.own else ()

    def _table(self, name: str) -> Mapping[str, Any]:
        return self.own if name in self.own else self.table

    def _place(self, name: str) -> str:
        return f'packages."{self.path}".' if name in self.own else ""


def typed(
    source: Source, table: Mapping[str, Any], name: str, kind: type, path: Sequence[str | int] = ()
) -> Any:
    """Return a value of a table, or None; one of another type is a mistake.

    Args:
        source: the file.
        table: the table.
        name: the key.
        kind: the type that it must have.
        path: where the table stands.
    """
    value = table.get(name)
    if value is None or isinstance(value, kind):
        return value
    source.mistake((*path, name), f"must be {_KINDS[kind]}")
    return None


def object_of(source: Source, value: object, path: Sequence[str | int]) -> dict[str, Any]:
    """Return what must be an object; anything else is a mistake, and empty."""
    if isinstance(value, dict):
        return value
    source.mistake(path, "must be an object")
    return {}


def text_of(source: Source, table: Mapping[str, Any], name: str, path: Sequence[str | int]) -> str:
    """Return the text under a key, "" when there is none."""
    return typed(source, table, name, str, path) or ""


def texts_of(
    source: Source, table: Mapping[str, Any], name: str, path: Sequence[str | int] = ()
) -> tuple[str, ...]:
    """Return the texts of the list under a key, none when it is not there."""
    value = table.get(name)
    if value is not None and not (isinstance(value, list) and all(isinstance(text, str) for text in value)):
        source.mistake((*path, name), "must be a list of texts")
        return ()
    return tuple(value or ())
