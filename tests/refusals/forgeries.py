"""Identities that no issuer gave: unsigned, signed by somebody else, or changed afterwards."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from refusing_index import Given, Place

from tagboat.sandbox.identity.keys import SigningKey


def encoded(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def unsigned(place: Place) -> str:
    return jwt.encode(place.read(), None, "none")


def with_the_public_key_as_a_secret(place: Place) -> str:
    key = place.key
    public = key._private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head, body = encoded({"alg": "HS256", "typ": "JWT", "kid": key.kid}), place.token().split(".")[1]
    mac = hmac.HMAC(public, hashes.SHA256())
    mac.update(f"{head}.{body}".encode())
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac.finalize()).rstrip(b'=').decode()}"


def by_another_key(place: Place) -> str:
    other = SigningKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    other.kid = place.key.kid
    return other.sign(place.read())


def of_an_unknown_key(place: Place) -> str:
    key = place.key
    key.kid = "another"
    return key.sign(place.read())


def with_other_claims(place: Place) -> str:
    head, body, signature = place.token().split(".")
    data = json.loads(base64.urlsafe_b64decode(body + "==")) | {"repository": "mallory/skiff"}
    return f"{head}.{encoded(data)}.{signature}"


def forged(make: Callable[[Place], str]) -> Callable[[Place], None]:
    def deed(place: Place) -> None:
        place.register()
        place.mint(Given(make(place)))

    return deed
