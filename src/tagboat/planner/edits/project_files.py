"""The version in one ``pyproject.toml`` or ``setup.cfg`` that an edit names."""

from __future__ import annotations

import configparser

from tagboat.config.document import inner, parse
from tagboat.planner.edits.spots import Found, Source, Spot, Words
from tagboat.planner.version_text import cfg_value, toml_value

_TABLES = (("project", "version"), ("tool", "poetry", "version"))


def project_file_spots(source: Source, cfg: configparser.RawConfigParser, words: Words) -> Found:
    """Find ``[project] version`` and ``[tool.poetry] version``, or ``[metadata] version``.

    A version that comes from elsewhere (``dynamic``, ``attr:``, ``file:``) is no mistake: there is nothing to edit here.

    Raises:
        ConfigError: the file cannot be read.
    """
    if source.path.endswith("pyproject.toml"):
        return _pyproject(source, words)
    value = cfg.get("metadata", "version", fallback="").strip()
    if value.startswith(("attr:", "file:")):
        return Found()
    return _spots(source, cfg_value(source.data, value) if value else [], words, "[metadata] version")


def _pyproject(source: Source, words: Words) -> Found:
    table = parse(source.path, source.data[source.mark :])
    spans = [span for path in _TABLES for span in toml_value(source.data, path)]
    dynamic = inner(table, "project").get("dynamic")
    if not spans and isinstance(dynamic, list) and "version" in dynamic:
        return Found()
    return _spots(source, spans, words, "[project] version")


def _spots(source: Source, spans: list[tuple[int, int]], words: Words, what: str) -> Found:
    found = [Spot(start, end, words.value(source.data[start:end].decode())) for start, end in spans]
    return Found(tuple(found), f"{source.path}:1: nothing here is {what}, as a text that is a version")
