from __future__ import annotations

import pytest

from tagboat.adapters.git.tree import check_links, check_paths
from tagboat.errors import RefusedError
from tagboat.ports.repository import TreeEntry


def entries(*paths: str) -> list[TreeEntry]:
    return [TreeEntry(path, "100644", "0" * 40) for path in paths]


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../x", "/etc/passwd", "a//b", "./a", "a/.", "", ".git/config", "a/.GIT/hooks/x", ".git. /x", "GIT~1/x", ".g\u200cit/x", ".git::$INDEX_ALLOCATION/x"],
)  # fmt: skip
def test_paths_that_leave_or_mean_git_are_refused(path: str) -> None:
    with pytest.raises(RefusedError):
        check_paths(entries(path))


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "a/b"), ("a/b", "a/b/c/d")])
def test_two_things_in_one_place_are_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError):
        check_paths(entries(*paths))


def test_ordinary_paths_are_fine() -> None:
    check_paths(
        entries(".gitignore", ".github/workflows/ci.yml", "a/b", "a.b", "..a", "digit", "a\\b", "git")
    )


@pytest.mark.parametrize(
    "links",
    [
        {"a": "/etc/passwd"},
        {"a": ".."},
        {"a/b": "../.."},
        {"a/b": "../../x"},
        {"a": "b", "b": ".."},
        {"a": "b", "b": "/"},
        {"a/b/up": "../..", "z": "a/b/up/../x"},
        {"d": "a/b", "x": "d/../../../y"},
    ],
)
def test_links_that_lead_out_are_refused(links: dict[str, str]) -> None:
    with pytest.raises(RefusedError):
        check_links(links)


@pytest.mark.parametrize(
    "links",
    [
        {"a": "b"},
        {"a": "missing/file"},
        {"a/b": "../c"},
        {"a/b": ".."},
        {"a": "b", "b": "a"},
        {"a": "a"},
        {"a": "a/x"},
        {"up/a": "../x/y", "x/y": "../z/"},
    ],
)
def test_links_that_stay_are_fine(links: dict[str, str]) -> None:
    check_links(links)
