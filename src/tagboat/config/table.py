"""What every table of the configuration file has in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


def _dashed(attribute: str) -> str:
    return attribute.replace("_", "-")


class Table(BaseModel):
    """A table of the file: only known keys, no conversion of types."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        strict=True,
        alias_generator=_dashed,
        frozen=True,
        hide_input_in_errors=True,
    )
