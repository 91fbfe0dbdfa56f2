from __future__ import annotations

import pytest

from tagboat.config.model import Component
from tagboat.core.verdict import Verdict

PYPROJECT = '[build-system]\nrequires = ["{0}"]\nbuild-backend = "{1}"\n{2}'
SETUPTOOLS = PYPROJECT.format("setuptools", "setuptools.build_meta", "")
CODE = {"tiny_boat.py": "x = 1\n"}


def component(**changes: tuple[str, ...]) -> Component:
    return Component("tiny-boat", distributions=("tiny-boat",), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "extra",
    [
        {"m4/build-to-host.m4": "x"},
        {"configure": "x"},
        {"setup.cfg": "[metadata]\nname = tiny-boat\n"},
        {"tiny_boat_extra.pth": "import os"},
        {"tiny_boat.egg-info/PKG-INFO": "x"},
        {"tests/bad.bin": b"\x00"},
        {".gitignore": "x"},
        {"sub/PKG-INFO": "x"},
    ],
)
def test_a_file_that_the_tag_does_not_hold_fails(dock, extra):
    dock.sdist(extra)

    findings = dock.inspect()

    code = "sdist-changed" if "setup.cfg" in extra else "sdist-added"
    assert findings[code].verdict is Verdict.FAIL
    assert next(iter(extra)) in findings[code].reason


@pytest.mark.parametrize("content", ["x = 2\n", "x = 1", "x = 1\r\n", ""])
def test_a_file_that_differs_from_the_tag_fails(dock, content):
    dock.sdist({"tiny_boat.py": content})

    assert "tiny_boat.py" in dock.inspect()["sdist-changed"].reason


def test_declared_additions_pass_and_do_not_excuse_changes(dock):
    dock.sdist({"generated/code.c": "x", "tiny_boat.py": "x = 2\n"})

    findings = dock.inspect(component=component(additions=("generated", "*.py")))

    assert "sdist-added" not in findings
    assert "tiny_boat.py" in findings["sdist-changed"].reason


@pytest.mark.parametrize(
    ("pyproject", "files"),
    [
        (SETUPTOOLS, {"src/tiny_boat.egg-info/SOURCES.txt": "x", "setup.cfg": "[egg_info]\ntag_build = \ntag_date = 0\n\n"}),
        ("", {"tiny_boat.egg-info/PKG-INFO": "x", "setup.cfg": "[egg_info]\ntag_build = \ntag_date = 0\n"}),
        (PYPROJECT.format("flit_core", "flit_core.buildapi", ""), {"setup.py": "x"}),
        (PYPROJECT.format("poetry-core", "poetry.core.masonry.api", ""), {"setup.py": "x"}),
        (PYPROJECT.format("hatchling", "hatchling.build", ""), {".gitignore": "x"}),
        (PYPROJECT.format("maturin", "maturin", ""), {"Cargo.lock": "x"}),
        (
            PYPROJECT.format("hatchling", "hatchling.build", '[tool.hatch.build.hooks.vcs]\nversion-file = "_v.py"\n'),
            {"_v.py": "x"},
        ),
        (
            PYPROJECT.format("setuptools", "setuptools.build_meta", '[tool.setuptools_scm]\nversion_file = "_v.py"\n'),
            {"_v.py": "x"},
        ),
    ],
)  # fmt: skip
def test_what_a_back_end_is_known_to_add_passes(dock, pyproject, files):
    dock.sdist({"pyproject.toml": pyproject, **files})

    assert dock.inspect(tree={"pyproject.toml": pyproject, **CODE}) == {}


@pytest.mark.parametrize(
    ("tagged", "packed", "fine"),
    [
        (
            "[metadata]\n# why\nname = x\n",
            "[metadata]\nname = x\n\n[egg_info]\ntag_build = \ntag_date = 0\n",
            True,
        ),
        ("[metadata]\nname = x\n", "[metadata]\nname = y\n\n[egg_info]\ntag_build = \ntag_date = 0\n", False),
        ("[metadata]\nname = x\n", "[metadata]\nname = x\n[egg_info]\ntag_build = .evil\n", False),
        ("[metadata]\nname = x\n", "[metadata]\nname = x\n[options]\nsetup_requires = evil\n", False),
        ("[metadata]\nname = x\n", "[metadata\n", False),
        ("[metadata]\nname = x\n", b"\xff", False),
    ],
)
def test_setup_cfg_may_gain_setuptools_section_and_nothing_else(dock, tagged, packed, fine):
    dock.sdist({"pyproject.toml": SETUPTOOLS, "setup.cfg": packed})

    findings = dock.inspect(tree={"pyproject.toml": SETUPTOOLS, "setup.cfg": tagged, **CODE})

    assert ("sdist-changed" in findings) is not fine


DYNAMIC = '[project]\nname = "tiny-boat"\ndynamic = ["version"]\n'


@pytest.mark.parametrize(
    ("tagged", "packed", "fine"),
    [
        ("a = {b = 1}\nc = []\n", "[a]\nb = 1\n", True),
        (DYNAMIC, '[project]\nname = "tiny-boat"\nversion = "1.2.3"\ndynamic = []\n', True),
        (DYNAMIC, '[project]\nname = "tiny-boat"\nversion = "6.6.6"\ndynamic = []\n', False),
        (DYNAMIC, '[project]\nname = "tiny-boat"\nversion = "1.2.3"\ndependencies = ["evil"]\n', False),
        ("a = 1\n", "a = 2\n", False),
        ("a = 1\n", "a = \n", False),
    ],
)
def test_pyproject_may_be_written_anew_with_the_same_meaning(dock, tagged, packed, fine):
    dock.sdist({"pyproject.toml": packed})

    findings = dock.inspect(tree={"pyproject.toml": tagged, **CODE})

    assert ("sdist-changed" in findings) is not fine


UV = PYPROJECT.format("uv_build", "uv_build", "")


def test_uv_builds_own_copy_of_pyproject_must_be_the_tags(dock):
    dock.sdist({"pyproject.toml": UV, "pyproject.toml.orig": UV + "# other\n"})

    findings = dock.inspect(tree={"pyproject.toml": UV, **CODE})

    assert "pyproject.toml.orig" in findings["sdist-changed"].reason


def test_omissions_are_listed_and_fail_only_when_the_component_declares_some(dock):
    dock.sdist()
    tree = {
        "pyproject.toml": PYPROJECT.format("flit_core", "flit_core.buildapi", ""),
        "docs/index.md": "x",
        **CODE,
        "tests/t.py": "x",
    }
    dock.paths[0].unlink()
    dock.paths.clear()
    dock.sdist({"pyproject.toml": tree["pyproject.toml"]})

    assert dock.inspect(tree=tree)["sdist-omits"].verdict is Verdict.WARN
    assert "docs/index.md, tests/t.py" in dock.inspect(tree=tree)["sdist-omits"].reason
    declared = dock.inspect(tree=tree, component=component(omissions=("docs",)))["sdist-omits"]
    assert (declared.verdict, "docs" in declared.reason) == (Verdict.FAIL, False)
    assert dock.inspect(tree=tree, component=component(omissions=("docs", "tests/*.py"))) == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"top": "other-1.2.3"}, "sdist-folder"),
        ({"top": "tiny_boat-1.2.4"}, "sdist-folder"),
        ({"top": ""}, "sdist-folder"),
        ({"without": "PKG-INFO"}, "pkg-info"),
        ({"name": "tiny-boat-1.2.3.tar.gz"}, "sdist-name"),
        ({"name": "tiny_boat-1.2.3.zip"}, "sdist-format"),
    ],
)
def test_an_sdist_of_another_shape_is_told(dock, changes, code):
    dock.sdist(**changes)

    assert code in dock.inspect()


def test_two_sdists_of_one_distribution_are_one_too_many(dock):
    dock.sdist()
    dock.sdist(name="tiny-boat-1.2.3.tar.gz")

    assert "sdist-twice" in dock.inspect()
