"""Where this machine installs Python packages from, as pip and uv are configured here.

pip: its variables, then its configuration files (``[global]``, ``[install]``, ``[download]``). uv: its variables, then
``uv.toml``. pip's answer is taken first, because it has more places; uv's fills what pip leaves open.
"""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_PIP_KEYS: Final = ("index-url", "extra-index-url", "find-links", "no-index", "cert")
_FALSE: Final = ("", "0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Sources:
    """URLs of simple indexes in their order, places of loose files (URLs or folders), and a CA file or None.

    ``authorization`` is the header with which the indexes' own hosts are asked, and no other host; "" for none.
    """

    indexes: tuple[str, ...]
    find_links: tuple[str, ...] = ()
    certificate: str | None = None
    authorization: str = field(default="", repr=False)


def machine_sources(default_index: str | None = None, environ: Mapping[str, str] | None = None) -> Sources:
    """The sources of this machine; ``default_index`` is used when nothing names a main index.

    ``environ`` stands for the process's environment.
    """
    variables = os.environ if environ is None else environ
    pip, uv = _pip(variables), _uv(variables)
    main: str | None = pip.get("index-url") or uv.get("index-url") or default_index
    extra = (pip.get("extra-index-url", "") + " " + uv.get("extra-index-url", "")).split()
    if pip.get("no-index", "").lower() not in _FALSE:
        main, extra = None, []
    links = (pip.get("find-links", "") + " " + uv.get("find-links", "")).split()
    certificate = pip.get("cert") or variables.get("SSL_CERT_FILE") or variables.get("REQUESTS_CA_BUNDLE")
    return Sources(_unique(([main] if main else []) + extra), _unique(links), certificate or None)


def _pip(variables: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for path in _pip_files(variables):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install", "download"):
            if parser.has_section(section):
                values |= {key.replace("_", "-"): value for key, value in parser.items(section) if value}
    for key in _PIP_KEYS:
        if value := variables.get("PIP_" + key.upper().replace("-", "_")):
            values[key] = value
    return {key: values[key] for key in _PIP_KEYS if key in values}


def _pip_files(variables: Mapping[str, str]) -> list[Path]:
    """The files that pip reads, the strongest last (pip's documentation: Configuration)."""
    chosen = variables.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    home = Path(variables.get("HOME", "~")).expanduser()
    config = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    shared = variables.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    files = [Path(folder) / "pip" / "pip.conf" for folder in shared]
    files += [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
    files += [home / "Library" / "Application Support" / "pip" / "pip.conf"]
    files += [Path(sys.prefix) / "pip.conf"]
    return files + ([Path(chosen)] if chosen else [])


def _uv(variables: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    home = Path(variables.get("HOME", "~")).expanduser()
    config = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    if variables.get("UV_NO_CONFIG", "").lower() in _FALSE:
        for path in (Path("/etc/uv/uv.toml"), config / "uv" / "uv.toml"):
            values |= _uv_file(path)
    named = {
        "index-url": ("UV_INDEX_URL", "UV_DEFAULT_INDEX"),
        "extra-index-url": ("UV_EXTRA_INDEX_URL", "UV_INDEX"),
        "find-links": ("UV_FIND_LINKS",),
    }
    for key, names in named.items():
        for name in names:
            if value := variables.get(name):
                values[key] = " ".join(_without_name(word) for word in value.replace(",", " ").split())
    return values


def _uv_file(path: Path) -> dict[str, str]:
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    listed = [index for index in data.get("index", []) if isinstance(index, dict) and "url" in index]
    values = {
        "index-url": next(
            (index["url"] for index in listed if index.get("default")), data.get("index-url", "")
        ),
        "extra-index-url": " ".join(
            [index["url"] for index in listed if not index.get("default")]
            + list(data.get("extra-index-url", []))
        ),
        "find-links": " ".join(data.get("find-links", [])),
    }
    return {key: value for key, value in values.items() if value}


def _without_name(index: str) -> str:
    """The URL of uv's ``name=URL``."""
    name, equals, url = index.partition("=")
    return url if equals and "/" not in name else index


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
