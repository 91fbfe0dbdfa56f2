"""The key that signs identity tokens: RSA, made once, kept in the sandbox's directory, readable by the owner alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tagboat.sandbox.secrecy import write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

FILE: Final = "identity.key"
ALGORITHM: Final = "RS256"
_BITS: Final = 2048


class SigningKey:
    """An RSA key with the identifier (``kid``) under which its public half is published."""

    def __init__(self, private: RSAPrivateKey) -> None:
        self._private = private
        self.kid = _thumbprint(self._public())

    @classmethod
    def of(cls, directory: Path) -> SigningKey:
        """The key of this sandbox directory, made when it is missing."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - part of the sandbox extra, slow
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

        path = directory / FILE
        if not path.exists():
            made = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
            form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            write_private(path, made.private_bytes(serialization.Encoding.PEM, *form))
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise TypeError(f"{path} holds no RSA key")
        return cls(private)

    def sign(self, claims: Mapping[str, object]) -> str:
        """A signed token (JWT, RFC 7519) with these claims."""
        import jwt  # noqa: PLC0415 - part of the sandbox extra

        return jwt.encode(dict(claims), self._private, ALGORITHM, headers={"kid": self.kid})

    def published(self) -> dict[str, object]:
        """The public half as a member of a JSON Web Key Set (RFC 7517)."""
        return {**self._public(), "kid": self.kid, "use": "sig", "alg": ALGORITHM}

    def _public(self) -> dict[str, Any]:
        from jwt.algorithms import RSAAlgorithm  # noqa: PLC0415

        public: dict[str, Any] = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return {name: public[name] for name in ("kty", "n", "e")}


def _thumbprint(public: Mapping[str, str]) -> str:
    """RFC 7638, in hexadecimal."""
    canonical = json.dumps(public, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
