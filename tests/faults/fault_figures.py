"""Counting how cases ended: for each call and each work, and for each kind of fault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Figures:
    """How many cases ended how.

    Attributes:
        ends: (``calls`` or ``works`` or ``kinds``, its name, ``once`` or ``always``, the end) → cases.
        second: cases with a second effect.
        wrong: cases that did not end as declared.
    """

    ends: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    second: int = 0
    wrong: int = 0

    def add(self, told: Any) -> None:
        """Count the cases of one test."""
        sort, name, kind, cases = told
        for turn, end, wrong, second in cases:
            self.ends[sort, name, turn, end] += 1
            self.ends["kinds", kind, turn, end] += 1
            self.wrong += bool(wrong)
            self.second += bool(second)

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"second": self.second, "wrong": self.wrong}
        for sort, name, turn, end in sorted(self.ends):
            data.setdefault(sort, {}).setdefault(name, {}).setdefault(turn, {})[end] = self.ends[
                sort, name, turn, end
            ]
        return data
