"""Settings as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tagboat.config.settings import Setting
from tagboat.core.text import plain

if TYPE_CHECKING:
    from tagboat.core.canonical import JSON
    from tagboat.wiring.settings import Effective

_WIDEST = 40


def answer(found: Effective) -> dict[str, Any]:
    """Return the values as data."""
    return {
        "dialect": found.planning.dialect,
        "source": found.planning.source,
        "settings": [as_json(setting) for setting in found.settings],
        "remarks": [remark._asdict() for remark in found.planning.remarks],
        "unreleased": found.unreleased,
        "uncommitted": list(found.uncommitted),
    }


def as_json(setting: Setting) -> dict[str, Any]:
    """Return one value as data."""
    return asdict(setting)


def told(found: Effective) -> Iterator[str]:
    """Yield the lines that tell a person of all values, component by component."""
    yield f"rules: {found.planning.dialect} {found.planning.source}".rstrip()
    widest = max((len(setting.key) for setting in found.settings), default=0)
    for component, group in groupby(found.settings, key=lambda setting: setting.component):
        yield ""
        yield component or "all components"
        settings = list(group)
        for stage in ("planning", "release"):
            rows = [setting for setting in settings if setting.stage == stage]
            if rows:
                yield f"  {stage}"
            for row in rows:
                value = shown(row.value, _WIDEST)
                yield f"    {row.key:<{widest}}  {value:<{_WIDEST}}  {plain(row.place)}"


def shown(value: JSON, limit: int = 2000) -> str:
    """Return a value in one line, cut to ``limit`` characters."""
    if value in ("", None, [], {}):
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return plain(text, limit=limit)
