"""Guard: whoever publishes holds a credential for everything that is still to be written, before anything is written.

A credential that is absent would otherwise show in the middle, when other files are published for good. An identity is
exchanged with the index here, so that a wrong publisher shows before the first effect. Whether an index accepts a
lasting token can only be seen by uploading (observed behaviour of PyPI); that there is one, and that the forge lets it
write, can be asked beforehand. What the world holds already needs no credential any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tagboat.config.privacy import token_variable
from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import DeniedError, StepFailedError
from tagboat.ports import Ports
from tagboat.ports.index import CredentialKind, UploadCredential
from tagboat.steps import upload
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.STAGE
EFFECT = Effect.NONE
_FORGE_VARIABLE = "TAGBOAT_FORGE_TOKEN"


@dataclass(frozen=True, slots=True)
class Options:
    """The indexes that files go to, and the tags whose releases are made on the forge."""

    indexes: tuple[str, ...]
    tags: tuple[str, ...]


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Ask for all credentials at once.

    Returns:
        A receipt that says which kind of credential opens each index, with a warning for each that lasts.

    Raises:
        DeniedError: one is absent, not accepted, or does not let us write; all such are named.
        UnavailableError: an index or an identity's service does not answer.
    """
    options = inputs.options(Options)
    lacking = list(_forge(ports, options, attempt))
    used: dict[str, UploadCredential] = {}
    for name in options.indexes:
        if not _uploads_missing(ports, inputs, name):
            continue
        try:
            used[name] = ports.indexes[name].upload_credential()
        except (DeniedError, StepFailedError) as refused:
            lacking.append((refused.cause, refused.remedy))
        else:
            lacking += _nothing(name, used[name])
            attempt.log(f"{name}: {_told(used[name])}")
    if lacking:
        raise DeniedError(
            f"{'; '.join(cause for cause, _ in lacking)}; nothing of this half was written",
            remedy=f"{'; '.join(dict.fromkeys(remedy for _, remedy in lacking if remedy))}; then start again",
        )
    return _receipt(used)


def _receipt(used: Mapping[str, UploadCredential]) -> Receipt:
    """Say what is used; an index to which nothing is to be sent was not asked."""
    told = ["the forge", *(f"{name} ({_told(credential)})" for name, credential in used.items())]
    findings = tuple(finding for name, credential in used.items() for finding in _warned(name, credential))
    kinds: dict[str, JSON] = {name: credential.kind.value for name, credential in used.items()}
    return Receipt(f"credentials are there for {', '.join(told)}", {"credentials": kinds}, findings=findings)


def _forge(ports: Ports, options: Options, attempt: Attempt) -> Iterator[tuple[str, str]]:
    allowed = ports.forge.may_write()
    if allowed is None:
        attempt.log("the forge does not tell beforehand what this kind of token may write")
    if allowed is not False:
        return
    public = {release.tag for release in ports.forge.releases() if not release.draft}
    missing = [tag for tag in options.tags if tag not in public]
    if missing:
        what = f"the forge does not let us write the release of {', '.join(missing)}"
        yield f"{what} in {ports.forge.repository}", _set(_FORGE_VARIABLE)


def _uploads_missing(ports: Ports, inputs: Inputs, index: str) -> bool:
    uploads = [s for s in inputs.plan.steps if s.kind == "upload" and s.options.get("index") == index]
    own = [step for step in uploads if inputs.does(step.key)]
    return any(upload.find(ports, replace(inputs, step=step)) is None for step in own)


def _nothing(index: str, credential: UploadCredential) -> Iterator[tuple[str, str]]:
    if credential.kind is CredentialKind.NONE:
        because = f" ({credential.absence})" if credential.absence else ""
        remedies = (_set(token_variable(index)), credential.remedy)
        yield f"there is no token for {index}{because}", ", or ".join(text for text in remedies if text)


def _warned(index: str, credential: UploadCredential) -> Iterator[Finding]:
    """A lasting secret is a warning, whatever the reason for it: it can leak, and serves whoever has it."""
    if credential.kind in (CredentialKind.TOKEN, CredentialKind.KEYRING, CredentialKind.NETRC):
        because = f": {credential.absence}" if credential.absence else ""
        reason = f"{index} is opened with a lasting {_told(credential)}{because}"
        yield Finding(Verdict.WARN, reason, credential.remedy, "lasting-credential")


def _told(credential: UploadCredential) -> str:
    return f"{_KINDS[credential.kind]} from {credential.source}" if credential.source else "none"


def _set(variable: str) -> str:
    return f"set {variable} with a token that may do this"


_KINDS: Final = {
    CredentialKind.IDENTITY: "Trusted Publishing",
    CredentialKind.TOKEN: "token",
    CredentialKind.KEYRING: "secret",
    CredentialKind.NETRC: "login",
    CredentialKind.SANDBOX: "token",
    CredentialKind.NONE: "none",
}
