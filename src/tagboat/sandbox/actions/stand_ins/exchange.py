"""A job's identity against a token of an index, as the publishing action does it: ``python exchange.py UPLOAD-URL``.

It is a program of its own, of the standard library alone, so that it runs in the job's environment: its names, its trust,
its proxy. The line with the token is all that goes to standard output; what went wrong goes to standard error, in the
words of the index.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import quote, urlsplit

_TIME_LIMIT: Final = 30.0
GIVEN: Final = "minted: "
"""How the line with the token begins."""
FAILED: Final = 3
"""The exit status of an exchange that failed and says why; any other but 0 is a mistake."""


class _ExchangeFailure(Exception):  # noqa: N818 - ends this program
    pass


def main(upload: str) -> str:
    """The token for this upload address."""
    host = urlsplit(upload).netloc
    audience = _answer("audience", f"https://{host}/_/oidc/audience")
    asked = f"{os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience={quote(audience)}"
    bearer = {"Authorization": f"bearer {os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    identity = _answer("value", asked, headers=bearer)
    return _answer("token", f"https://{host}/_/oidc/mint-token", body={"token": identity})


def _answer(
    name: str, url: str, *, body: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> str:
    """The text of this name in what the address answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310 - https, see above
    try:
        with urllib.request.urlopen(request, timeout=_TIME_LIMIT) as response:  # noqa: S310 - as above
            found = json.load(response)
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise _ExchangeFailure(_reasons(url, refusal.code, refusal.read())) from refusal
    except (OSError, ValueError) as problem:
        raise _ExchangeFailure(f"{url}: {problem}") from problem
    if not isinstance(found, dict) or not isinstance(found.get(name), str):
        raise _ExchangeFailure(f"{url}: the answer has no {name!r}")
    return str(found[name])


def _reasons(url: str, status: int, body: bytes) -> str:
    try:
        errors = json.loads(body)["errors"]
        told = "\n".join(f"* `{error['code']}`: {error['description']}" for error in errors)
    except (ValueError, KeyError, TypeError):
        return f"{url} answered {status}: {body[:500].decode(errors='replace')}"
    return f"Token request failed: the server refused the request for the following reasons:\n\n{told}"


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{GIVEN}{main(sys.argv[1])}\n")
    except _ExchangeFailure as failure:
        sys.stderr.write(f"Trusted publishing exchange failure:\n{failure}\n")
        sys.exit(FAILED)
