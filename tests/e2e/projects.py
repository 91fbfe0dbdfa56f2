"""Tiny projects of every back end, as files."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping


def module(name: str) -> str:
    """The import name of a distribution."""
    return name.replace("-", "_")


def flit(name: str, version: str = "1.0", *, extra: str = "", tagboat: str = "") -> dict[str, str | bytes]:
    """A pure package built by flit-core."""
    return {
        "pyproject.toml": (
            '[build-system]\nrequires = ["flit_core>=3.12,<4"]\nbuild-backend = "flit_core.buildapi"\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\ndescription = "Tiny"\n'
            f'requires-python = ">=3.9"\nreadme = "README.md"\n{extra}\n'
            f"{configured(name, tagboat)}"
        ),
        "README.md": f"# {name}\n",
        f"{module(name)}/__init__.py": '"""Tiny."""\n\nvalue = 1\n',
    }


def setuptools(name: str, version: str = "1.0", *, tagboat: str = "") -> dict[str, str | bytes]:
    """A pure package built by setuptools, in a src folder."""
    return {
        "pyproject.toml": (
            '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\ndescription = "Tiny"\n'
            f'requires-python = ">=3.9"\nreadme = "README.md"\n\n{configured(name, tagboat)}'
        ),
        "README.md": f"# {name}\n",
        f"src/{module(name)}/__init__.py": '"""Tiny."""\n\nvalue = 1\n',
    }


def configured(name: str, component: str = "", *, policy: Mapping[str, object] | None = None) -> str:
    """Tagboat's tables for a project of one component."""
    words = "".join(
        f"{key} = {value if isinstance(value, int) else chr(34) + str(value) + chr(34)}\n"
        for key, value in {"ci-wait": 0, **(policy or {})}.items()
    )
    return (
        f'[tool.tagboat.components.{name}]\ntargets = ["testpypi", "pypi"]\n{component}\n'
        f"[tool.tagboat.policy]\n{words}"
    )


def wheel(name: str, version: str, payload: str = "value = 1\n") -> tuple[str, bytes]:
    """A wheel written by hand: its file name and its bytes."""
    flat = module(name)
    folder = f"{flat}-{version}.dist-info"
    files = {
        f"{flat}/__init__.py": payload,
        f"{folder}/METADATA": f"Metadata-Version: 2.3\nName: {name}\nVersion: {version}\nSummary: Tiny\n",
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_record_digest(text)},{len(text)}\n" for path, text in files.items())
    files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return f"{flat}-{version}-py3-none-any.whl", buffer.getvalue()


def _record_digest(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"sha256={digest}"


def _tiny(
    requires: str, backend: str, project: str = 'version = "1.0"', tables: str = "", folder: str = ""
) -> dict[str, str]:
    return {
        "pyproject.toml": (
            f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{backend}"\n\n'
            f'[project]\nname = "tiny-boat"\ndescription = "Tiny"\nrequires-python = ">=3.9"\n'
            f'readme = "README.md"\n{project}\n\n{tables}'
        ),
        "README.md": "# Tiny boat\n",
        f"{folder}tiny_boat/__init__.py": '"""Tiny."""\n\nvalue = 1\n',
    }


BACK_ENDS: dict[str, dict[str, str]] = {
    "setuptools": _tiny("setuptools>=77", "setuptools.build_meta", folder="src/"),
    "setuptools-scm": _tiny(
        'setuptools>=77", "setuptools-scm>=8',
        "setuptools.build_meta",
        'dynamic = ["version"]',
        "[tool.setuptools_scm]\n",
        "src/",
    ),
    "hatchling": _tiny("hatchling", "hatchling.build", folder="src/"),
    "hatch-vcs": _tiny(
        'hatchling", "hatch-vcs',
        "hatchling.build",
        'dynamic = ["version"]',
        '[tool.hatch.version]\nsource = "vcs"\n',
        "src/",
    ),
    "flit": _tiny("flit_core>=3.12,<4", "flit_core.buildapi"),
    "poetry-core": _tiny("poetry-core>=2", "poetry.core.masonry.api", folder="src/"),
    "pdm": _tiny("pdm-backend", "pdm.backend", folder="src/"),
    "uv_build": _tiny("uv_build>=0.9,<1", "uv_build", folder="src/"),
}
"""The same tiny package for each back end, without a word about Tagboat."""


def toolkit(name: str, version: str = "13.0") -> dict[str, str | bytes]:
    """Three components of one repository: a pure package, a C extension in two shards, a metapackage over both."""
    flat = module(name)
    head = 'description = "Tiny"\nrequires-python = ">=3.9"\nreadme = "README.md"\n'
    return {
        "tagboat.toml": f"""\
[policy]
ci-wait = 0

[components.pathfinder]
path = "{flat}_pathfinder"
distributions = ["{name}-pathfinder"]
tag = "pathfinder-v{{version}}"
targets = ["testpypi", "pypi"]

[components.bindings]
path = "{flat}_bindings"
distributions = ["{name}-bindings"]
tag = "v{{version}}"
targets = ["testpypi", "pypi"]
build-needs = ["pathfinder"]
needs = ["pathfinder"]
pythons = ["3.11", "3.12"]

[[components.bindings.shards]]
name = "cp311"
python = "3.11"
wheels = ["cp311-cp311-manylinux*"]

[[components.bindings.shards]]
name = "cp312"
python = "3.12"
sdist = false
wheels = ["cp312-cp312-manylinux*"]

[components.meta]
path = "{flat}"
distributions = ["{name}"]
tag = "v{{version}}"
targets = ["testpypi", "pypi"]
needs = ["pathfinder", "bindings"]
""",
        f"{flat}_pathfinder/pyproject.toml": (
            '[build-system]\nrequires = ["flit_core>=3.12,<4"]\nbuild-backend = "flit_core.buildapi"\n\n'
            f'[project]\nname = "{name}-pathfinder"\nversion = "1.4"\n{head}'
        ),
        f"{flat}_pathfinder/README.md": "# Pathfinder\n",
        f"{flat}_pathfinder/{flat}_pathfinder/__init__.py": '"""Finds."""\n\nwhere = "here"\n',
        f"{flat}_bindings/pyproject.toml": (
            f'[build-system]\nrequires = ["setuptools>=77", "{name}-pathfinder"]\n'
            'build-backend = "setuptools.build_meta"\n\n'
            f'[project]\nname = "{name}-bindings"\nversion = "{version}"\n{head}'
            f'dependencies = ["{name}-pathfinder>=1.4"]\n\n'
            f'[tool.setuptools]\npackages = ["{flat}_bindings"]\n'
        ),
        f"{flat}_bindings/setup.py": (
            f"import {flat}_pathfinder\nfrom setuptools import Extension, setup\n\n"
            f'assert {flat}_pathfinder.where == "here"\n'
            f'setup(ext_modules=[Extension("{flat}_bindings._native", ["{flat}_bindings/_native.c"])])\n'
        ),
        f"{flat}_bindings/README.md": "# Bindings\n",
        f"{flat}_bindings/{flat}_bindings/__init__.py": '"""Binds."""\n\nfrom ._native import depth\n\nassert depth() == 20000\n',
        f"{flat}_bindings/{flat}_bindings/_native.c": """\
#include <Python.h>

static PyObject *depth(PyObject *self, PyObject *unused) { return PyLong_FromLong(20000); }

static PyMethodDef methods[] = {{"depth", depth, METH_NOARGS, "Leagues."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef native = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, methods};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&native); }
""",
        f"{flat}/pyproject.toml": (
            '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\n{head}'
            f'dependencies = ["{name}-pathfinder~=1.4", "{name}-bindings=={version}"]\n\n'
            "[tool.setuptools]\npackages = []\n"
        ),
        f"{flat}/README.md": "# The whole\n",
    }
