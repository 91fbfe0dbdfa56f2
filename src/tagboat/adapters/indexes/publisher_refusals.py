"""Why an index did not exchange an identity: each refusal of PyPI's with its cause, the settings that differ, a remedy.

The codes are those of PyPI's answer 422. The claims in it are those of the identity that was sent: nobody has to find a
job's log to see what the job said of itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

from tagboat.adapters.http import Answer
from tagboat.adapters.secrets import clean
from tagboat.core.publisher import Publisher, differences, peculiarities, publisher_of
from tagboat.core.text import plain
from tagboat.errors import DeniedError, StepFailedError, TagboatError, UnavailableError
from tagboat.ports.identity import IdentityToken

_REUSED: Final = "invalid-reuse-token"


class Refusal:
    """One answer that is no token.

    Args:
        index: the index's name.
        answer: what it answered to a mint.
        token: the identity that was sent.
        expected: what the configuration expects of the publisher; None when it does not say.
        place: who gave the identity, for people.
    """

    def __init__(
        self, index: str, answer: Answer, token: IdentityToken, expected: Publisher | None, place: str
    ) -> None:
        self._index = index
        self._answer = answer
        self._token = token
        self._expected = expected
        self._place = place

    @property
    def passing(self) -> bool:
        """Whether a fresh identity may be taken where this one was not."""
        return self._failed or _REUSED in self._errors

    @property
    def _failed(self) -> bool:
        """Whether the index itself is to blame, or has no time."""
        return self._answer.status == 429 or self._answer.status >= 500

    @property
    def error(self) -> TagboatError:
        """What the caller must see."""
        status = self._answer.status
        if self._failed:
            return UnavailableError(
                f"{self._index} gave no token: {self._answer.url} answered {status}: {self._said}",
                remedy="nothing was uploaded: start again later",
            )
        if 300 <= status < 400:
            target = plain(clean(self._answer.headers.get("Location", "")), limit=200)
            return StepFailedError(
                f"{self._index} sends the exchange of identities elsewhere ({target}), where ours is not sent",
                remedy="configure the index's own address",
            )
        code = next((code for code in _EXPLANATIONS if code in self._errors), "")
        explain = _EXPLANATIONS.get(code, _other)
        return explain(self)

    @cached_property
    def _errors(self) -> Mapping[str, str]:
        """Code → description."""
        try:
            rows = json.loads(self._answer.body)["errors"]
            return {str(row["code"]): self._clean(str(row["description"])) for row in rows}
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}

    @property
    def _said(self) -> str:
        said = "; ".join(text for text in self._errors.values() if text)
        return said or self._clean(self._answer.message)

    def _clean(self, text: str) -> str:
        return plain(clean(text), limit=500)

    @property
    def head(self) -> str:
        """What happened, and in the index's own words."""
        return f"{self._index} takes no identity of this job of {self._place} ({self._said})"

    @property
    def job(self) -> Publisher:
        """The job, as a publisher."""
        return publisher_of(self._token.claims)

    @property
    def differences(self) -> str:
        """The job's settings, how they differ from the configuration's, and what else is odd about it."""
        parts = [f"the job says of itself: {self.job.told()}"]
        if self._expected is not None:
            found = differences(self.job, self._expected)
            parts += [each.told() for each in found]
            if not found:
                parts.append(
                    "that is what the configuration expects, so the index has something else registered"
                )
        parts += peculiarities(self._token.claims)
        return "; ".join(parts)

    @property
    def entry(self) -> str:
        """What a maintainer enters on the index's page, and which of the two sides may be wrong."""
        if self._expected is None:
            return self.job.told()
        wanted, job = self._expected, self.job
        entry = Publisher(
            wanted.owner or job.owner,
            wanted.repository or job.repository,
            wanted.workflow or job.workflow,
            wanted.environment or job.environment,
        )
        if not differences(job, wanted):
            return entry.told()
        return (
            f"{entry.told()}; and let the job be that. If the job is right and the configuration is not, correct "
            f"'workflows.release' and 'indexes.{self._index}.environment' and enter: {job.told()}"
        )

    def claim(self, name: str) -> str:
        """Return a claim of the identity, fit to be shown."""
        return self._clean(self._token.claim(name)) or "(none)"

    @property
    def said(self) -> str:
        """The index's own words."""
        return self._said


def _publisher(refusal: Refusal) -> TagboatError:
    return DeniedError(
        f"{refusal.head}: none of its Trusted Publishers is this job; {refusal.differences}",
        remedy="on the index's page 'Publishing' of the project (before its first release: of your account), enter: "
        f"{refusal.entry}",
    )


def _pending(refusal: Refusal) -> TagboatError:
    return DeniedError(
        f"{refusal.head}: the publisher is registered as pending, for a project that somebody has made since; "
        f"{refusal.differences}",
        remedy="if the project is not yours, choose another name; if it is, delete the pending publisher and enter on "
        f"the project's own page 'Publishing': {refusal.entry}",
    )


def _reused(refusal: Refusal) -> TagboatError:
    return DeniedError(
        f"{refusal.head}: each identity is taken once",
        remedy="re-run the job; if it stays so, see what else in the job exchanges an identity with the index",
    )


def _switched_off(refusal: Refusal) -> TagboatError:
    return DeniedError(
        f"{refusal.head}: Trusted Publishing is switched off there",
        remedy="wait until it is on again (the index's status page tells), or publish with a token",
    )


def _unverified(refusal: Refusal) -> TagboatError:
    return DeniedError(
        f"{refusal.head}: its signature, time or audience did not convince the index; "
        f"issuer {refusal.claim('iss')}, audience {refusal.claim('aud')}",
        remedy="start again; if it stays so, is this machine's clock right, and does the index know this issuer?",
    )


def _unreadable(refusal: Refusal) -> TagboatError:
    if "issuer" in refusal.said.lower():
        return DeniedError(
            f"{refusal.head}: the issuer of the identity is {refusal.claim('iss')}",
            remedy="the index takes identities of the public forges, and of others by arrangement: publish with a token",
        )
    return StepFailedError(
        f"{refusal.head}: it cannot use what was sent",
        remedy="put right what the index names, then start again",
    )


def _other(refusal: Refusal) -> TagboatError:
    return DeniedError(
        f"{refusal.head}; {refusal.differences}", remedy="put right what the index names, then start again"
    )


_EXPLANATIONS: Final[Mapping[str, Callable[[Refusal], TagboatError]]] = MappingProxyType(
    {
        "invalid-publisher": _publisher,
        "invalid-pending-publisher": _pending,
        _REUSED: _reused,
        "not-enabled": _switched_off,
        "invalid-token": _unverified,
        "invalid-payload": _unreadable,
    }
)
"""PyPI's codes, the most telling first."""
