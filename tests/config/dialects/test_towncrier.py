import pytest

from tagboat.config.dialects import towncrier
from tagboat.config.planning import Notes, Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

PROJECT = "[project]\nname = 'acme'\n"


def read(files: dict[str, str]) -> Planning | None:
    return towncrier.read(Tree(files.keys(), lambda path: files[path].encode()))


def test_the_notes_are_towncriers_and_nothing_else_changes() -> None:
    found = read(
        {"pyproject.toml": PROJECT + "[tool.towncrier]\nfilename = 'docs/CHANGES.rst'\nwrap = true\n"}
    )
    assert found is not None
    rules = found.components[0]
    assert rules.notes == Notes(format="towncrier", path="docs/CHANGES.rst", fragments="pyproject.toml")
    assert found.remarks == ()
    assert found.origins == {
        "acme.notes.format": "pyproject.toml: [tool.towncrier]",
        "acme.notes.path": "pyproject.toml: [tool.towncrier] filename",
        "acme.notes.fragments": "pyproject.toml: [tool.towncrier]",
    }


def test_a_file_of_its_own_goes_before_the_projects_and_needs_no_table() -> None:
    found = read({"pyproject.toml": PROJECT + "[tool.towncrier]\nfilename = 'a'\n", "towncrier.toml": ""})
    assert found is not None
    assert (found.components[0].notes.path, found.components[0].notes.fragments) == (
        "NEWS.rst",
        "towncrier.toml",
    )


@pytest.mark.parametrize("files", [{}, {"pyproject.toml": PROJECT}])
def test_a_project_that_does_not_use_it_has_no_rules(files: dict[str, str]) -> None:
    assert read(files) is None


def test_a_file_for_each_release_is_no_changelog() -> None:
    found = read(
        {"towncrier.toml": "[tool.towncrier]\nsingle_file = false\nfilename = 'news/{version}.rst'\n"}
    )
    assert found is not None
    assert found.components[0].notes.path == ""
    assert [remark.place.split()[-1] for remark in found.remarks] == ["single_file"]


def test_mistakes_are_told_with_their_lines() -> None:
    with pytest.raises(ConfigError, match=r"^towncrier\.toml:2: tool\.towncrier\.filename: must be text$"):
        read({"towncrier.toml": "[tool.towncrier]\nfilename = 1\n"})
