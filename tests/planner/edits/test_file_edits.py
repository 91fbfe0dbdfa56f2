from datetime import date

import pytest

from tagboat.config.planning import Edit, Rules
from tagboat.config.project import Tree
from tagboat.core.proposal import FileEdit, Place
from tagboat.errors import ConfigError
from tagboat.planner.edits import file_edits, lock_remarks

TODAY = date(2026, 1, 31)
PROJECT = '[project]\nname = "acme"\nversion = "1.2.3"\n'


def edits(
    files: dict[str, str | bytes], *wanted: Edit, version: str = "1.3.0", last: str = "1.2.3", path: str = "."
) -> tuple[FileEdit, ...]:
    data = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    rules = Rules("acme", distribution="acme", path=path, edits=wanted or (Edit(),), exclude=("other",))
    return file_edits(Tree(frozenset(data), data.__getitem__), rules, last, version, TODAY)


def edited(
    files: dict[str, str | bytes], *wanted: Edit, version: str = "1.3.0", last: str = "1.2.3", path: str = "."
) -> dict[str, str]:
    return {
        edit.path: edit.after.decode()
        for edit in edits(files, *wanted, version=version, last=last, path=path)
    }


def refusal(files: dict[str, str | bytes], *wanted: Edit, version: str = "1.3.0") -> str:
    with pytest.raises(ConfigError) as caught:
        edits(files, *wanted, version=version)
    assert caught.value.remedy
    return caught.value.cause


def test_every_place_of_the_own_files_is_edited_at_once() -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": PROJECT + '[tool.poetry]\nversion = "1.2.3" # kept\n[tool.x]\nversion = "1.2.3"\n',
        "setup.cfg": "[metadata]\nversion = 1.2.3\n[tool:pytest]\nminversion = 1.2.3\n",
        "setup.py": "setup(name='acme', version='1.2.3')\n",
        "src/acme/__init__.py": '__version__: str = "1.2.2"\nVERSION = (1, 2, 3)\nPROTOCOL = "1.2.3"\n',
        "src/acme/version.py": "version = __version__  =  '1.2.3'\nversion_info = (1, 2, 3, 'final', 0)\n",
        "src/acme/other.py": "__version__ = '1.2.3'\n",
        "VERSION": "v1.2.3\n",
    }
    assert edited(files) == {
        "pyproject.toml": PROJECT.replace("1.2.3", "1.3.0")
        + '[tool.poetry]\nversion = "1.3.0" # kept\n[tool.x]\nversion = "1.2.3"\n',
        "setup.cfg": "[metadata]\nversion = 1.3.0\n[tool:pytest]\nminversion = 1.2.3\n",
        "setup.py": "setup(name='acme', version='1.3.0')\n",
        "src/acme/__init__.py": '__version__: str = "1.3.0"\nVERSION = (1, 3, 0)\nPROTOCOL = "1.2.3"\n',
        "src/acme/version.py": "version = __version__  =  '1.3.0'\nversion_info = (1, 3, 0, 'final', 0)\n",
        "VERSION": "v1.3.0\n",
    }


def test_an_edit_says_its_lines_and_what_was_there() -> None:
    (edit,) = edits({"pyproject.toml": PROJECT})
    assert edit.places == (Place(3, "1.2.3", "1.3.0"),)
    assert (edit.path, edit.before, edit.rule) == ("pyproject.toml", PROJECT.encode(), "auto")


def test_line_ends_marks_and_encodings_stay() -> None:
    module = "# -*- coding: latin-1 -*-\r\nname = 'Zo\xeb'; __version__ = '1.2.3'  # \xeb".encode("latin-1")
    files: dict[str, str | bytes] = {
        "pyproject.toml": b"\xef\xbb\xbf" + PROJECT.replace("\n", "\r\n").encode().rstrip(),
        "acme/__init__.py": module,
        "acme/version.py": b"\xef\xbb\xbf__version__ = '1.2.3'\r",
    }
    after = {edit.path: edit.after for edit in edits(files, Edit("pyproject.toml"), Edit("acme/*.py"))}
    assert after == {
        path: data.replace(b"1.2.3", b"1.3.0") for path, data in files.items() if isinstance(data, bytes)
    }


def test_a_stand_in_stays_and_a_version_from_the_tag_needs_no_edit() -> None:
    assert "acme.py" not in edited({"pyproject.toml": PROJECT, "acme.py": "__version__ = '0.0.0'\n"})
    scm = '[build-system]\nrequires = ["hatch-vcs"]\n[project]\nname = "acme"\ndynamic = ["version"]\n'
    scm += '[tool.hatch.version]\nsource = "vcs"\n'
    assert edited({"pyproject.toml": scm, "acme.py": "__version__ = '1.2.3'\n"}) == {}
    poetry = (
        '[tool.poetry]\nname = "acme"\nversion = "1.2.3"\n[tool.poetry-dynamic-versioning]\nenable = true\n'
    )
    assert edited({"pyproject.toml": poetry}) == {}
    custom = '[project]\nname = "acme"\ndynamic = ["version"]\n[build-system]\nbuild-backend = "own"\n'
    assert edited({"pyproject.toml": custom}) == {}


def test_a_project_that_says_no_version_is_refused() -> None:
    assert "no file of acme says its version" in refusal({"README.md": "1.2.3"})
    hatch = '[project]\nname = "acme"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "a.py"\n'
    assert "pyproject.toml: tool.hatch.version.path leads to no version" in refusal({"pyproject.toml": hatch})
    assert edited({"README.md": "1.2.3"}, Edit(required=False)) == {}


def test_a_version_in_code_is_told_with_its_line() -> None:
    setup = "from setuptools import setup\nv = (1, 2)\nsetup(\n  name='acme',\n  version='.'.join(v))\n"
    assert (
        refusal({"setup.py": setup}) == "setup.py:5: code says the version of acme, and no edit changes code"
    )
    module = "import x\n__version__ = x.y()\n"
    files: dict[str, str | bytes] = {"setup.cfg": "[metadata]\nname = acme\n", "src/acme/__init__.py": module}
    assert refusal(files).startswith("src/acme/__init__.py:2: code says the version of acme")
    assert refusal({}) == "no file of acme says its version"


def test_a_stale_version_is_what_a_search_points_at() -> None:
    text = 'minversion = "6.0"\nneeds = "1.9"\nversion = "1.2.2"\nother = "2.2.2"\n'
    said = refusal({"a.toml": text}, Edit("a.toml", "pattern", search="{last}"))
    assert said.startswith('a.toml:3: version = "1.2.2": here is another version')


def test_a_component_in_a_folder_is_edited_with_the_lock_at_the_root() -> None:
    lock = '[[package]]\nname = "acme"\nversion = "1.2.3"\nsource = { editable = "core" }\n'
    files: dict[str, str | bytes] = {
        "core/pyproject.toml": PROJECT,
        "pyproject.toml": PROJECT,
        "uv.lock": lock,
        "core/README.md": "1.2.3",
    }
    assert edited(files, path="core") == {
        "core/pyproject.toml": PROJECT.replace("1.2.3", "1.3.0"),
        "uv.lock": lock.replace("1.2.3", "1.3.0"),
    }


def test_release_please_s_files_of_a_python_package() -> None:
    files: dict[str, str | bytes] = {
        "setup.cfg": "[tool:pytest]\nminversion = 1.2.3\n[metadata]\nname = acme\n",
        "setup.py": "import setuptools\nsetuptools.setup(version = '1.2.3')\n",
        "acme/__init__.py": "__version__  = '1.2.3b1'\n",
        "acme/deep/version.py": "__version__ = '1.2.3'\n",
        "acme/_version.py": "__version__ = '1.2.3'\n",
        "acme/more/version.py": "def version(): ...\n",
        "other/version.py": "__version__ = '1.2.3'\n",
    }
    wanted = (
        Edit("setup.cfg", required=False),
        Edit("setup.py", required=False),
        Edit("pyproject.toml", required=False),
        Edit("acme/__init__.py", "python", required=False),
        Edit("src/acme/__init__.py", "python", required=False),
        Edit("**/version.py", "python", required=False),
    )
    assert edited(files, *wanted) == {
        "setup.py": "import setuptools\nsetuptools.setup(version = '1.3.0')\n",
        "acme/__init__.py": "__version__  = '1.3.0'\n",
        "acme/deep/version.py": "__version__ = '1.3.0'\n",
    }


def test_all_mistakes_are_told_at_once_with_their_lines() -> None:
    files: dict[str, str | bytes] = {
        "a.py": "x = 1\n__version__ = get()\n",
        "b.py": "__version__ = '1.2.3'\n__version__ = '1.2.4'\n",
        "c.toml": "\n[project]\nname = 'x'\n",
        "d.json": '{\n "a": }',
        "e.txt": "\nversion 1.1.0 here\n",
        "f.txt": "1.2.3\n1.2.3\n",
        "g.md": "\n<!-- x-release-please-version -->\n",
        "h.bin": b"\n1\0",
        "VERSION": "see elsewhere\n",
    }
    cause = refusal(
        files,
        Edit("a.py", "python"),
        Edit("b.py", "python"),
        Edit("c.toml", "toml", key="$.project.version"),
        Edit("d.json", "json"),
        Edit("e.txt", "pattern", search="version {last}"),
        Edit("f.txt", "pattern", search="{last}"),
        Edit("g.md", "markers"),
        Edit("h.bin", "text"),
        Edit("VERSION", "text"),
        Edit("none", "text"),
        Edit("../x", "text"),
    )
    for said in (
        "11 mistakes:",
        "a.py:2: __version__ is no plain text in one line",
        "b.py: __version__ matches 2 times:\n  b.py:1: __version__ = '1.2.3'\n  b.py:2: __version__ = '1.2.4'",
        "c.toml:2: [project]: nothing here is $.project.version",
        "d.json:2: not JSON",
        "e.txt:2: version 1.1.0 here: here is another version",
        "f.txt: '{last}' matches 2 times:\n  f.txt:1: 1.2.3\n  f.txt:2: 1.2.3",
        "g.md:2: <!-- x-release-please-version -->: there is no version here",
        "h.bin:2: a NUL byte",
        "VERSION:1: see elsewhere: the file is not a version",
        "none: there is no such file",
        "'../x' is no path",
    ):
        assert said in cause


def test_optional_edits_that_find_nothing_are_passed_over() -> None:
    files: dict[str, str | bytes] = {"a.py": "x = 1\n", "b.toml": "a = 1\n"}
    optional = (Edit("a.py", "python", required=False), Edit("b.toml", "toml", required=False))
    assert edited(files, *optional, Edit("c/*.py", "python", required=False)) == {}


def test_a_file_that_holds_the_next_version_already_is_left_out() -> None:
    assert edited({"pyproject.toml": PROJECT}, version="1.2.3") == {}


def test_two_edits_of_one_place_agree_or_are_refused() -> None:
    files: dict[str, str | bytes] = {"pyproject.toml": PROJECT}
    key = Edit("pyproject.toml", "toml", key="project.version")
    assert edited(files, Edit(), key) == edited(files)
    other = Edit("pyproject.toml", "pattern", search='version = "{last}"', replace='version = "x"')
    assert "pyproject.toml:3: two edits meet here" in refusal(files, Edit(), other)


@pytest.mark.parametrize("path", ["../a", "/../a", "//a", "~/a", "a\\b", "a/../../b", "a\0", "."])
def test_paths_that_leave_the_repository_are_refused(path: str) -> None:
    assert "is no path of a file in the repository" in refusal(
        {"a": "1.2.3"}, Edit(path, "text", required=False)
    )


def test_a_leading_slash_is_the_root() -> None:
    files: dict[str, str | bytes] = {"V": "1.2.3", "core/V": "1.2.3"}
    assert edited(files, Edit("/V", "text"), path="core") == {"V": "1.3.0"}
    assert edited(files, Edit("V", "text"), path="core") == {"core/V": "1.3.0"}


def test_a_date_is_written_in_its_form() -> None:
    files: dict[str, str | bytes] = {"a.py": "DATE = '2020-01-01'\n", "b.yaml": "day: 2020-01-01\n"}
    wanted = (Edit("a.py", "python", key="DATE", date="%d.%m.%Y"), Edit("b.yaml", key="day", date="%Y-%m-%d"))
    assert edited(files, *wanted) == {"a.py": "DATE = '31.01.2026'\n", "b.yaml": 'day: "2026-01-31"\n'}


def test_a_lock_that_stays_is_said() -> None:
    lock = '[[package]]\nname = "x"\nversion = "1.2.3"\n'
    files = {"pyproject.toml": PROJECT.encode(), "poetry.lock": lock.encode()}
    tree = Tree(frozenset(files), files.__getitem__)
    assert lock_remarks(tree, Rules("acme")) == ("poetry.lock does not list acme",)
    assert [edit.path for edit in file_edits(tree, Rules("acme"), "1.2.3", "1.3.0", TODAY)] == [
        "pyproject.toml"
    ]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("**/v", {"v", "a/v", "a/b/v", "a/b/c/v"}),
        ("a/**/v", {"a/v", "a/b/v", "a/b/c/v"}),
        ("*/v", {"a/v"}),
        ("a/*/*/v", {"a/b/c/v"}),
        ("**/b/**/v", {"a/b/v", "a/b/c/v"}),
        ("/**/*", {"v", "a/v", "a/b/v", "a/b/c/v"}),
        ("./a/v", {"a/v"}),
    ],
)
def test_stars_stand_for_names_and_depths(pattern: str, found: set[str]) -> None:
    files: dict[str, str | bytes] = dict.fromkeys(["v", "a/v", "a/b/v", "a/b/c/v", "other/v"], "1.2.3")
    assert set(edited(files, Edit(pattern, "text"))) == found


def test_many_stars_on_a_deep_path_end_soon() -> None:
    deep = "/".join(["a"] * 2000)
    assert (
        edited({deep: "1.2.3"}, Edit("/".join(["**", "a*a*a*"] * 200) + "/b*", "text", required=False)) == {}
    )


@pytest.mark.parametrize(
    ("before", "version", "after"),
    [
        ("(1, 2, 3)", "2.0rc1", "(2, 0, 0)"),
        ("[1,2 ,3]", "2.0.1", "[2,0 ,1]"),
        ("('1', \"2\", '3')", "2.0.1", "('2', \"0\", '1')"),
        ("(1, 2, 3, 'final', 0)", "2.0rc1", "(2, 0, 0, 'candidate', 1)"),
        ("(1, 2, 3, 'b', 4)", "2.0a3", "(2, 0, 0, 'a', 3)"),
        ("(1, 2, 3, '', 0)", "2.0", "(2, 0, 0, '', 0)"),
        ("(1, 2)", "1.3.0", "(1, 3)"),
    ],
)
def test_a_tuple_keeps_its_form(before: str, version: str, after: str) -> None:
    files: dict[str, str | bytes] = {"a.py": f"VERSION = {before}\n"}
    assert edited(files, Edit("a.py", "python", key="VERSION"), version=version) == {
        "a.py": f"VERSION = {after}\n"
    }


def test_a_tuple_without_room_is_refused() -> None:
    said = refusal({"a.py": "\nVERSION = (1, 2)\n"}, Edit("a.py", "python", key="VERSION"), version="1.3.1")
    assert said == "a.py:2: VERSION has no room for 1.3.1: (1, 2)"


def test_the_installed_version_s_stand_in_stays() -> None:
    module = "try:\n    __version__ = version('acme')\nexcept E:\n    __version__ = '0.0.0+unknown'\n"
    assert edited({"pyproject.toml": PROJECT, "acme.py": module}) == {
        "pyproject.toml": PROJECT.replace("1.2.3", "1.3.0")
    }


def test_a_variable_that_stands_twice_wants_every() -> None:
    before = 'release = "1.2.3"\nx = 1\nrelease = "1.2.3"\n'
    files: dict[str, str | bytes] = {"docs/conf.py": before}
    said = refusal(files, Edit("docs/conf.py", "python", "release"))
    assert said.splitlines() == [
        "docs/conf.py: release matches 2 times:",
        '  docs/conf.py:1: release = "1.2.3"',
        '  docs/conf.py:3: release = "1.2.3"',
    ]
    every = Edit("docs/conf.py", "python", "release", every=True)
    assert edited(files, every) == {"docs/conf.py": before.replace("1.2.3", "1.3.0")}


def test_hostile_modules_end_soon() -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": PROJECT,
        "acme.py": "__version__ = '1.2.3'; " * 5_000,
        "acme/version.py": "__version__ = '\u00e9'\n" * 5_000,
        "acme/__init__.py": "(" * 20_000,
        "acme/_version.py": b"\0__version__ = '1.2.3'",
        "acme/about.py": "x = 1\n" * 400_000,
    }
    assert set(edited(files)) == {"pyproject.toml"}


def test_edits_that_overlap_are_refused() -> None:
    wide = Edit("a.txt", "pattern", search="a {last} b", replace="c {version} d")
    said = refusal({"a.txt": "\na 1.2.3 b\n"}, wide, Edit("a.txt", "pattern", search="{last}"))
    assert said == "a.txt:2: two edits meet here (c 1.3.0 d and 1.3.0)"


def test_an_optional_edit_still_tells_what_cannot_be_read() -> None:
    assert refusal({"pyproject.toml": "[project"}, Edit(required=False)).startswith(
        "pyproject.toml:1: not TOML"
    )
