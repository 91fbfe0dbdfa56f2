"""Which project on which forge a remote's address names, in all spellings of git."""

from __future__ import annotations

import pytest

from tagboat.wiring.remotes import links_of

PUBLIC = "https://public.invalid"


@pytest.mark.parametrize(
    ("url", "repository", "host"),
    [
        ("https://forge.invalid/o/r.git", "o/r", "https://forge.invalid"),
        ("https://user:s3cret@forge.invalid/o/r", "o/r", "https://forge.invalid"),
        ("https://forge.invalid/o/r/", "o/r", "https://forge.invalid"),
        ("ssh://git@forge.invalid:2222/o/r.git", "o/r", "https://forge.invalid"),
        ("git@forge.invalid:o/r.git", "o/r", "https://forge.invalid"),
        ("https://forge.invalid/group/o/r", "group/o/r", "https://forge.invalid"),
        ("https://forge.invalid/o", "", ""),
        ("/srv/o/r.git", "", ""),
        ("https://[::1/o/r", "", ""),
        ("", "", ""),
    ],
)
def test_a_project_is_read_from_a_url(url: str, repository: str, host: str) -> None:
    assert links_of("", "", url, PUBLIC) == (repository, host)


def test_what_is_asked_goes_before_what_is_configured_and_the_remote_says_the_host() -> None:
    assert links_of("a/b", "c/d", "git@forge.invalid:o/r", PUBLIC) == ("a/b", "https://forge.invalid")
    assert links_of("", "c/d", "", PUBLIC) == ("c/d", PUBLIC)
