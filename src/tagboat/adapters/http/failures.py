"""What a failed exchange means: certainly not sent, perhaps received, or an address that can never work."""

from __future__ import annotations

import ssl
from typing import Final

from urllib3 import exceptions as wrong

from tagboat.adapters.http.body import Body
from tagboat.errors import AnswerLostError, UnavailableError

LOOK = "look whether it was done before doing anything else; `tagboat resume` does"


def permanent(problem: wrong.HTTPError) -> bool:
    """Tell whether trying again cannot help: the certificate is not trusted, or the address is none."""
    cause = problem.args[-1] if problem.args else None
    return isinstance(problem, wrong.LocationParseError) or isinstance(cause, ssl.SSLCertVerificationError)


def unsent(problem: wrong.HTTPError, body: Body) -> bool:
    """Tell whether the other side certainly cannot have received the whole request."""
    if isinstance(problem, wrong.NewConnectionError | wrong.ConnectTimeoutError | wrong.ProxyError):
        return True
    return permanent(problem) or not body.complete


def unavailable(problem: wrong.HTTPError, where: str) -> UnavailableError:
    """Return the error for an exchange without an answer; it names the host and the kind of failure, and no header."""
    if permanent(problem):
        return UnavailableError(
            f"{where}: its certificate is not trusted by the certificates in use",
            remedy="if a proxy or a private CA is in between, name its certificates in SSL_CERT_FILE",
        )
    return UnavailableError(f"{where}: {described(problem)}", remedy="try again later")


def lost(problem: wrong.HTTPError, where: str) -> AnswerLostError:
    """Return the error for a write that may have been received."""
    return AnswerLostError(f"{where}: the request was sent, then {described(problem)}", remedy=LOOK)


def described(problem: wrong.HTTPError) -> str:
    """Say what went wrong, in words of ours."""
    return next((words for kind, words in _WORDS if isinstance(problem, kind)), "the connection broke")


_WORDS: Final = (
    (wrong.NameResolutionError, "its name cannot be resolved"),
    (wrong.ProxyError, "the proxy does not let us through"),
    (wrong.NewConnectionError, "no connection can be made"),
    (wrong.ConnectTimeoutError, "no connection was made in time"),
    (wrong.TimeoutError, "no answer came in time"),
    (wrong.SSLError, "the encrypted connection failed"),
    (wrong.IncompleteRead, "the answer was cut off"),
)
