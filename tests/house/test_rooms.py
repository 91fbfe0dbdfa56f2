import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tagboat

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
CODE = [*SOURCES, *sorted((ROOT / "demo").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
BANNED = {"util", "utils", "helper", "helpers", "manager", "handler", "base", "common", "abstract", "misc"}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def definitions(tree: ast.AST) -> Iterator[Definition]:
    return (node for node in ast.walk(tree) if isinstance(node, Definition))


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)}


def test_rooms_import_downward_only() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_grows_beyond_a_reader() -> None:
    long = {short(path): len(path.read_text().splitlines()) for path in [*CODE, *TESTS]}
    for name, lines in sorted(long.items(), key=lambda item: -item[1]):
        if lines > 200:
            print(f"{lines:>4} {name}")
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_every_function_fits_a_screen() -> None:
    long = {
        f"{short(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in CODE
        for node in definitions(ast.parse(path.read_text()))
        if isinstance(node, Function) and node.end_lineno
    }
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_name_says_nothing() -> None:
    empty = [short(path) for path in CODE if words(path.stem) & BANNED]
    for path in CODE:
        found = definitions(ast.parse(path.read_text()))
        empty += [f"{short(path)}:{node.name}" for node in found if words(node.name) & BANNED]
    assert empty == []


def test_everything_public_says_what_it_is_for() -> None:
    silent = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        if not ast.get_docstring(tree) and path.name != "_version.py":
            silent.append(short(path))
        public = (n for n in tree.body if isinstance(n, Definition) and not n.name.startswith("_"))
        silent += [f"{short(path)}:{node.name}" for node in public if not ast.get_docstring(node)]
    assert silent == []


def packages() -> list[str]:
    found = pkgutil.walk_packages(tagboat.__path__, "tagboat.")
    return ["tagboat", *(module.name for module in found if module.ispkg)]


@pytest.mark.parametrize("name", packages())
def test_a_package_that_gives_names_lists_them(name: str) -> None:
    package = importlib.import_module(name)
    tree = ast.parse(Path(str(package.__file__)).read_text())
    given = [
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__" and node.module
        for alias in node.names
        if node.module.startswith("tagboat")
    ]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    given = [given_name for given_name in given if given_name not in used]
    listed = getattr(package, "__all__", None)
    if listed is None:
        assert given == [], f"{name} imports names and has no __all__"
    else:
        assert [item for item in listed if not hasattr(package, item)] == []


def test_every_kind_of_step_is_used_by_a_pipeline() -> None:
    kinds = {
        path.stem.replace("_", "-")
        for path in (ROOT / "src/tagboat/steps").glob("*.py")
        if re.search(r"^PHASE = ", path.read_text(), re.MULTILINE)
    }
    used = {
        node.value
        for path in (ROOT / "src/tagboat/pipelines").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert len(kinds) > 10
    assert kinds - used == set()
