from __future__ import annotations

import html
import json
from base64 import b64encode
from urllib.parse import quote

import pytest

from tagboat.adapters.http import HTTP, Body, Credentials
from tagboat.errors import AnswerLostError, InvalidError, UnavailableError
from tagboat.testing.scripted_server import Script, ScriptedServer, answer

CUT = Script(b"")
SECRET = "s3cret-token"


def test_a_secret_never_shows(server: ScriptedServer, http: HTTP) -> None:
    credentials = Credentials.bearer(SECRET)
    assert SECRET not in repr(credentials) + str(credentials) + f"{credentials!r}"
    server.play(CUT)
    with pytest.raises(AnswerLostError) as caught:
        http.write("POST", f"{server.url}/?key={SECRET}", Body(b"x"), credentials=credentials)
    assert SECRET not in f"{caught.value} {caught.value.remedy}"


@pytest.mark.parametrize("status", ["403 Forbidden", "503 Service Unavailable"])
def test_a_long_secret_that_is_echoed_is_not_shown_in_part(
    server: ScriptedServer, http: HTTP, status: str
) -> None:
    """Messages are cut, and a part of a secret is one."""
    secret = "planted-" + "x" * 600
    credentials = Credentials.bearer(secret)
    server.play(answer(f"you sent {secret}", status=status))
    assert "planted" not in http.write("POST", server.url, Body(b"x"), credentials=credentials).message
    try:
        said = http.read(server.url, credentials=credentials).message
    except UnavailableError as error:
        said = error.cause
    assert "planted" not in said
    assert "***" in said


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/json"])
def test_no_secret_of_this_process_is_shown_by_an_answer_however_it_is_spelled(
    server: ScriptedServer, http: HTTP, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Not the request's own alone: whoever answers may know others."""
    secret = 'tr0ub4dor/+"and-3'
    monkeypatch.setenv("DEPLOY_PASSWORD", secret)
    numbered = "".join(f"\\u{ord(sign):04x}" for sign in secret)
    forms = {
        "text/plain": f"no {secret} {quote(secret, safe='')} {secret.encode().hex()}",
        "text/html": f"<p>no {html.escape(secret)} {b64encode(secret.encode()).decode()}</p>",
        "application/json": f'{{"message": "no {numbered} {json.dumps(secret)[1:-1]}"}}',
    }
    server.play(answer(forms[kind], status="403 Forbidden", content_type=kind))
    said = http.read(server.url).message.split()
    assert said[0] == "no"
    assert len(said) == (4 if kind == "text/plain" else 3)
    assert all(word.startswith("***") and len(word) < 7 for word in said[1:]), (
        "of Base64 its last sign is left"
    )
    server.play(answer(status=f"403 no {secret}"))
    assert http.read(server.url).message == "no ***"
    server.play(answer(forms["text/html"], content_type="text/html"))
    with pytest.raises(UnavailableError, match=r"no \*\*\*"):
        http.read(server.url).json()


@pytest.mark.parametrize("secret", ["", "  ", "two words", "line\nend", "\x1b[31m"])
def test_a_credential_with_odd_characters_is_invalid(secret: str) -> None:
    with pytest.raises(InvalidError):
        Credentials.bearer(secret)


def test_an_index_credential_is_a_pair_or_a_token() -> None:
    assert Credentials.for_index("me:pass:word\n") == Credentials("me", "pass:word")
    assert Credentials.for_index("pypi-abc") == Credentials("__token__", "pypi-abc")
