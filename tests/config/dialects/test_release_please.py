"""release-please's configuration: each option of its schema is honoured, or there is a remark that says why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.dialects.release_please import read
from tagboat.config.dialects.release_please_options import ELSEWHERE, HONOURED, KNOWN
from tagboat.config.planning import SECTIONS, Planning, Section
from tagboat.config.project import Tree
from tagboat.core.change import Level
from tagboat.errors import ConfigError

CONFIG = "release-please-config.json"
MANIFEST = ".release-please-manifest.json"
YAML = ".github/release-please.yml"
PROJECT = b'[project]\nname = "acme-boat"\n'

EVERYWHERE = {
    "release-type": "python",
    "versioning": "always-bump-patch",
    "bump-minor-pre-major": True,
    "bump-patch-for-minor-pre-major": True,
    "prerelease-type": "rc",
    "prerelease": True,
    "release-as": "2.0.0",
    "initial-version": "1.0.0",
    "changelog-sections": [{"type": "feat", "section": "New"}],
    "changelog-type": "github",
    "changelog-host": "https://forge.invalid/",
    "changelog-path": "NEWS.md",
    "skip-changelog": True,
    "include-commit-authors": True,
    "date-format": "%Y",
    "skip-github-release": True,
    "draft": True,
    "force-tag-creation": True,
    "draft-pull-request": True,
    "extra-label": "x",
    "include-component-in-tag": False,
    "include-v-in-tag": False,
    "include-v-in-release-name": False,
    "tag-separator": "/",
    "component-no-space": True,
    "pull-request-title-pattern": "x",
    "pull-request-header": "x",
    "pull-request-footer": "x",
    "separate-pull-requests": True,
    "always-update": True,
    "extra-files": ["docs/conf.py"],
    "exclude-paths": ["docs"],
    "version-file": "VERSION",
    "snapshot-label": "x",
    "skip-snapshot": True,
    "package-name": "acme-boat",
    "component": "boat",
}
"""The options of the schema that stand at the top and in a package, each with a value that is not its default."""
AT_THE_TOP = {
    "bootstrap-sha": "a" * 40,
    "last-release-sha": "b" * 40,
    "plugins": ["sentence-case"],
    "always-link-local": False,
    "signoff": "x <y>",
    "group-pull-request-title-pattern": "x",
    "release-search-depth": 5,
    "commit-search-depth": 5,
    "commit-batch-size": 5,
    "sequential-calls": True,
    "label": "x",
    "release-label": "x",
    "$schema": "x",
}


def tree(files: Mapping[str, bytes]) -> Tree:
    return Tree(frozenset(files), files.__getitem__)


def planning(config: object, manifest: object = None, file: str = CONFIG, **files: bytes) -> Planning:
    held = {file: json.dumps(config).encode(), "pyproject.toml": PROJECT}
    if manifest is not None:
        held[MANIFEST] = json.dumps(manifest).encode()
    found = read(tree({**held, **files}))
    assert found is not None
    return found


def rules(**options: Any) -> Any:
    (found,) = planning({"packages": {".": {"release-type": "python", **named(options)}}}).components
    return found


def named(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in options.items()}


def test_the_lists_hold_every_option_of_the_schema() -> None:
    assert {*EVERYWHERE, *AT_THE_TOP, "packages"} <= KNOWN
    assert not HONOURED & ELSEWHERE.keys()
    assert all(why.strip() for why in ELSEWHERE.values())


@pytest.mark.parametrize("option", [*EVERYWHERE, *AT_THE_TOP])
def test_an_option_changes_the_rules_or_there_is_a_remark_on_it(option: str) -> None:
    value = {**EVERYWHERE, **AT_THE_TOP}[option]
    package = {"release-type": "python", "component": "acme"}
    if option == "release-type":
        package.pop("release-type")
    if option == "component":
        package.pop("component")
    if option == "package-name":
        package = {"release-type": "python"}
    if option == "prerelease-type":
        package["versioning"] = "prerelease"
    if option == "version-file":
        package["release-type"] = "simple"
    before = planning({"packages": {".": package}})
    places = [{"packages": {".": package}, option: value}]
    if option in EVERYWHERE:
        places.append({"packages": {".": {**package, option: value}}})
    for config in places:
        after = planning(config)
        told = [remark for remark in after.remarks if option in remark.place and remark.text]
        assert after.components != before.components or told, config
        assert not any("knows no such option" in remark.text for remark in after.remarks)


def test_an_option_that_nobody_knows_is_remarked_on() -> None:
    found = planning({"packages": {".": {"odd": 1}}, "odd-too": 2})
    said = {remark.place for remark in found.remarks if "knows no such option" in remark.text}
    assert said == {f'{CONFIG}: packages.".".odd', f"{CONFIG}: odd-too"}


def test_the_packages_own_value_goes_before_the_one_for_all() -> None:
    config = {
        "release-type": "python",
        "changelog-path": "NEWS.md",
        "include-v-in-tag": False,
        "release-as": "9.0.0",
        "packages": {
            "a": {"component": "a"},
            "b": {"component": "b", "changelog-path": "b.md", "include-v-in-tag": True, "release-as": ""},
        },
    }
    one, two = planning(config).components
    assert (one.notes.path, one.tag, one.versioning.release_as) == ("NEWS.md", "a-{version}", "9.0.0")
    assert (two.notes.path, two.tag, two.versioning.release_as) == ("b.md", "b-v{version}", "")


def test_where_a_value_comes_from_is_kept() -> None:
    config = {"changelog-path": "NEWS.md", "packages": {".": {"component": "a", "release-as": "2.0.0"}}}
    origins = planning(config).origins
    assert origins["a.versioning.release_as"] == f'{CONFIG}: packages.".".release-as'
    assert origins["a.notes.path"] == f"{CONFIG}: changelog-path"


@pytest.mark.parametrize(
    ("options", "tag"),
    [
        ({}, "v{version}"),
        ({"component": "boat"}, "boat-v{version}"),
        ({"package-name": "boat"}, "boat-v{version}"),
        ({"package-name": "@acme/boat"}, "boat-v{version}"),
        ({"component": "boat", "include-component-in-tag": False}, "v{version}"),
        ({"component": "boat", "include-v-in-tag": False}, "boat-{version}"),
        ({"component": "boat", "tag-separator": "/"}, "boat/v{version}"),
        ({"component": "boat", "tag-separator": ""}, "boatv{version}"),
        ({"include-v-in-tag": False}, "{version}"),
    ],
)
def test_tags_are_named_as_the_tool_names_them(options: dict[str, Any], tag: str) -> None:
    assert rules(**options).tag == tag


@pytest.mark.parametrize(
    ("versioning", "strategy"),
    [
        ("default", "default"),
        ("always-bump-patch", "always-patch"),
        ("always-bump-minor", "always-minor"),
        ("always-bump-major", "always-major"),
        ("service-pack", "service-pack"),
        ("prerelease", "prerelease"),
        ("", "default"),
    ],
)
def test_strategies_have_their_counterparts(versioning: str, strategy: str) -> None:
    assert rules(versioning=versioning).versioning.strategy == strategy


def test_an_unknown_strategy_is_the_default_and_remarked_on() -> None:
    found = planning({"packages": {".": {"versioning": "dependency-manifest"}}})
    assert found.components[0].versioning.strategy == "default"
    assert any("dependency-manifest" in remark.text for remark in found.remarks)


def test_levels_below_one_follow_the_two_flags() -> None:
    usual = rules().versioning
    assert (usual.breaking_below_one, usual.minor_below_one) == (Level.MAJOR, Level.MINOR)
    flagged = rules(bump_minor_pre_major=True, bump_patch_for_minor_pre_major=True).versioning
    assert (flagged.breaking_below_one, flagged.minor_below_one) == (Level.MINOR, Level.PATCH)


def test_a_train_needs_its_strategy() -> None:
    assert rules(prerelease_type="rc").versioning.train == ""
    assert rules(prerelease_type="rc", prerelease=True, versioning="prerelease").versioning.train == "rc"


def test_sections_are_the_configured_ones_or_the_languages() -> None:
    assert rules().notes.sections == SECTIONS
    listed = [
        {"type": "feat", "section": "New"},
        {"type": "x"},
        {"type": "ci", "section": "CI", "hidden": True},
    ]
    assert rules(changelog_sections=listed).notes.sections == (
        Section("feat", "New"),
        Section("x", ""),
        Section("ci", "CI", hidden=True),
    )
    assert rules(changelog_sections=[]).notes.sections == ()
    (node,) = planning({"packages": {".": {}}}).components
    shown = [section.type for section in node.notes.sections if not section.hidden]
    assert shown == ["feat", "fix", "perf", "revert"]


def test_another_languages_files_are_left_alone_and_that_is_said() -> None:
    found = planning({"packages": {".": {"release-type": "rust"}}})
    assert any("rust" in remark.text for remark in found.remarks)
    assert not [edit for edit in found.components[0].edits if edit.kind in {"auto", "python"}]


def test_extra_files_are_edited_by_their_kind() -> None:
    listed = [
        "docs/conf.py",
        {"type": "generic", "path": "a.txt"},
        {"type": "toml", "path": "b.toml", "jsonpath": "$.version"},
        {"type": "json", "path": "c.json", "jsonpath": "$.v"},
        {"type": "yaml", "path": "d.yaml", "jsonpath": "$.v"},
        {"type": "xml", "path": "e.xml", "xpath": "//v"},
    ]
    found = planning({"packages": {".": {"release-type": "python", "extra-files": listed}}})
    edits = {edit.path: (edit.kind, edit.key) for edit in found.components[0].edits}
    assert edits["docs/conf.py"][0] == edits["a.txt"][0] == "markers"
    assert (edits["b.toml"], edits["c.json"]) == (("toml", "$.version"), ("json", "$.v"))
    assert edits["d.yaml"] == ("yaml", "$.v")
    assert any("e.xml" in remark.place and "xml" in remark.text for remark in found.remarks)


def test_the_manifest_says_what_was_released_last() -> None:
    config = {"release-type": "python", "packages": {".": {}, "pkg/a": {"component": "a"}}}
    root, inner = planning(config, {".": "1.2.3", "pkg/a": "0.5.0"}).components
    assert (root.manifest, root.path, root.component) == ("1.2.3", ".", "acme-boat")
    assert (inner.manifest, inner.path) == ("0.5.0", "pkg/a")
    keys = [edit.key for edit in inner.edits if edit.path == f"/{MANIFEST}"]
    assert keys == ['$["pkg/a"]']
    assert planning(config, {}).components[0].manifest == ""
    assert planning(config).components[0].manifest == ""


@pytest.mark.parametrize("file", [CONFIG, f".{CONFIG}"])
def test_both_names_of_the_file_are_read_and_the_plain_one_first(file: str) -> None:
    assert planning({"packages": {".": {}}}, file=file).source == file
    both = {f".{CONFIG}": b"not json"}
    assert planning({"packages": {".": {}}}, **both).source == CONFIG


def yaml(text: str) -> Planning:
    found = read(tree({YAML: text.encode(), "pyproject.toml": PROJECT}))
    assert found is not None
    return found


def test_the_apps_file_is_read_when_there_is_no_other() -> None:
    found = yaml(
        "releaseType: python\nbumpMinorPreMajor: true\nhandleGHRelease: true\nbranches:\n- branch: v1\n"
    )
    (one,) = found.components
    assert (found.source, one.path, one.tag, one.component) == (YAML, ".", "v{version}", "acme-boat")
    assert one.versioning.breaking_below_one is Level.MINOR
    assert one.notes.sections == SECTIONS
    said = {remark.place: remark.applies for remark in found.remarks}
    assert said == {f"{YAML}: handle-gh-release": False, f"{YAML}: branches": True}
    assert not any("knows no such option" in remark.text for remark in found.remarks)
    assert yaml("").components[0].edits == yaml("releaseType: python").components[0].edits
    assert planning({"packages": {".": {}}}, **{YAML: b"releaseType: node"}).source == CONFIG


def test_nothing_configured_is_none() -> None:
    assert read(tree({"pyproject.toml": PROJECT})) is None
    assert read(tree({MANIFEST: b'{".": "1.0.0"}'})) is None


def test_linked_versions_and_sentence_case() -> None:
    linked = {"type": "linked-versions", "groupName": "all", "components": ["a", "b", "gone"]}
    cases = {"type": "sentence-case", "specialWords": ["iOS"]}
    packages = {"a": {"component": "a"}, "b": {"component": "b"}, "c": {"component": "c"}}
    found = planning(
        {"packages": packages, "plugins": [linked, cases, "node-workspace", {"type": "group-priority"}]}
    )
    assert found.linked == (("a", "b"),)
    assert {one.notes.cases for one in found.components} == {("iOS",)}
    said = {remark.place: remark.applies for remark in found.remarks}
    assert said[f"{CONFIG}: plugins node-workspace"] is True
    assert said[f"{CONFIG}: plugins group-priority"] is False
    plain = planning({"packages": packages, "plugins": ["sentence-case"]})
    assert plain.components[0].notes.cases == ("gRPC", "npm")


def test_two_packages_of_one_name_stay_two_components() -> None:
    config = {"packages": {"a": {"component": "x"}, "b": {"component": "x"}, ".": {}}}
    names = [one.component for one in planning(config).components]
    assert len({*names}) == 3
    assert names[0] == "x"


WRONG: list[tuple[str, object]] = [
    *(
        (option, 5)
        for option, value in {**EVERYWHERE}.items()
        if option in HONOURED and option != "initial-version"
    ),
    ("packages", []),
    ("packages", {".": []}),
    ("packages", {".": None}),
    ("plugins", {}),
    ("plugins", [{"type": "linked-versions", "components": 5}]),
    ("plugins", [{"type": "linked-versions", "components": [[]]}]),
    ("plugins", [{"type": "sentence-case", "specialWords": 5}]),
    ("plugins", [5]),
    ("bootstrap-sha", 5),
    ("last-release-sha", []),
    ("changelog-sections", [{}]),
    ("changelog-sections", [5]),
    ("changelog-sections", [{"type": 5}]),
    ("extra-files", [5]),
    ("extra-files", [{"type": "json", "path": 5}]),
    ("exclude-paths", [5]),
]


@pytest.mark.parametrize(("option", "value"), WRONG)
def test_a_value_of_the_wrong_type_is_told_with_its_place(option: str, value: object) -> None:
    strategy = {} if option == "versioning" else {"versioning": "prerelease"}
    component = {} if option in {"component", "package-name"} else {"component": "acme"}
    with pytest.raises(ConfigError) as caught:
        planning({"packages": {".": {**strategy, **component}}, option: value})
    assert CONFIG in caught.value.cause
    assert option in caught.value.cause


@pytest.mark.parametrize(
    "files",
    [
        {CONFIG: b"{"},
        {CONFIG: b"[]"},
        {CONFIG: b"\xff"},
        {CONFIG: b"[" * 100_000},
        {CONFIG: b'{"packages": {".": {}}}', MANIFEST: b"[]"},
        {CONFIG: b'{"packages": {".": {}}}', MANIFEST: b"{"},
        {CONFIG: b'{"packages": {".": {}}}', MANIFEST: b'{".": {"a": 1}}'},
        {YAML: b"a: [\n"},
        {YAML: b"- x\n"},
        {YAML: b"releaseType: 5\n"},
    ],
)
def test_a_file_that_cannot_be_read_is_named(files: dict[str, bytes]) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tree(files))
    assert next(reversed(files)) in caught.value.cause


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(
    top=st.dictionaries(st.sampled_from(sorted(KNOWN - {"packages"})), _JSON, max_size=4),
    package=st.dictionaries(st.sampled_from(sorted(KNOWN)), _JSON, max_size=4),
    manifest=_JSON,
)
def test_whatever_the_file_holds_there_is_an_answer(
    top: dict[str, Any], package: dict[str, Any], manifest: object
) -> None:
    try:
        found = planning({**top, "packages": {".": package, "a": {}}}, manifest)
    except ConfigError:
        return
    assert len({one.component for one in found.components}) == 2
