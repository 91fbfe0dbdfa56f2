"""Trusted Publishing: the identity of this job is exchanged for a token of the index, which ends within minutes.

Rules, from PyPI's documentation of the exchange and the observed behaviour of its clients:

- everything is asked of the upload URL's own host: ``/_/oidc/audience``, ``mint-token``, ``burn-token``;
- an identity is taken once: after a lost or failed answer a fresh one is used, a bounded number of times;
- the minted token stays in memory, is shared by all uploads of a process, is renewed before it ends, and is burnt
  after the last upload; where an index cannot burn it, it ends by itself;
- what an index answers to a mint is never shown as it came, since it may hold a token, and no redirect is followed.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from tagboat.adapters.http import HTTP, Answer, Body, Credentials
from tagboat.adapters.http.pauses import asked_pause, pause
from tagboat.adapters.indexes.publisher_refusals import Refusal
from tagboat.adapters.secrets import announce, clean
from tagboat.core.publisher import Publisher
from tagboat.core.text import plain
from tagboat.errors import AnswerLostError, DeniedError, TagboatError, UnavailableError
from tagboat.ports.identity import Absence, Identity, IdentityToken

LIFETIME: Final = 900.0
"""Seconds that PyPI lets a minted token live."""
EARLY: Final = 300.0
"""Seconds before its end at which a token is renewed: the time left for the upload that it is taken for."""
TRIES: Final = 3
_LARGEST_ANSWER: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class _Minted:
    """A token of the index; when, by the monotonic clock, it is due for renewal, and when it ends."""

    credentials: Credentials
    due: float
    end: float


@dataclass(frozen=True, slots=True)
class _Missed:
    """A try that brought no token and may be followed by another, and the seconds that the index wants us to wait."""

    error: TagboatError
    asked: float = 0.0


class TrustedPublishing:
    """The exchange with one index.

    Args:
        http: the client; its limits hold for each request of the exchange.
        index: the index's name, for messages.
        upload_url: where files go; its host is asked.
        identity: who we are here.
        expected: what the configuration expects the publisher to be, for explanations; None when it does not say.
    """

    def __init__(
        self,
        http: HTTP,
        *,
        index: str,
        upload_url: str,
        identity: Identity,
        expected: Publisher | None = None,
    ) -> None:
        parts = urlsplit(upload_url)
        self._root = f"{parts.scheme}://{parts.netloc}/_/oidc"
        self._http = http
        self._index = index
        self._expected = expected
        self._identity = identity
        self._audience: str | Absence | None = None
        self._minted: _Minted | None = None
        self._spent: set[str] = set()
        self._jitter = secrets.SystemRandom().random

    @property
    def place(self) -> str:
        """Who vouches for us, for people."""
        return self._identity.name

    def credentials(self) -> Credentials | Absence:
        """Return what the next upload is let in with, the token held or a fresh one, or why an identity cannot be used.

        Raises:
            DeniedError, StepFailedError: the index refuses this identity; the cause says which setting differs.
            UnavailableError: the exchange brought nothing within bounded tries.
        """
        held, now = self._minted, self._http.clock.monotonic()
        if held is not None and now < held.due:
            return held.credentials
        try:
            fresh = self._fresh()
            return self._exchanged(fresh) if isinstance(fresh, IdentityToken) else fresh
        except TagboatError:
            # A renewal is early: when it does not come about, the token that is held still does.
            if held is not None and now < held.end:
                return held.credentials
            raise

    def burn(self) -> str:
        """Let the index forget the minted token, and forget it; return a remark when it would not ("" else).

        It never raises: whatever went wrong before is what counts.
        """
        held, self._minted = self._minted, None
        return self._burnt(held) if held is not None else ""

    def forget(self) -> bool:
        """Drop a token that the index calls ended; tell whether there was one."""
        held, self._minted = self._minted, None
        return held is not None

    def _fresh(self) -> IdentityToken | Absence:
        absence = self._identity.absence()
        if absence is not None:
            return absence
        if self._audience is None:
            self._audience = self._asked_audience()
        return self._identity.token(self._audience) if isinstance(self._audience, str) else self._audience

    def _asked_audience(self) -> str | Absence:
        answer = self._http.read(
            f"{self._root}/audience", headers={"Accept": "application/json"}, limit=_LARGEST_ANSWER
        )
        audience = _object(answer).get("audience") if answer.status == 200 else None
        if isinstance(audience, str) and audience.isprintable() and 0 < len(audience) <= 200:
            return audience
        message = _object(answer).get("message")
        said = (
            plain(clean(str(message)), limit=200) if message else f"answers {answer.status} to {answer.url}"
        )
        return Absence(
            f"{self._index} offers no Trusted Publishing ({said})",
            "use a token that may upload this project alone, and renew it often",
        )

    def _exchanged(self, token: IdentityToken) -> Credentials:
        """Mint; what was or may have been taken already is exchanged again with a fresh identity."""
        for turn in range(1, TRIES + 1):
            if self._is_spent(token):
                raise self._only_one()
            announce(token.value)
            self._spent.add(_mark(token))
            minted = self._try(token)
            if isinstance(minted, _Minted):
                if self._minted is not None:
                    self._burnt(self._minted)
                self._minted = minted
                return minted.credentials
            if turn == TRIES or minted.asked > self._http.limits.longest_pause:
                raise minted.error
            self._http.clock.sleep(max(pause(turn, self._jitter()), minted.asked))
            fresh = self._fresh()
            if isinstance(fresh, Absence):
                raise minted.error
            token = fresh
        raise AssertionError("the last try returns or raises")

    def _try(self, token: IdentityToken) -> _Minted | _Missed:
        """Mint once.

        Raises:
            DeniedError, StepFailedError, UnavailableError: another try cannot help.
        """
        began = self._http.clock.monotonic()
        try:
            answer = self._sent("mint-token", token.value)
        except AnswerLostError as problem:
            said = f"{problem.cause}; the identity that was sent may be used up"
            return _Missed(UnavailableError(said, remedy="start again later"))
        if answer.good:
            return self._read(answer, began) or _Missed(
                UnavailableError(
                    f"{self._index} gave no token: what {answer.url} answered is not what its interface documents",
                    remedy="is the upload URL right, and no proxy in between? If so, try again later",
                )
            )
        refusal = Refusal(self._index, answer, token, self._expected, self._identity.name)
        if not refusal.passing:
            raise refusal.error
        return _Missed(refusal.error, asked_pause(answer.headers, self._http.clock.now()) or 0.0)

    def _read(self, answer: Answer, began: float) -> _Minted | None:
        data = _object(answer)
        value, expires = data.get("token"), data.get("expires")
        if not isinstance(value, str) or not value.isprintable() or not value or " " in value:
            return None
        left = LIFETIME
        if isinstance(expires, int | float) and not isinstance(expires, bool):
            said = expires - self._http.clock.now().timestamp()
            left = said if 0 < said < LIFETIME else LIFETIME  # else one of the two clocks is wrong
        return _Minted(Credentials("__token__", value), began + max(left - EARLY, left / 2), began + left)

    def _burnt(self, held: _Minted) -> str:
        try:
            answer = self._sent("burn-token", held.credentials.secret)
        except TagboatError as problem:
            said = clean(problem.cause)
        else:
            if (answer.good and not answer.page) or answer.status in (404, 405):
                return ""
            said = f"it answered {answer.status}{' with a page for people' if answer.page else ''}"
        return f"{self._index} did not burn the token of this job, which ends by itself in minutes: {said}"

    def _sent(self, deed: str, secret: str) -> Answer:
        return self._http.write(
            "POST",
            f"{self._root}/{deed}",
            Body(json.dumps({"token": secret}).encode()),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            limit=_LARGEST_ANSWER,
        )

    def _is_spent(self, token: IdentityToken) -> bool:
        return _mark(token) in self._spent

    def _only_one(self) -> DeniedError:
        return DeniedError(
            f"{self._identity.name} gives this job one identity for {self._index}, and it is used up",
            remedy="re-run the job; what is uploaded already is not sent again",
        )


def _mark(token: IdentityToken) -> str:
    return sha256(token.value.encode()).hexdigest()


def _object(answer: Answer) -> dict[str, object]:
    """The answer's JSON object; empty when it is something else."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
