from textwrap import dedent

import pytest

from tagboat.config.dialects import git_cliff
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.core.change import Level
from tagboat.core.commit import Commit
from tagboat.errors import ConfigError
from tagboat.planner.messages import Counted, changes_of


def read(files: dict[str, str]) -> Planning | None:
    return git_cliff.read(Tree(files.keys(), lambda path: dedent(files[path]).encode()))


def planning(text: str) -> Planning:
    found = read({"cliff.toml": text})
    assert found is not None
    return found


def counted(found: Planning, *messages: str) -> Counted:
    commits = [Commit(str(number), (), 0, "", message) for number, message in enumerate(messages)]
    return changes_of(commits, found.components[0].reading)


def outcome(found: Planning, message: str) -> tuple[str, Level] | None:
    """Return the title that a commit stands under and how far it moves the version; None when it does not count."""
    rules = found.components[0]
    read = counted(found, message)
    if not read.changes:
        return None
    change = read.changes[0]
    titles = {section.type: section.title for section in rules.notes.sections}
    own = rules.versioning.breaking if change.breaking else rules.versioning.levels.get(change.type)
    level = read.levels.get(change, rules.versioning.other if own is None else own)
    return titles.get(change.type, ""), level


def lost(found: Planning) -> list[str]:
    return [remark.place.split()[-1] for remark in found.remarks if remark.applies]


PARSERS = """
    [git]
    commit_parsers = [
        { message = "^feat", group = "<!-- 0 -->New things" },
        { message = "^fix|^bug", group = "<!-- 1 -->Corrections" },
        { message = '^chore\\(deps.*\\)', skip = true },
        { message = "^chore", group = "<!-- 9 -->Chores" },
        { body = ".*security", group = "<!-- 2 -->Security" },
    ]
    """


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("feat: a", ("New things", Level.MINOR)),
        ("feat(api)!: a", ("New things", Level.MAJOR)),
        ("feature: a", ("New things", Level.PATCH)),
        ("fix: a", ("Corrections", Level.PATCH)),
        ("bug: a", ("Corrections", Level.PATCH)),
        ("chore(deps): a", None),
        ("chore(deps)!: a", None),
        ("chore: a", ("Chores", Level.PATCH)),
        ("docs: a\n\nabout security", ("Security", Level.PATCH)),
        ("docs: security", ("docs", Level.PATCH)),
        ("Feat: a\n\nsecurity", ("Security", Level.MINOR)),
        ("a fix without a type", None),
        ("docs: a", ("docs", Level.PATCH)),
        ("docs: a\n\nfeat: in the body", ("docs", Level.PATCH)),
        ("odd: a", ("", Level.PATCH)),
    ],
)
def test_groups_are_titles_and_the_commits_own_type_is_the_level(
    message: str, expected: tuple[str, Level] | None
) -> None:
    assert outcome(planning(PARSERS), message) == expected


def test_titles_have_the_parsers_order_or_with_teras_filter_the_one_of_their_texts() -> None:
    def titles(found: Planning) -> list[str]:
        sections = found.components[0].notes.sections
        return list(dict.fromkeys(section.title for section in sections if section.title[0].isupper()))

    assert titles(planning(PARSERS)) == ["New things", "Corrections", "Chores", "Security"]
    sorted_by_tera = (
        PARSERS + '[changelog]\nbody = "{% for group, commits in commits | group_by(attribute=group) %}"'
    )
    assert titles(planning(dedent(sorted_by_tera))) == ["New things", "Corrections", "Security", "Chores"]


def test_without_parsers_its_own_defaults_count() -> None:
    found = planning("")
    assert outcome(found, "feat: a") == ("🚀 Features", Level.MINOR)
    assert outcome(found, "chore(release): prepare for v1") is None
    assert outcome(found, "odd: a") == ("💼 Other", Level.PATCH)


def test_breaking_commits_can_be_protected_from_being_skipped() -> None:
    text = "[git]\nprotect_breaking_commits = {}\ncommit_parsers = [{{message = '^chore', skip = true}}]\n"
    free, protected = planning(text.format("false")), planning(text.format("true"))
    for message in ("chore!: a", "chore(x)!: a", "chore: a\n\nBREAKING CHANGE: b"):
        assert outcome(free, message) is None
        assert outcome(protected, message) == ("chore", Level.MAJOR)
    assert outcome(protected, "chore: a") is None


def test_a_group_of_some_fixes_is_not_the_title_of_the_others() -> None:
    found = planning("[git]\ncommit_parsers = [{message = '^fix[(]api[)]', group = 'API'}]\n")
    assert outcome(found, "fix(api): a") == ("API", Level.PATCH)
    assert outcome(found, "fix: a") == ("fix", Level.PATCH)


def test_unmatched_commits_can_be_left_out() -> None:
    text = "[git]\nfilter_commits = true\ncommit_parsers = [{message = '^feat', group = 'New'}]\n"
    assert outcome(planning(text), "docs: a") is None
    assert outcome(planning(text), "feat: a") == ("New", Level.MINOR)


def test_unconventional_commits_count_where_they_are_not_filtered() -> None:
    text = "[git]\nfilter_unconventional = false\ncommit_parsers = [{message = '(?i)hot', group = 'Hot'}]\n"
    assert outcome(planning(text), "A hot thing") == ("Hot", Level.PATCH)
    assert outcome(planning(text), "A cold thing") == ("", Level.PATCH)
    assert counted(planning("[git]\n"), "A cold thing").unread


def test_lines_of_a_commit_are_commits_where_they_are_split() -> None:
    text = "[git]\nsplit_commits = true\ncommit_parsers = [{message = '^feat', group = 'New'}]\n"
    changes = counted(planning(text), "feat: a\nfeat: b").changes
    assert [change.subject for change in changes] == ["a", "b"]


def test_types_can_be_given_levels_of_their_own() -> None:
    text = """
        [bump]
        custom_major_increment_regex = "^huge$"
        custom_minor_increment_regex = "more|minor"
        no_increment_regex = "ci|docs"
        [git]
        commit_parsers = [{ message = ".*", group = "All" }]
        """
    found = planning(text)
    for message, level in (
        ("huge: a", Level.MAJOR),
        ("huger: a", Level.PATCH),
        ("more(x): a", Level.MINOR),
        ("feat: a", Level.MINOR),
        ("ci: a", Level.NONE),
        ("docs: huge", Level.NONE),
        ("fix: more", Level.PATCH),
        ("more!: a", Level.MAJOR),
        ("docs!: a", Level.NONE),
    ):
        assert outcome(found, message) == ("All", level)
    alone = planning("[git]\ncommit_parsers = []\n[bump]\ncustom_minor_increment_regex = 'more'\n")
    assert outcome(alone, "more: a") == ("", Level.MINOR)


def test_what_bump_says_becomes_versioning() -> None:
    text = """
        [bump]
        features_always_bump_minor = false
        breaking_always_bump_major = false
        initial_tag = "v0.3.0"
        bump_type = "minor"
        """
    versioning = planning(text).components[0].versioning
    assert (versioning.breaking_below_one, versioning.minor_below_one) == (Level.MINOR, Level.PATCH)
    assert (versioning.initial, versioning.strategy) == ("0.3.0", "always-minor")


def test_tags_paths_and_the_output_are_read() -> None:
    text = """
        [changelog]
        output = "./docs/NEWS.md"
        [git]
        tag_pattern = "acme-v[0-9].*"
        ignore_tags = "rc|beta"
        include_paths = ["packages/acme/**/*"]
        exclude_paths = ["packages/acme/docs/"]
        """
    found = planning(text)
    rules = found.components[0]
    assert (rules.tag, rules.ignored_tags) == ("acme-v{version}", ("rc|beta",))
    assert (rules.path, rules.exclude) == ("packages/acme", ("packages/acme/docs",))
    assert rules.notes.path == "docs/NEWS.md"
    assert found.origins["project.tag"] == "cliff.toml: [git] tag_pattern"


@pytest.mark.parametrize(
    ("parser", "key"),
    [
        ("{ message = '\\p{Lu}x', group = 'A' }", "message"),
        ("{ message = '(a+)+$', group = 'A' }", "message"),
        ("{ field = 'author.name', pattern = 'x', group = 'A' }", "pattern"),
        ("{ footer = 'a|^b', body = '', group = 'A' }", ""),
        ("{ body = 'a^b', group = 'A' }", "body"),
        ("{ sha = 'abc', skip = true }", "sha"),
        ("{ message = '^(\\w+)', group = '$1' }", "group"),
    ],
)
def test_a_parser_that_cannot_be_carried_over_is_remarked_on(parser: str, key: str) -> None:
    found = planning(f"[git]\ncommit_parsers = [{parser}]\n")
    assert lost(found) == ([key] if key else ["footer"])


@pytest.mark.parametrize(
    ("parser", "message", "title"),
    [
        ("{ field = 'scope', pattern = '^api$', group = 'A' }", "fix(api): a", "A"),
        ("{ field = 'scope', pattern = 'api', group = 'A' }", "fix: api", "fix"),
        ("{ footer = '^changelog ?#ignore', group = 'A' }", "fix: a\n\nchangelog #ignore", "A"),
        ("{ body = '^\\\\$', group = 'A' }", "fix: a", "fix"),
        ("{ message = '(?i)^FIX', group = 'A' }", "fix: a", "A"),
        ("{ message = '^fix.*$', group = 'A' }", "fix: a", "A"),
        ("{ message = 'never', body = 'b', group = 'A' }", "fix: a\n\nb", "A"),
    ],
)
def test_any_condition_of_a_parser_is_enough(parser: str, message: str, title: str) -> None:
    found = planning(f"[git]\ncommit_parsers = [{parser}]\n")
    assert outcome(found, message) == (title, Level.PATCH)


@pytest.mark.parametrize(
    ("files", "source"),
    [
        ({"cliff.toml": "", ".cliff.toml": ""}, "cliff.toml"),
        ({".config/cliff.toml": "", ".cliff.toml": ""}, ".cliff.toml"),
        ({".config/cliff.toml": ""}, ".config/cliff.toml"),
        ({"pyproject.toml": "[tool.git-cliff.git]\ntag_pattern = 'v.*'"}, "pyproject.toml"),
        ({"pyproject.toml": "[tool.git-cliff]\nx = 1"}, None),
        ({"pyproject.toml": "[project]\nname = 'a'"}, None),
        ({}, None),
    ],
)
def test_its_files_are_found_as_it_finds_them(files: dict[str, str], source: str | None) -> None:
    found = read(files)
    assert (found.source if found else None) == source


def test_all_mistakes_are_told_with_their_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        planning("[git]\ncommit_parsers = 1\n[bump]\nbump_type = 'huge'\ninitial_tag = 2\n")
    assert caught.value.cause.splitlines() == [
        "3 mistakes:",
        "cliff.toml:2: git.commit_parsers: must be a list of tables",
        "cliff.toml:4: bump.bump_type: must be major, minor or patch",
        "cliff.toml:5: bump.initial_tag: must be text",
    ]


def test_a_hostile_number_of_parsers_is_bounded() -> None:
    found = planning("[git]\ncommit_parsers = [" + "{message = '^a', group = 'A'}," * 2000 + "]\n")
    assert len(found.components[0].reading.rules) <= 2 * 300
    assert "commit_parsers" in lost(found)
