"""The first line of a file that Tagboat wrote: whose it is, and the digest of what stands below.

Pins do not count: Dependabot moves them, and that is no edit by hand.
"""

from __future__ import annotations

import hashlib
import re

from tagboat.workflows.writing.pins import without_pins

_SAID = "Written by Tagboat; change the configuration, then say: tagboat init --workflows"
_MARK = re.compile(
    r"^(?:#|<!--) (?:Written by Tagboat;.*?) sha256:(?P<digest>[0-9a-f]{64})(?: -->)?\r?\n", re.ASCII
)


def marked(text: str, *, markdown: bool = False) -> str:
    """Return a text with the mark above it."""
    said = f"{_SAID} sha256:{_digest(text)}"
    return f"<!-- {said} -->\n{text}" if markdown else f"# {said}\n{text}"


def is_ours(text: str) -> bool:
    """Tell whether a file has the mark, edited since or not."""
    return _MARK.match(text) is not None


def is_unedited(text: str) -> bool:
    """Tell whether a file is as it was written, but for pins and line ends."""
    found = _MARK.match(text)
    return found is not None and found["digest"] == _digest(text[found.end() :])


def _digest(text: str) -> str:
    return hashlib.sha256(
        without_pins(text.replace("\r\n", "\n")).encode("utf-8", "surrogatepass")
    ).hexdigest()
