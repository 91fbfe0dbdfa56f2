"""The project that ``make demo-ci`` releases: three components in one repository, one of them built on several machines."""

from __future__ import annotations

import platform
import sys

REPOSITORY = "acme/toolkit"
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
DISTRIBUTIONS = ("toolkit-pathfinder", "toolkit-bindings", "toolkit")
VERSIONS = {"pathfinder": "1.4", "bindings": "13.1", "toolkit": "13.1"}
TAGS = {"pathfinder": "pathfinder-v1.4", "bindings": "v13.1", "toolkit": "v13.1"}
MACHINES = {
    "linux": ("ubuntu-latest", f"manylinux_2_17_{platform.machine()}"),
    "windows": ("windows-latest", "win_amd64"),
    "macos": ("macos-latest", "macosx_11_0_arm64"),
}
"""Shard to the runner's label and to the platform of its wheel."""
_WHEEL = '"python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "{out}"'


def files() -> dict[str, str]:
    """Return path to text of the whole project."""
    return {
        "tagboat.toml": _configuration(),
        "tests.py": "import ast, pathlib\n\nfor file in pathlib.Path().rglob('__init__.py'):\n    ast.parse(file.read_text())\n",
        **_package(
            "pathfinder", 'requires = ["flit_core>=3.12,<4"]\nbuild-backend = "flit_core.buildapi"', ()
        ),
        **_package("bindings", _SETUPTOOLS, ("toolkit-pathfinder>=1.4",)),
        **_package(
            "toolkit", _HATCHLING, ("toolkit-pathfinder~=1.4", f"toolkit-bindings=={VERSIONS['bindings']}")
        ),
        **{f"notes/{VERSIONS[name]}-notes.md": "It finds its way.\n" for name in ("bindings",)},
    }


_SETUPTOOLS = 'requires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"'
_HATCHLING = 'requires = ["hatchling"]\nbuild-backend = "hatchling.build"'


def _package(component: str, build: str, needs: tuple[str, ...]) -> dict[str, str]:
    name = component if component == "toolkit" else f"toolkit-{component}"
    module = name.replace("-", "_")
    dependencies = ", ".join(f'"{need}"' for need in needs)
    return {
        f"{module}/pyproject.toml": f"""\
[build-system]
{build}

[project]
name = "{name}"
version = "{VERSIONS[component]}"
description = "A small part of a toolkit"
readme = "README.md"
requires-python = ">=3.11"
dependencies = [{dependencies}]
""",
        f"{module}/README.md": f"# {name}\n",
        f"{module}/{module}/__init__.py": f'"""{name}, which is small."""\n',
    }


def _configuration() -> str:
    shards = "".join(
        f"""
[[components.bindings.shards]]
name = "{name}"
builder = "adopt"
sdist = false
runner = "{runner}"
command = [{_WHEEL}, "--config-settings=--build-option=--plat-name={tag}", "./toolkit_bindings"]
wheels = ["py3-none-{tag}"]
"""
        for name, (runner, tag) in MACHINES.items()
    )
    return f"""\
repository = "{REPOSITORY}"
default-branch = "main"

[components.pathfinder]
path = "toolkit_pathfinder"
distributions = ["toolkit-pathfinder"]
tag = "pathfinder-v{{version}}"
targets = ["testpypi", "pypi"]

[components.bindings]
path = "toolkit_bindings"
distributions = ["toolkit-bindings"]
tag = "v{{version}}"
notes = "notes/{{version}}-notes.md"
targets = ["testpypi", "pypi"]
needs = ["pathfinder"]

[[components.bindings.shards]]
name = "sdist"
wheel = false
{shards}
[components.toolkit]
path = "toolkit"
distributions = ["toolkit"]
tag = "v{{version}}"
targets = ["testpypi", "pypi"]
needs = ["pathfinder", "bindings"]

[workflows]
python = "{PYTHON}"
test = ["python", "tests.py"]
failure-issue = true
"""
