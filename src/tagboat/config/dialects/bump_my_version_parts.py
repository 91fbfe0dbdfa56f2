"""The version's grammar out of bump-my-version's ``parse``, ``serialize`` and ``parts``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tagboat.config.dialects.options import Options
from tagboat.config.planning import Scheme

_DEFAULT: Final = ("{major}.{minor}.{patch}",)
_FIELD = re.compile(r"\{([^{}]*)\}")
_CALENDAR = re.compile(r"\{(YYYY|YY|0Y|GGGG|GG|0G|Q|MM|0M|WW|0W|UU|0U|VV|0V|DD|0D|JJJ|00J)\}")
_PLAIN: Final = {"major": "MAJOR", "minor": "MINOR", "patch": "PATCH"}
_WORDS: Final = frozenset(["a", "alpha", "b", "beta", "c", "rc", "dev", "post", "pre", "preview"])
_FINAL: Final = frozenset(["", "final", "release", "prod", "stable", "ga", "gamma"])


@dataclass(frozen=True, slots=True)
class Spelling:
    """How versions are spelled.

    Attributes:
        scheme: the grammar that fits.
        pattern: with ``calver``: the pattern.
        forms: the spellings as they were written.
        dated: whether a part follows the calendar.
    """

    scheme: Scheme
    pattern: str
    forms: tuple[str, ...]
    dated: bool = False


def spelling_of(options: Options) -> Spelling:
    """Return how versions are spelled, and remark on parts that no scheme expresses."""
    forms = options.texts("serialize") or _DEFAULT
    options.beside({"parse": "versions are read by the scheme that fits what serialize writes"})
    parts = options.table("parts")
    calendar = _parts(parts)
    shortest = min(forms, key=len)
    if calendar:
        return _dated(options, calendar, forms)
    names = _FIELD.findall(shortest)
    if names != ["major", "minor", "patch"] or shortest != _DEFAULT[0]:
        return _odd(options, forms, shortest)
    longer = [form for form in forms if len(form) > len(shortest)]
    hyphen = any(form.startswith(shortest + "-") for form in longer)
    return Spelling("semver" if hyphen else "pep440", "", forms)


def _parts(parts: Options) -> dict[str, str]:
    """Return the calendar formats by part, and remark on what a part asks for that has no counterpart."""
    calendar: dict[str, str] = {}
    for name in parts.names():
        part = parts.table(name)
        if part.text("calver_format"):
            calendar[name] = part.text("calver_format")
        values = [value.lower() for value in part.words("values")]
        odd = [value for value in values if value not in _WORDS | _FINAL and not value.isdigit()]
        if odd:
            part.remark("values", f"{', '.join(odd[:5])}: no words of pre-releases that a scheme knows")
        text = "the scheme has its own way: pre-releases end in the final version"
        part.beside(dict.fromkeys(("optional_value", "first_value"), text))
        for key in ("independent", "always_increment"):
            if part.flag(key) and name not in calendar:
                part.remark(key, "no scheme has a part that moves on its own")
        part.lost({"depends_on": "no scheme has parts that follow another than the one before them"})
        part.rest("bump-my-version")
    return calendar


def _dated(options: Options, calendar: dict[str, str], forms: tuple[str, ...]) -> Spelling:
    form = max(
        (form for form in forms if set(_FIELD.findall(form)) <= {*calendar, *_PLAIN}), key=len, default=""
    )
    words = {**_PLAIN, **{name: _CALENDAR.sub(r"\1", text) for name, text in calendar.items()}}
    pattern = _FIELD.sub(lambda field: words.get(field[1], field[0]), form)
    if not form or "{" in pattern:
        options.remark("serialize", "no form of it has only parts of the calendar and major, minor, patch")
        return Spelling("pep440", "", forms)
    return Spelling("calver", pattern.removeprefix("v"), forms, dated=True)


def _odd(options: Options, forms: tuple[str, ...], shortest: str) -> Spelling:
    pattern = _FIELD.sub(lambda field: _PLAIN.get(field[1], field[0]), shortest)
    if "{" in pattern or not pattern:
        options.remark("serialize", f"{shortest!a} names parts that no scheme has: PEP 440 is followed")
        return Spelling("pep440", "", forms)
    if re.fullmatch(r"MAJOR(?:\.MINOR(?:\.PATCH)?)?", pattern):
        return Spelling("pep440", "", forms)
    return Spelling("calver", pattern.removeprefix("v"), forms)
