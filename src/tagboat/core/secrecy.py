"""Secrets by their shape: what nobody told us of and what still is, by all published signs, a secret.

Two degrees: ``shaped`` masks what can be nothing else, and suits our own messages; ``redacted`` masks as well whatever stands
where a password is written, and suits a stranger's log. A token counts also where it stands in Base64 or in hexadecimal
digits. Each pattern takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tagboat.core.text import plain

MASK: Final = "***"
_TOKENS: Final = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))(?:"  # an escape ends with a letter or digit, too
    r"gh[pousr]_[A-Za-z0-9]{16,255}"  # GitHub: classic, OAuth, user, server, refresh
    r"|github_pat_[A-Za-z0-9_]{16,255}"
    r"|gl(?:pat|cbt|dt|rt|ptt|oas|soat)-[A-Za-z0-9_.-]{16,255}"  # GitLab: personal, CI job, deploy, runner, trigger, OAuth
    r"|pypi-[A-Za-z0-9_-]{16,1000}"
    r"|npm_[A-Za-z0-9]{30,255}"
    r"|dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,255}"
    r"|A[KS]IA[0-9A-Z]{16}\b"
    r"|xox[abeprs]-[A-Za-z0-9-]{10,255}"
    r"|eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,8000}(?:\.[A-Za-z0-9_-]{0,2000})?)"  # JSON Web Token
)
_BEGINNINGS: Final = (
    *(
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "glcbt-",
        "gldt-",
        "glrt-",
        "glptt-",
        "gloas-",
    ),
    *("glsoat-", "pypi-", "npm_", "dckr_", "AKIA", "ASIA", "xox", "eyJ"),
)
_NAMES_A_SCHEME: Final = re.compile("basic|bearer", re.IGNORECASE)
_NAMES_A_SECRET: Final = re.compile("passw|secret|token|api[_-]?key|auth", re.IGNORECASE)
_SPACE: Final = r"(?:[ +]|%20)"
_NAMED_KEY: Final = rf"(?:[A-Z0-9]{{1,12}}{_SPACE}){{0,3}}PRIVATE{_SPACE}KEY(?:{_SPACE}BLOCK)?-----"
_KEY_BEGINS: Final = re.compile(rf"-----BEGIN{_SPACE}{_NAMED_KEY}")
_KEY_ENDS: Final = re.compile(rf"-----END{_SPACE}{_NAMED_KEY}")
_WHOLE_KEYS: Final = re.compile(rf"{_KEY_BEGINS.pattern}[^-]{{0,20000}}(?:{_KEY_ENDS.pattern})?")
_KEY_LINE: Final = re.compile(r"[A-Za-z0-9+/=]{40}")
_ODD_LINES: Final = 4
"""The most lines in a row inside of a key that are not full ones: headers, or the last one. Then it was none."""
_LOGINS: Final = re.compile(r"(://)[^\s/@]{1,1000}@")
_QUERIES: Final = re.compile(
    r"(?i)([?&;](?:[\w.-]{0,60}(?:token|signature|secret|passw|credential|api_?key)[\w.-]{0,60}|sig|jwt|code)=)[^&;\s\"'<>]{4,4000}"
)
_SCHEMES: Final = re.compile(
    r"(?i)(\b(?:basic|bearer)(?:[ +]|%20)+)(?=\S{0,199}[0-9A-Z+/=._~-])[\w+/=.~%-]{16,9000}"
)
_HEADERS: Final = re.compile(r"(?i)(\b(?:proxy-)?authorization[\"']?[ \t]{0,9}[:=][ \t]{0,9})[^\r\n]{1,9000}")
_VALUES: Final = re.compile(
    r"(?i)(?<![\w-])((?=[\w-]{0,150}?(?:password|passwd|secret|token|api[_-]?key|auth\b))[\w-]{1,200}"
    r"[\"']?[ \t]{0,9}[:=][ \t]{0,9}[\"']?)[^\s\"',;]{4,4000}"
)
_NETRC: Final = re.compile(
    r"((?:^[ \t]{0,99}|\blogin[ \t]{1,9}\S{1,200}[ \t]{1,9})password[ \t]{1,9})\S{1,1000}"
)
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_DIGITS: Final = re.compile(r"(?:[0-9a-f]{2}){20,}|(?:[0-9A-F]{2}){20,}")


def shaped(text: str) -> str:
    """Return the text with everything masked that can be nothing but a secret: tokens, keys, logins in URLs."""
    text = _without_tokens(text)
    text = _ENCODED.sub(_decoded, _DIGITS.sub(_undigited, text))
    if "://" in text:
        text = _LOGINS.sub(rf"\1{MASK}@", text)
    if "=" in text:
        text = _QUERIES.sub(rf"\1{MASK}", text)
    return _SCHEMES.sub(rf"\1{MASK}", text) if _NAMES_A_SCHEME.search(text) else text


def _without_tokens(text: str) -> str:
    """The plain ones; what none begins in is left alone, as most lines of a log are."""
    if any(sign in text for sign in _BEGINNINGS):
        text = _TOKENS.sub(MASK, text)
    return _WHOLE_KEYS.sub(MASK, text) if "-----BEGIN" in text else text


def redacted(text: str) -> str:
    """Return a stranger's text with everything masked that looks like a secret, keys over several lines included."""
    lines = Lines()
    return "\n".join(kept for line in text.split("\n") if (kept := lines.kept(line)) is not None)


class Lines:
    """A log that comes line by line, with whatever looks like a secret masked.

    Args:
        hide: masks what is known by its value; it goes first.
    """

    def __init__(self, hide: Callable[[str], str] = str) -> None:
        self._hide = hide
        self._left = 0

    def kept(self, line: str) -> str | None:
        """Return what is kept of the next line; None for one in the middle of a key."""
        if self._left:
            ends = _KEY_ENDS.search(line)
            if not ends:
                self._left = _ODD_LINES if _KEY_LINE.search(line) else self._left - 1
                return None
            self._left, line = 0, line[ends.end() :]
            if not line.strip():
                return None
        whole = line
        if "-----BEGIN" in line:
            whole = _WHOLE_KEYS.sub(MASK, line)
            begins = _KEY_BEGINS.search(line)
            if begins and not _KEY_ENDS.search(line, begins.end()):
                self._left = _ODD_LINES
        text = shaped(self._hide(whole))
        if not _NAMES_A_SECRET.search(text):
            return text
        text = _NETRC.sub(rf"\1{MASK}", _HEADERS.sub(rf"\1{MASK}", text))
        return _VALUES.sub(rf"\1{MASK}", text)


def ending(text: str, limit: int) -> str:
    """Return the text, redacted and plain, or its last ``limit`` characters after a line that says what was cut."""
    near = text[-4 * limit :]
    if len(near) < len(text):
        near = near.partition("\n")[2] or near  # a secret may have been cut in two
    kept = redacted(plain(near, limit=len(near) * 8 + 1, lines=True))
    left_out = len(text) - len(near) + max(len(kept) - limit, 0)
    return kept if not left_out else f"[{left_out} characters before this are left out]\n{kept[-limit:]}"


def _decoded(found: re.Match[str]) -> str:
    """Mask a run of Base64 that holds a token or a key; what stands before it may be of any length."""
    import base64  # noqa: PLC0415 - hardly ever; a plan loads this module

    run = found.group().rstrip("=").translate(_TO_STANDARD)
    for start in range(4):
        body = run[start:]
        body = body[:-1] if len(body) % 4 == 1 else body
        text = base64.b64decode(body + "=" * (-len(body) % 4)).decode("latin-1")
        if _without_tokens(text) != text:
            return MASK
    return found.group()


def _undigited(found: re.Match[str]) -> str:
    text = bytes.fromhex(found.group()).decode("latin-1")
    return MASK if _without_tokens(text) != text else found.group()


_TO_STANDARD: Final = str.maketrans("-_", "+/")
