"""What a guard says: an outcome, its reason, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of a guard."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a guard or an inspection found.

    Attributes:
        verdict: how bad it is; only ``FAIL`` and ``WAIT`` stop a release.
        reason: the fact, with the values that differ.
        remedy: the next thing to do, as a sentence or a command.
        code: a stable name of this kind of finding, such as ``ci-missing``.
    """

    verdict: Verdict
    reason: str
    remedy: str = ""
    code: str = ""


def worst(findings: list[Finding] | tuple[Finding, ...]) -> Verdict:
    """Return the verdict that decides: fail over wait over warn over pass."""
    order = [Verdict.PASS, Verdict.WARN, Verdict.WAIT, Verdict.FAIL]
    return max((finding.verdict for finding in findings), key=order.index, default=Verdict.PASS)
