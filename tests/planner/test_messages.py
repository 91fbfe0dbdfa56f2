"""What of a range of commits counts: reverts, repeats, squash bodies and a project's own rules."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.planning import MessageRule, ReadingRules
from tagboat.core.change import Level
from tagboat.core.commit import Commit
from tagboat.errors import ConfigError
from tagboat.planner.messages import Counted, changes_of

_NUMBERS = itertools.count(1)
_SILENT = ReadingRules(reverts=False, once=False)


def commit(message: str, *, merge: bool = False, author: str = "") -> Commit:
    parents = ("a" * 40, "b" * 40) if merge else ("a" * 40,)
    return Commit(f"{next(_NUMBERS):06x}".ljust(40, "0"), parents, 0, author, message)


def headers(counted: Counted) -> list[str]:
    return [change.header for change in counted.changes]


def test_changes_come_newest_first_and_what_is_unread_is_listed_with_the_reason() -> None:
    found = changes_of([commit("feat: b"), commit("tidy up"), commit("fix(x): a")], ReadingRules())
    assert headers(found) == ["feat: b", "fix(x): a"]
    assert [(row.title, row.reason) for row in found.unread] == [("tidy up", "there is no type and colon")]


@pytest.mark.parametrize(
    "revert",
    [
        'Revert "feat: a (#1)"\n\nThis reverts commit {id}.',
        'Revert "something shortened…"\n\nThis reverts commit {short}.',
        'Revert "feat: a (#1)" (#2)\n\nReverts owner/name#1',
        "revert: feat: a (#1)",
        "revert: feat: a (#9)",
        'revert: "feat: a (#1)"',
        "revert: let us do without it\n\nRefs: {short}",
    ],
)
def test_a_revert_takes_its_commit_out_of_the_release(revert: str) -> None:
    first = commit("feat: a (#1)")
    back = commit(revert.format(id=first.id, short=first.id[:9]))
    found = changes_of([back, commit("fix: b"), first], ReadingRules())
    assert headers(found) == ["fix: b"]
    assert not found.unread
    assert [(row.title, row.because) for row in found.reverted] == [("feat: a (#1)", back.id)]


def test_the_revert_of_a_revert_brings_the_change_back() -> None:
    first = commit("feat: a")
    back = commit(f'Revert "feat: a"\n\nThis reverts commit {first.id}.')
    for text in (
        f'Reapply "feat: a"\n\nThis reverts commit {back.id}.',
        'Reapply "feat: a"',
        'Revert "Revert "feat: a""',
    ):
        found = changes_of([commit(text), back, first], ReadingRules())
        assert headers(found) == ["feat: a"]
        assert not found.unread


def test_a_revert_of_what_is_released_already_stays_what_it_is() -> None:
    by_header, by_git = commit("revert: feat: old"), commit('Revert "feat: older"')
    found = changes_of([by_header, by_git, commit("fix: b")], ReadingRules())
    assert headers(found) == ["revert: feat: old", "fix: b"]
    assert [row.title for row in found.unread] == ['Revert "feat: older"']


def test_a_revert_takes_only_one_commit_of_its_title_and_only_an_older_one() -> None:
    new, back, old = commit("feat: a"), commit('Revert "feat: a"'), commit("feat: a")
    found = changes_of([new, back, old], ReadingRules())
    assert [change.commit for change in found.changes] == [new.id]
    older = commit("feat: a")
    found = changes_of([back, old, older], ReadingRules())
    assert [change.commit for change in found.changes] == [older.id]


def test_two_reverts_of_one_title_take_two_commits() -> None:
    backs = [commit('Revert "feat: a"'), commit('Revert "feat: a"')]
    found = changes_of([*backs, commit("feat: a"), commit("feat: a"), commit("feat: a")], ReadingRules())
    assert len(found.changes) == 1
    assert [row.because for row in found.reverted] == [row.id for row in backs]


def test_the_beginning_of_an_id_that_fits_two_commits_reverts_neither() -> None:
    one, two = (Commit("abcdef0" + letter * 33, ("a" * 40,), 0, "", "feat: x") for letter in "12")
    back = commit('Revert "feat: x"\n\nThis reverts commit abcdef0.')
    assert headers(changes_of([back, one, two], ReadingRules())) == ["feat: x", "feat: x"]


def test_reverts_that_name_each_other_end() -> None:
    one = Commit("1" * 40, (), 0, "", f'Revert "x"\n\nThis reverts commit {"2" * 40}.')
    two = Commit("2" * 40, (), 0, "", f'Revert "y"\n\nThis reverts commit {"1" * 40}.')
    found = changes_of([one, two], ReadingRules())
    assert [row.commit for row in found.reverted] == [two.id]


def test_reverts_count_like_every_commit_where_they_do_not_cancel() -> None:
    found = changes_of([commit("revert: feat: a"), commit("feat: a")], _SILENT)
    assert headers(found) == ["revert: feat: a", "feat: a"]


def test_a_merge_that_repeats_what_it_merges_counts_once() -> None:
    inner = commit("feat: a")
    for text in ("Merge pull request #1 from x/y\n\nfeat: a", "feat: a (#1)"):
        merge = commit(text, merge=True)
        found = changes_of([merge, inner], ReadingRules())
        assert [change.commit for change in found.changes] == [inner.id]
        assert [(row.commit, row.because) for row in found.repeated] == [(merge.id, inner.id)]
    assert headers(changes_of([commit("feat: b (#1)", merge=True), inner], ReadingRules())) == [
        "feat: b (#1)",
        "feat: a",
    ]


def test_a_cherry_pick_counts_once() -> None:
    original = commit("fix: a", author="me@example.org 17")
    pick = commit(f"fix: a\n\n(cherry picked from commit {original.id})", author="me@example.org 17")
    for order in ([pick, original], [original, pick]):
        found = changes_of(order, ReadingRules())
        assert [change.commit for change in found.changes] == [original.id]
        assert [row.commit for row in found.repeated] == [pick.id]


def test_a_cherry_pick_of_another_branch_counts() -> None:
    pick = commit(f"fix: a\n\n(cherry picked from commit {'c' * 40})")
    assert headers(changes_of([pick], ReadingRules())) == ["fix: a"]


def test_one_author_one_moment_and_one_title_are_one_commit() -> None:
    stamps = ["me@example.org 1", "me@example.org 1", "me@example.org 2", ""]
    commits = [commit("fix: a", author=stamp) for stamp in stamps]
    found = changes_of(commits, ReadingRules())
    assert [change.commit for change in found.changes] == [commits[0].id, commits[2].id, commits[3].id]
    assert len(changes_of(commits, _SILENT).changes) == 4


def test_picks_that_name_each_other_leave_one() -> None:
    one = Commit("1" * 40, ("a",), 0, "x 1", f"fix: a\n\n(cherry picked from commit {'2' * 40})")
    two = Commit("2" * 40, ("a",), 0, "x 1", f"fix: a\n\n(cherry picked from commit {'1' * 40})")
    assert len(changes_of([one, two], ReadingRules()).changes) == 1


def test_picks_in_a_circle_leave_one() -> None:
    commits = [
        Commit(str(one) * 40, ("a",), 0, "", f"fix: a\n\n(cherry picked from commit {str(other) * 40})")
        for one, other in ((1, 2), (2, 3), (3, 1))
    ]
    assert len(changes_of(commits, ReadingRules()).changes) == 1


def test_a_commit_of_another_title_is_not_hidden_by_calling_it_a_pick() -> None:
    other = commit("docs: a")
    hidden = commit(f"feat!: b\n\n(cherry picked from commit {other.id})")
    assert headers(changes_of([hidden, other], ReadingRules())) == ["feat!: b", "docs: a"]


_SQUASH = """feat: all of it (#7)

* feat: all of it

* fix(core): a part

  with a body of its own

BREAKING CHANGE: it moved
* some words
- perf!: faster
"""


def test_the_bullets_of_a_squash_message_are_changes() -> None:
    found = changes_of([commit(_SQUASH)], ReadingRules(bullets=True))
    assert headers(found) == ["feat: all of it (#7)", "fix(core): a part", "perf!: faster"]
    assert found.changes[1].breaking == ("it moved",)
    assert headers(changes_of([commit(_SQUASH)], ReadingRules())) == ["feat: all of it (#7)"]


def test_a_header_alone_counts_where_bodies_do_not() -> None:
    text = "feat: a\n\ntext\n\nfix: b\n\nBREAKING CHANGE: c"
    assert headers(changes_of([commit(text)], ReadingRules())) == ["feat: a", "fix: b"]
    assert headers(changes_of([commit(text)], ReadingRules(bodies=False))) == ["feat: a"]


def test_types_that_do_not_count_are_listed() -> None:
    found = changes_of([commit("wip: a"), commit("feat: b")], ReadingRules(types=("feat",)))
    assert headers(found) == ["feat: b"]
    assert [row.reason for row in found.unread] == ["the type 'wip' is none that counts"]


def test_merges_are_not_read_where_they_do_not_count() -> None:
    found = changes_of([commit("feat: a", merge=True)], ReadingRules(merges=False, once=False))
    assert not found.changes
    assert [row.reason for row in found.unread] == ["messages of merges are not read"]


def test_what_cannot_be_read_can_be_a_change_without_a_type() -> None:
    found = changes_of([commit("tidy up")], ReadingRules(unknown="keep"))
    assert [(change.type, change.subject) for change in found.changes] == [("", "tidy up")]
    assert not found.unread


def test_rules_come_before_headers_and_the_first_that_matches_wins() -> None:
    rules = ReadingRules(
        (
            MessageRule(r"\Achore\(release\)", skip=True),
            MessageRule(":bug:", type="fix"),
            MessageRule("security", level=Level.MINOR, breaking=True, scope="safe"),
            MessageRule("security", skip=True),
        )
    )
    messages = ["chore(release): 1.0", ":bug: it broke", "docs: security", "feat: c"]
    found = changes_of([commit(text) for text in messages], rules)
    assert headers(found) == ["fix: :bug: it broke", "docs(safe): security", "feat: c"]
    assert found.changes[1].breaking == ("security",)
    assert list(found.levels.items()) == [(found.changes[1], Level.MINOR)]


def test_every_line_can_count_and_a_word_is_looked_up() -> None:
    pattern = r"^(\w+)(?:\(.+\))?!?:"
    rules = ReadingRules(
        (
            MessageRule(pattern, word="^feat", type="feat"),
            MessageRule(pattern, word="^fix$", type="fix"),
            MessageRule(r"^BREAKING CHANGE:", breaking=True),
        ),
        each_line=True,
    )
    found = changes_of([commit("docs: a\n\nfeature(x): b\nfixes: c\nfix: d\nBREAKING CHANGE: e")], rules)
    assert headers(found) == ["docs: a", "feat(x): b", "fix: d"]
    assert found.changes[2].breaking == ("e",)
    alone = changes_of([commit("some words\n\nBREAKING CHANGE: e")], rules)
    assert [change.breaking for change in alone.changes] == [("e",)]


def test_all_patterns_that_are_none_are_told_at_once() -> None:
    rules = ReadingRules((MessageRule("("), MessageRule("a", word="[")))
    with pytest.raises(ConfigError, match=r"'\('.*'\['"):
        changes_of([], rules)


_TEXT = st.text(st.sampled_from("aRr:!()#\"'\n*- 1ef") | st.characters(codec="utf-8"), max_size=60)
_MESSAGES = st.one_of(
    _TEXT,
    st.builds('Revert "{}"'.format, _TEXT),
    st.builds("revert: {}".format, _TEXT),
    st.builds("feat: {}\n\n* fix: {}".format, _TEXT, _TEXT),
    st.builds("fix: {}\n\n(cherry picked from commit {:040x})".format, _TEXT, st.integers(0, 9)),
    st.builds("Reapply\nThis reverts commit {:040x}.".format, st.integers(0, 9)),
)
_RULES = st.sampled_from(
    [
        ReadingRules(),
        ReadingRules(bullets=True, unknown="keep"),
        ReadingRules((MessageRule(r"^(\w+):", word="f", type="fix"),), each_line=True),
        ReadingRules(bodies=False, types=("feat", "fix"), merges=False),
    ]
)


@settings(max_examples=60)
@given(st.lists(st.tuples(_MESSAGES, st.booleans()), max_size=10), _RULES)
def test_every_commit_is_accounted_for_once(rows: list[tuple[str, bool]], rules: ReadingRules) -> None:
    commits = [
        Commit(f"{number:040x}", ("a", "b") if merge else ("a",), 0, "", message)
        for number, (message, merge) in enumerate(rows)
    ]
    found = changes_of(commits, rules)
    assert found == changes_of(iter(commits), rules)
    lists = [
        {change.commit for change in found.changes},
        {row.commit for row in found.unread},
        {row.commit for row in found.reverted},
        {row.commit for row in found.repeated},
    ]
    told = [name for names in lists for name in names]
    assert len(told) == len(set(told))
    spent = {row.because for row in found.reverted}
    assert set(told) | spent == {one.id for one in commits}
