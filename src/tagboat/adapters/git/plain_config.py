"""The remote's address in a repository's ``config``, read without git where it stands there plainly.

To ask git takes a process. Whatever is not in the form that ``git clone`` and ``git remote add`` write (git-config,
"Syntax") is left to git: included files, values in quotes or with escapes, comments, other spellings, several addresses.
"""

from __future__ import annotations

from typing import Final

LONGEST: Final = 1 << 16
"""The most bytes of a configuration that is read here."""

_ORIGIN: Final = b'[remote "origin"]'
_ASKS_GIT: Final = (b"include", b"worktreeconfig", b"\\", b"\r", b"\0", b"\xef\xbb\xbf")
_ODD: Final = b"\"'#; \t\v\f"


def plain_origin(text: bytes) -> str | None:
    """Return the address of the remote ``origin``, "" when there is none, or None where git has to be asked.

    Args:
        text: the whole file, or its first :data:`LONGEST` bytes and more.
    """
    lower = text.lower()
    if len(text) > LONGEST or any(mark in lower for mark in _ASKS_GIT):
        return None
    inside, found = False, list[bytes]()
    for line in map(bytes.strip, text.split(b"\n")):
        if line.startswith(b"["):
            inside = line == _ORIGIN
            named = line.lower()
            if not inside and (not line.endswith(b"]") or (b"remote" in named and b"origin" in named)):
                return None
        elif inside:
            key, equals, value = line.partition(b"=")
            if key.strip().lower() == b"url":
                found.append(value.strip())
                if not equals or any(sign in _ODD for sign in found[-1]):
                    return None
    return found[0].decode("utf-8", "replace") if len(found) == 1 else None if found else ""
