from __future__ import annotations

import ast
from pathlib import Path

import tagboat.sandbox

ROOM = Path(tagboat.sandbox.__file__).parent


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == "tagboat"}


def test_the_sandbox_shares_nothing_with_what_it_tests_but_the_errors() -> None:
    foreign = {
        (path.name, name)
        for path in ROOM.rglob("*.py")
        for name in imported(path)
        if not name.startswith(("tagboat.sandbox", "tagboat.errors"))
    }
    assert foreign == set()
