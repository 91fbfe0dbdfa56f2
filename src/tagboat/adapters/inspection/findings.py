"""Short spellings of the two kinds of finding that an inspection makes."""

from __future__ import annotations

from tagboat.core.verdict import Finding, Verdict


def fails(code: str, reason: str, remedy: str = "") -> Finding:
    """Return a finding that stops a release."""
    return Finding(Verdict.FAIL, reason, remedy, code)


def warns(code: str, reason: str, remedy: str = "") -> Finding:
    """Return a finding that is shown and stops nothing."""
    return Finding(Verdict.WARN, reason, remedy, code)


def some(names: list[str], most: int = 10) -> str:
    """Return names for a sentence, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
