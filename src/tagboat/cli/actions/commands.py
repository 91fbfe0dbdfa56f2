"""Workflow commands of GitHub Actions: annotations and masks; and talk that is none of them, whatever stands in it.

The runner reads every line of a step's output. A line that begins with ``::`` after blanks is a command, and so is
``##[`` anywhere in a line (observed behaviour of its source, ``ActionCommand``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tagboat.core.known_secrets import SHORTEST, secrets_in
from tagboat.core.text import plain

_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}
_PLACE: Final = re.compile(r"^(?:[^\s:]{1,250}:)?([\w./-]{1,200}\.toml):([0-9]{1,7}): (.+)$", re.MULTILINE)
_COMMAND: Final = re.compile(r"(?:^|(?<=[\r\n]))([^\S\r\n]*)::")
_LONGEST: Final = 4000
MOST_ANNOTATIONS: Final = 10
"""The runner shows ten errors and ten warnings of a step."""


def command(name: str, message: str, properties: Mapping[str, str] | None = None) -> str:
    """Return one workflow command, on one line.

    Args:
        name: ours, such as ``error``.
        message: anything at all.
        properties: ``file``, ``line``, ``title``; their values may be anything.
    """
    told = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in (properties or {}).items())
    return f"::{name}{' ' if told else ''}{told}::{_escaped(message, _DATA)}"


def errors(title: str, cause: str, remedy: str) -> Iterator[str]:
    """Yield an error for each place in a configuration that the cause names, or one for all of it."""
    cause = plain(cause, lines=True, limit=_LONGEST)
    places = _PLACE.findall(cause)[:MOST_ANNOTATIONS]
    for file, line, said in places:
        yield command("error", said, {"file": file, "line": line, "title": title})
    if not places:
        message = f"{cause}\nremedy: {plain(remedy, limit=_LONGEST)}" if remedy else cause
        yield command("error", message, {"title": title})


def warning(title: str, message: str) -> str:
    """Return a warning."""
    return command("warning", plain(message, limit=_LONGEST), {"title": plain(title, limit=200)})


def masks(environment: Mapping[str, str], *more: str) -> Iterator[str]:
    """Yield what makes the runner hide every secret that the environment holds, and these."""
    for secret in dict.fromkeys([*secrets_in(environment), *more]):
        if len(secret.strip()) >= SHORTEST:
            yield command("add-mask", secret)


def inert(text: str) -> str:
    """Return talk in which no line is a command; anything else is left as it is."""
    text = _COMMAND.sub(r"\1\\::", text)
    return text.replace("##[", "# #[")


def inert_json(text: str) -> str:
    """Return JSON that means the same and holds no command; one can only stand inside a string there."""
    return text.replace("##[", "#\\u0023[")


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
