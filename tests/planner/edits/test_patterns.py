from datetime import date

import pytest

from tagboat.config.planning import Edit, Rules
from tagboat.config.project import Tree
from tagboat.errors import ConfigError
from tagboat.planner.edits import file_edits


def edited(
    text: str, search: str, replace: str = "", line: str = "", *, every: bool = False, last: str = "1.2.3"
) -> str:
    rules = Rules(
        "acme", edits=(Edit("f", "pattern", search=search, replace=replace, line=line, every=every),)
    )
    done = file_edits(Tree({"f"}, lambda _: text.encode()), rules, last, "1.3.0rc1", date(2026, 1, 31))
    return done[0].after.decode() if done else text


@pytest.mark.parametrize(
    ("search", "before", "after"),
    [
        ("{last}", "a v1.2.3, 1.2.34 11.2.3 1.2.3.4 1.2.3b1", "a v1.3.0rc1, 1.2.34 11.2.3 1.2.3.4 1.2.3b1"),
        ('"{current_version}"', '"1.2.3"', '"1.3.0rc1"'),
        ("v={version};", "v=0.9.0-beta.1;", "v=1.3.0rc1;"),
        ("v={pep440_version}", "v=2020.1103.0b0", "v=1.3.0rc1"),
        ("@v{version}", "@v9 @v9.1 @v9.1.2 @v9.1.2.3", "@v9 @v9.1 @v1.3.0rc1 @v1.3.0rc1"),
        ("{major}.{minor} é", "Ü 1.2 é", "Ü 1.3 é"),
        ("V = ({major}, {minor}, {patch})", "V = (1, 2, 3)", "V = (1, 3, 0)"),
        ("{version} ({date})", "1.2.3 (2020-01-01)", "1.3.0rc1 (2026-01-31)"),
        ("(c) 2018-{date:%Y}", "(c) 2018-2020 A", "(c) 2018-2026 A"),
        ("a\nb {last}", "a\r\nb 1.2.3", "a\r\nb 1.3.0rc1"),
        ("[.*] {last}", "[.*] 1.2.3", "[.*] 1.3.0rc1"),
        ('{"v": "{last}"}', '{"v": "1.2.3"}', '{"v": "1.3.0rc1"}'),
    ],
)
def test_the_placeholders_change_and_the_text_around_them_stays(search: str, before: str, after: str) -> None:
    assert edited(before, search, every=True) == after


def test_a_version_has_as_many_numbers_as_the_last_one() -> None:
    assert edited("v=2020.1103b0;", "v={version};", last="2020.1102") == "v=1.3.0rc1;"
    assert edited("v=7;", "v={version};", last="") == "v=1.3.0rc1;"


@pytest.mark.parametrize(
    ("search", "replace", "before", "after"),
    [
        (
            "Unreleased",
            "Unreleased\n\n{new_version} ({now:%Y-%m-%d})",
            "Unreleased\r\n",
            "Unreleased\r\n\r\n1.3.0rc1 (2026-01-31)\r\n",
        ),
        ("{last}...HEAD", "{last}...{version}", "1.2.3...HEAD", "1.2.3...1.3.0rc1"),
        ("= dev", "= {major}.{minor}", "x = dev", "x = 1.3"),
    ],
)
def test_a_replacement_may_be_another_text(search: str, replace: str, before: str, after: str) -> None:
    assert edited(before, search, replace) == after


def test_every_match_changes_when_asked_and_only_on_the_lines_named() -> None:
    text = "a 1.2.3\nb 1.2.3 1.2.3\n"
    assert edited(text, "{last}", every=True) == "a 1.3.0rc1\nb 1.3.0rc1 1.3.0rc1\n"
    assert edited(text, "{last}", line="^b", every=True) == "a 1.2.3\nb 1.3.0rc1 1.3.0rc1\n"
    with pytest.raises(ConfigError, match=r"matches 3 times:\n  f:1: a 1\.2\.3\n  f:2: b 1\.2\.3 1\.2\.3"):
        edited(text, "{last}")


@pytest.mark.parametrize(
    ("search", "line", "said"),
    [
        ("", "", "has no {version} to change"),
        ("abc", "", "has no {version} to change"),
        ("{last}", "(", "is no regular expression"),
        ("x {last}", "", "f:1: no line has 'x {last}'"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(search: str, line: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("{", r"\{")) as caught:
        edited("1.2.3", search, line=line)
    assert said in caught.value.cause


@pytest.mark.parametrize("search", ["{version}x", "1{version}x", "1.{version}{version}x", "{major}{minor}x"])
@pytest.mark.parametrize("text", ["1" * 300_000, "1." * 150_000, "1a1" * 100_000, "1-a." * 80_000])
def test_hostile_texts_end_soon(search: str, text: str) -> None:
    with pytest.raises(ConfigError, match="no line has"):
        edited(text, search)
