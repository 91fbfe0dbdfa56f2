from datetime import date

import pytest

from tagboat.config.planning import Edit, Notes, Rules
from tagboat.config.project import Tree
from tagboat.core.change import Level
from tagboat.core.proposal import Next
from tagboat.errors import ConfigError
from tagboat.planner.edits.all_edits import all_edits, changelog_remarks

PROJECT = '[project]\nname = "acme"\nversion = "1.2.3"\n'
NEXT = Next("acme", "1.2.3", "v1.2.3", "1.3.0", "v1.3.0", Level.MINOR, (), (), (), "## 1.3.0\n\n* more")


def planned(
    files: dict[str, str], changelog: str, *edits: Edit, links: tuple[str, ...] = (), folder: str = "."
) -> list[str]:
    data = {name: text.encode() for name, text in files.items()}
    rules = Rules("acme", distribution="acme", path=folder, notes=Notes(path=changelog), edits=edits)
    made = all_edits(Tree(data, data.__getitem__, lambda: links), [rules], [NEXT], date(2026, 1, 31))
    return [edit.path for edit in made["acme"]]


def refusal(
    files: dict[str, str], changelog: str, *edits: Edit, links: tuple[str, ...] = (), folder: str = "."
) -> str:
    with pytest.raises(ConfigError) as caught:
        planned(files, changelog, *edits, links=links, folder=folder)
    assert caught.value.remedy
    return caught.value.cause


@pytest.mark.parametrize(
    "changelog",
    ["../../../etc/x", "..", "a/../../x", "//etc/x", ".git/config", "docs/.GIT/config", "a//../b"],
)
@pytest.mark.parametrize("folder", [".", "parts/one"])
@pytest.mark.parametrize("there", [True, False])
def test_no_edit_leaves_the_repository(changelog: str, folder: str, there: bool) -> None:
    path = changelog if folder == "." or changelog.startswith("/") else f"{folder}/{changelog}"
    files = {path.removeprefix("/"): "# Changelog\n"} if there else {}
    assert "is no place for a file of the repository" in refusal(files, changelog, folder=folder)


@pytest.mark.parametrize("changelog", ["./CHANGELOG.md", "/CHANGELOG.md", "CHANGELOG.md", ".//CHANGELOG.md"])
def test_a_path_is_brought_to_its_shortest_form(changelog: str) -> None:
    assert planned({"CHANGELOG.md": "# Changelog\n"}, changelog) == ["CHANGELOG.md"]


@pytest.mark.parametrize("link", ["docs/CHANGELOG.md", "docs"])
def test_a_link_at_the_changelog_is_refused_by_name(link: str) -> None:
    cause = refusal({"CHANGES.md": ""}, "docs/CHANGELOG.md", links=(link,))
    assert cause.startswith("docs/CHANGELOG.md: ")
    assert f"{link} is a symbolic link" in cause


@pytest.mark.parametrize(
    "edit", [Edit(), Edit("pyproject.toml"), Edit("pyproject.toml", "toml", "project.version")]
)
def test_a_link_at_the_version_is_refused_by_name(edit: Edit) -> None:
    cause = refusal({"shared/pyproject.toml": PROJECT}, "", edit, links=("pyproject.toml",))
    assert "pyproject.toml is a symbolic link" in cause


def test_links_elsewhere_disturb_nothing() -> None:
    files = {"pyproject.toml": PROJECT}
    optional = Edit("version.py", "python", required=False)
    links = ("README.md", "version.py", "CHANGELOG.md.old")
    assert planned(files, "CHANGELOG.md", Edit(), optional, links=links) == ["pyproject.toml", "CHANGELOG.md"]


@pytest.mark.parametrize(
    ("path", "folder", "named"),
    [
        ("HISTORY.md", ".", "HISTORY.md"),
        ("changes.rst", ".", "changes.rst"),
        ("docs/NEWS", ".", "docs/NEWS"),
        ("parts/one/Changelog.txt", "parts/one", "parts/one/Changelog.txt"),
        ("HISTORY.md", "parts/one", ""),
        ("src/history.py", ".", ""),
        ("a/b/HISTORY.md", ".", ""),
    ],
)
def test_a_changelog_of_another_name_is_told(path: str, folder: str, named: str) -> None:
    rules = Rules("acme", path=folder)
    told = changelog_remarks(Tree({path}, lambda _: b""), rules)
    assert [named in remark for remark in told] == [True] * bool(named)
    there = "CHANGELOG.md" if folder == "." else f"{folder}/CHANGELOG.md"
    assert not changelog_remarks(Tree({path, there}, lambda _: b""), rules)
    assert not changelog_remarks(Tree({path}, lambda _: b""), rules._replace(notes=Notes(path="")))
