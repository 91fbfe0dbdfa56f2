"""Which of several credentials an index is opened with, and what happens when one has ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.indexes.credentials import IndexCredentials, Source
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing
from tagboat.errors import DeniedError
from tagboat.ports.identity import Absence, Identity
from tagboat.ports.index import CredentialKind, UploadCredential
from tagboat.testing.clock import FakeClock
from tagboat.testing.distributions import make_wheel, sha256_of
from tagboat.testing.identity import FakeIdentity
from tagboat.testing.scripted_server import Script, ScriptedServer, answer, json_answer

AUDIENCE = json_answer('{"audience": "pypi"}')
NOWHERE = Absence("a laptop", "go to CI")
ENDED = answer(status="403 Invalid API Token: token is expired")


def minted(name: str) -> Script:
    return json_answer(json.dumps({"success": True, "token": f"pypi-{name}", "expires": 0}))


def opened(server: ScriptedServer, identity: Identity, *sources: Source) -> IndexCredentials:
    url = f"{server.url}/legacy/"
    exchange = TrustedPublishing(
        HTTP(FakeClock(), environment={}), index="pypi", upload_url=url, identity=identity
    )
    return IndexCredentials(url, f"{server.url}/simple/", sources, exchange)


def source(kind: CredentialKind, secret: str = "", asked: list[str] | None = None) -> Source:
    def find(url: str) -> Credentials | None:
        if asked is not None:
            asked.append(url)
        return Credentials("__token__", secret) if secret else None

    return Source(kind, f"the {kind}", find)


def index(server: ScriptedServer, credentials: IndexCredentials, *, private: bool = False) -> PyPI:
    return PyPI(
        HTTP(FakeClock(), environment={}),
        name="pypi",
        upload_url=f"{server.url}/legacy/",
        simple_url=f"{server.url}/simple/",
        credentials=credentials,
        private=private,
    )


def passwords(server: ScriptedServer) -> list[str]:
    """What came with each upload."""
    encoded = [r.headers["authorization"].split()[1] for r in server.received if "/legacy/" in r.line]
    known = {
        Credentials("__token__", s).header.split()[1]: s
        for s in ("pypi-one", "pypi-two", "lasting", "second")
    }
    return [known[text] for text in encoded]


def test_an_identity_goes_before_every_lasting_secret_and_none_of_them_is_looked_for(
    server: ScriptedServer, tmp_path: Path
) -> None:
    asked: list[str] = []
    server.play(AUDIENCE, minted("one"), answer())
    opens = opened(server, FakeIdentity(), source(CredentialKind.TOKEN, "lasting", asked))
    assert opens.in_use() == UploadCredential(CredentialKind.IDENTITY, "the identity of a test")
    wheel = make_wheel(tmp_path, "demo", "1.0")
    index(server, opens).upload(wheel, sha256_of(wheel))
    assert passwords(server) == ["pypi-one"]
    assert asked == []


def test_the_first_lasting_secret_that_is_found_counts_and_says_why_it_is_used(
    server: ScriptedServer, tmp_path: Path
) -> None:
    asked: list[str] = []
    opens = opened(
        server,
        FakeIdentity(missing=NOWHERE),
        source(CredentialKind.TOKEN, "", asked),
        source(CredentialKind.KEYRING, "second", asked),
        source(CredentialKind.NETRC, "lasting", asked),
    )
    assert asked == []
    used = opens.in_use()
    assert used == UploadCredential(CredentialKind.KEYRING, "the keyring", "a laptop", "go to CI")
    server.play(answer())
    wheel = make_wheel(tmp_path, "demo", "1.0")
    index(server, opens).upload(wheel, sha256_of(wheel))
    assert passwords(server) == ["second"]
    assert asked == [f"{server.url}/legacy/"] * 2


def test_a_refused_identity_does_not_fall_back_to_a_lasting_secret(server: ScriptedServer) -> None:
    body = '{"errors": [{"code": "invalid-publisher", "description": "no"}]}'
    server.play(AUDIENCE, json_answer(body, status="422 X"))
    opens = opened(server, FakeIdentity(), source(CredentialKind.TOKEN, "lasting"))
    with pytest.raises(DeniedError):
        opens.in_use()


def test_nothing_at_all_is_said_with_the_reason(server: ScriptedServer) -> None:
    opens = opened(server, FakeIdentity(missing=NOWHERE), source(CredentialKind.TOKEN))
    assert opens.in_use() == UploadCredential(CredentialKind.NONE, "", "a laptop", "go to CI")
    assert opens.uploading() is None


def test_a_lent_token_that_the_index_calls_ended_is_lent_anew_once(
    server: ScriptedServer, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(AUDIENCE, minted("one"), ENDED, minted("two"), answer())
    index(server, opened(server, FakeIdentity())).upload(wheel, sha256_of(wheel))
    assert passwords(server) == ["pypi-one", "pypi-two"]
    server.play(AUDIENCE, minted("one"), ENDED, minted("two"), ENDED)
    with pytest.raises(DeniedError, match="expired"):
        index(server, opened(server, FakeIdentity())).upload(wheel, sha256_of(wheel))
    assert passwords(server) == ["pypi-one", "pypi-two"]


def test_a_lasting_token_that_has_ended_is_not_sent_again(server: ScriptedServer, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(ENDED)
    opens = opened(server, FakeIdentity(missing=NOWHERE), source(CredentialKind.TOKEN, "lasting"))
    with pytest.raises(DeniedError):
        index(server, opens).upload(wheel, sha256_of(wheel))
    assert passwords(server) == ["lasting"]


def test_an_echoed_lent_token_is_not_shown(server: ScriptedServer, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(AUDIENCE, minted("one"), answer("you sent pypi-one", status="400 Bad Request"))
    with pytest.raises(Exception, match="you sent") as caught:
        index(server, opened(server, FakeIdentity())).upload(wheel, sha256_of(wheel))
    assert "pypi-one" not in str(caught.value)


def test_a_private_index_is_read_with_the_secret_for_that_address_and_no_identity(
    server: ScriptedServer,
) -> None:
    asked: list[str] = []
    server.play(json_answer('{"files": []}'))
    opens = opened(server, FakeIdentity(), source(CredentialKind.NETRC, "lasting", asked))
    index(server, opens, private=True).project("demo")
    assert asked == [f"{server.url}/simple/"]
    (request,) = server.received
    assert request.headers["authorization"] == Credentials("__token__", "lasting").header
