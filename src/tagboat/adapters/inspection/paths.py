"""Which member names may stand in an archive that other people's tools will unpack on any file system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tagboat.adapters.inspection.contents import Contents

_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?")
"""Names that Windows keeps for devices."""
_LONGEST_PATH = 1000
_LONGEST_PART = 255


def path_faults(name: str) -> list[tuple[str, str]]:
    """Return what is wrong with a member's name as pairs of code and reason; a trailing ``/`` is a folder's."""
    shown = repr(name[:120])
    plain = name.removesuffix("/")
    parts = plain.split("/")
    checks = (
        (not plain, "empty-name", "a member has an empty name"),
        (plain.startswith("/"), "absolute-path", f"{shown} is an absolute path"),
        (bool(_DRIVE.match(plain)), "drive-letter", f"{shown} begins with a drive letter"),
        ("\\" in plain, "backslash", f"{shown} holds a backslash, which separates folders on Windows"),
        (".." in parts, "parent-path", f"{shown} leaves its folder"),
        (
            bool(plain) and not plain.startswith("/") and any(part in {"", "."} for part in parts),
            "odd-path",
            f"{shown} has empty or '.' parts",
        ),
        (
            any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in plain),
            "control-character",
            f"{shown} holds a control character",
        ),
        (len(plain.encode("utf-8", "surrogatepass")) > _LONGEST_PATH, "long-path", f"{shown}... is too long"),
        (
            any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART for part in parts),
            "long-path",
            f"{shown}... has a part that is too long",
        ),
        (
            any(part.endswith((" ", ".")) and part not in {".", ".."} for part in parts),
            "trailing-dot",
            f"{shown} has a part that ends in a dot or space",
        ),
        (
            any(_RESERVED.fullmatch(part) for part in parts),
            "reserved-name",
            f"{shown} is a device on Windows",
        ),
        (
            any(":" in part for part in parts) and not _DRIVE.match(plain),
            "stream-name",
            f"{shown} names a Windows stream",
        ),
    )
    return [(code, reason) for wrong, code, reason in checks if wrong]


def note_names(contents: Contents, names: Iterable[str]) -> None:
    """Note every fault of the names, alone and with each other; ``names`` keep repetitions and trailing slashes."""
    seen: dict[str, str] = {}
    exact: set[str] = set()
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        for code, reason in path_faults(name):
            contents.fail(code, reason)
        plain = name.rstrip("/")
        if plain in exact:
            contents.fail("duplicate-name", f"{plain!r} is there twice")
        exact.add(plain)
        _note_clash(contents, seen, plain)
        (folders if name.endswith("/") else files).add(plain)
        parent = plain.rpartition("/")[0]
        while parent and parent not in folders:
            _note_clash(contents, seen, parent)
            folders.add(parent)
            parent = parent.rpartition("/")[0]
    for name in sorted(files & folders):
        contents.fail("file-as-folder", f"{name!r} is a file and a folder")


def _note_clash(contents: Contents, seen: dict[str, str], name: str) -> None:
    """Two names that become one on a file system that folds case or composes characters."""
    composed = unicodedata.normalize("NFC", name)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    other = seen.setdefault(folded, name)
    if other == name:
        return
    if unicodedata.normalize("NFC", other) == composed or other.casefold() != name.casefold():
        contents.fail("unicode-clash", f"{other!r} and {name!r} are one name on some file systems")
    else:
        contents.fail("case-clash", f"{other!r} and {name!r} are one name where case does not count")
