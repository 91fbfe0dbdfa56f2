"""A job's identity against a token of an index, as the publishing action does it: ``python -m ... UPLOAD-URL``.

It is a program of its own so that it runs in the job's environment: its names, its trust, its proxy. The token is all
that goes to standard output; what went wrong goes to standard error, in the words of the index.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import quote, urlsplit

_TIME_LIMIT: Final = 30.0


class _ExchangeFailure(Exception):  # noqa: N818 - ends this program
    pass


def main(upload: str) -> str:
    """The token for this upload address."""
    host = urlsplit(upload).netloc
    audience = str(_answer(f"https://{host}/_/oidc/audience")["audience"])
    asked = f"{os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience={quote(audience)}"
    bearer = {"Authorization": f"bearer {os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    identity = str(_answer(asked, headers=bearer)["value"])
    return str(_answer(f"https://{host}/_/oidc/mint-token", body={"token": identity})["token"])


def _answer(
    url: str, *, body: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310 - https, see above
    try:
        with urllib.request.urlopen(request, timeout=_TIME_LIMIT) as response:  # noqa: S310 - as above
            found: dict[str, Any] = json.load(response)
            return found
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise _ExchangeFailure(_reasons(url, refusal.code, refusal.read())) from refusal
    except (OSError, ValueError) as problem:
        raise _ExchangeFailure(f"{url}: {problem}") from problem


def _reasons(url: str, status: int, body: bytes) -> str:
    try:
        errors = json.loads(body)["errors"]
        told = "\n".join(f"* `{error['code']}`: {error['description']}" for error in errors)
    except (ValueError, KeyError, TypeError):
        return f"{url} answered {status}: {body[:500].decode(errors='replace')}"
    return f"Token request failed: the server refused the request for the following reasons:\n\n{told}"


if __name__ == "__main__":
    try:
        sys.stdout.write(main(sys.argv[1]))
    except _ExchangeFailure as failure:
        sys.stderr.write(f"Trusted publishing exchange failure:\n{failure}\n")
        sys.exit(1)
