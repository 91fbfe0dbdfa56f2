"""Telling a build that is wrong from a machine that lacks something, by the words of the tools that builds use."""

from __future__ import annotations

import re

from tagboat.errors import RefusedError, StepFailedError, TagboatError

_COMPILER = r"'(?:[^']*[/-])?(?:g?cc|c\+\+|g\+\+|clang|clang\+\+)(?:-[\d.]+)?'"
_LACKS = (
    (
        re.compile(rf"command {_COMPILER} failed: No such file|No such file or directory: {_COMPILER}"),
        "a C or C++ compiler",
    ),
    (
        re.compile(r"Unknown compiler\(s\)|CMAKE_C(XX)?_COMPILER not set|No CMAKE_C(XX)?_COMPILER could"),
        "a C or C++ compiler",
    ),
    (
        re.compile(
            r"can't find Rust compiler|cargo[,:]? (command )?not found|Cargo, the Rust package manager"
        ),
        "Rust (cargo)",
    ),
    (re.compile(r"Python\.h: No such file|'Python\.h' file not found"), "the headers of this Python"),
    (re.compile(r"[Cc]ould not find (the )?[Nn]inja|ninja.*not found"), "ninja"),
)


def build_failure(what: str, output: str) -> TagboatError:
    """Return the error for a failed hook or command: refused when the machine lacks a tool, else failed."""
    for pattern, tool in _LACKS:
        if pattern.search(output):
            return RefusedError(
                f"{what} needs {tool}, and this machine has none",
                remedy=f"install {tool}, or build this part elsewhere and adopt its files (builder = 'adopt')",
            )
    hint = ""
    if (
        "Network is unreachable" in output
        or "name resolution" in output
        or "Name or service not known" in output
    ):
        hint = (
            "the build wants the network and has none: put what it fetches into the tree or its requirements"
        )
    return StepFailedError(f"{what} failed:\n{_end(output)}", remedy=hint or "look at the step's log")


def _end(output: str) -> str:
    return "\n".join(output.rstrip().splitlines()[-12:])
