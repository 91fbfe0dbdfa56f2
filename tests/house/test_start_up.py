import json
import subprocess
import sys
from pathlib import Path

import pytest

from tagboat.testing.drawings import Drawing, Drawn, into_git

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


NOT_FOR_A_PLAN = {
    "argparse", "ast", "asyncio", "bz2", "configparser", "dataclasses", "difflib", "email", "fcntl", "gettext", "hashlib",
    "http", "inspect", "ipaddress", "locale", "logging", "lzma", "packaging.tags", "packaging.utils", "pathlib", "platform",
    "random", "secrets", "selectors", "shlex", "shutil", "signal", "socket", "ssl", "subprocess", "tempfile",
    "textwrap", "threading", "tomllib", "unittest", "urllib", "uuid", "weakref", "zipfile",
}  # fmt: skip
"""What is slow to load and of no use to a plan; one import of any of them costs as much as all of git's work."""

MODULES_OF_A_PLAN = 75
"""Each module of ours takes about as long as git takes to look up a file; a plan has as many as it needs, and no more."""


def test_a_plan_loads_what_it_uses(tmp_path: Path) -> None:
    files = {
        b"release-please-config.json": b'{"packages": {".": {"release-type": "python"}}}',
        b".release-please-manifest.json": b'{".": "1.0.0"}',
        b"pyproject.toml": b'[project]\nname = "acme"\n',
    }
    commits = (Drawn("one", (), b"chore: begin", files), Drawn("two", ("one",), b"feat: sail"))
    into_git(Drawing(commits, tags={"v1.0.0": "one"}), tmp_path / "work")
    program = (
        "import os, sys\nbefore = set(sys.modules)\nfrom tagboat import __main__\n"
        f"sys.argv = ['tagboat', 'plan', '--json', '--repo', {str(tmp_path / 'work')!r}]\n"
        "os._exit = sys.exit\ntry: __main__.main()\nexcept SystemExit: pass\n"
        "print()\nprint(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert '"version": "1.1.0"' in done.stdout
    modules = set(done.stdout.splitlines()[-1].split())
    assert modules & NOT_FOR_A_PLAN == set()
    third = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    assert third == {"tagboat"}
    seldom = {"config.model", "config.tag_styles", "cli.screen", "planner.versions.paths"}
    assert {f"tagboat.{name}" for name in seldom} & modules == set()
    ours = {name for name in modules if name.startswith("tagboat")}
    assert len(ours) <= MODULES_OF_A_PLAN, sorted(ours)


@pytest.mark.parametrize(
    "room", ["core", "errors", "ports", "steps.kinds", "pipelines.tag_release", "engine.inline"]
)
def test_the_inner_rooms_load_nothing_heavy(room: str) -> None:
    program = f"import sys, tagboat.{room}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) & HEAVY == set()
