"""Secrets by their value: those that we were told of, in every spelling in which they come back to us.

Which spellings: as it is; percent-encoded (URLs and forms); escaped for JSON; Base64, which is what Basic authentication makes
of it together with a user, so that it begins at any of three places; hexadecimal, as dumps of bytes are printed.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus, unquote

from tagboat.core.secrecy import MASK

SHORTEST: Final = 6
"""A shorter value is no secret worth the name, and hiding it would garble every text."""
_NAMES: Final = re.compile(
    r"(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|JWT|(?:API|PRIVATE|ACCESS|SIGNING|DEPLOY|SSH)_?KEY)S?(?:_|$)"
    r"|(?:^|_)(?:AUTH|PAT)(?:_|$)",
    re.IGNORECASE,
)
_OF_ANOTHER_KIND: Final = re.compile(
    r"_(?:URL|URI|FILE|PATH|DIR|SOCK|HOST|NAME|USER|USERNAME|TYPE|ISSUER|AUDIENCE)$", re.IGNORECASE
)
_IN_URLS: Final = re.compile(r"://([^\s/:@]{0,1000})(?::([^\s/@]{1,1000}))?@")
_USER_THAT_IS_A_TOKEN: Final = 16


class KnownSecrets:
    """All that was learnt so far; hiding takes the longest first."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._forms: list[str] = []

    def learn(self, *secrets: str) -> None:
        """Hide these from now on, and each line of one that has several."""
        fresh = {part for secret in secrets if secret not in self._values for part in _parts(secret)}
        self._values |= {*secrets, *fresh}
        if fresh:
            known = {*self._forms, *(form for secret in fresh for form in spellings(secret))}
            self._forms = sorted(known, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """Return the text with a mask in place of every secret, however it is spelled."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text


def names_a_secret(variable: str) -> bool:
    """Tell whether an environment variable of this name holds a secret, and not what belongs to one (``_URL``, ``_FILE``)."""
    return bool(_NAMES.search(variable)) and not _OF_ANOTHER_KIND.search(variable)


def secrets_in(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the secrets of an environment: values whose names say so, and passwords in URLs, whatever the name."""
    for name, value in environment.items():
        if names_a_secret(name):
            yield value
        if "://" in value:
            yield from secrets_in_urls(value)


def secrets_in_urls(text: str) -> Iterator[str]:
    """Yield the passwords of the URLs in a text, as they stand there and decoded; a user alone may be a token."""
    for user, password in _IN_URLS.findall(text):
        secret = password or (user if len(user) >= _USER_THAT_IS_A_TOKEN else "")
        if secret:
            yield from dict.fromkeys((secret, unquote(secret)))


def spellings(secret: str) -> Iterator[str]:
    """Yield how a secret is written where it comes back to us."""
    yield secret
    raw = secret.encode("utf-8", "surrogateescape")
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (raw.hex(), raw.hex().upper())
    # Some clients write Basic authentication in Latin-1, which RFC 7617 leaves open.
    for each in dict.fromkeys((raw, secret.encode("latin-1", "replace"))):
        for before in range(3):
            code = _coded(each, before)
            if len(code) >= SHORTEST:
                yield from (code, code.translate(_URL_SAFE))


def _coded(raw: bytes, before: int) -> str:
    """The Base64 of bytes that stand after ``before`` others, without the signs that share a bit with a neighbour."""
    code = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
    return code[(0, 2, 3)[before] : len(code) - (1 if (before + len(raw)) % 3 else 0)]


def _parts(secret: str) -> Iterator[str]:
    """A secret and, of several lines or of JSON (Docker's logins), each line and each secret in it; short ones are none."""
    for part in dict.fromkeys((secret, secret.strip(), *secret.splitlines(), *_texts(secret))):
        if len(part.strip()) >= SHORTEST and not part.startswith("-----"):
            yield part


def _texts(secret: str) -> Iterator[str]:
    if not secret.lstrip().startswith("{"):
        return
    try:
        waiting = [("", json.loads(secret))]
    except (ValueError, RecursionError):
        return
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(name, inner) for inner in value]
        elif isinstance(value, str) and names_a_secret(name):
            yield value
            yield from _password_in(value)


def _password_in(code: str) -> Iterator[str]:
    """The password in a Basic login, as Docker keeps it."""
    try:
        user, colon, password = base64.b64decode(code, validate=True).decode().partition(":")
    except ValueError:
        return
    if user and colon:
        yield password


_URL_SAFE: Final = str.maketrans("+/", "-_")
