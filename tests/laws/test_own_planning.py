"""Whatever the planning keys say, they become rules that are traced to their lines, or mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.dialects import planning_of
from tagboat.config.origins import attribute_of
from tagboat.config.planning_shape import (
    ChangelogTable,
    FileTable,
    MessagesTable,
    MessageTable,
    PathTable,
    SectionTable,
    VersionsTable,
)
from tagboat.config.project import Tree
from tagboat.config.schema import _toml
from tagboat.config.table import Table
from tagboat.core.change import Change
from tagboat.core.commit import Commit
from tagboat.errors import ConfigError, InvalidError
from tagboat.planner.messages import changes_of
from tagboat.planner.versions.decide import decide

VALUES = st.sampled_from(
    [
        True,
        False,
        "",
        "x",
        "a",
        "rc",
        "none",
        "minor",
        "feat",
        "1.0.0",
        "YYYY.MM",
        "^x",
        "(a|b)+",
        "calver",
        "semver",
    ]
)
WORDS = st.sampled_from(
    ["prerelease", "service-pack", "paths", "always-minor", "keep", "level", "pattern", "python"]
)


def table(shape: type[Table], **inner: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Tables with some of a shape's keys: its own examples, values of other keys, and inner tables."""
    keys = {}
    for field in shape.model_fields.values():
        examples = [
            *(field.examples or []),
            *([field.default] if isinstance(field.default, bool | str) else []),
        ]
        keys[str(field.alias)] = st.one_of(*[st.sampled_from(examples)] * 9, VALUES | WORDS)
    return st.fixed_dictionaries({}, optional={**keys, **inner})


COMPONENTS = st.fixed_dictionaries(
    {},
    optional={
        "versions": table(VersionsTable, paths=st.lists(table(PathTable), max_size=2)),
        "changelog": table(ChangelogTable, sections=st.lists(table(SectionTable), max_size=2)),
        "messages": table(MessagesTable, rules=st.lists(table(MessageTable), max_size=2)),
        "files": st.lists(table(FileTable), max_size=2),
        "trains": st.dictionaries(st.sampled_from(["next$", "(", "a.*"]), VALUES, max_size=2),
        "ignored-tags": st.lists(VALUES, max_size=2),
    },
)


@settings(max_examples=150)
@given(COMPONENTS)
def test_planning_keys_become_traceable_rules_that_decide_or_mistakes(
    component: Mapping[str, object],
) -> None:
    text = f"[components]\nacme = {_toml(dict(component))}\n"
    files = {"tagboat.toml": text.encode()}
    try:
        found = planning_of(Tree(files, lambda path: files[path]))
    except ConfigError as error:
        told = error.cause
    else:
        told = ""
    if told:
        assert "tagboat.toml:" in told
        return
    (rules,) = found.components
    for key, place in found.origins.items():
        attribute_of(rules, key.removeprefix("acme."))
        assert place == "tagboat.toml:2"
    counted = changes_of([Commit("1" * 40, (), 0, "", "feat: x\n\nfix: y")], rules.reading)
    try:
        decide(
            "", [*counted.changes, Change("2" * 40, "fix", "", "z")], rules.versioning, today=date(2026, 1, 2)
        )
    except InvalidError as error:
        raise AssertionError(f"the configuration was taken, and then: {error.cause}") from None
