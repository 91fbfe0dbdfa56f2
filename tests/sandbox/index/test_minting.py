"""A token for a token as PyPI gives it: every refusal in its order, forgeries, times, reuse, and the end of tokens."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from trusted_place import PUBLISHER, Clock, Place

from tagboat.sandbox import trust
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.frame import Moment
from tagboat.sandbox.identity.keys import SigningKey
from tagboat.sandbox.server import running_sandbox


def test_each_index_names_its_own_audience(pypi: Any, testpypi: Any) -> None:
    assert pypi.get("/_/oidc/audience").json() == {"audience": "pypi"}
    assert testpypi.get("/_/oidc/audience").json() == {"audience": "testpypi"}


def test_a_token_for_a_token_uploads_and_is_over_after_fifteen_minutes(trusted: Place, kit: Any) -> None:
    answer = trusted.mint()
    body = answer.json()
    assert (answer.status, body["success"]) == (200, True)
    assert body["expires"] == trusted.clock.time + 900
    file = kit.wheel("boat")
    assert trusted.client.upload(file, token=body["token"]).status == 200
    origin = trust.origin_of(trusted.addresses, "pypi", file.filename)
    assert origin is not None
    assert (origin["repository"], origin["workflow"], origin["environment"]) == (
        "acme/boat",
        "release.yml",
        "pypi",
    )
    trusted.clock.time += 900
    late = trusted.client.upload(kit.wheel("boat", "2.0"), token=body["token"])
    assert (late.status, late.reason) == (403, "Invalid API Token: token is expired")


def test_the_older_address_mints_as_well(trusted: Place) -> None:
    assert trusted.post("github/mint-token", trusted.token()).status == 200


def test_a_burnt_token_is_no_token_and_burning_again_is_harmless(trusted: Place, kit: Any) -> None:
    token = trusted.minted()
    for _ in range(2):
        assert trusted.post("burn-token", token).status == 204
    refused = trusted.client.upload(kit.wheel("boat"), token=token)
    assert (refused.status, refused.reason[:23]) == (403, "Invalid or non-existent")
    for other in (trusted.addresses.token, "pypi-none", "", "\N{SNOWMAN}", 5, None):
        answer = trusted.post("burn-token", other)
        assert (answer.status, answer.json()["message"]) == (422, "Token request failed")
    assert trusted.client.upload(kit.wheel("boat"), token=trusted.addresses.token).status == 200


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b"{}", b'{"token": 5}', b'{"token": null}', b"\xff", b"[" * 100_000]
)
def test_a_body_without_a_token_is_an_invalid_payload(place: Place, body: bytes) -> None:
    answer = place.client.request("POST", "/_/oidc/mint-token", body=body)
    assert (answer.status, answer.json()["errors"][0]["code"]) == (422, "invalid-payload")


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "\N{SNOWMAN}.\N{SNOWMAN}.", "e30.e30.", "\ud800"])
def test_garbage_is_a_malformed_token(place: Place, token: str) -> None:
    assert place.refused(token) == ("invalid-payload", "malformed JWT")


def test_a_token_of_an_unknown_issuer_is_not_even_looked_up(place: Place) -> None:
    for issuer in ("https://issuer.example", place.addresses.identity, None):
        code, description = place.refused(place.signed(iss=issuer))
        known = isinstance(issuer, str)
        wanted = "unknown trusted publishing issuer" if known else "malformed JWT"
        assert (code, description) == ("invalid-payload", wanted)


def test_trusted_publishing_may_be_switched_off_whole_or_by_issuer(trusted: Place) -> None:
    trusted.client.control("settings", {"trusted-publishing-github": "off"})
    said = "github trusted publishing functionality not enabled"
    assert trusted.refused(trusted.token()) == ("not-enabled", said)
    assert trusted.client.get("/_/oidc/audience").status == 200
    trusted.client.control("settings", {"trusted-publishing-github": "on", "trusted-publishing": "off"})
    assert trusted.refused(trusted.token())[0] == "not-enabled"
    answer = trusted.client.get("/_/oidc/audience")
    assert (answer.status, answer.json()) == (
        403,
        {"message": "Trusted publishing functionality not enabled"},
    )


def encoded(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def unsigned(place: Place) -> str:
    return jwt.encode(jwt.decode(place.token(), options={"verify_signature": False}), None, "none")


def signed_with_the_public_key_as_a_secret(place: Place) -> str:
    key = SigningKey.of(place.sandbox.directory)
    public = key._private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head, body = encoded({"alg": "HS256", "typ": "JWT", "kid": key.kid}), place.token().split(".")[1]
    mac = hmac.HMAC(public, hashes.SHA256())
    mac.update(f"{head}.{body}".encode())
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac.finalize()).rstrip(b'=').decode()}"


def signed_by_another_key(place: Place) -> str:
    other = SigningKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    other.kid = SigningKey.of(place.sandbox.directory).kid
    return other.sign(jwt.decode(place.token(), options={"verify_signature": False}))


def of_an_unknown_key(place: Place) -> str:
    key = SigningKey.of(place.sandbox.directory)
    key.kid = "another"
    return key.sign(jwt.decode(place.token(), options={"verify_signature": False}))


def without_a_key_name(place: Place) -> str:
    key = SigningKey.of(place.sandbox.directory)
    claims = jwt.decode(place.token(), options={"verify_signature": False})
    return jwt.encode(claims, key._private, "RS256")


def with_other_claims(place: Place) -> str:
    head, body, signature = place.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"repository": "evil/boat"}
    return f"{head}.{encoded(claims)}.{signature}"


FORGERIES: list[Callable[[Place], str]] = [
    unsigned,
    signed_with_the_public_key_as_a_secret,
    signed_by_another_key,
    of_an_unknown_key,
    without_a_key_name,
    with_other_claims,
]


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda forged: forged.__name__)
def test_a_forgery_is_no_token(trusted: Place, forged: Callable[[Place], str]) -> None:
    assert trusted.refused(forged(trusted)) == ("invalid-token", "malformed or invalid token")


NOW = Clock().time


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "testpypi"},
        {"aud": ["pypi"]},
        {"aud": ["pypi", "testpypi"]},
        {"aud": None},
        {"exp": NOW - 30},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"iat": NOW + 31},
        {"iat": None},
        {"nbf": NOW + 31},
        {"nbf": []},
    ],
    ids=str,
)
def test_a_genuine_signature_does_not_make_up_for_audience_and_times(trusted: Place, changes: Any) -> None:
    assert trusted.refused(trusted.signed(**changes)) == ("invalid-token", "malformed or invalid token")


@pytest.mark.parametrize("changes", [{"exp": NOW - 29}, {"iat": NOW + 30}, {"nbf": None}], ids=str)
def test_thirty_seconds_of_leeway(trusted: Place, changes: Any) -> None:
    assert trusted.mint(trusted.signed(**changes)).status == 200


def test_an_identity_token_mints_once_until_nobody_would_take_it_any_more(trusted: Place) -> None:
    token = trusted.token()
    trusted.minted(token)
    told = ("invalid-reuse-token", "invalid token: already used")
    assert trusted.refused(token) == told
    trusted.clock.time += 300 + 29
    assert trusted.refused(token) == told
    trusted.clock.time += 1
    assert trusted.refused(token)[0] == "invalid-token"


def test_an_identity_token_of_a_pending_publisher_mints_once(place: Place) -> None:
    trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, pending=True)
    token = place.token()
    place.minted(token)
    assert place.refused(token)[0] == "invalid-reuse-token"


def test_a_refused_token_may_come_again(place: Place) -> None:
    token = place.token()
    assert place.refused(token)[0] == "invalid-publisher"
    trust.add_publisher(place.addresses, "pypi", "boat", PUBLISHER, create=True)
    place.minted(token)


def test_of_many_mints_at_once_with_one_token_one_wins(trusted: Place) -> None:
    token, answers, line = trusted.token(), [], threading.Barrier(4)

    def mint() -> None:
        line.wait(30)
        answers.append(trusted.mint(token).status)

    threads = [threading.Thread(target=mint) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200, 422, 422, 422]


def test_minting_and_burning_are_journalled_without_secrets(trusted: Place) -> None:
    identity = trusted.token()
    token = trusted.minted(identity)
    trusted.post("burn-token", token)
    slug = "github:acme/boat/release.yml@pypi"
    assert trusted.journal() == [("mint-token", slug, "created"), ("burn-token", slug, "updated")]
    secrets = [token, identity, identity.rsplit(".", 1)[-1]]
    for path in sorted(trusted.sandbox.directory.rglob("*")):
        if path.is_file():
            assert not any(secret.encode() in path.read_bytes() for secret in secrets), path


def test_keys_are_looked_up_once_and_again_only_after_a_minute(trusted: Place) -> None:
    asked: list[Moment] = []

    def looked() -> int:
        return len([each for each in asked if (each.operation, each.point) == ("keys", "received")])

    assert trusted.sandbox.frame is not None
    object.__setattr__(trusted.sandbox.frame, "on_moment", asked.append)
    trusted.minted()
    trusted.minted()
    assert looked() == 1
    trusted.refused(of_an_unknown_key(trusted))
    trusted.refused(of_an_unknown_key(trusted))
    assert looked() == 1
    trusted.clock.time += 60
    trusted.refused(of_an_unknown_key(trusted))
    trusted.refused(of_an_unknown_key(trusted))
    assert looked() == 2


def test_an_issuer_that_fails_makes_tokens_invalid_until_it_is_back(trusted: Place) -> None:
    Faults(trusted.sandbox.directory).add("identity", "discovery", "status", value=503)
    assert trusted.refused(trusted.token())[0] == "invalid-token"
    Faults(trusted.sandbox.directory).add("identity", "keys", "truncate")
    assert trusted.refused(trusted.token())[0] == "invalid-token"
    trusted.minted()


def test_publishers_and_used_tokens_outlive_the_process(tmp_path: Path, kit: Any) -> None:
    clock, token = Clock(), ""
    for turn in range(2):
        with running_sandbox(tmp_path / "sandbox", now=clock) as sandbox:
            client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
            place = Place(sandbox, client, clock)
            if turn == 0:
                trust.add_publisher(sandbox.addresses, "pypi", "boat", PUBLISHER, create=True)
                token = place.token()
                place.minted(token)
            else:
                assert place.refused(token)[0] == "invalid-reuse-token"
                place.minted()
            client.pool.clear()
