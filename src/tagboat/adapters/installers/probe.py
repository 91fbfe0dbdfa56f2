"""Imports what a distribution installed and reports on it; a script for the interpreter of a throwaway environment.

It runs in any Python from 3.8 on, without Tagboat. Arguments: the distribution's name, a JSON list of modules to
import or ``null`` for the top-level names of the installed RECORD, and the file to write the report to. The file is
written after each import, so that a module that ends the process is known by name.
"""

from __future__ import annotations

import importlib
import json
import platform
import re
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


def wanted_extra(found: Any, problem: BaseException | None) -> str:
    """Return the missing module that only an extra of the distribution would bring, or "".

    A module for those who install an extra is no mistake of the release; the rest of the package is what is tried.
    """
    plain: set[str] = set()
    optional: set[str] = set()
    for line in found.requires or []:
        name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        (optional if re.search(r"\bextra\s*==", line) else plain).add(re.sub(r"[-_.]+", "-", name).lower())
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        if isinstance(problem, ModuleNotFoundError) and problem.name:
            missing = problem.name.split(".")[0]
            name = re.sub(r"[-_.]+", "-", missing).lower()
            if name in optional - plain:
                return missing
        problem = problem.__cause__ or problem.__context__
    return ""


def attempt(module: str, found: Any, found_out: bool, report: dict[str, Any]) -> None:
    """Import one module and report on it; ``found_out`` tells a name from RECORD from one that was configured."""
    try:
        importlib.import_module(module)
    except BaseException as problem:  # noqa: BLE001 - foreign modules may raise anything, SystemExit included
        extra = wanted_extra(found, problem) if found_out else ""
        last = traceback.format_exception_only(type(problem), problem)[-1].strip()
        if extra:
            print(f"{module} is not tried: it needs {extra}, which an extra brings")
            report["skipped"].append(f"import {module}: {last}")
        else:
            report["problems"].append(f"import {module}: {last}")
    else:
        report["imported"].append(module)


def main() -> None:
    """Write the report."""
    name, wanted, target = sys.argv[1:4]
    report: dict[str, Any] = {"python": platform.python_version(), "version": ""}
    report.update(imported=[], skipped=[], problems=[])

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
        attempt(module, found, modules is None, report)
    report.pop("importing", None)
    if not report["imported"]:
        report["problems"] += report["skipped"]
    save()


if __name__ == "__main__":
    main()
