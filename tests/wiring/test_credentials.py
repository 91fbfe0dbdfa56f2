"""The choice of a credential in one place: its order, and that nothing of the outside meets a sandbox."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tagboat.adapters.addresses import PUBLIC
from tagboat.adapters.clock import SystemClock
from tagboat.adapters.http import HTTP
from tagboat.adapters.identity import GitHubActions, GitLab, Nowhere
from tagboat.adapters.identity.github_actions import SECRET, URL
from tagboat.config.model import Component, Config, IndexTarget
from tagboat.ports.index import CredentialKind
from tagboat.wiring.credentials import credentials_of, expected_publisher, identity_of, lasting_credential
from tagboat.wiring.places import Places

CORP = IndexTarget("corp", "https://packages.example/legacy/", "https://read.example/simple/", private=True)
CONFIG = Config(
    components=(Component("ours", targets=("corp",)), Component("open", targets=("pypi",))),
    indexes=(*Config().indexes, CORP),
)
OUTSIDE = Places(PUBLIC)
NETRC = """\
machine packages.example login crew password planted-upload
machine read.example login crew password planted-read
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that is no CI, has no tokens, an empty keyring and an empty home."""
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GITLAB_", "ACTIONS_", "TAGBOAT_", "NETRC")):
            monkeypatch.delenv(name)
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(programs / "python"))
    return tmp_path


def keyring(home: Path, *known: str) -> None:
    path = home / "programs" / "keyring"
    cases = "".join(f"  *{url}*) echo planted-in-keyring; exit 0;;\n" for url in known)
    path.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}  *) exit 1;;\nesac\n')
    path.chmod(0o700)


def netrc(home: Path) -> None:
    path = home / ".netrc"
    path.write_text(NETRC)
    path.chmod(0o600)


def kinds(places: Places = OUTSIDE) -> dict[str, CredentialKind]:
    return {name: each.in_use().kind for name, each in credentials_of(places, CONFIG).items()}


def test_a_machine_that_has_nothing_is_told_so_for_every_index() -> None:
    assert set(kinds().values()) == {CredentialKind.NONE}


def test_a_token_goes_before_the_keyring_and_the_keyring_before_netrc(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(home)
    assert kinds()["corp"] is CredentialKind.NETRC
    keyring(home, CORP.upload)
    assert kinds()["corp"] is CredentialKind.KEYRING
    monkeypatch.setenv("TAGBOAT_CORP_TOKEN", "planted")
    assert kinds() == {
        "pypi": CredentialKind.NONE,
        "testpypi": CredentialKind.NONE,
        "corp": CredentialKind.TOKEN,
    }


def test_uploads_and_reads_of_a_private_index_have_the_login_of_their_own_host(home: Path) -> None:
    netrc(home)
    corp = credentials_of(OUTSIDE, CONFIG)["corp"]
    uploads, reads = corp.uploading(), corp.reading()
    assert uploads is not None
    assert reads is not None
    assert (uploads.secret, reads.secret) == ("planted-upload", "planted-read")


def test_a_rehearsal_s_relay_reads_a_private_index_with_what_is_there(home: Path) -> None:
    assert lasting_credential(OUTSIDE, "corp", CORP.simple) is None
    netrc(home)
    found = lasting_credential(OUTSIDE, "corp", CORP.simple)
    assert found is not None
    assert found.secret == "planted-read"


def test_a_sandbox_is_opened_with_its_own_token_and_nothing_of_the_outside(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(home)
    keyring(home, "legacy")
    monkeypatch.setenv("TAGBOAT_CORP_TOKEN", "planted")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv(URL, "https://tokens.example/")
    monkeypatch.setenv(SECRET, "planted")
    places = Places(PUBLIC, index_token="sandbox-own", sandbox=home)
    known = credentials_of(places, CONFIG)
    assert {each.in_use().kind for each in known.values()} == {CredentialKind.SANDBOX}
    for each in known.values():
        assert (each.uploading(), each.reading()) == (each.reading(), each.uploading())
        assert "planted" not in str(each.uploading() and each.uploading().secret)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("variables", "sandbox", "kind"),
    [
        ({}, False, Nowhere),
        ({"GITHUB_ACTIONS": "true"}, False, GitHubActions),
        ({"GITLAB_CI": "true"}, False, GitLab),
        ({"GITLAB_CI": "true"}, True, Nowhere),
        ({"GITHUB_ACTIONS": "true", URL: "https://tokens.example/"}, True, Nowhere),
        ({"GITHUB_ACTIONS": "true", URL: "https://127.0.0.1:8443/token"}, True, GitHubActions),
        ({"GITHUB_ACTIONS": "true", URL: "http://127.0.0.1.example/token"}, True, Nowhere),
    ],
)
def test_with_a_sandbox_only_an_identity_of_this_machine_counts(
    home: Path, variables: dict[str, str], sandbox: bool, kind: type
) -> None:
    places = Places(PUBLIC, sandbox=home if sandbox else None)
    assert type(identity_of(HTTP(SystemClock(), environment={}), places, variables)) is kind


@pytest.mark.parametrize(
    ("identity", "environment", "told"),
    [
        (GitHubActions, "", "owner acme, repository rowboat, workflow release.yml, environment corp"),
        (GitHubActions, "prod", "owner acme, repository rowboat, workflow release.yml, environment prod"),
        (GitLab, "", "owner (none), repository (none), workflow (none), environment corp"),
    ],
)
def test_the_publisher_that_is_expected_follows_from_the_configuration(
    identity: type, environment: str, told: str
) -> None:
    target = IndexTarget("corp", environment=environment)
    there = identity({}) if identity is GitLab else GitHubActions(HTTP(SystemClock(), environment={}), {})
    assert expected_publisher(CONFIG, target, "acme/rowboat", there).told() == told
