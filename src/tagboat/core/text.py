"""Text from outside (commits, remotes, logs) made fit to be shown: nothing in it can steer a terminal.

- escape sequences (CSI, OSC, and the others of ECMA-48) vanish whole;
- other C0 and C1 controls vanish; tabs and line ends become spaces unless lines are wanted;
- characters that turn the direction of writing, and lone surrogates, are spelled out as ``<U+202E>``.
"""

from __future__ import annotations

import re
from typing import Final

ELLIPSIS: Final = "…"

_ESCAPES: Final = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI ... final byte
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # two-character sequences
)
_LINE_ENDS: Final = r"\r\n?|[\v\f\x85\u2028\u2029]"
_CONTROLS: Final = r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"
_DECEIVING: Final = r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


def plain(text: str, *, limit: int = 2000, lines: bool = False) -> str:
    """Return ``text`` without anything that could steer a terminal, cut to ``limit`` characters.

    Args:
        text: anything at all.
        limit: the most characters that are returned, the ellipsis of a cut included.
        lines: keep line ends and tabs; otherwise runs of white space become one space.
    """
    # Nothing that is taken out or spelled out here counts as printable, and most texts are.
    if len(text) <= limit and all(map(str.isprintable, text.split("\n") if lines else (text,))):
        return text if lines else " ".join(text.split())
    # A long text is cut first, with room for what vanishes, so that the work stays within bounds.
    kept = text[: limit * 4 + 4096]
    kept = re.sub(_LINE_ENDS, "\n", re.sub(_ESCAPES, "", kept))
    kept = re.sub(_CONTROLS, "", kept)
    kept = re.sub(_DECEIVING, lambda found: f"<U+{ord(found.group()):04X}>", kept)
    if not lines:
        kept = " ".join(kept.split())
    if len(kept) > limit or len(text) > limit * 4 + 4096:
        kept = kept[: max(limit - 1, 0)] + ELLIPSIS
    return kept
