import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
before = set(sys.modules)
sys.argv = ["tagboat", *{arguments!r}]
try:
    from tagboat.__main__ import main
    main()
except SystemExit:
    pass
import json
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}} - sys.stdlib_module_names
ours = sorted(name for name in set(sys.modules) - before if name.startswith("tagboat."))
print()
print(json.dumps([sorted(loaded), ours]))
"""
HEAVY = {"pydantic", "urllib3", "aiohttp", "twine", "trustme", "tomlkit", "build", "cryptography"}


def loaded(*arguments: str) -> tuple[set[str], list[str]]:
    program = PROGRAM.format(arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    packages, ours = json.loads(done.stdout.splitlines()[-1])
    return set(packages), ours


def test_the_version_is_told_without_loading_anything() -> None:
    assert loaded("--version") == ({"tagboat"}, ["tagboat.__main__", "tagboat._version"])


def test_help_loads_the_command_line_alone() -> None:
    packages, ours = loaded("--help")
    assert packages == {"click", "tagboat"}
    assert [name for name in ours if not name.startswith(("tagboat.cli", "tagboat._", "tagboat.__"))] == []


def test_the_status_loads_nothing_heavy(tmp_path: Path) -> None:
    packages, ours = loaded("status", "--json", "--state", str(tmp_path))
    assert packages & HEAVY == set()
    assert [
        name for name in ours if name.startswith(("tagboat.adapters", "tagboat.sandbox", "tagboat.wiring"))
    ] == []


@pytest.mark.parametrize(
    "room", ["core", "errors", "ports", "steps.kinds", "pipelines.tag_release", "engine.inline"]
)
def test_the_inner_rooms_load_nothing_heavy(room: str) -> None:
    program = f"import sys, tagboat.{room}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) & HEAVY == set()
