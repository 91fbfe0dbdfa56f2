"""Which contexts and functions exist where: GitHub's table "Context availability"."""

from __future__ import annotations

from typing import Final

_RUN: Final = frozenset({"github", "inputs", "vars"})
_JOB: Final = _RUN | {"needs"}
_EACH: Final = _JOB | {"strategy", "matrix"}
_STEP: Final = _EACH | {"job", "runner", "env", "secrets", "steps"}

CONTEXTS: Final[dict[str, frozenset[str]]] = {
    "run-name": _RUN,
    "concurrency": _RUN,
    "env": _RUN | {"secrets"},
    "job.if": _JOB,
    "job.strategy": _JOB,
    "job": _EACH,
    "job.env": _EACH | {"secrets"},
    "job.defaults": _EACH | {"env"},
    "job.secrets": _EACH | {"secrets"},
    "job.outputs": _STEP,
    "environment.url": _STEP - {"secrets"},
    "step": _STEP,
    "step.if": _STEP - {"secrets"},
    "call.outputs": _RUN | {"jobs"},
    "action": _STEP - {"secrets", "needs", "vars"},
}
FUNCTIONS: Final[dict[str, frozenset[str]]] = {
    "job.if": frozenset({"success", "failure", "always", "cancelled"}),
    "step.if": frozenset({"success", "failure", "always", "cancelled", "hashfiles"}),
    "step": frozenset({"hashfiles"}),
    "action": frozenset({"hashfiles", "success", "failure", "always", "cancelled"}),
}
