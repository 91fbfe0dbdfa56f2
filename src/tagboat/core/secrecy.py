"""Text of a stranger's machine (a remote run's log) made fit to be kept: secrets masked, controls gone, an end of it.

The forge masks the secrets that it was told of. These are forms that it may not know: tokens by their published
prefixes, signed tokens, keys, and whatever stands where a password is written. Each pattern takes linear time.
"""

from __future__ import annotations

import re
from typing import Final

from tagboat.core.text import plain

MASK: Final = "***"
_TOKENS: Final = re.compile(
    r"\bgh[pousr]_[A-Za-z0-9]{16,255}"  # GitHub: classic, OAuth, user, server, refresh
    r"|\bgithub_pat_[A-Za-z0-9_]{16,255}"
    r"|\bglpat-[A-Za-z0-9_-]{16,255}"
    r"|\bpypi-[A-Za-z0-9_-]{16,1000}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bxox[abeprs]-[A-Za-z0-9-]{10,255}"
    r"|\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,8000}(?:\.[A-Za-z0-9_-]{0,2000})?"  # JSON Web Token
)
_HEADERS: Final = re.compile(r"(?i)(\b(?:proxy-)?authorization[\"']?[ \t]{0,9}[:=][ \t]{0,9})[^\r\n]{1,9000}")
_VALUES: Final = re.compile(
    r"(?i)(?<![\w-])((?=[\w-]{0,150}?(?:password|passwd|secret|token|api[_-]?key))[\w-]{1,200}"
    r"[\"']?[ \t]{0,9}[:=][ \t]{0,9}[\"']?)[^\s\"',;]{4,4000}"
)
_LOGINS: Final = re.compile(r"(://)[^\s/@]{1,1000}@")
_KEYS: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"
)


def redacted(text: str) -> str:
    """Return the text with everything that looks like a secret masked."""
    text = _KEYS.sub(MASK, _TOKENS.sub(MASK, text))
    text = _LOGINS.sub(rf"\1{MASK}@", text)
    return _VALUES.sub(rf"\1{MASK}", _HEADERS.sub(rf"\1{MASK}", text))


def ending(text: str, limit: int) -> str:
    """Return the text, redacted and plain, or its last ``limit`` characters after a line that says what was cut."""
    near = text[-4 * limit :]
    if len(near) < len(text):
        near = near.partition("\n")[2] or near  # a secret may have been cut in two
    kept = redacted(plain(near, limit=len(near) * 8 + 1, lines=True))
    left_out = len(text) - len(near) + max(len(kept) - limit, 0)
    return kept if not left_out else f"[{left_out} characters before this are left out]\n{kept[-limit:]}"
