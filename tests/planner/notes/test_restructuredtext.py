from datetime import date

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from tagboat.config.planning import Notes, Section
from tagboat.core.change import Change
from tagboat.errors import ConfigError
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.restructuredtext import inserted, section

TBD = Notes(format="restructuredtext", path="CHANGES.rst", planned="tbd")
CHANGES = (
    Change("a" * 40, "fix", "", "the leak (#3)"),
    Change("b" * 40, "feat", "ui", "a `sail`"),
    Change("c" * 40, "chore", "", "drop it", ("it is gone",), (), "", True),
)
DRAFT = """2.4.2 (2026-01-31)
------------------

- bbbbbbb ENH: ui: a ``sail``
- aaaaaaa FIX: the leak (#3)
- ccccccc MAINT (breaking): drop it. it is gone"""
OLD = """Changelog
=========

3.0.0 (tbd)
-----------

- a plan

2.4.1 (2025-01-01)
------------------

- all
"""


def heading(version: str = "2.4.2") -> Heading:
    return Heading(version, f"v{version}", "v2.4.1", date(2026, 1, 31))


def test_each_change_is_a_bullet_with_its_commit_and_kind() -> None:
    assert section(CHANGES, TBD, heading()) == DRAFT


def test_configured_titles_are_the_kinds() -> None:
    custom = Notes(sections=(Section("fix", "BUG"),))
    assert "- aaaaaaa BUG: the leak (#3)\n- ccccccc MAINT (breaking)" in section(CHANGES, custom, heading())


def test_a_release_stands_below_what_is_planned() -> None:
    head, found, rest = inserted(OLD, DRAFT, TBD, heading()).partition(f"{DRAFT}\n\n")
    assert found
    assert head + rest == OLD
    assert head.endswith("- a plan\n\n")


def test_the_planned_version_is_released_with_what_people_wrote() -> None:
    text = inserted(OLD, DRAFT.replace("2.4.2", "3.0.0"), TBD, heading("3.0.0"))
    bullets = DRAFT.partition("\n\n")[2]
    title = "3.0.0 (2026-01-31)\n------------------"
    planned = "3.0.0 (tbd)\n-----------\n\n- a plan\n\n"
    assert text == OLD.replace(planned, f"{title}\n\n- a plan\n\n{bullets}\n\n")


def test_a_word_that_is_not_configured_plans_nothing() -> None:
    with pytest.raises(ConfigError, match=r"in line 4$"):
        inserted(OLD, DRAFT, Notes(), heading("3.0.0"))


def test_titles_are_adorned_as_those_of_the_file() -> None:
    tilde = inserted(OLD.replace("-" * 11, "~" * 11).replace("-" * 18, "~" * 18), DRAFT, TBD, heading())
    assert "\n2.4.2 (2026-01-31)\n~~~~~~~~~~~~~~~~~~\n\n- bbb" in tilde
    over = "====\nBoat\n====\n\n-----\n 1.0\n-----\n\n- all\n"
    text = inserted(over, DRAFT, TBD, heading())
    assert f"\n{'-' * 20}\n 2.4.2 (2026-01-31)\n{'-' * 20}\n\n- bbb" in text
    assert text.endswith("\n\n-----\n 1.0\n-----\n\n- all\n")
    with pytest.raises(ConfigError, match=r"in line 5$"):
        inserted(text, DRAFT, TBD, heading())


def test_a_title_in_a_literal_block_is_none() -> None:
    for block in ("   2.4.2 (x)\n   ---------\n", "   2.4.2 (x)\n---------\n"):
        text = inserted(f"Boat\n====\n\n::\n\n{block}", DRAFT, TBD, heading())
        assert text.endswith(f"{block}\n{DRAFT}\n")


@pytest.mark.parametrize("before", [None, "", OLD, "words\n\n- a list\n"])
def test_docutils_reads_the_result_without_a_complaint(before: str | None) -> None:
    nasty = Change("d" * 40, "feat", "*", "x_ `y`_ |z|::\n\n.. raw:: html\n\n   <b>", ("a\n===\n",))
    text = inserted(before, section([*CHANGES, nasty], TBD, heading()), TBD, heading())
    overrides = {"report_level": 1, "halt_level": 2, "raw_enabled": True, "doctitle_xform": False}
    tree = publish_doctree(text, settings_overrides=overrides)
    assert not list(tree.findall(nodes.raw))
    assert [len(list(b)) for b in tree.findall(nodes.bullet_list) if "aaaaaaa" in b.astext()] == [4]
