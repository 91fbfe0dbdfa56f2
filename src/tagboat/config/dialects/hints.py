"""Files that only hint at something: which version of a tool is in use. They may be anything, and may be absent."""

from __future__ import annotations

from typing import Final

from tagboat.config.project import Tree
from tagboat.errors import RefusedError

_LONGEST: Final = 200_000


def hint(tree: Tree, path: str) -> str:
    """Return the beginning of a file's text; "" when there is no such file, or a partial clone does not hold it."""
    try:
        data = tree.get(path) or b""
    except RefusedError:
        return ""
    return data[:_LONGEST].decode("utf-8", "replace")
