"""Imports what a distribution installed and reports on it; a script for the interpreter of a throwaway environment.

It runs in any Python from 3.8 on, without Tagboat. Arguments: the distribution's name, a JSON list of modules to
import or ``null`` for the top-level names of the installed RECORD, and the file to write the report to. The file is
written after each import, so that a module that ends the process is known by name.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import traceback
from importlib import metadata
from typing import Any

_NOT_API = {
    "test",
    "tests",
    "testing",
    "doc",
    "docs",
    "example",
    "examples",
    "benchmark",
    "benchmarks",
    "conftest",
}


def top_level(found: Any) -> list[str]:
    """Return the packages and modules that RECORD names at the top, without private ones, tests and data folders."""
    suffixes = [*importlib.machinery.all_suffixes()]
    names: set[str] = set()
    nested: dict[str, set[str]] = {}
    for path in found.files or []:
        parts = path.parts
        suffix = next((end for end in suffixes if parts[-1].endswith(end)), None)
        if suffix is None or ".." in parts or parts[0].endswith((".dist-info", ".data")):
            continue
        stem = parts[-1][: -len(suffix)]
        if len(parts) == 1:
            names.add(stem)
        elif stem == "__init__":
            nested.setdefault(parts[0], set()).add(".".join(parts[:-1]))
        elif len(parts) == 2:
            nested.setdefault(parts[0], set()).add("")
    for first, packages in nested.items():
        regular = first in packages
        shortest = sorted((name for name in packages if name), key=lambda name: (name.count("."), name))
        names.update(
            [first]
            if regular or not shortest
            else [n for n in shortest if n.count(".") == shortest[0].count(".")]
        )
    return sorted(
        name
        for name in names
        if all(part.isidentifier() for part in name.split("."))
        and not name.startswith("_")
        and name.split(".")[0] not in _NOT_API
    )


def main() -> None:
    """Write the report."""
    name, wanted, target = sys.argv[1:4]
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "version": "",
        "imported": [],
        "problems": [],
    }

    def save() -> None:
        with open(target, "w", encoding="utf-8") as file:  # noqa: PTH123 - open is quicker to import than pathlib
            json.dump(report, file)

    save()
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        report["problems"].append(f"{name} is not installed")
        save()
        return
    report["version"] = found.version
    modules = json.loads(wanted)
    for module in top_level(found) if modules is None else modules:
        report["importing"] = module
        save()
        try:
            importlib.import_module(module)
        except BaseException as problem:  # noqa: BLE001 - foreign modules may raise anything, SystemExit included
            last = traceback.format_exception_only(type(problem), problem)[-1].strip()
            report["problems"].append(f"import {module}: {last}")
        else:
            report["imported"].append(module)
    report.pop("importing", None)
    save()


if __name__ == "__main__":
    main()
