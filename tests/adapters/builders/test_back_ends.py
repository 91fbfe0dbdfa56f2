from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from tagboat.adapters.inspection import Inspection
from tagboat.adapters.isolation import network_off
from tagboat.config.model import Component, Shard
from tagboat.core.artifact import Artifact, Role
from tagboat.core.verdict import Verdict
from tagboat.ports.inspector import InspectionRequest

pytestmark = pytest.mark.slow
BACK_ENDS = (
    "flit",
    "hatchling",
    "setuptools",
    "poetry-core",
    "pdm",
    "uv_build",
    "setuptools-scm",
    "hatch-vcs",
    "pdm-scm",
)


def tree_of(tree: Path) -> dict[str, str]:
    return {
        path.relative_to(tree).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tree.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(tree).parts
    }


def artifact(path: Path) -> Artifact:
    data = path.read_bytes()
    role = Role.WHEEL if path.suffix == ".whl" else Role.SDIST
    return Artifact(path.name, hashlib.sha256(data).hexdigest(), len(data), "tiny-boat", role)


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_two_builds_of_one_tree_are_the_same_and_pass_inspection(yard, back_end):
    tree = yard.tree(back_end)
    tagged = tree_of(tree)
    first = yard.build(tree)
    second = yard.build(
        yard.tree(back_end) if back_end not in {"setuptools-scm", "hatch-vcs", "pdm-scm"} else tree
    )

    assert [path.name for path in first.files] == [
        "tiny_boat-1.2.3-py3-none-any.whl",
        "tiny_boat-1.2.3.tar.gz",
    ]
    assert first.network == network_off().network
    assert all(" --hash=sha256:" in line for line in first.requirements)
    for one, two in zip(first.files, second.files, strict=True):
        assert yard.front_end.differences(one, two) == []
    request = InspectionRequest(
        Component("tiny-boat", distributions=("tiny-boat",)),
        "1.2.3",
        {artifact(path): path for path in first.files},
        tagged,
        originals={"pyproject.toml": (tree / "pyproject.toml").read_bytes()},
    )
    findings = Inspection().inspect(request, yard.log.append)
    assert [f.reason for f in findings if f.verdict is Verdict.FAIL] == []


def test_the_shard_may_leave_out_the_sdist_or_the_wheel(yard):
    tree = yard.tree("flit")

    assert [path.name for path in yard.build(tree, Shard(sdist=False)).files] == [
        "tiny_boat-1.2.3-py3-none-any.whl"
    ]
    assert [path.name for path in yard.build(tree, Shard(wheel=False)).files] == ["tiny_boat-1.2.3.tar.gz"]


def test_a_project_without_a_build_system_table_is_built_by_setuptools(yard):
    tree = yard.plain_tree(
        {
            "setup.py": "from setuptools import setup\nsetup(name='tiny-boat', version='1.2.3', py_modules=['tiny_boat'])\n",
            "tiny_boat.py": "",
        }
    )

    result = yard.build(tree)

    assert len(result.files) == 2
    assert result.requirements[0].startswith("setuptools==")


def test_a_back_end_in_the_tree_is_found_in_the_unpacked_sdist_too(yard):
    tree = yard.tree("flit", {"own/inner.py": "from flit_core.buildapi import *\n"})
    pyproject = tree / "pyproject.toml"
    text = pyproject.read_text().replace('"flit_core.buildapi"', '"inner"\nbackend-path = ["own"]')
    pyproject.write_text(
        text + '[tool.flit.sdist]\ninclude = ["own/*.py"]\n[tool.flit.module]\nname = "tiny_boat"\n'
    )

    assert len(yard.build(tree).files) == 2


def test_what_the_back_end_asks_for_beyond_the_static_requirements_is_locked_too(yard):
    inner = "from flit_core.buildapi import *\ndef get_requires_for_build_wheel(config_settings=None):\n    return ['idna>=3']\n"
    tree = yard.tree("flit", {"own/inner.py": inner})
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text().replace('"flit_core.buildapi"', '"inner"\nbackend-path = ["own"]')
        + '[tool.flit.sdist]\ninclude = ["own/*.py"]\n'
    )

    result = yard.build(tree)

    assert [line.partition("==")[0] for line in result.requirements] == ["flit-core", "idna"]


def test_another_interpreter_builds_when_the_machine_has_it(yard):
    result = yard.build(yard.tree("flit"), Shard(python="3.12"))

    assert result.python.startswith("3.12.")


def test_uv_builds_in_the_same_locked_environment(yard):
    result = yard.build(yard.tree("hatchling"), Shard(builder="uv"))

    assert result.builder.startswith("uv ")
    assert len(result.files) == 2
    assert any(line.startswith("hatchling==") for line in result.requirements)


def test_a_project_command_builds_without_network(yard):
    script = "import sys, pathlib, flit_core.buildapi as b; b.build_wheel(sys.argv[1])"
    shard = Shard(builder="command", command=("python", "-c", script, "{out}"), sdist=False)

    result = yard.build(yard.tree("flit"), shard)

    assert result.builder == "command"
    assert [path.suffix for path in result.files] == [".whl"]


@pytest.mark.needs("gcc")
def test_a_c_extension_is_repaired_and_its_first_digest_kept(yard):
    source = (
        "#include <Python.h>\n#include <stdio.h>\n"
        'static struct PyModuleDef d = {PyModuleDef_HEAD_INIT, "_c", 0, -1, 0};\n'
        'PyMODINIT_FUNC PyInit__c(void) { puts(""); return PyModule_Create(&d); }\n'
    )
    setup = (
        "from setuptools import setup, Extension\n"
        "setup(ext_modules=[Extension('tiny_boat._c', ['tiny_boat/_c.c'])], packages=['tiny_boat'])\n"
    )
    tree = yard.tree("setuptools", {"tiny_boat/_c.c": source, "setup.py": setup})

    result = yard.build(tree)

    wheel = next(path for path in result.files if path.suffix == ".whl")
    assert "manylinux" in wheel.name
    assert list(result.repaired) == [wheel.name]
    assert result.repaired[wheel.name] != hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert any(name.endswith(".so") for name in zipfile.ZipFile(wheel).namelist())


def test_a_build_only_wheel_is_used_and_its_name_not_looked_up(yard, tmp_path):
    needed = yard.plain_tree(
        {
            "pyproject.toml": '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
            '[project]\nname = "no-such-name-anywhere-7"\nversion = "9"\ndescription = "x"\n',
            "no_such_name_anywhere_7.py": "MARK = 'used'\n",
        }
    )
    component = Component("needed")
    wheels = yard.build(needed, Shard(sdist=False), component=component, version="9").files[0].parent
    setup = "import no_such_name_anywhere_7 as n\nfrom setuptools import setup\nassert n.MARK == 'used'\nsetup()\n"
    tree = yard.tree("setuptools", {"setup.py": setup})
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text().replace('"setuptools>=61"', '"setuptools>=61", "no_such.name-anywhere_7"')
    )

    result = yard.build(tree, wheels=(wheels,), local=("no-such-name-anywhere-7",))

    assert [
        line for line in result.requirements if line.startswith("no-such-name-anywhere-7==9 --hash=sha256:")
    ]


def test_what_a_back_end_warns_of_is_in_the_log_and_nowhere_else(yard):
    setup = "import warnings\nfrom setuptools import setup\nwarnings.warn('mind the reef')\nsetup(packages=['tiny_boat'])\n"

    assert yard.build(yard.tree("setuptools", {"setup.py": setup})).files

    assert any("mind the reef" in line for line in yard.log)
