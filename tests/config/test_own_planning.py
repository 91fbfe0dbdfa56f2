"""Tagboat's own configuration as planning rules, alone and beside another tool's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tagboat.config.dialects import planning_of
from tagboat.config.origins import attribute_of
from tagboat.config.own_planning import file_key
from tagboat.config.planning import Edit, MessageRule, Notes, PathRule, Planning, Rules
from tagboat.config.project import Tree
from tagboat.core.change import Level

PLANNED = Path(__file__).parents[1] / "cases" / "config" / "planned" / "pyproject.toml"
PROJECT = "[project]\nname = 'acme'\n"
RELEASE_PLEASE = json.dumps(
    {
        "bump-minor-pre-major": True,
        "unheard-of": 1,
        "packages": {"core": {"release-type": "python", "component": "acme-core"}, "b": {"component": "b"}},
        "plugins": [{"type": "linked-versions", "components": ["acme-core", "b"]}],
    }
)


def planning(files: dict[str, str], *tags: str) -> Planning:
    return planning_of(Tree(files.keys(), lambda path: files[path].encode()), tags)


def test_every_key_becomes_a_rule() -> None:
    found = planning({"pyproject.toml": PLANNED.read_text()})
    core, extras = found.components
    assert (found.dialect, found.source) == ("tagboat", "pyproject.toml")
    assert found.linked == (("core", "extras"),)
    assert (core.path, core.tag, core.exclude) == ("core", "core-v{version}", ("core/docs",))
    assert (core.ignored_tags, dict(core.trains)) == (("^core-v0",), {"next$": "rc"})
    assert (core.versioning.scheme, core.versioning.strategy) == ("semver", "paths")
    assert core.versioning.levels == {"feat": Level.MINOR, "docs": Level.NONE}
    assert core.versioning.paths == (PathRule(("src/**",), Level.MINOR),)
    assert core.versioning.releases == "level"
    assert core.notes == Notes(format="keep-a-changelog", cases=("npm",))
    assert core.reading.rules == (MessageRule("^Merge release", skip=True),)
    assert core.edits == (Edit(), Edit("docs/conf.py", "python", "release"))
    assert extras == Rules("extras", "extras", "extras", tag="extras-v{version}")


def test_every_value_is_traced_to_its_line() -> None:
    text = PLANNED.read_text()
    found = planning({"pyproject.toml": text})
    lines = text.splitlines()
    assert found.origins["core.versioning.releases"] == found.origins["core.versioning.strategy"]
    names = {rules.component: rules for rules in found.components}
    assert lines[int(found.origins["linked"].removeprefix("pyproject.toml:")) - 1].startswith("linked =")
    for key, place in found.origins.items():
        component, _, attribute = key.partition(".")
        if key == "linked":
            continue
        attribute_of(names[component], attribute)
        line = lines[int(place.removeprefix("pyproject.toml:")) - 1]
        spelled = file_key(attribute).rpartition(".")[2].replace("releases", "strategy")
        assert spelled in line, (attribute, line)
    assert found.origins["core.versioning.levels"] == "pyproject.toml:17"
    assert "core.versioning.initial" not in found.origins


def test_a_component_without_planning_keys_keeps_the_rules_of_its_folders_tool() -> None:
    own = "[tool.tagboat.components.core]\npath = 'core'\n[tool.tagboat.components.other]\npath = 'other'\ntag = 'o{version}'\n"
    files = {"pyproject.toml": PROJECT + own, "release-please-config.json": RELEASE_PLEASE}
    found = planning(files)
    core, other = found.components
    assert found.dialect == "tagboat+release-please"
    assert core.component == "core"
    assert core.tag == "acme-core-v{version}"
    assert core.versioning.breaking_below_one == Level.MINOR
    place = "release-please-config.json: bump-minor-pre-major"
    assert found.origins["core.versioning.breaking_below_one"] == place
    assert found.origins["core.path"] == "pyproject.toml:4"
    assert other.versioning.breaking_below_one == Level.MAJOR
    told = {remark.place: remark.text for remark in found.remarks}
    assert "unheard-of" in " ".join(told)
    assert 'write tag = "acme-core-v{version}"' in told["pyproject.toml: components.core.tag"]


def test_a_tools_linked_components_stay_linked_under_the_names_they_have_here() -> None:
    own = "[tool.tagboat.components.one]\npath = 'core'\ntag='o{version}'\n[tool.tagboat.components.two]\npath = 'b'\n"
    files = {"pyproject.toml": PROJECT + own, "release-please-config.json": RELEASE_PLEASE}
    assert planning(files).linked == (("one", "two"),)


def test_a_component_with_a_planning_key_is_planned_by_its_own_alone() -> None:
    own = "[tool.tagboat.components.core]\npath = 'core'\nversions.scheme = 'semver'\n"
    files = {"pyproject.toml": PROJECT + own, "release-please-config.json": "{broken"}
    found = planning(files)
    assert (found.dialect, found.components[0].versioning.scheme) == ("tagboat", "semver")
    assert found.components[0].versioning.breaking_below_one == Level.MAJOR


def test_a_table_without_components_leaves_the_rules_to_the_tool_or_the_tags() -> None:
    text = PROJECT + "[tool.tagboat]\nrepository = 'a/b'\n"
    found = planning({"pyproject.toml": text}, "1.0", "1.1")
    assert (found.dialect, found.repository, found.components[0].tag) == ("defaults", "a/b", "{version}")
    found = planning({"pyproject.toml": text, "release-please-config.json": RELEASE_PLEASE})
    assert (found.dialect, found.repository) == ("release-please", "a/b")


def test_without_a_table_of_its_own_nothing_slow_is_loaded() -> None:
    program = (
        "import sys\n"
        "from tagboat.config.dialects import planning_of\n"
        "from tagboat.config.project import Tree\n"
        "files = {'pyproject.toml': b'[project]\\nname = \"acme\"', 'release-please-config.json': b'{}'}\n"
        "planning_of(Tree(files, files.get))\n"
        "print(*(name for name in ('pydantic', 'tagboat.config.own_planning') if name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""
