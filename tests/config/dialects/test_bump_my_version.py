from textwrap import dedent

import pytest

from tagboat.config.calver_pattern import understood
from tagboat.config.dialects import bump_my_version
from tagboat.config.planning import Edit, Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError


def planning(files: dict[str, str]) -> Planning:
    found = bump_my_version.read(Tree(files.keys(), lambda path: dedent(files[path]).encode()))
    assert found is not None
    return found


def searches(found: Planning) -> list[tuple[str, str, str]]:
    return [
        (edit.path, edit.search, edit.replace) for edit in found.components[0].edits if edit.kind == "pattern"
    ]


def lost(found: Planning) -> list[str]:
    return [remark.place.split()[-1] for remark in found.remarks if remark.applies]


def test_a_project_that_does_not_use_it_has_no_rules() -> None:
    files = {"pyproject.toml": "[tool.bumpver]\ncurrent_version = '1'", "setup.cfg": "[bumpversion:file:a]"}
    assert bump_my_version.read(Tree(files.keys(), lambda path: files[path].encode())) is None


def test_the_old_ini_form_with_several_places_in_one_file() -> None:
    text = """
        [bumpversion]
        current_version = 4.0.0
        commit = True
        tag = True

        [bumpversion:file:setup.py]
        search = version="{current_version}"
        replace = version="{new_version}"

        [bumpversion:file (badge):README.rst]
        search = /v{current_version}.svg
        replace = /v{new_version}.svg

        [bumpversion:file(title):CHANGES.rst]
        search = Unreleased
        replace = {new_version} ({now:%Y-%m-%d})

        [bumpversion:glob:src/**/version.txt]

        [bumpversion:part:release]
        values =
            dev
            final
        """
    found = planning({".bumpversion.cfg": text, "pyproject.toml": "[project]\nname = 'holdup'"})
    rules = found.components[0]
    assert (rules.component, rules.manifest, rules.tag) == ("holdup", "4.0.0", "v{version}")
    assert searches(found) == [
        (".bumpversion.cfg", "current_version = {version}", ""),
        ("setup.py", 'version="{current_version}"', ""),
        ("README.rst", "/v{current_version}.svg", ""),
        ("CHANGES.rst", "Unreleased", "{new_version} ({now:%Y-%m-%d})"),
        ("src/**/version.txt", "{current_version}", ""),
    ]
    assert lost(found) == ["[bumpversion]"]  # that commits decide here


def test_its_own_version_and_a_static_one_beside_it_are_written_too() -> None:
    text = "[project]\nname = 'a'\nversion = '1.0.0'\n[tool.bumpversion]\ncurrent_version = '1.0.0'\n"
    assert planning({"pyproject.toml": text}).components[0].edits == (
        Edit("pyproject.toml", "toml", "$.tool.bumpversion.current_version"),
        Edit("pyproject.toml", "toml", "$.project.version"),
    )


def test_without_a_version_of_its_own_the_projects_counts() -> None:
    found = planning({"pyproject.toml": "[project]\nname = 'a'\nversion = '1.0.0'\n[tool.bumpversion]\n"})
    assert found.components[0].manifest == "1.0.0"
    assert found.origins["a.manifest"] == "pyproject.toml: [project] version"


def test_a_key_of_a_structured_file_is_written_by_its_path() -> None:
    text = "[[tool.bumpversion.files]]\nfilename = 'package.json'\nkey_path = 'meta.version'\n"
    edits = planning({".bumpversion.toml": text}).components[0].edits
    assert edits == (Edit("package.json", "json", "$.meta.version"),)


def test_what_may_be_missing_is_not_required() -> None:
    text = "[tool.bumpversion]\nignore_missing_files = true\n[[tool.bumpversion.files]]\nfilename = './a'\n"
    edits = planning({".bumpversion.toml": text}).components[0].edits
    assert [(edit.path, edit.required) for edit in edits] == [("a", False)]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("^version: {current_version}$", "version: {current_version}"),
        (r"v\.{current_version}", "v.{current_version}"),
        (r"v\d+", ""),
        ("a|b {current_version}", ""),
    ],
)
def test_an_expression_is_carried_over_where_it_is_literal(search: str, expected: str) -> None:
    text = f"[[tool.bumpversion.files]]\nfilename = 'a'\nregex = true\nsearch = '{search}'\n"
    found = planning({".bumpversion.toml": text})
    assert [search for _, search, _ in searches(found)] == ([expected] if expected else [])
    assert ("search" in lost(found)) is not bool(expected)


@pytest.mark.parametrize("field", ["{$USER}", "{distance_to_latest_tag}", "{}", "{current_build}"])
def test_a_field_that_is_not_known_is_remarked_on(field: str) -> None:
    text = f"[[tool.bumpversion.files]]\nfilename = 'a'\nsearch = 'x {field}'\n"
    found = planning({".bumpversion.toml": text})
    assert not searches(found)
    assert "search" in lost(found)


def test_without_a_replacement_the_text_around_the_version_stays() -> None:
    text = "[[tool.bumpversion.files]]\nfilename = 'a'\nregex = true\nsearch = '^v = {current_version}$'\n"
    found = planning({".bumpversion.toml": text})
    assert searches(found) == [("a", "v = {current_version}", "")]
    assert [remark.place.split()[-1] for remark in found.remarks if not remark.applies] == ["search"]
    text = "[[tool.bumpversion.files]]\nfilename = 'a'\nsearch = 'Unreleased'\n"
    assert searches(planning({".bumpversion.toml": text})) == [("a", "Unreleased", "{new_version}")]


def test_doubled_braces_are_braces() -> None:
    text = "[[tool.bumpversion.files]]\nfilename = 'a'\nsearch = '{{v}} {current_version}'\nreplace = '{{v}} {new_version}'"
    assert searches(planning({".bumpversion.toml": text})) == [("a", "{v} {current_version}", "")]


def test_a_files_own_shorter_spelling() -> None:
    text = "[[tool.bumpversion.files]]\nfilename = 'a'\nserialize = ['{major}.{minor}']\nsearch = 'v{current_version}'"
    assert searches(planning({".bumpversion.toml": text}))[0][:2] == ("a", "v{major}.{minor}")


@pytest.mark.parametrize(
    ("serialize", "parts", "scheme", "pattern"),
    [
        (["{major}.{minor}.{patch}"], "", "pep440", ""),
        (["{major}.{minor}.{patch}.dev{dev}", "{major}.{minor}.{patch}"], "", "pep440", ""),
        (["{major}.{minor}.{patch}-{pre}.{n}", "{major}.{minor}.{patch}"], "", "semver", ""),
        (["{major}.{minor}"], "", "pep440", ""),
        (
            ["{release}.{patch}", "{release}"],
            "release = {calver_format = '{YYYY}.{0M}'}",
            "calver",
            "YYYY.0M.PATCH",
        ),
        (["v{release}"], "release = {calver_format = '{YY}.{MM}.{DD}'}", "calver", "YY.MM.DD"),
    ],
)
def test_the_scheme_follows_from_the_spelling(
    serialize: list[str], parts: str, scheme: str, pattern: str
) -> None:
    text = f"[tool.bumpversion]\nserialize = {serialize}\n[tool.bumpversion.parts]\n{parts}\n"
    versioning = planning({".bumpversion.toml": text}).components[0].versioning
    assert (versioning.scheme, versioning.pattern) == (scheme, pattern)
    if pattern:
        assert understood(pattern).parts


def test_parts_that_no_scheme_has_are_remarked_on() -> None:
    text = """
        [tool.bumpversion]
        serialize = ["{major}.{minor}.{patch}.{build}"]
        [tool.bumpversion.parts.build]
        independent = true
        [tool.bumpversion.parts.stage]
        values = ["nightly", "final"]
        depends_on = "minor"
        """
    assert lost(planning({".bumpversion.toml": text})) == [
        "independent",
        "values",
        "depends_on",
        "serialize",
        "[tool.bumpversion]",
    ]


def test_tags_that_move_are_never_releases() -> None:
    text = "[tool.bumpversion]\ntag_name = 'acme-{new_version}'\nmoveable_tags = ['latest', 'v{new_major}']\n"
    rules = planning({".bumpversion.toml": text}).components[0]
    assert (rules.tag, rules.ignored_tags) == ("acme-{version}", ("^latest$", r"^v\d+$"))


def test_a_tag_name_with_other_fields_is_remarked_on() -> None:
    found = planning({".bumpversion.toml": "[tool.bumpversion]\ntag_name = '{new_major}'"})
    assert found.components[0].tag == "v{version}"
    assert "tag_name" in lost(found)


def test_all_mistakes_are_told_with_their_lines() -> None:
    text = "[tool.bumpversion]\nserialize = 1\n[[tool.bumpversion.files]]\nfilename = 2\n"
    with pytest.raises(ConfigError) as caught:
        planning({".bumpversion.toml": text})
    assert caught.value.cause.splitlines() == [
        "2 mistakes:",
        ".bumpversion.toml:2: tool.bumpversion.serialize: must be a list of texts",
        ".bumpversion.toml:4: tool.bumpversion.files[0].filename: must be text",
    ]
