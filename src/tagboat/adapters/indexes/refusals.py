"""What an index's refusal means: the file is taken, the credential does not do, something has to be put right, or later.

Sources: the observed behaviour of PyPI, devpi, pypiserver, Nexus, Artifactory and GitLab. PyPI says everything in words;
its words are always passed on, and for those that leave a maintainer puzzled the remedy says where to go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tagboat.adapters.http import Answer
from tagboat.adapters.http.client import busy_error
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.http.pauses import asked_pause
from tagboat.adapters.secrets import clean
from tagboat.core.text import plain
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    DeniedError,
    StepFailedError,
    TagboatError,
    UnavailableError,
)

_TAKEN: Final = (
    "file already exists",
    "filename has already been used",
    "filename was previously used",
    "already been taken",
    "updating asset",
    "overwrite artifact",
)
"""How indexes say, with 400 or 403, that the name holds another file: PyPI (three times), GitLab, Nexus, Artifactory."""

_REMEDIES: Final = (
    (
        "non-user identities cannot create",
        "the publisher is registered for another project: register a pending one for exactly the name in the metadata",
    ),
    (
        "scoped token is not valid",
        "the credential is for other projects: register this publisher, or make the token, for this project too",
    ),
    (
        "isn't allowed to upload to project",
        "the project is of others, archived or in quarantine: look at its page, ask its owners, or is the name a mistake?",
    ),
    (
        "quarantine",
        "the index has put the project in quarantine: ask its owners, who find the reason on its page",
    ),
    ("archived", "the project takes no uploads: ask its owners to unarchive it on the index"),
    (
        "attestations",
        "the index did not accept what proves the file's origin: was the file made by this very job?",
    ),
)
"""Words of an index → what to do."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal with what is needed to judge it.

    Attributes:
        now: the wall clock's time, for an answer that names one.
        let_in: whether a credential was sent.
    """

    index: str
    answer: Answer
    now: datetime
    let_in: bool


def token_ended(answer: Answer) -> bool:
    """Tell whether an upload was refused, before anything of it counted, because its token has ended."""
    said = f"{answer.reason} {answer.text}".lower()
    return answer.status == 403 and "token" in said and "expired" in said


def upload_refusal(refused: Refused, filename: str) -> TagboatError:
    """Return the error for an upload that was not taken."""
    answer = refused.answer
    said = f"{refused.index} refused {filename}: {refused.answer.message}"
    everything = f"{answer.reason} {answer.text}".lower()
    if answer.status == 409 or (answer.status in (400, 403) and any(text in everything for text in _TAKEN)):
        return ConflictError(said, remedy="nothing was overwritten; this file name needs a new version")
    if answer.status >= 500:
        return AnswerLostError(
            f"{refused.index} answered {answer.status} to {filename}: {refused.answer.message}", remedy=LOOK
        )
    if answer.status in (301, 302, 307, 308):
        target = plain(clean(answer.headers.get("Location", "")), limit=200)
        return StepFailedError(
            f"{refused.index}: uploads are redirected to {target}", remedy="configure that address"
        )
    if "non-user identities cannot create" in everything:
        return DeniedError(said, remedy=_remedy(refused))
    return refusal(refused, said)


def refusal(refused: Refused, said: str = "") -> TagboatError:
    """Return the error for any other refusal."""
    answer = refused.answer
    said = said or f"{refused.index}: {answer.url} answered {answer.status}: {refused.answer.message}"
    if answer.status in (401, 403):
        unknown = "is the token right, and does it cover this project?" if refused.let_in else "give a token"
        return DeniedError(said, remedy=_remedy(refused) or unknown)
    if answer.status == 429:
        return busy_error(answer, asked_pause(answer.headers, refused.now))
    if answer.status >= 500 or answer.status in range(300, 400):
        return UnavailableError(said, remedy="is the address right? If so, try again later")
    return StepFailedError(said, remedy=_remedy(refused) or "put right what the index names")


def _remedy(refused: Refused) -> str:
    said = f"{refused.answer.reason} {refused.answer.text}".lower()
    return next((remedy for words, remedy in _REMEDIES if words in said), "")
