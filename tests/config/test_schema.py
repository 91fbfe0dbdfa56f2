import json
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tagboat.config.load import load
from tagboat.config.model import Component, Config, IndexTarget, Policy, Shard
from tagboat.config.planning import (
    Edit,
    MessageRule,
    Notes,
    PathRule,
    ReadingRules,
    Rules,
    Section,
    Versioning,
)
from tagboat.config.planning_shape import (
    ChangelogTable,
    FileTable,
    MessagesTable,
    MessageTable,
    PathTable,
    PlannedTable,
    SectionTable,
    VersionsTable,
)
from tagboat.config.schema import reference_text, schema, schema_text
from tagboat.config.shape import (
    ComponentTable,
    Document,
    IndexTable,
    PolicyTable,
    ReleasedTable,
    ShardTable,
    tables,
)
from tagboat.config.table import Table
from tagboat.core.change import Level
from tagboat.errors import ConfigError

DOCS = Path(__file__).parents[2] / "docs"
CASES = Path(__file__).parents[1] / "cases" / "config"
ANEW = "python tests/config/write_descriptions.py"


def test_the_committed_schema_is_the_one_that_validates() -> None:
    assert (DOCS / "schema" / "tagboat.schema.json").read_text() == schema_text(), ANEW


def test_the_committed_reference_page_is_complete() -> None:
    page = (DOCS / "reference" / "configuration.md").read_text()
    assert page == reference_text(), ANEW
    for table in tables().values():
        for field in table.model_fields.values():
            assert f"### `{field.alias}`" in page


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.__name__)
def test_every_key_has_a_meaning_and_an_example_that_is_allowed(table: type[Table]) -> None:
    for field in table.model_fields.values():
        assert field.description
        assert field.examples
        for example in field.examples:
            table.model_validate({str(field.alias): example, **_company(table, str(field.alias))})


def _company(table: type[Table], key: str) -> dict[str, Any]:
    return {"builder": "command"} if table is ShardTable and key == "command" else {}


@pytest.mark.parametrize(
    ("table", "model", "aside"),
    [
        (ShardTable, Shard, set()),
        (ReleasedTable, Component, {"name"}),
        (IndexTable, IndexTarget, {"name"}),
        (PolicyTable, Policy, set()),
        (VersionsTable, Versioning, set()),
        (PathTable, PathRule, set()),
        (ChangelogTable, Notes, set()),
        (SectionTable, Section, set()),
        (MessagesTable, ReadingRules, set()),
        (MessageTable, MessageRule, {"word"}),
        (FileTable, Edit, set()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_file_has_the_keys_of_the_model(table: type[Table], model: type, aside: set[str]) -> None:
    assert set(table.model_fields) == names(model) - aside


def names(model: type) -> set[str]:
    """Return the names of what a record holds, whichever kind of record it is."""
    return {*getattr(model, "_fields", ())} or {field.name for field in fields(model)}


def test_the_whole_file_and_its_components_have_the_keys_of_releasing_and_of_planning() -> None:
    assert set(Document.model_fields) - {"linked"} == {field.name for field in fields(Config)} - {"source"}
    planned = names(Rules) - {"component", "distribution", "path", "tag", "lines"}
    tools_own = {"manifest", "manifest_path", "since", "stop"}
    keys = {"notes" if name == "notes_table" else name for name in PlannedTable.model_fields}
    assert keys == planned - tools_own
    assert set(ComponentTable.model_fields) == {*PlannedTable.model_fields, *ReleasedTable.model_fields}


@pytest.mark.parametrize(
    ("table", "model"),
    [
        (VersionsTable, Versioning),
        (ChangelogTable, Notes),
        (MessagesTable, ReadingRules),
        (FileTable, Edit),
        (PathTable, PathRule),
        (MessageTable, MessageRule),
    ],
)
def test_a_planning_key_left_out_means_what_the_rules_say(table: type[Table], model: type) -> None:
    empty = table.model_validate({})
    needed: dict[type, dict[str, Any]] = {
        PathRule: {"patterns": (), "level": Level.PATCH},
        MessageRule: {"pattern": ""},
    }
    rules = model(**needed.get(model, {}))
    for name in table.model_fields:
        assert said(getattr(empty, name)) == said(getattr(rules, name)), name


def said(value: Any) -> Any:
    """A value as both sides have it: words for levels, lists for tuples, dictionaries for tables."""
    match value:
        case Level():
            return value.word
        case Table():
            return {key: said(inner) for key, inner in value.model_dump().items()}
        case Section():
            return {"type": value.type, "title": value.title, "hidden": value.hidden}
        case list() | tuple():
            return [said(item) for item in value]
        case dict():
            return {key: said(inner) for key, inner in value.items()}
        case _:
            return value


@pytest.mark.parametrize(
    ("table", "model"),
    [(ShardTable, Shard), (ReleasedTable, Component), (IndexTable, IndexTarget), (PolicyTable, Policy)],
)
def test_a_key_left_out_means_what_the_model_says(table: type[Table], model: type) -> None:
    empty = table.model_validate({})
    for field in fields(model):
        if field.name not in {"name", "shards"} or (table is ShardTable and field.name == "name"):
            default = field.default if field.default is not MISSING else field.default_factory()
            given = getattr(empty, field.name)
            assert (tuple(given) if isinstance(given, list) else given) == default


def test_the_schema_and_the_reader_agree_about_the_cases() -> None:
    validator = jsonschema_rs.validator_for(schema())
    seen = 0
    for case in CASES.iterdir():
        for file in ("pyproject.toml", "tagboat.toml"):
            if (case / "expected.json").exists() and (case / file).exists():
                document = tomllib.loads((case / file).read_text())
                table = document["tool"]["tagboat"] if file == "pyproject.toml" else document
                assert validator.is_valid(table), case.name
                seen += 1
    assert seen
    unknown = tomllib.loads((CASES / "unknown-keys" / "pyproject.toml").read_text())["tool"]["tagboat"]
    assert not validator.is_valid(unknown)


@pytest.mark.parametrize(
    "text", ["tag = 'x'", "repository = 1", "components.'-'.path = 'x'", "policy.ci-wait = -1"]
)
def test_what_the_schema_refuses_the_reader_refuses(text: str) -> None:
    assert not jsonschema_rs.validator_for(schema()).is_valid(tomllib.loads(text))
    with pytest.raises(ConfigError):
        load({"tagboat.toml": text.encode()})


def test_the_schema_is_plain_json() -> None:
    assert json.loads(schema_text())["$schema"].startswith("https://json-schema.org/")
