"""A folder goes to the one shard that its name means, or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.config.model import Component, Config, Shard
from tagboat.core.plan import Plan
from tagboat.core.release import Release
from tagboat.errors import UsageError
from tagboat.pipelines import tag_release
from tagboat.wiring.shards import adopted_folders

ADOPT = Shard("wheels", sdist=False, builder="adopt")


@pytest.fixture
def plan() -> Plan:
    parts = (
        Component(
            "a",
            distributions=("a",),
            tag="a-v{version}",
            build_needs=("tools",),
            shards=(Shard("source", wheel=False), ADOPT, Shard("arm", builder="adopt")),
            targets=("pypi",),
        ),
        Component("b", distributions=("b",), tag="b-v{version}", shards=(ADOPT,), targets=("pypi",)),
        Component("tools", distributions=("tools",), shards=(Shard("any", builder="adopt"),)),
    )
    releases = [Release(name, "1.0", f"{name}-v1.0", "c" * 40) for name in ("a", "b")]
    return tag_release.prepare(
        Config(components=parts), releases, repository="acme/boat", default_branch="main"
    )


def test_folders_are_found_by_component_and_shard_and_by_a_shard_s_unique_name(
    plan: Plan, tmp_path: Path
) -> None:
    given = {"a/wheels": tmp_path, "b/wheels": tmp_path, "arm": tmp_path, "any": tmp_path}
    assert set(adopted_folders(plan, given)) == {"a/wheels", "b/wheels", "a/arm", "tools/any"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("wheels",), "several shards"),
        (("windows",), "no shard of this release"),
        (("a/source",), "is built here"),
        (("arm", "a/arm"), "names the shard a/arm twice"),
    ],
)
def test_a_name_that_fills_no_one_shard_is_invalid(
    plan: Plan, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        adopted_folders(plan, dict.fromkeys(words, tmp_path))


def test_a_folder_that_is_not_there_is_invalid(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        adopted_folders(plan, {"arm": tmp_path / "absent"})
