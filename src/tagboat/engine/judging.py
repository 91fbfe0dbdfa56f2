"""What decides: which steps only look, which findings stop a release, and which of several errors speaks for all."""

from __future__ import annotations

from tagboat.core.canonical import digest
from tagboat.core.step import Effect, Phase, Receipt, Step
from tagboat.core.verdict import Verdict, worst
from tagboat.errors import RefusedError, TagboatError, WaitingError
from tagboat.steps.kinds import Inputs


def digest_in(inputs: Inputs) -> str:
    """Return the digest of all that a step was given: its options, and the receipts of the steps that it needs."""
    receipts = {key: digest(receipt.as_json()) for key, receipt in inputs.receipts.items()}
    return digest({"options": dict(inputs.step.options), "receipts": receipts})


def is_guard(step: Step) -> bool:
    """Tell whether a step only looks: it changes nothing outside, and makes no file as the build phase does."""
    return step.effect is Effect.NONE and step.phase is not Phase.BUILD


def is_maker(step: Step) -> bool:
    """Tell whether a step makes files here and changes nothing outside."""
    return step.effect is Effect.NONE and step.phase is Phase.BUILD


def refuse_bad(receipt: Receipt) -> None:
    """Turn a guard's failing findings into the error that stops the release.

    Raises:
        RefusedError: a finding fails.
        WaitingError: a finding waits, and none fails.
    """
    verdict = worst(receipt.findings)
    if verdict not in (Verdict.FAIL, Verdict.WAIT):
        return
    deciding = [finding for finding in receipt.findings if finding.verdict is verdict]
    kind = RefusedError if verdict is Verdict.FAIL else WaitingError
    raise kind(
        "; ".join(finding.reason for finding in deciding),
        remedy="; ".join(dict.fromkeys(finding.remedy for finding in deciding if finding.remedy)),
    )


_PRECEDENCE = (7, 4, 3, 2, 1, 8, 6, 5)


def combined(errors: list[TagboatError]) -> TagboatError:
    """Return the error that decides, with every other cause and remedy in it."""
    deciding = min(errors, key=lambda error: _PRECEDENCE.index(error.exit_status))
    if len(errors) == 1:
        return deciding
    ordered = [deciding, *(error for error in errors if error is not deciding)]
    cause = "; ".join(error.cause for error in ordered)
    remedy = "; ".join(dict.fromkeys(error.remedy for error in ordered if error.remedy))
    deciding.cause, deciding.remedy, deciding.args = cause, remedy, (cause,)
    return deciding
