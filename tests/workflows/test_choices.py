"""What is written where, what is never overwritten, and what no workflow can be written for."""

from dataclasses import replace
from typing import Literal

import pytest
from written_cases import project, written

from tagboat.config.model import Component, Config, IndexTarget, Shard, Workflows
from tagboat.errors import ConfigError, RefusedError
from tagboat.workflows.reader import read_workflow
from tagboat.workflows.writing.changes import State, changes
from tagboat.workflows.writing.dependabot import FILE, dependabot
from tagboat.workflows.writing.files import write
from tagboat.workflows.writing.pins import PINS, pins_in
from tagboat.workflows.writing.project import Project, branch_pattern, tag_pattern

CI = ".github/workflows/ci.yml"
RELEASE = ".github/workflows/release.yml"
PUBLISHING = b"""\
on: {push: {tags: ['v*']}}
jobs:
  pypi:
    runs-on: ubuntu-latest
    steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]
"""


def states(found: dict[str, bytes]) -> dict[str, State]:
    wanted = write(project("one-package"), found).files
    return {change.path: change.state for change in changes(wanted, found)}


def found(**edits: bytes) -> dict[str, bytes]:
    files = {path: text.encode() for path, text in written("one-package").items()}
    return {path: edits.get(path.rpartition("/")[2].partition(".")[0], data) for path, data in files.items()}


def test_what_nobody_has_is_new_and_what_is_as_written_stays() -> None:
    assert set(states({}).values()) == {State.NEW}
    assert set(states(found()).values()) == {State.SAME}


def test_line_ends_of_another_system_are_no_edit() -> None:
    assert set(states({path: data.replace(b"\n", b"\r\n") for path, data in found().items()}).values()) == {
        State.SAME
    }


def test_ours_is_refreshed_and_ours_that_was_edited_is_kept() -> None:
    other = Project(replace(project("one-package").config, default_branch="trunk"), "acme/oars", "trunk")
    earlier = write(other, {}).files
    assert states({CI: earlier[CI].encode()})[CI] is State.REFRESHED
    assert states({CI: earlier[CI].encode() + b"# mine\n"})[CI] is State.EDITED
    assert states({CI: b"on: push\n"})[CI] is State.FOREIGN


def test_a_pin_that_dependabot_moved_is_no_edit_and_stays() -> None:
    old = (
        f"actions/setup-python@{PINS['actions/setup-python'].commit} # {PINS['actions/setup-python'].version}"
    )
    moved = {
        path: data.replace(old.encode(), b"actions/setup-python@" + b"1" * 40 + b" # v99.1.0")
        for path, data in found().items()
    }
    assert moved != found()
    assert set(states(moved).values()) == {State.SAME}
    behind = {
        path: data.replace(old.encode(), b"actions/setup-python@" + b"1" * 40 + b" # v1.0.0")
        for path, data in found().items()
    }
    assert states(behind)[RELEASE] is State.REFRESHED
    assert pins_in(written("one-package")[RELEASE]).keys() <= PINS.keys()


def test_a_name_that_an_index_trusts_is_kept() -> None:
    with pytest.raises(RefusedError) as caught:
        write(project("one-package"), {".github/workflows/upload.yml": PUBLISHING})
    assert 'release = "upload.yml"' in caught.value.remedy
    named = replace(project("one-package").config, workflows=Workflows(release="upload.yml"))
    there = {".github/workflows/upload.yml": PUBLISHING}
    wanted = write(Project(named, "acme/oars", "main"), there).files
    assert {c.path: c.state for c in changes(wanted, there)}[".github/workflows/upload.yml"] is State.FOREIGN


def test_a_file_taken_over_by_hand_without_the_mark_is_as_written() -> None:
    own = found()[CI].partition(b"\n")[2]
    assert states(found(ci=own))[CI] is State.SAME
    assert states(found(ci=own + b"# more\n"))[CI] is State.FOREIGN


def test_a_foreign_workflow_that_publishes_nothing_or_cannot_be_read_is_no_hindrance() -> None:
    other = {
        ".github/workflows/a.yml": b"on: push",
        ".github/workflows/b.yml": PUBLISHING.replace(b"pypi-publish", b"x"),
    }
    assert states(other)[RELEASE] is State.NEW


EXISTING = b"""\
# ours
version: 2
updates:
    # the packages
    - package-ecosystem: pip  # daily
      directory: /
      schedule: { interval: daily }

# who looks
registries: {}
"""


def test_the_entry_for_dependabot_goes_behind_the_others_and_leaves_them_as_they_are() -> None:
    text, note = dependabot(EXISTING)
    assert text is not None
    assert note == ""
    before, after = EXISTING.decode().splitlines(), text.splitlines()
    assert after[7:13] == [
        "    - package-ecosystem: github-actions",
        "      directory: /",
        "      schedule:",
        "        interval: weekly",
        "      cooldown:",
        "        default-days: 7",
    ]
    assert after[:7] + after[13:] == before
    assert dependabot(text.encode()) == (None, "")


@pytest.mark.parametrize(
    "text", [b"version: 2\nupdates: []\n", b"version: 2\nupdates: [{a: b}]\n", b"a: [", b"version: 2\n"]
)
def test_what_cannot_be_merged_is_said_and_left(text: bytes) -> None:
    found, note = dependabot(text)
    assert found is None
    assert note


def test_without_a_line_feed_at_the_end_the_entry_begins_on_a_line_of_its_own() -> None:
    text, _ = dependabot(b"version: 2\nupdates:\n- package-ecosystem: pip\n  directory: /")
    assert text is not None
    assert text.endswith(
        "  directory: /\n- package-ecosystem: github-actions\n  directory: /\n  schedule:\n    interval: weekly\n  cooldown:\n    default-days: 7\n"
    )


def test_where_renovate_keeps_the_pins_it_is_said_what_to_add() -> None:
    made = write(project("one-package"), {"renovate.json": b"{}"})
    assert FILE not in made.files
    assert "renovate.json" in made.notes[0]


def refused(*components: Component, **more: object) -> str:
    config = replace(Config(components=components), **more)  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as caught:
        write(Project(config, "acme/oars", "main"), {})
    return caught.value.cause


def test_all_that_no_workflow_can_be_written_for_is_told_at_once() -> None:
    said = refused(
        Component(
            "a",
            shards=(Shard("x", builder="adopt"), Shard("y", runner="windows-latest")),
            targets=("one", "two"),
        ),
        indexes=(IndexTarget("one"), IndexTarget("two")),
        workflows=Workflows(python="pypy3.11"),
    )
    for words in ("nothing fills its folder", "runs on Linux", "one environment", "CPython"):
        assert words in said
    assert "no component" in refused()


def test_a_pushed_tag_must_be_of_one_component() -> None:
    pair = (Component("a"), Component("b"))
    assert "may be of a or of b" in refused(*pair, workflows=Workflows(trigger="tag"))
    assert write(Project(Config(components=pair), "acme/oars", "main"), {}).files


@pytest.mark.parametrize("trigger", ["tag", "dispatch"])
def test_a_release_that_is_handed_over_may_start_either_way(trigger: Literal["tag", "dispatch"]) -> None:
    config = Config(
        components=(Component("a"),), pipeline="remote-release", workflows=Workflows(trigger=trigger)
    )
    made = write(Project(config, "acme/oars", "main"), {}).files[".github/workflows/release.yml"]
    assert ("\n  workflow_dispatch:" in str(made)) == (trigger == "dispatch")


@pytest.mark.parametrize(
    ("branch", "pattern"),
    [("main", "main"), ("a+b", r"a\+b"), ("!x", r"\!x"), ("${{x", "*x"), ("1.x", "1.x")],
)
def test_a_filter_lets_the_branch_pass(branch: str, pattern: str) -> None:
    assert branch_pattern(branch) == pattern


def test_a_filter_of_tags_asks_for_a_digit() -> None:
    assert tag_pattern("core-v{version}+x") == r"core-v[0-9]*\+x"


def test_components_of_like_names_have_jobs_of_their_own() -> None:
    names = ("a.b", "a-b", "1", "a-b-fill", "a-b-adopt-2")
    components = tuple(
        Component(
            name, tag=f"{name}@{{version}}", shards=(Shard("x"), Shard("y", builder="adopt", command=("z",)))
        )
        for name in names
    )
    text = write(Project(Config(components=components), "acme/oars", "main"), {}).files[
        ".github/workflows/build.yml"
    ]
    assert text.count("\n    steps:\n") == 3 * len(names)


def test_nothing_is_built_again_that_was_handed_over_and_a_dry_run_cannot_see_it() -> None:
    def conditions(trigger: Literal["tag", "dispatch"]) -> dict[str, str]:
        config = replace(project("handed-over").config, workflows=Workflows(trigger=trigger))
        text = write(Project(config, "acme/skiff", "main"), {}).files[RELEASE].encode()
        return {str(job.id): str(job.condition) for job in read_workflow(RELEASE, text).jobs}

    assert "needs.check.outputs.handed-over != 'true' &&" in conditions("tag")["build"]
    by_hand = conditions("dispatch")
    assert "(needs.check.outputs.handed-over != 'true' || inputs.dry-run)" in by_hand["build"]
    assert "needs.check.outputs.handed-over == 'true' && !inputs.dry-run" in by_hand["receive"]
    assert "receive" not in written("one-package")[RELEASE]
