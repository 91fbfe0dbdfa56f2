"""Tag grammars out of what other tools say of their tags: regular expressions, glob patterns, templates."""

from __future__ import annotations

import re

from tagboat.core.tag import TagGrammar

_EXPRESSION = re.compile(r"(?:\^|\\A)?((?:[\w/@+-]|\\[-./@+_])*+)")
_VERSION = re.compile(r"\((?:\?P?<\w+>|\?:)?|\[|\\d|\.\*|$")
_NAMED = re.compile(r"\(\?P?<version>")
_OWN_LETTER = re.compile(r"\(?(?:\?P?<\w+>|\?:)?(?:\[vV\]|\[Vv\]|v)\?")
_GLOB = re.compile(r"[^*?\[]*")


def from_expression(pattern: str) -> str:
    r"""Return the grammar of the tags that a regular expression such as ``^acme-v(?P<version>.+)$`` lets through.

    "" is the answer when what stands before the version is not literal, or not certain (``v?``).
    """
    head = _EXPRESSION.match(pattern)
    if head is None:
        return ""
    literal, rest = head[1], pattern[head.end() :]
    if rest[:1] in {"?", "*", "+", "{", "|"} or "|" in rest or _OWN_LETTER.match(rest):
        return ""
    if any(letter.isdigit() for letter in literal) or not _VERSION.match(rest):
        return ""
    if rest.startswith("(") and not _NAMED.match(rest) and (rest.count("(") > 1 or ")?" in rest):
        return ""  # an optional part before the version
    return _checked(literal.replace("\\", ""), bool(literal or rest))


def from_glob(pattern: str) -> str:
    """Return the grammar of the tags that a glob pattern such as ``acme-v*`` lets through; "" when it does not say."""
    found = _GLOB.match(pattern)
    literal = found[0] if found else ""
    return _checked(literal, bool(literal) and literal != pattern)


def from_template(template: str, placeholder: str) -> str:
    """Return the grammar of a template such as ``acme-{new_version}``; "" when it is not a tag's form."""
    return _valid(template.replace(placeholder, "{version}"))


def _checked(prefix: str, certain: bool) -> str:
    return _valid(prefix + "{version}") if certain and "{" not in prefix else ""


def _valid(template: str) -> str:
    try:
        return TagGrammar(template).template
    except ValueError:
        return ""
