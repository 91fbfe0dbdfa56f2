from datetime import date

import pytest

from tagboat.config.planning import Edit, Rules
from tagboat.config.project import Tree
from tagboat.planner.edits import file_edits


def edited(text: str, version: str = "2.4.6", form: str = "") -> str:
    rules = Rules("acme", edits=(Edit("f", "markers", date=form),))
    done = file_edits(Tree({"f"}, lambda _: text.encode()), rules, "1.2.3", version, date(2026, 1, 31))
    return done[0].after.decode() if done else text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a==1.2.3 b==9.9.9", "a==2.4.6 b==9.9.9"),
        ("a==1.2.3b1", "a==2.4.6"),
        ("a==1.2.3rc1.post2.dev3+local.1", "a==2.4.6"),
        ("a==1!1.2.3", "a==2.4.6"),
        ("a-1.2.3-beta.1+build.", "a-2.4.6."),
        ("a-1.2.3-py3-none-any.whl", "a-2.4.6-py3-none-any.whl"),
        ("a-1.2.3.tar.gz", "a-2.4.6.tar.gz"),
        ("Version v1.2.3. More", "Version v2.4.6. More"),
        ("1.2.3_beta is out", "2.4.6 is out"),
        ("1.2.3about", "2.4.6about"),
        ("1.2 and 1.2.3", "1.2 and 2.4.6"),
    ],
)
def test_the_first_version_of_a_line_is_replaced_whole(before: str, after: str) -> None:
    mark = " # x-release-please-version"
    assert edited(f"1.2.3\r\n{before}{mark}\r\n1.2.3") == f"1.2.3\r\n{after}{mark}\r\n1.2.3"


def test_numbers_and_dates_have_markers_of_their_own() -> None:
    before = "V1 x-release-please-major\nn = 2 x-release-please-minor\n3 3 x-release-please-patch\n"
    before += "2020-02-03 x-release-please-date\n1.2.3 (2020-02-03) x-release-please-version-date\n"
    after = "V2 x-release-please-major\nn = 4 x-release-please-minor\n6 3 x-release-please-patch\n"
    after += "2026-01-31 x-release-please-date\n2.4.6 (2026-01-31) x-release-please-version-date\n"
    assert edited(before) == after
    assert edited("03.02.2020 x-release-please-date", form="%d.%m.%Y") == "31.01.2026 x-release-please-date"


def test_a_block_reaches_from_its_start_to_its_end_and_the_end_still_counts() -> None:
    before = "1.2.3 x-release-please-start-version\n1.2.3\nnone\n1.2.3 2.0.0\n7 x-release-please-major\n"
    before += "1.2.3 x-release-please-end\n1.2.3\n"
    after = "1.2.3 x-release-please-start-version\n2.4.6\nnone\n2.4.6 2.0.0\n2 x-release-please-major\n"
    after += "2.4.6 x-release-please-end\n1.2.3\n"
    assert edited(before) == after


def test_a_line_of_ten_million_digits_ends_soon() -> None:
    text = (
        "1" * 5_000_000 + "." + "1." * 2_000_000 + " x-release-please-version\n1.2.3 x-release-please-version"
    )
    assert edited(text).endswith("\n2.4.6 x-release-please-version")
