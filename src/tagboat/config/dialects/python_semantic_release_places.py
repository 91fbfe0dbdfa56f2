"""The places that python-semantic-release's configuration names: ``version_toml``, ``version_variables``, ``version_pattern``.

Their form is ``path:what``, with ``:nf`` (the number) or ``:tf`` (the tag) behind it since version 9.16. A variable of a file that is
no Python is looked up in the tree, because the tool takes nearly every spelling of an assignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tagboat.config.dialects.hints import hint
from tagboat.config.dialects.options import Options
from tagboat.config.planning import Edit
from tagboat.config.project import Tree

_NUMBER: Final = r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(?:-[0-9A-Za-z.-]{1,99})?(?:\+[0-9A-Za-z.-]{1,99})?"
_STAMPS: Final = ("nf", "tf")
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]|]")


def toml_edits(_tree: Tree, options: Options, key: str, definition: str) -> Iterator[Edit]:
    """Yield the edit of a ``path:a.b.c`` of ``version_toml``."""
    path, what, stamp = _parts(options, key, definition)
    if stamp == "tf":
        options.remark(key, f"{definition!a} asks for the tag in a TOML key: the number is written")
    if what:
        yield Edit(path, "toml", "$." + what)


def variable_edits(tree: Tree, options: Options, key: str, definition: str) -> Iterator[Edit]:
    """Yield the edits of a ``path:name`` of ``version_variables``; the name ``*`` is the whole file."""
    path, what, stamp = _parts(options, key, definition)
    if what == "*":
        yield Edit(path, "text")
    elif what and path.endswith(".py") and stamp != "tf":
        yield Edit(path, "python", what, every=True)
    elif what:
        text = hint(tree, path)
        assigned = re.compile(
            rf"(?<![\w.-])[\"']?{re.escape(what)}[\"']?[ \t]*(?::=|==|[:=@ ])[ \t]*[\"']?[^\s\"']{{0,50}}?(?=({_NUMBER}))"
        )
        found = {match[0] + "{version}" for match in assigned.finditer(text)}
        for search in sorted(found) or [f'{what} = "{{version}}"']:
            yield Edit(path, "pattern", search=search, every=True)


def pattern_edits(_tree: Tree, options: Options, key: str, definition: str) -> Iterator[Edit]:
    """Yield the edit of a ``path:expression`` of version 7's ``version_pattern``."""
    path, _, expression = definition.strip().partition(":")
    if (
        not expression
        or "{version}" not in expression
        or _SPECIAL.search(expression.replace("{version}", ""))
    ):
        options.remark(key, f"{definition!a} is a regular expression: its file is left alone")
    else:
        yield Edit(path.strip(), "pattern", search=expression, every=True)


def _parts(options: Options, key: str, definition: str) -> tuple[str, str, str]:
    path, *rest = (part.strip() for part in definition.split(":", 2))
    what, stamp = (*rest, "", "")[:2]
    if not path or not what or (stamp and stamp not in _STAMPS):
        options.source.mistake(
            (*options.path, key), f"{definition!a} must be path:name, or path:name:nf or :tf"
        )
        return path, "", ""
    return path, what, stamp
