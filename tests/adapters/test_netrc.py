"""Logins from .netrc: for exactly their host, from a file that nobody else reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tagboat.adapters.netrc import Netrc
from tagboat.errors import InvalidError

ENTRIES = """\
machine packages.example login crew password planted-4f1e
machine tokens.example login "" password planted-5a2d
machine empty.example login crew
default login anybody password planted-6b3c
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Netrc]:
    def written(text: str = ENTRIES, mode: int = 0o600) -> Netrc:
        path = tmp_path / ".netrc"
        path.write_text(text)
        path.chmod(mode)
        return Netrc({"HOME": str(tmp_path)})

    return written


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://packages.example/legacy/", ("crew", "planted-4f1e")),
        ("https://Packages.Example:8443/simple/", ("crew", "planted-4f1e")),
        ("https://tokens.example/", ("__token__", "planted-5a2d")),
        ("https://empty.example/", None),
        ("https://example/", None),
        ("https://evil.packages.example/", None),
        ("https://default/", None),
        ("", None),
    ],
)
def test_the_entry_of_exactly_the_host_counts_and_no_default(
    write: Callable[..., Netrc], url: str, found: tuple[str, str] | None
) -> None:
    login = write().credentials(url)
    assert (login and (login.user, login.secret)) == found


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused_where_its_login_would_be_used(
    write: Callable[..., Netrc], mode: int
) -> None:
    netrc = write(mode=mode)
    with pytest.raises(InvalidError, match="others can read") as caught:
        netrc.credentials("https://packages.example/")
    assert "chmod 600" in caught.value.remedy
    assert netrc.credentials("https://elsewhere.example/") is None


def test_a_file_that_is_somebody_elses_is_refused(
    write: Callable[..., Netrc], monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc, owner = write(), os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(InvalidError, match="others can read"):
        netrc.credentials("https://packages.example/")


def test_a_file_of_another_form_is_one_error_that_shows_nothing_of_it(write: Callable[..., Netrc]) -> None:
    with pytest.raises(InvalidError, match="line 1") as caught:
        write("machine packages.example login crew password two planted-words").credentials(
            "https://x.example/"
        )
    assert "planted" not in caught.value.cause + caught.value.remedy
    with pytest.raises(InvalidError):
        write("machine x password \0\udcff".encode("utf-8", "surrogateescape").decode("latin-1")).credentials(
            "https://x/"
        )


def test_another_file_can_be_named_and_none_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "logins"
    path.write_text(ENTRIES)
    path.chmod(0o600)
    login = Netrc({"NETRC": str(path), "HOME": "/nowhere"}).credentials("https://packages.example/")
    assert login is not None
    for environment in ({}, {"HOME": str(tmp_path)}, {"NETRC": str(tmp_path)}):
        assert Netrc(environment).credentials("https://packages.example/") is None
