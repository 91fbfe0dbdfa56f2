"""The branches and tags of a repository, read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.objects import Objects
from tagboat.ports.repository import Tag, TagKind

HEADS: Final = "refs/heads/"
TAGS: Final = "refs/tags/"
_FORMAT: Final = "%00".join(
    (
        "%(refname)",
        "%(objectname)",
        "%(objecttype)",
        "%(*objectname)",
        "%(*objecttype)",
        "%(if)%(contents:signature)%(then)signed%(end)",
    )
)
_DEPTH: Final = 10
"""How many tags of tags are followed."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A branch or tag: what it names, and what that peels to (the same for anything but a tag object)."""

    name: str
    object: str
    kind: str
    peeled: str
    peeled_kind: str
    signed: bool

    def as_tag(self) -> Tag | None:
        """Return the tag, or None when it is no tag or peels to no commit."""
        if not self.name.startswith(TAGS) or self.peeled_kind != "commit":
            return None
        annotated = TagKind.SIGNED if self.signed else TagKind.ANNOTATED
        kind = annotated if self.kind == "tag" else TagKind.LIGHTWEIGHT
        return Tag(self.name.removeprefix(TAGS), self.peeled, kind)


def read_references(git: Git, objects: Objects) -> Mapping[str, Reference]:
    """Return all branches and tags by their full names, in git's order."""
    lines = git.run("for-each-ref", f"--format={_FORMAT}", HEADS, TAGS).stdout.decode(
        "utf-8", "surrogateescape"
    )
    return {
        line.partition("\0")[0]: _reference(line.split("\0"), objects) for line in lines.split("\n") if line
    }


def _reference(fields: list[str], objects: Objects) -> Reference:
    name, object_id, kind, peeled, peeled_kind, signed = fields
    if kind != "tag":
        peeled, peeled_kind = object_id, kind
    for _ in range(_DEPTH):
        # Before git 2.45, one level is all that for-each-ref peels.
        content = objects.read(peeled, "tag") if peeled_kind == "tag" else None
        if content is None:
            break
        head = dict(line.split(" ", 1) for line in content.decode("utf-8", "replace").split("\n")[:2])
        peeled, peeled_kind = head.get("object", ""), head.get("type", "")
    return Reference(name, object_id, kind, peeled, peeled_kind, bool(signed))


def as_packed(references: Mapping[str, Reference]) -> str:
    """Return the tags as the text of a ``packed-refs`` file (git's repository layout documentation)."""
    lines = ["# pack-refs with: peeled fully-peeled sorted "]
    for reference in sorted(references.values(), key=lambda reference: reference.name):
        if reference.name.startswith(TAGS):
            lines.append(f"{reference.object} {reference.name}")
            if reference.kind == "tag":
                lines.append(f"^{reference.peeled}")
    return "\n".join(lines) + "\n"
