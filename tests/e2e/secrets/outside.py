"""The real command, for which the public services are those that a file names: ``outside.py FILE WORDS...``.

Without addresses in the file, they are the real ones. With ``"bug"`` in it, its text is the message of an exception that nobody foresaw, in the middle of the work.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from types import MappingProxyType

from tagboat.adapters import addresses


def lead(order: dict[str, str]) -> None:
    """Put these addresses in the place of the public ones."""
    indexes = {
        name: addresses.IndexAddress(order[f"{name}-upload"], order[f"{name}-simple"])
        for name in ("pypi", "testpypi")
    }
    addresses.PUBLIC = addresses.Addresses(  # type: ignore[misc] # this process has other public services
        api=order["api"], uploads=order["uploads"], git=order["git"], indexes=MappingProxyType(indexes)
    )


def break_down(message: str) -> None:
    """Let the forge's adapter have a bug."""
    from tagboat.adapters.forges.github import GitHub  # noqa: PLC0415 - only for this

    def broken(self: GitHub, commit: str) -> None:
        raise LookupError(message)

    GitHub.runs = broken  # type: ignore[assignment, method-assign] # what nobody foresaw


def main() -> None:
    order = json.loads(Path(sys.argv.pop(1)).read_text())
    if "api" in order:
        lead(order)
    if order.get("bug"):
        break_down(order["bug"])
    sys.argv[0] = "tagboat"
    runpy.run_module("tagboat", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
