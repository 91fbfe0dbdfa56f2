"""What an archive holds, as our own reader sees it: never extracted, and with everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from tagboat.adapters.inspection.findings import fails
from tagboat.core.verdict import Finding

MOST_MEMBERS = 50_000
MOST_BYTES = 4 * 1024**3
BOMB_BYTES = 64 * 1024**2
BOMB_RATIO = 50
"""An archive that unpacks to more than BOMB_BYTES and BOMB_RATIO times its size is refused, as PyPI was seen to do."""
KEPT_BYTES = 4 * 1024**2
"""Text members (metadata, RECORD, configuration) are kept for reading up to this size."""
_KEPT_NAMES = frozenset(
    {
        "METADATA",
        "RECORD",
        "WHEEL",
        "PKG-INFO",
        "entry_points.txt",
        "pyproject.toml",
        "pyproject.toml.orig",
        "setup.cfg",
    }
)


class DamagedError(Exception):
    """The archive cannot be read any further; it carries the finding that says why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.finding = fails(code, reason, "build the file again; do not publish it")


@dataclass(frozen=True, slots=True)
class Member:
    """One file, folder or link in an archive.

    Attributes:
        name: with ``/``, without a trailing one.
        kind: ``file``, ``folder``, ``symlink``, ``hardlink`` or ``other``.
        size: bytes of content.
        sha256: of the content, lower-case hex; "" for what has none.
        target: what a link points to.
        content: the bytes of text that the checks read; None for all else.
    """

    name: str
    kind: str
    size: int = 0
    sha256: str = ""
    target: str = ""
    content: bytes | None = None


@dataclass(slots=True)
class Contents:
    """An archive's members by name, and the findings of reading it."""

    members: dict[str, Member] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def files(self) -> dict[str, Member]:
        """The regular files by name."""
        return {name: member for name, member in self.members.items() if member.kind == "file"}

    def text(self, name: str) -> str | None:
        """Return a kept member's text, or None when it is not there, too large, or not UTF-8."""
        member = self.members.get(name)
        if member is None or member.content is None:
            return None
        try:
            return member.content.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def fail(self, code: str, reason: str) -> None:
        """Note a reason why this archive must not be published."""
        self.findings.append(fails(code, reason, "build the file again; do not publish it"))


class Intake:
    """Takes a member's content in pieces: counts, digests, keeps what is to be read, and stops bombs."""

    def __init__(self, archive_size: int) -> None:
        self._archive_size = max(archive_size, 1)
        self.total = 0
        self.count = 0

    def member(self, name: str, pieces: Iterable[bytes], declared: int) -> Member:
        """Return the regular file ``name`` made of these pieces.

        Raises:
            DamagedError: it, or all of the archive, is larger than it says or than is sane.
        """
        self.start()
        digest, size, kept = hashlib.sha256(), 0, bytearray()
        keeping = name.rsplit("/", 1)[-1] in _KEPT_NAMES
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            self.take(len(piece))
            if size > declared:
                raise DamagedError(
                    "size-mismatch", f"{name!r} holds more than the {declared} bytes it declares"
                )
            if keeping and size <= KEPT_BYTES:
                kept += piece
        if size != declared:
            raise DamagedError("size-mismatch", f"{name!r} holds {size} bytes and declares {declared}")
        whole = bytes(kept) if keeping and size <= KEPT_BYTES else None
        return Member(name, "file", size, digest.hexdigest(), content=whole)

    def start(self) -> None:
        """Count one more member.

        Raises:
            DamagedError: there are too many.
        """
        self.count += 1
        if self.count > MOST_MEMBERS:
            raise DamagedError("bomb-count", f"it holds more than {MOST_MEMBERS} members")

    def take(self, size: int) -> None:
        """Count unpacked bytes.

        Raises:
            DamagedError: there are too many, or too many for the archive's size.
        """
        self.total += size
        if self.total > MOST_BYTES:
            raise DamagedError("bomb-size", f"it unpacks to more than {MOST_BYTES} bytes")
        if self.total > BOMB_BYTES and self.total > BOMB_RATIO * self._archive_size:
            raise DamagedError("bomb-ratio", f"it unpacks to more than {BOMB_RATIO} times its size")
