"""Projects in folders that take their version from their tag, below a root that says nothing of it."""

from __future__ import annotations

import pytest

from tagboat.config.dialects import planning_of
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

SCM = "[project]\nname = '{name}'\ndynamic = ['version']\n[tool.setuptools_scm]\nroot = '../..'\n"
HATCH = "[project]\nname = '{name}'\ndynamic = ['version']\n[tool.hatch.version]\nsource = 'vcs'\n"
STATIC = "[project]\nname = '{name}'\nversion = '1.0.0'\n"
WORKSPACE = "[tool.uv.workspace]\nmembers = ['packages/*']\n"


def planned(tags: tuple[str, ...] = (), **packages: str) -> Planning:
    files = {f"packages/{name}/pyproject.toml": text.format(name=name) for name, text in packages.items()}
    files |= {"pyproject.toml": WORKSPACE, "README.md": ""}
    return planning_of(Tree(files.keys(), lambda path: files[path].encode()), tags)


def test_each_such_project_is_a_component_and_those_beside_it_keep_the_defaults() -> None:
    found = planned(a=SCM, b=HATCH, c=STATIC)
    assert found.dialect == "scm"
    assert [(rules.component, rules.path) for rules in found.components] == [
        ("a", "packages/a"),
        ("b", "packages/b"),
        ("c", "packages/c"),
    ]
    a, b, c = found.components
    assert (a.edits, b.edits) == ((), ()), "no file holds their version"
    assert c.edits
    assert a.reading.unknown == b.reading.unknown == "keep"
    assert c.reading.unknown == "list"


def test_several_projects_do_not_share_one_form_of_tags() -> None:
    assert [rules.tag for rules in planned(a=SCM, b=SCM).components] == ["a-v{version}", "b-v{version}"]
    seen = planned(("a/1.0.0", "b/1.0.0"), a=SCM, b=SCM)
    assert [rules.tag for rules in seen.components] == ["a/{version}", "b/{version}"]
    said = SCM + "tag_regex = '^oar-v(?P<version>[0-9.]+)$'\n"
    assert [rules.tag for rules in planned(a=said, b=SCM).components] == ["oar-v{version}", "b-v{version}"]


def test_one_alone_has_the_plain_form() -> None:
    (rules,) = planned(a=SCM).components
    assert (rules.tag, rules.edits) == ("v{version}", ())


def test_without_such_a_tool_the_defaults_stay() -> None:
    assert planned(a=STATIC, b=STATIC).dialect == "defaults"


def test_what_lies_deeper_than_the_projects_of_the_repository_was_brought_along() -> None:
    found = planned((), **{"a": STATIC, "a/vendored/b": SCM.replace("{name}", "b")})
    assert [(found.dialect, rules.component) for rules in found.components] == [("defaults", "a")]


def test_its_mistakes_are_told_with_file_and_line() -> None:
    with pytest.raises(ConfigError, match=r"packages/a/pyproject\.toml:6: tool\.setuptools_scm"):
        planned(a=SCM + "tag_regex = 5\n", b=SCM)
