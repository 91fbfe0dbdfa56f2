"""The two files of the tag that back ends write anew in an sdist, and what they may change in them.

setuptools adds a section to ``setup.cfg``; pdm-backend and uv_build write ``pyproject.toml`` out of the parsed data, and
pdm-backend puts the version in that it read from the tag. Both are held against the tag's file as data, so that nothing
else can be changed on the way.
"""

from __future__ import annotations

import configparser
import tomllib
from typing import Any

_GENERATED_SECTION = {"tag_build": "", "tag_date": "0"}
"""All that setuptools writes into ``setup.cfg``: the section ``[egg_info]``."""


def same_meaning(path: str, tagged: bytes, packed: bytes, version: str) -> bool:
    """Tell whether an sdist's file says what the tag's says, but for what back ends are known to change.

    Args:
        path: ``setup.cfg`` or ``pyproject.toml``; for any other path the answer is no.
        tagged: the tag's bytes; empty when the tag has no such file.
        packed: the sdist's bytes.
        version: the version that may have been put in.
    """
    try:
        before, after = tagged.decode("utf-8"), packed.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if path == "setup.cfg":
        return _same_setup_cfg(before, after)
    return path == "pyproject.toml" and _same_pyproject(before, after, version)


def _same_pyproject(tagged: str, packed: str, version: str) -> bool:
    try:
        before, after = tomllib.loads(tagged), tomllib.loads(packed)
    except tomllib.TOMLDecodeError:
        return False
    project = before.get("project")
    if isinstance(project, dict) and "version" in project.get("dynamic", []):
        given = after.get("project", {})
        if isinstance(given, dict) and given.get("version") == version:
            project["version"] = version
            project["dynamic"] = [name for name in project["dynamic"] if name != "version"]
    return bool(_without_empty(before) == _without_empty(after))


def _without_empty(value: Any) -> Any:
    """Drop empty tables and lists, which mean the same as none."""
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value


def _same_setup_cfg(tagged: str, packed: str) -> bool:
    """Tell whether an sdist's ``setup.cfg`` is the tag's, but for the section that setuptools adds."""
    one, two = _sections(tagged), _sections(packed)
    if one is None or two is None:
        return False
    added = two.pop("egg_info", {})
    before = one.pop("egg_info", {})
    return one == two and added in ({**before, **_GENERATED_SECTION}, before)


def _sections(text: str) -> dict[str, dict[str, str]] | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {name: dict(parser.items(name)) for name in parser.sections()}
