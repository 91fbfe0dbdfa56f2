"""GitHub's expressions: ``${{ }}`` in workflow files."""

from tagboat.sandbox.actions.expressions.evaluation import (
    Scope,
    check,
    evaluate,
    expressions_of,
    fill,
    fill_all,
    holds,
    unwrapped,
)
from tagboat.sandbox.actions.expressions.values import Value, number, text, truthy

__all__ = [
    "Scope",
    "Value",
    "check",
    "evaluate",
    "expressions_of",
    "fill",
    "fill_all",
    "holds",
    "number",
    "text",
    "truthy",
    "unwrapped",
]
