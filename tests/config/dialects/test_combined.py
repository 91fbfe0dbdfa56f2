import pytest

from tagboat.config.dialects import bump_my_version, bumpver, git_cliff, scm, towncrier
from tagboat.config.dialects.combined import combined
from tagboat.config.planning import Edit, Notes, Planning, Rules, Versioning
from tagboat.config.project import Tree
from tagboat.core.change import Level

PROJECT = "[project]\nname = 'acme'\ndynamic = ['version']\n"
FILES = {
    "pyproject.toml": PROJECT
    + "[tool.setuptools_scm]\ntag_regex = '^acme-v(?P<version>.*)$'\n[tool.towncrier]\nfilename = 'CHANGES.rst'\n",
    "cliff.toml": "[bump]\ninitial_tag = '0.5.0'\n[git]\ncommit_parsers = [{message = '^feat', group = 'New'}]\n",
    ".bumpversion.toml": "[tool.bumpversion]\ncurrent_version = '1.0.0'\ntag_name = 'r{new_version}'\n",
    "bumpver.toml": "[bumpver]\ncurrent_version = '2024.1001'\nversion_pattern = 'YYYY.BUILD'\n",
}
TREE = Tree(FILES.keys(), lambda path: FILES[path].encode())


def read(module: object) -> Planning:
    found = module.read(TREE)  # type: ignore[attr-defined]
    assert isinstance(found, Planning)
    return found


def test_one_tool_alone_is_what_it_says() -> None:
    assert combined(None, [read(scm)]) == read(scm)
    assert combined(read(git_cliff), []) == read(git_cliff)


def test_towncrier_gives_the_notes_and_the_tag_stays_the_others() -> None:
    found = combined(None, [read(scm), read(towncrier)])
    rules = found.components[0]
    assert (found.dialect, found.source) == ("scm+towncrier", "pyproject.toml")
    assert (rules.tag, rules.edits) == ("acme-v{version}", ())
    assert rules.notes == Notes(format="towncrier", path="CHANGES.rst", fragments="pyproject.toml")
    assert found.origins["acme.notes.path"] == "pyproject.toml: [tool.towncrier] filename"
    assert found.origins["acme.tag"] == "pyproject.toml: [tool.setuptools_scm] tag_regex"


def test_git_cliff_decides_and_the_others_give_places_and_tags() -> None:
    found = combined(read(git_cliff), [read(bump_my_version)])
    rules = found.components[0]
    assert found.dialect == "git-cliff+bump-my-version"
    assert (rules.tag, rules.manifest, rules.versioning.initial) == ("r{version}", "1.0.0", "0.5.0")
    assert rules.edits == (Edit(".bumpversion.toml", "toml", "$.tool.bumpversion.current_version"),)
    assert rules.versioning.levels == {"feat": Level.MINOR}
    assert rules.reading == read(git_cliff).components[0].reading


def test_the_calendar_of_a_pattern_goes_with_it() -> None:
    versioning = combined(read(git_cliff), [read(bumpver)]).components[0].versioning
    assert (versioning.scheme, versioning.pattern) == ("calver", "YYYY.BUILD")


def test_what_the_first_says_stays() -> None:
    found = combined(None, [read(bump_my_version), read(bumpver), read(scm)])
    rules = found.components[0]
    assert (rules.tag, rules.manifest) == ("r{version}", "1.0.0")
    assert rules.edits == read(bump_my_version).components[0].edits


@pytest.mark.parametrize("dialect", ["release-please", "python-semantic-release", "commitizen"])
def test_a_tool_that_tags_by_itself_gives_up_its_notes_only(dialect: str) -> None:
    whole = Planning(dialect, "x.toml", (Rules("other", versioning=Versioning(strategy="always-patch")),))
    found = combined(whole, [read(scm), read(bumpver), read(towncrier)])
    rules = found.components[0]
    assert found.dialect == f"{dialect}+towncrier"
    assert rules == Rules("other", versioning=whole.components[0].versioning, notes=rules.notes)
    assert rules.notes.format == "towncrier"
    assert [remark.text.split()[0] for remark in found.remarks[:2]] == ["scm", "bumpver"]


def test_components_meet_by_their_folder() -> None:
    whole = Planning("git-cliff", "cliff.toml", (Rules("a", path="a"), Rules("b", path="b")))
    places = Planning(
        "scm",
        "",
        (Rules("b-dist", path="b", tag="b{version}"), Rules("c", path="c")),
        origins={"b-dist.tag": "there"},
    )
    found = combined(whole, [places])
    assert [rules.tag for rules in found.components] == ["v{version}", "b{version}"]
    assert dict(found.origins) == {"b.tag": "there"}


def test_nothing_is_no_answer() -> None:
    with pytest.raises(ValueError, match="nothing to combine"):
        combined(None, [])
