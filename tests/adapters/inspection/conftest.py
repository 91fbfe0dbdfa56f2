"""Names that no archive may hold, each with the code of its finding; both readers are shown all of them."""

from __future__ import annotations

import pytest

BAD_NAMES = {
    "parent": ("../x", "parent-path"),
    "parent-inside": ("a/../../x", "parent-path"),
    "parent-harmless": ("a/b/../c", "parent-path"),
    "parent-last": ("a/..", "parent-path"),
    "absolute": ("/etc/passwd", "absolute-path"),
    "absolute-double": ("//host/share", "absolute-path"),
    "drive": ("C:/x", "drive-letter"),
    "drive-relative": ("c:x", "drive-letter"),
    "drive-backslash": ("C:\\x", "drive-letter"),
    "backslash": ("a\\b", "backslash"),
    "backslash-parent": ("a\\..\\..\\b", "backslash"),
    "unc": ("\\\\host\\share", "backslash"),
    "dot": ("a/./b", "odd-path"),
    "dot-first": ("./a", "odd-path"),
    "double-slash": ("a//b", "odd-path"),
    "newline": ("a\nb", "control-character"),
    "carriage-return": ("a\rb", "control-character"),
    "escape": ("a\x1b[31mb", "control-character"),
    "delete": ("a\x7fb", "control-character"),
    "right-to-left": ("a\u202egpj.py", "control-character"),
    "zero-width": ("a\u200bb", "control-character"),
    "line-separator": ("a\u2028b", "control-character"),
    "long-part": ("a" * 256, "long-path"),
    "long-part-bytes": ("ä" * 128, "long-path"),
    "long-path": ("/".join(["abcdefgh"] * 130), "long-path"),
    "trailing-dot": ("a./b", "trailing-dot"),
    "trailing-space": ("a /b", "trailing-dot"),
    "device-nul": ("a/nul", "reserved-name"),
    "device-con-extension": ("CON.txt", "reserved-name"),
    "device-com": ("a/com1/b", "reserved-name"),
    "stream": ("a:b", "drive-letter"),
    "stream-longer": ("abc:stream", "stream-name"),
}
BAD_PAIRS = {
    "twice": (("a", "a"), "duplicate-name"),
    "case": (("a/X.py", "a/x.py"), "case-clash"),
    "case-folder": (("A/x.py", "a/y.py"), "case-clash"),
    "case-sharp": (("stra\u00dfe", "STRASSE"), "case-clash"),
    "composed": (("caf\u00e9", "cafe\u0301"), "unicode-clash"),
    "composed-folder": (("caf\u00e9/a", "cafe\u0301/b"), "unicode-clash"),
    "compatibility": (("\ufb01x", "fix"), "case-clash"),
    "full-width": (("\uff21", "A"), "unicode-clash"),
    "kelvin": (("\u212a", "K"), "unicode-clash"),
    "file-as-folder": (("a", "a/b"), "file-as-folder"),
    "folder-as-file": (("a/b/c", "a/b"), "file-as-folder"),
}


@pytest.fixture(params=list(BAD_NAMES))
def bad_name(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A bad name and the code that it must get."""
    return BAD_NAMES[request.param]


@pytest.fixture(params=list(BAD_PAIRS))
def bad_pair(request: pytest.FixtureRequest) -> tuple[tuple[str, str], str]:
    """Two names that must not stand together and the code that they must get."""
    return BAD_PAIRS[request.param]
