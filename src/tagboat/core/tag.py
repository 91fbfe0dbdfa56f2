"""The grammar of release tags: which component and version a tag names, and which tag names a version.

A grammar is text with one ``{version}``, such as ``v{version}`` or ``cuda-core-v{version}``. Tag names are hostile
input: only what ``git check-ref-format`` allows and PEP 440 can read is a version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

_PLACE = "{version}"
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^-|^/|/$|\.$|\.lock$|(^|/)\.")


@dataclass(frozen=True, slots=True)
class TagGrammar:
    """A tag's form, with the place of the version in it."""

    template: str

    def __post_init__(self) -> None:
        if self.template.count(_PLACE) != 1:
            raise ValueError(f"a tag grammar holds {_PLACE} exactly once: {self.template!r}")
        if _FORBIDDEN.search(self.template.replace(_PLACE, "1")):
            raise ValueError(f"git allows no tag of this form: {self.template!r}")

    def tag(self, version: Version) -> str:
        """Return the tag that names ``version``."""
        return self.template.replace(_PLACE, str(version))

    def version(self, tag: str) -> Version | None:
        """Return the version that ``tag`` names, or None when the tag is not of this grammar."""
        prefix, suffix = self.template.split(_PLACE)
        text = tag[len(prefix) : len(tag) - len(suffix)]
        if not tag.startswith(prefix) or not tag.endswith(suffix) or not text[:1].isdigit():
            return None
        try:
            return Version(text)
        except InvalidVersion:
            return None


def odd_tag(tag: str) -> str | None:
    """Say why ``tag`` cannot be a tag's name at all, or None when it can.

    The rules are those of ``git check-ref-format``, and no leading dash, so that no tool reads it as an option.
    """
    if not tag:
        return "it is empty"
    match = _FORBIDDEN.search(tag)
    return f"git allows no {match.group()!r} there" if match else None
