"""Releases of the past by rules that need more than messages: branches, files, a person's hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tagboat.planner.replay import Release, Replayed, replay
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.memory_history import MemoryHistory

PROJECT = '[project]\nname = "acme"\nversion = "{version}"\n\n[tool.tagboat.components.acme]\n{rules}\n'


def files(rules: str, version: str = "1.0.0", **more: str) -> Mapping[bytes, bytes]:
    project = PROJECT.format(version=version, rules=rules).encode()
    return {b"pyproject.toml": project, **{name.encode(): text.encode() for name, text in more.items()}}


def replayed(commits: Sequence[Drawn], *tags: tuple[str, str, str]) -> list[str]:
    """Replay releases, given as tag, tagged commit and base."""
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "0", **{tag: at for tag, at, _ in tags}}))
    previous = ["v1.0.0", *(tag for tag, _, _ in tags)]
    releases = [
        Release(before, tag, held.ids[base]) for before, (tag, _, base) in zip(previous, tags, strict=False)
    ]
    return [found.version for found in replay(held, releases, "")]


def test_a_train_is_known_by_the_version_that_was_released() -> None:
    commits = [
        Drawn("0", (), b"feat: begin", files('trains = { "next$" = "rc", "dev$" = "alpha" }')),
        Drawn("1", ("0",), b"feat: x"),
        Drawn("2", ("1",), b"fix: y"),
        Drawn("3", ("2",), b"fix: z"),
        Drawn("4", ("3",), b"feat!: w"),
    ]
    tags = [("v1.1.0rc1", "1", "1"), ("v1.1.0rc2", "2", "2"), ("v1.1.0", "3", "3"), ("v2.0.0a1", "4", "4")]
    assert replayed(commits, *tags) == ["1.1.0rc1", "1.1.0rc2", "1.1.0", "2.0.0a1"]


def test_files_decide_where_the_strategy_is_theirs() -> None:
    rules = 'versions.strategy = "paths"\n[[tool.tagboat.components.acme.versions.paths]]\npatterns = ["src/**"]\nlevel = "minor"'
    commits = [
        Drawn("0", (), b"begin", files(rules)),
        Drawn("1", ("0",), b"words", files(rules, **{"src/new.py": "1"})),
    ]
    assert replayed(commits, ("v1.1.0", "1", "1")) == ["1.1.0"]


def test_a_version_by_hand_is_read_where_the_tag_is() -> None:
    rules = 'versions.strategy = "manual"'
    commits = [
        Drawn("0", (), b"feat: begin", files(rules)),
        Drawn("1", ("0",), b"feat: x"),
        Drawn("2", ("1",), b"chore: 1.7.0", files(rules, "1.7.0")),
    ]
    assert replayed(commits, ("v1.7.0", "2", "1")) == ["1.7.0"]
    assert replayed(commits, ("v1.7.0", "2", "2")) == ["1.7.0"]


def test_a_final_release_behind_candidates_holds_everything_since_the_last_final_one() -> None:
    def commits(rules: str) -> list[Drawn]:
        return [
            Drawn("0", (), b"feat: begin", files(rules)),
            Drawn("1", ("0",), b"feat: sail"),
            Drawn("2", ("1",), b"fix: oar"),
            Drawn("3", ("2",), b"chore: release"),
        ]

    def final(rules: str, base: str) -> Replayed:
        tags = {"v1.0.0": "0", "v1.1.0rc1": "1", "v1.1.0rc2": "2", "v1.1.0": "3"}
        held = MemoryHistory(Drawing(commits(rules), tags=tags))
        release = Release("v1.1.0rc2", "v1.1.0", held.ids[base], "acme/boat")
        (found,) = replay(held, [release], "https://forge.invalid")
        return found

    for base in ("2", "3"):
        found = final('trains = { "next$" = "rc" }', base)
        assert found.version == "1.1.0"
        assert found.reasons[0].rule == "1.1.0rc2 ends in 1.1.0"
        assert "* sail" in found.section
        assert "* oar" in found.section
        assert "begin" not in found.section
        assert "/compare/v1.0.0...v1.1.0)" in found.section
    own = final('versions.scheme = "pep440"', "3")
    assert "* sail" not in own.section
    assert "/compare/v1.1.0rc2...v1.1.0)" in own.section
