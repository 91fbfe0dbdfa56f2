import ast
import importlib.util
import json
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import jsonschema_rs
import pytest

from tagboat import errors
from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.release import Release
from tagboat.engine.ledger import line
from tagboat.ports.ledger import GENESIS, Entry

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
SHA = "0f" * 32
COMMIT = "0123456789" * 4


def error_classes() -> list[type[errors.TagboatError]]:
    return [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.TagboatError)]


def sections(page: Path) -> dict[str, str]:
    parts = re.split(r"(?m)^## (.+)$", page.read_text())
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_error_has_its_section_and_every_section_its_error() -> None:
    assert list(sections(REFERENCE / "errors.md")) == [c.code for c in error_classes()]


@pytest.mark.parametrize("error", error_classes(), ids=lambda error: error.code)
def test_an_errors_section_tells_cause_message_remedy_and_exit_status(
    error: type[errors.TagboatError],
) -> None:
    text = sections(REFERENCE / "errors.md")[error.code]
    for word in ("Cause", "Message", "Remedy"):
        assert f"- {word}: " in text
    assert f"- Exit status: {error.exit_status}\n" in text
    table = (REFERENCE / "errors.md").read_text()
    assert f"| {error.exit_status} | `{error.result}` |" in table


CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAKERS = {"Finding", "Flaw", "fails", "warns", "fail", "_fail", "judge", "DamagedError"}
KINDS = {path.stem.replace("_", "-") for path in (ROOT / "src/tagboat/steps").glob("*.py")}


def finding_codes() -> set[str]:
    """Every text that is spelled like a code and is handed to what makes findings, or stands in a row of path faults."""
    found: set[str] = set()
    rooms = ("steps", "adapters/inspection", "workflows/audit", "wiring")
    for path in (path for room in rooms for path in (ROOT / "src/tagboat" / room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in MAKERS:
                found |= spelled_like_codes([*node.args, *(keyword.value for keyword in node.keywords)])
            elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and path.name == "paths.py":
                found |= spelled_like_codes(node.elts[1:2])
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code":
                found |= spelled_like_codes(ast.walk(node.value)) - {"failure", "cancelled", "skipped"}
    return found


def spelled_like_codes(nodes: Iterable[ast.AST]) -> set[str]:
    texts = {
        inner.value
        for node in nodes
        for inner in ([node.body, node.orelse] if isinstance(node, ast.IfExp) else [node])
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }
    return {text for text in texts if CODE.fullmatch(text)}


def test_every_code_of_a_finding_is_described_and_no_other() -> None:
    rows = re.findall(r"(?m)^\| (`.+?) \|", (REFERENCE / "findings.md").read_text())
    described = {code for row in rows for code in re.findall(r"`([a-z][a-z0-9-]*)`", row)}
    derived = {"project-archived", "project-quarantined"}
    assert finding_codes() | derived == described


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name",
    [f"reference/{page}.md" for page in ("cli", "clients", "faults", "refusals")] + ["decisions/README.md"],
)
def test_generated_pages_are_up_to_date(name: str) -> None:
    writer = loaded(Path(__file__).with_name("write_pages.py"))
    assert (DOCS / name).read_text() == writer.PAGES[name](), "make docs"


def test_the_page_of_clients_tells_of_every_test_about_one_and_of_no_other() -> None:
    marked = {
        (*(str(ast.literal_eval(argument)) for argument in mark.args), node.name)
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.proves"
    }
    rows = json.loads((REFERENCE / "clients.json").read_text())["rows"]
    assert {(row["client"], row["service"], row["what"], row["test"]) for row in rows} == marked, (
        "make clients"
    )


def anchor(heading: str) -> str:
    """The anchor that forges make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert not target.startswith(("http:", "/")), target
        if target.startswith("https:"):
            continue
        file, _, place = target.partition("#")
        aim = (page.parent / file).resolve() if file else page
        assert aim.exists(), f"{page.name}: {target}"
        if place:
            headings = re.findall(r"(?m)^#+ (.+)$", aim.read_text())
            assert place in {anchor(heading) for heading in headings}, f"{page.name}: {target}"


def test_every_how_to_page_is_listed() -> None:
    listed = (DOCS / "how-to" / "README.md").read_text()
    pages = [page.name for page in (DOCS / "how-to").glob("*.md")]
    assert [name for name in pages if f"({name})" not in listed and name != "README.md"] == []


def schema(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(
        json.loads((DOCS / "schema" / f"{name}.schema.json").read_text()), validate_formats=True
    )


def a_manifest() -> Manifest:
    wheel = Artifact("rowboat-1.0-py3-none-any.whl", SHA, 1024, "rowboat", Role.WHEEL)
    shard = ShardRecord(
        "rowboat",
        "default",
        COMMIT,
        SHA,
        "build 1",
        "3.11.0",
        "off",
        ("flit_core==3",),
        (wheel,),
        {wheel.file: SHA},
    )
    release = Release("rowboat", "1.0", "v1.0", COMMIT)
    return Manifest("tagboat 0", "acme/rowboat", SHA, (release,), (shard,), (wheel,))


def test_the_published_schemas_are_of_what_is_written() -> None:
    manifest = a_manifest()
    schema("manifest").validate(json.loads(manifest.text))
    schema("shard").validate(manifest.shards[0].as_json())
    entry = Entry(
        1, "2026-01-01T00:00:00.000+00:00", "me@here", "plan", "", 0, {"half": "prepare"}, GENESIS, SHA
    )
    schema("ledger-entry").validate(line(entry))


@pytest.mark.parametrize("field", ["plan", "artifacts", "tool"])
def test_the_schema_of_the_manifest_refuses_what_lacks_a_field(field: str) -> None:
    data = dict(a_manifest().as_json())
    del data[field]
    assert not schema("manifest").is_valid(data)


@pytest.mark.parametrize("name", ["manifest", "shard", "ledger", "json"])
def test_every_field_of_a_schema_is_on_its_page(name: str) -> None:
    file = {"ledger": "ledger-entry", "json": "answer"}.get(name, name)
    fields = json.loads((DOCS / "schema" / f"{file}.schema.json").read_text())["required"]
    page = (REFERENCE / f"{'manifest' if name == 'shard' else name}.md").read_text()
    assert [field for field in fields if f"`{field}`" not in page] == []


def test_every_event_of_the_ledger_is_in_page_and_schema() -> None:
    written = {
        node.args[0].value
        for path in (ROOT / "src/tagboat").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and ast.unparse(node.func.value).endswith("ledger")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    known = json.loads((DOCS / "schema/ledger-entry.schema.json").read_text())["properties"]["event"]["enum"]
    assert written == set(known)
    page = (REFERENCE / "ledger.md").read_text()
    assert [event for event in known if f"| `{event}` |" not in page] == []
