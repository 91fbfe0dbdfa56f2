"""How a commit message is read, whatever it holds.

The examples are observed outcomes of release-please 17.1.3 but for one rule of our own: the body never keeps a good header
from being read.
"""

import string
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tagboat.core import conventional
from tagboat.core.change import Change
from tagboat.core.conventional import LIMIT, overridden, read, why_unread

COMMIT = "c0ffee"


def headers(message: str) -> list[str]:
    return [change.header for change in read(COMMIT, message).changes]


def only(message: str) -> Change:
    reading = read(COMMIT, message)
    assert len(reading.changes) == 1
    return reading.changes[0]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("feat: a", ["feat: a"]),
        ("feat:a", ["feat: a"]),
        ("fix(api): a", ["fix(api): a"]),
        ("fix(api, cli)!: a", ["fix(api, cli)!: a"]),
        ("Feat: a", ["Feat: a"]),
        ("FIX: a", ["FIX: a"]),
        ("deps-dev: a", ["deps-dev: a"]),
        ("feat: a: b", ["feat: a: b"]),
        ("chore: Release-As: 2.0.0", ["chore: Release-As: 2.0.0"]),
        ("  \n feat: a\n", ["feat: a"]),
    ],
)
def test_a_header_is_a_change(message: str, expected: list[str]) -> None:
    assert headers(message) == expected
    assert not read(COMMIT, message).unread


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("", "the message is empty"),
        ("   \n\n", "the message is empty"),
        ("Update the docs", "there is no type and colon"),
        ("feat", "there is no type and colon"),
        ("feat(): a", "the scope is empty"),
        ("feat!(api): a", "the ! stands before the scope, not behind it"),
        ("feat(api: a", "the scope is not closed"),
        ("feat : a", "there is white space before the colon"),
        ("my feat: a", "what stands before the colon is not one word"),
        ("✨ feat: a", "what stands before the colon is not one word"),
        ('Revert "feat: a (#1)"', "git's own revert message names no type"),
        ("Merge branch 'main' into topic", "a merge names no type"),
        ("Merge pull request #1 from a/b", "a merge names no type"),
    ],
)
def test_what_is_no_header_says_why(message: str, reason: str) -> None:
    reading = read(COMMIT, message)
    assert (reading.changes, reading.unread) == ((), reason)
    assert why_unread(message.strip()) == reason


@pytest.mark.parametrize(
    "body",
    [
        "foo(bar(baz)) is called twice",
        "foo(bar",
        "BREAKING CHANGE",
        "a: b: c(",
        "(((((",
        "!!!: x(y): z",
        "> quoted (text: here\n\n    code(:)",
        "\x00\x1b[31m\ufeff",
    ],
)
def test_the_body_never_keeps_the_header_from_being_read(body: str) -> None:
    reading = read(COMMIT, f"feat: a\n\n{body}")
    assert ("feat", "a") in {(change.type, change.subject) for change in reading.changes}
    assert not reading.unread


@pytest.mark.parametrize(
    ("message", "notes"),
    [
        ("feat(api)!: new", ("new",)),
        ("feat!: big\n\nBREAKING CHANGE: detail", ("detail",)),
        ("fix: x\n\nBREAKING CHANGE: yy\n zz", ("yy zz",)),
        ("fix: x\n\nBREAKING-CHANGE: yy", ("yy",)),
        ("fix: x\n\nBREAKING CHANGE: yy\nzz\n\nmore", ("yy zz",)),
        ("fix: x\n\nbreaking change: yy", ()),
        ("fix: x\n\nthis BREAKING CHANGE is none", ()),
        ("feat: x\n\nBREAKING CHANGE: a\n * b", ("a\n    * b",)),
        ("fix: x", ()),
    ],
)
def test_what_breaks(message: str, notes: tuple[str, ...]) -> None:
    assert read(COMMIT, message).changes[-1].breaking == notes


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("feat: a (#1)\n\n* fix: b\n* docs: c", ["feat: a (#1)"]),
        ("feat: a\n\ntext\n\nfix(u): b\n\nfeat(u): c", ["feat: a", "fix(u): b", "feat(u): c"]),
        ("feat: a\n\ntext\n\nfix: b", ["feat: a", "fix: b"]),
        ("Merge pull request #1 from a/b\n\nfeat: z", ["feat: z"]),
        ("chore: a\n\nBEGIN_NESTED_COMMIT\nfeat: b\nEND_NESTED_COMMIT\n", ["chore: a", "feat: b"]),
        ("feat: a\n\nBEGIN_COMMIT_OVERRIDE\nfix: b\nEND_COMMIT_OVERRIDE", ["fix: b"]),
        ("revert: feat: a", ["revert: feat: a"]),
        ("feat: a\r\n\r\ntext\r\n\r\nfix: b\r\n", ["feat: a", "fix: b"]),
    ],
)
def test_one_message_can_tell_of_several_changes(message: str, expected: list[str]) -> None:
    assert headers(message) == expected


@pytest.mark.parametrize(
    ("footer", "version"),
    [
        ("Release-As: 2.0.0", "2.0.0"),
        ("release-as: 2.0.0", "2.0.0"),
        ("Release-As: v2", "v2"),
        ("Refs: 2.0.0", ""),
    ],
)
def test_a_footer_can_ask_for_a_version(footer: str, version: str) -> None:
    for between in ("\n", "\n\n"):
        assert read(COMMIT, f"chore: a\n{between}{footer}").changes[-1].release_as == version


@pytest.mark.parametrize(
    ("footer", "numbers"),
    [("Closes #12", ("12",)), ("Fixes: #12", ("12",)), ("Refs: #1, #2", ()), ("Refs: 12", ())],
)
def test_footers_name_issues(footer: str, numbers: tuple[str, ...]) -> None:
    assert read(COMMIT, f"fix: a\n\n{footer}").changes[-1].references == numbers


def test_an_override_without_text_is_none() -> None:
    assert overridden("feat: a BEGIN_COMMIT_OVERRIDE  END_COMMIT_OVERRIDE").startswith("feat: a")
    assert overridden("x BEGIN_COMMIT_OVERRIDE fix: b") == "fix: b"


WORDS = st.text(string.ascii_letters + string.digits + "-_.äß漢", min_size=1, max_size=12)
SCOPES = st.one_of(st.just(""), st.text(string.ascii_letters + "-_/, .", min_size=1, max_size=12))
SUBJECTS = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85\ufeff\xa0"),
        max_size=40,
    )
    .map(str.strip)
    .filter(lambda text: bool(text) and "_COMMIT" not in text)
)


@settings(max_examples=150)
@given(WORDS, SCOPES, SUBJECTS, st.booleans())
def test_a_header_that_was_written_is_read_again(kind: str, scope: str, subject: str, bang: bool) -> None:
    change = Change(COMMIT, kind, scope, subject, breaking=(subject,) if bang else (), bang=bang)
    assert only(change.header).header == change.header
    assert only(only(change.header).header) == only(change.header)


MESSAGES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "feat: a",
                "fix(x)!: b",
                "BREAKING CHANGE: c",
                "BEGIN_NESTED_COMMIT",
                "END_NESTED_COMMIT",
                "BEGIN_COMMIT_OVERRIDE",
                "END_COMMIT_OVERRIDE",
                "Release-As: 1.2.3",
                "Closes #1",
                " continued",
                "",
                "\r",
            ]
        ),
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=300)
@given(MESSAGES)
@example("BEGIN_NESTED_COMMIT" * 3)
def test_any_text_has_a_reading(message: str) -> None:
    reading = read(COMMIT, message)
    assert reading == read(COMMIT, message)
    assert reading.changes or reading.unread
    for change in reading.changes:
        assert change.commit == COMMIT
        assert change.type
        assert "\n" not in change.header


@settings(max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_have_a_reading(message: bytes) -> None:
    assert read(COMMIT, message.decode(errors="replace")) is not None


@settings(max_examples=150)
@given(SUBJECTS, MESSAGES.filter(lambda text: "_COMMIT" not in text))
def test_a_good_header_counts_whatever_stands_below_it(subject: str, body: str) -> None:
    reading = read(COMMIT, f"feat(api): {subject}\n\n{body}")
    assert not reading.unread
    assert any((change.type, change.scope) == ("feat", "api") for change in reading.changes)


HOSTILE = {
    "letters": "a",
    "colons": "a: ",
    "opened": "(",
    "scopes": "feat(",
    "blanks": " ",
    "lines": "\n",
    "footers": "\nfoo: bar",
    "continued": "\nfoo: bar\n baz: x",
    "paragraphs": "\n\nfeat(a): b",
    "open paragraphs": "\n\nfeat(a",
    "nested": "BEGIN_NESTED_COMMIT\nfix: a\n",
    "closed": "BEGIN_NESTED_COMMIT\nfix: a\nEND_NESTED_COMMIT\n",
    "overrides": "BEGIN_COMMIT_OVERRIDE",
    "breaking": "\nBREAKING CHANGE: a",
    "inner": "\nx BREAKING-CHANGE:\t\t",
    "lists": "\nBREAKING CHANGE: a\n * b",
    "numbers": "\nCloses #1",
    "bangs": "!",
    "returns": "\r",
}


def _seconds(message: str) -> float:
    """Return the least processor time of three readings."""
    times = []
    for _ in range(3):
        start = process_time()
        read(COMMIT, message)
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    small, large = (f"feat: a\n\n{piece * (size // len(piece))}" for size in (12_500, 200_000))
    # Sixteen times the length: linear time is 16 times as much, quadratic 256 times. The addend is the clock's grain.
    assert _seconds(large) <= 80 * (_seconds(small) + 0.001)


def test_a_message_is_read_up_to_a_bound() -> None:
    reading = read(COMMIT, "feat: a\n\n" + "x" * (2 * LIMIT) + "\n\nfix: b")
    assert [change.header for change in reading.changes] == ["feat: a"]


@given(st.text("\t\v\f \xa0\r\n()!:#feaBREAKING CHANGE-", max_size=60))
def test_a_text_without_a_byte_order_mark_needs_no_grammar_that_knows_it(text: str) -> None:
    whole, light = conventional._MARKED, conventional._UNMARKED
    for form in ("header", "footer", "mark", "speaks"):
        assert getattr(whole, form) != getattr(light, form)
        found = [match.span() for match in getattr(whole, form).finditer(text)]
        assert found == [match.span() for match in getattr(light, form).finditer(text)]
