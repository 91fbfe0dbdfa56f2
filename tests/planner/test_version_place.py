from textwrap import dedent

import pytest
from packaging.version import Version

from tagboat.config.project import Tree
from tagboat.errors import RefusedError, StalePlanError
from tagboat.planner.version_edit import edited, next_patch
from tagboat.planner.version_place import version_place

HATCH = (
    "[project]\nname = 'acme'\ndynamic = ['version']\n[tool.hatch.version]\npath = 'src/acme/__about__.py'\n"
)
SETUPTOOLS = "[project]\nname = 'acme'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {}\n"
FLIT = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n[project]\nname = 'acme-x'\ndynamic = ['version']\n"
PDM = "[project]\nname = 'acme'\n[tool.pdm.version]\nsource = 'file'\npath = 'acme/__init__.py'\n"
MATURIN = "[build-system]\nbuild-backend = 'maturin'\n[project]\nname = 'acme'\ndynamic = ['version']\n"


def tree(files: dict[str, str]) -> Tree:
    return Tree(frozenset(files), lambda path: dedent(files[path]).encode())


@pytest.mark.parametrize(
    ("files", "file", "line"),
    [
        ({"pyproject.toml": "[project] # x\nname='acme'\nversion = \"1.2\" # 1.2\n"}, "pyproject.toml", 3),
        (
            {"pyproject.toml": "project = { name='acme', version = '1.2', urls = {version = '1.2'} }"},
            "pyproject.toml",
            1,
        ),
        ({"pyproject.toml": "project.'version'='1.2'\n[tool.x]\nversion = '1.2'\n"}, "pyproject.toml", 1),
        ({"pyproject.toml": "[tool.poetry]\r\nname='acme'\r\nversion = '1.2'\r\n"}, "pyproject.toml", 3),
        (
            {"pyproject.toml": HATCH, "src/acme/__about__.py": "#\n__version__ = '1.2'\n"},
            "src/acme/__about__.py",
            2,
        ),
        (
            {"pyproject.toml": HATCH, "src/acme/__about__.py": 'VERSION: str = "1.2"\n'},
            "src/acme/__about__.py",
            1,
        ),
        (
            {
                "pyproject.toml": SETUPTOOLS.format("{attr='acme.__version__'}"),
                "acme/__init__.py": "__version__='1.2'",
            },
            "acme/__init__.py",
            1,
        ),
        (
            {
                "pyproject.toml": SETUPTOOLS.format("{attr='acme.v.V'}"),
                "src/acme/v.py": "'''V = 3'''\nV = '1.2'",
            },
            "src/acme/v.py",
            2,
        ),
        (
            {
                "pyproject.toml": SETUPTOOLS.format("{attr='acme.__version__'}")
                + "package-dir = {'' = 'lib'}",
                "src/acme/__init__.py": "from .v import x, __version__",
                "src/acme/v.py": "__version__ = '1.2'",
            },
            "src/acme/v.py",
            1,
        ),
        (
            {
                "pyproject.toml": SETUPTOOLS.format("{attr='acme.V'}")
                + "[tool.setuptools]\npackage-dir = {'' = 'lib'}",
                "lib/acme.py": "V = '1.2'",
            },
            "lib/acme.py",
            1,
        ),
        ({"pyproject.toml": SETUPTOOLS.format("{file=['VERSION']}"), "VERSION": "\n1.2\n"}, "VERSION", 2),
        (
            {"pyproject.toml": FLIT, "src/acme_x/__init__.py": '"""Doc."""\n__version__ = "1.2"\n'},
            "src/acme_x/__init__.py",
            2,
        ),
        (
            {"pyproject.toml": FLIT + "[tool.flit.module]\nname='x'", "x.py": "__version__ = '1.2'\n"},
            "x.py",
            1,
        ),
        ({"pyproject.toml": PDM, "acme/__init__.py": "__version__ = '1.2'\n"}, "acme/__init__.py", 1),
        (
            {
                "setup.cfg": "[bumpversion]\nversion = 9\n[metadata]\nname = acme\nversion = 1.2\n[x]\nversion = 1.2"
            },
            "setup.cfg",
            5,
        ),
        (
            {
                "setup.cfg": "[metadata]\nversion = attr: acme.__version__",
                "acme/__init__.py": "__version__ = '1.2'",
            },
            "acme/__init__.py",
            1,
        ),
        ({"setup.cfg": "[metadata]\nversion = file: VERSION", "VERSION": "1.2"}, "VERSION", 1),
        ({"setup.py": "from setuptools import setup\nsetup(name='acme', version='1.2')"}, "setup.py", 2),
        ({"setup.py": "V = '1.2'\nW = '1.2'\nsetup(name='acme', version=V)"}, "setup.py", 1),
        (
            {"setup.py": "setup(version=read())", "acme/_version.py": "x = '\\d'\n__version__ = '1.2'"},
            "acme/_version.py",
            2,
        ),
        (
            {"setup.py": "setup(version=run(open('a/b/v.py')))", "a/b/v.py": "__version__ = '1.2'"},
            "a/b/v.py",
            1,
        ),
        ({"setup.py": "setup(version=read())", "VERSION.txt": "1.2\n"}, "VERSION.txt", 1),
        (
            {
                "pyproject.toml": MATURIN,
                "Cargo.toml": "[package]\nversion = '1.2'\n[dependencies]\nx = '1.2'\n",
            },
            "Cargo.toml",
            2,
        ),
        (
            {
                "pyproject.toml": PDM,
                "acme/__init__.py": "try:\n    __version__ = '1.2'\nexcept E:\n    __version__ = '0.0.0'\n",
            },
            "acme/__init__.py",
            2,
        ),
        ({"setup.cfg": "[metadata]\nname = acme\nversion =\n    1.2\n"}, "setup.cfg", 4),
    ],
)
def test_the_place_of_the_version_is_found_and_edited_alone(
    files: dict[str, str], file: str, line: int
) -> None:
    place = version_place(tree(files), ".", "acme-x" if files.get("pyproject.toml") == FLIT else "acme")
    assert (place.file, place.line, place.version) == (file, line, "1.2")
    before = tree(files).read(file)
    after = edited(before, place, Version("1.2.1"))
    assert after[: place.start] == before[: place.start]
    assert after[place.start : place.start + 5] == b"1.2.1"
    assert after[place.start + 5 :] == before[place.end :]


def test_a_project_in_a_folder_is_read_there() -> None:
    files = {
        "core/pyproject.toml": HATCH,
        "core/src/acme/__about__.py": "__version__ = '1.2'",
        "src/acme/__about__.py": "",
    }
    assert version_place(tree(files), "core", "acme").file == "core/src/acme/__about__.py"


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[project]\nname = 'acme'\ndynamic = ['version']\n"},
        {"pyproject.toml": HATCH, "src/acme/__about__.py": "__version__ = make()"},
        {"pyproject.toml": HATCH, "src/acme/__about__.py": "__version__ = '1' '.2'"},
        {"pyproject.toml": HATCH, "src/acme/__about__.py": "__version__ = 'not a version'"},
        {"pyproject.toml": HATCH, "src/acme/__about__.py": "__version__ = '1.\\x32'"},
        {"pyproject.toml": SETUPTOOLS.format("{file='../../VERSION'}"), "VERSION": "1.2"},
        {"pyproject.toml": SETUPTOOLS.format("{file='VERSION'}"), "VERSION": "1.2 and more"},
        {"setup.py": "setup(version=read())", "VERSION": ""},
    ],
)
def test_a_version_that_cannot_be_edited_is_refused(files: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="no file of acme says its version"):
        version_place(tree(files), ".", "acme")


def test_two_places_are_refused_with_their_lines() -> None:
    files = {"pyproject.toml": HATCH, "src/acme/__about__.py": "__version__ = '1.2'\nVERSION = '1.3'\n"}
    with pytest.raises(RefusedError) as caught:
        version_place(tree(files), ".", "acme")
    assert "src/acme/__about__.py:1 (1.2), src/acme/__about__.py:2 (1.3)" in caught.value.cause


def test_a_file_that_changed_in_between_is_not_edited() -> None:
    place = version_place(tree({"setup.py": "setup(version='1.2')"}), ".", "acme")
    with pytest.raises(StalePlanError, match=r"setup\.py:1 does not hold 1\.2 any more"):
        edited(b"setup(version='1.3')", place, Version("1.2.1"))


@pytest.mark.parametrize(
    ("version", "following"),
    [
        ("1.2.3", "1.2.4"),
        ("1.2", "1.2.1"),
        ("1", "1.0.1"),
        ("2024.10", "2024.10.1"),
        ("1.2.3rc1", "1.2.3"),
        ("1.2.3.dev4", "1.2.3"),
        ("1.2rc1", "1.2.0"),
        ("1.2.3.post1", "1.2.4"),
        ("1!2.3.4.5+x", "1!2.3.5"),
    ],
)
def test_the_next_version_is_the_next_patch(version: str, following: str) -> None:
    assert str(next_patch(Version(version))) == following
    assert next_patch(Version(version)) > Version(version)


def test_taken_versions_are_passed_over() -> None:
    assert next_patch(Version("1.2"), {Version("1.2.1"), Version("1.2.2")}) == Version("1.2.3")
    assert next_patch(Version("1.2rc1"), {Version("1.2")}) == Version("1.2.1")
