"""What every ``History`` must do with the drawing below; to be sub-classed with a fixture ``subject``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.core.commit import Commit
from tagboat.ports.history import History, PathDiff, TagRef
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.histories import TIME

_ONE: Final = {b"a.txt": b"1\n", b"pkg/b.txt": b"1\n"}
_TWO: Final = {b"a.txt": b"2\n", b"pkg/b.txt": b"1\n"}
_SIDE: Final = {**_ONE, b"side.txt": b"s\n"}
_ODD: Final = {**_TWO, b"side.txt": b"s\n", b'-x "\x01\n\\': b"odd\n", "pkg/ü".encode(): b"u\n"}
_GONE: Final = {b"a.txt": b"2\n", b"side.txt": b"s\n"}

DRAWING: Final = Drawing(
    commits=(
        Drawn("root", (), b"feat: begin\n\nBody.\n", _ONE),
        Drawn("two", ("root",), b"fix: two\n", _TWO),
        Drawn("side", ("root",), b"feat: aside\n", _SIDE),
        Drawn("other", (), b"chore: another root\n", {b"other.txt": b"o\n"}),
        Drawn("merge", ("two", "side"), b"Merge branch 'side'\n", {**_TWO, b"side.txt": b"s\n"}),
        Drawn("odd", ("merge",), b"feat: odd paths \xff\n", _ODD, author="o'd d"),
        Drawn("empty", ("odd",), b"chore: empty\n"),
        Drawn("early", ("empty",), b"fix: made before its parents\n", _GONE, time=TIME - 5000),
        Drawn("octopus", ("early", "other", "side"), b"Merge three\n", _GONE),
        Drawn("apart", ("two",), b"feat: never merged\n", _ONE),
    ),
    tags={"v1.0.0": "root", "v1.1.0": "merge", "v2.0.0-next.1": "apart", "rel/x@y": "octopus", "%00": "two"},
    branches={"main": "octopus", "apart": "apart", "v1.0.0": "two"},
)
"""Two roots, a merge, an octopus, an empty commit, a clock that runs back, odd paths, a tag and a branch of one name."""


@dataclass(frozen=True, slots=True)
class HistorySubject:
    """A history of :data:`DRAWING` under test, and the id of each of its commits."""

    history: History
    ids: Mapping[str, str]

    def names(self, commits: Iterable[Commit]) -> list[str]:
        """Return what the drawing calls some commits."""
        names = {id_: name for name, id_ in self.ids.items()}
        return [names[commit.id] for commit in commits]


class HistoryContract:
    """A history that can be planned from."""

    def test_every_tag_is_there_with_its_commit(self, subject: HistorySubject) -> None:
        """Whatever its name holds."""
        wanted = {TagRef(name, subject.ids[commit]) for name, commit in DRAWING.tags.items()}
        assert len(subject.history.tags()) == len(wanted)
        assert {*subject.history.tags()} == wanted

    def test_tags_are_merged_when_the_head_reaches_them(self, subject: HistorySubject) -> None:
        """A commit reaches itself."""
        assert subject.history.merged_tags(subject.ids["merge"]) == {"v1.0.0", "v1.1.0", "%00"}
        assert subject.history.merged_tags(subject.ids["other"]) == frozenset()

    def test_commits_are_those_of_the_definition(self, subject: HistorySubject) -> None:
        """Reachable from the one, and not from the other; whatever the order that was asked for."""
        for until in (["octopus"], ["apart", "early"], ["root"]):
            for without in ([], ["merge"], ["side", "other"], ["octopus"]):
                for ordered in (False, True):
                    found = subject.history.commits(
                        *(subject.ids[name] for name in until),
                        without=[subject.ids[name] for name in without],
                        ordered=ordered,
                    )
                    names = subject.names(found)
                    assert len(names) == len({*names})
                    assert {*names} == DRAWING.reach(*until) - DRAWING.reach(*without)

    def test_in_order_no_commit_comes_before_its_children(self, subject: HistorySubject) -> None:
        """Although a clock ran back."""
        seen: set[str] = set()
        for commit in subject.history.commits(subject.ids["octopus"], ordered=True):
            assert not seen.intersection(commit.parents)
            seen.add(commit.id)

    def test_without_an_order_younger_clocks_come_first(self, subject: HistorySubject) -> None:
        """So that a history streams without being walked before."""
        names = subject.names(subject.history.commits(subject.ids["early"]))
        assert names == ["early", "empty", "odd", "merge", "side", "two", "root"]

    def test_a_commit_is_told_whole(self, subject: HistorySubject) -> None:
        """Its message to the last line end; what is no UTF-8 is replaced."""
        (found,) = subject.history.commits(subject.ids["odd"], without=[subject.ids["merge"]])
        assert found.parents == (subject.ids["merge"],)
        assert found.time == subject.history.time(found.id) == DRAWING.times["odd"]
        assert found.message.rstrip("\n") == "feat: odd paths \ufffd"
        assert found.paths is None
        root = list(subject.history.commits(subject.ids["octopus"], ordered=True))
        parents = {commit.id: commit.parents for commit in root}
        assert parents[subject.ids["octopus"]] == tuple(subject.ids[n] for n in ("early", "other", "side"))
        assert parents[subject.ids["root"]] == ()

    def test_paths_are_those_that_differ_from_the_first_parent(self, subject: HistorySubject) -> None:
        """Of roots and merges too; an empty commit has none."""
        found = list(subject.history.commits(subject.ids["octopus"], paths=True))
        paths = dict(zip(subject.names(found), [{*(commit.paths or ())} for commit in found], strict=True))
        assert paths == {
            "octopus": set(),
            "early": {'-x "\x01\n\\', "pkg/b.txt", "pkg/ü"},
            "empty": set(),
            "odd": {'-x "\x01\n\\', "pkg/ü"},
            "merge": {"side.txt"},
            "other": {"other.txt"},
            "side": {"side.txt"},
            "two": {"a.txt"},
            "root": {"a.txt", "pkg/b.txt"},
        }
        assert [commit.message for commit in found] == [
            commit.message for commit in subject.history.commits(subject.ids["octopus"])
        ]

    def test_names_lead_to_commits_and_tags_go_before_branches(self, subject: HistorySubject) -> None:
        """What names nothing is None, whatever it holds."""
        ids, resolve = subject.ids, subject.history.resolve
        assert resolve("HEAD") == resolve("main") == resolve("rel/x@y") == ids["octopus"]
        assert resolve("v1.0.0") == resolve("refs/tags/v1.0.0") == ids["root"]
        assert resolve(ids["apart"]) == ids["apart"]
        for odd in (
            "",
            "nothing",
            "a\nb",
            "a\0b",
            "--all",
            "-1",
            "0" * 40,
            "v1.1.0 ",
            "\udcff",
            "HEAD@{99}",
            "HEAD:../x",
        ):
            assert resolve(odd) is None, odd

    def test_the_branches_and_what_is_checked_out(self, subject: HistorySubject) -> None:
        """Each with its tip."""
        assert subject.history.branch() == "main"
        wanted = {name: subject.ids[commit] for name, commit in DRAWING.branches.items()}
        assert dict(subject.history.branches()) == wanted

    def test_the_newest_change_of_a_file(self, subject: HistorySubject) -> None:
        """None when nothing changed it, or only what does not count."""
        ids, changed = subject.ids, subject.history.last_change
        assert changed(ids["octopus"], "a.txt") == ids["two"]
        assert changed(ids["empty"], '-x "\x01\n\\') == ids["odd"]
        assert changed(ids["octopus"], "a.txt", without=ids["two"]) is None
        assert changed(ids["octopus"], "*.txt") is None

    def test_files_are_read_as_they_were(self, subject: HistorySubject) -> None:
        """A folder is no file, and a pattern no name."""
        history, odd = subject.history, subject.ids["odd"]
        tree = history.tree(odd)
        assert history.read(odd, "a.txt") == tree.get("a.txt") == b"2\n"
        assert history.read(subject.ids["root"], "a.txt") == b"1\n"
        for missing in ("pkg", "nothing", "*.txt", "", "../a.txt", "./a.txt", "..", "side.txt/x", "a\nb"):
            assert history.read(odd, missing) is None, missing
            assert tree.get(missing) is None
        assert "side.txt" in tree.paths
        assert "pkg" not in tree.paths
        assert {*tree.paths} == {"a.txt", "pkg/b.txt", "side.txt", '-x "\x01\n\\', "pkg/ü"}
        assert tree.read('-x "\x01\n\\') == b"odd\n"

    def test_differences_say_what_happened_to_a_file(self, subject: HistorySubject) -> None:
        """Between any two commits, in order."""
        ids = subject.ids
        assert sorted(subject.history.diff(ids["merge"], ids["early"]), key=lambda one: one.path) == [
            PathDiff("pkg/b.txt", "D")
        ]
        assert list(subject.history.diff(ids["root"], ids["two"])) == [PathDiff("a.txt", "M")]
        assert {*subject.history.diff(ids["merge"], ids["odd"])} == {
            PathDiff('-x "\x01\n\\', "A"),
            PathDiff("pkg/ü", "A"),
        }
        assert list(subject.history.diff(ids["odd"], ids["empty"])) == []

    def test_short_ids_come_in_the_order_of_the_question(self, subject: HistorySubject) -> None:
        """And are beginnings of the ids; of nothing comes nothing."""
        wanted = [subject.ids[name] for name in ("two", "octopus", "root")]
        short = subject.history.abbreviated(wanted)
        assert len(short) == 3
        assert all(id_.startswith(text) and len(text) >= 4 for id_, text in zip(wanted, short, strict=True))
        assert list(subject.history.abbreviated([])) == []

    def test_a_whole_history_is_not_cut_off(self, subject: HistorySubject) -> None:
        """And this one has no remote of its own."""
        assert not subject.history.shallow()
