"""Rules for single values of the planning tables, as :mod:`tagboat.config.rules` has them for the others."""

from __future__ import annotations

import re

from tagboat.config.calver_pattern import understood
from tagboat.config.dialects.patterns import Untranslatable, translated
from tagboat.config.rules import inner_path, plain
from tagboat.errors import ConfigError

_KIND = re.compile(r"[a-z][a-z0-9_./-]*", re.ASCII)
_TRAIN = re.compile(r"[A-Za-z][0-9A-Za-z.-]*", re.ASCII)


def expression(text: str) -> str:
    """A regular expression without look-around that cannot take long, in a spelling that captures nothing."""
    plain(text)
    if not text:
        raise ValueError("is empty")
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    try:
        return translated(text)
    except Untranslatable as error:
        said = (
            "look-around and back-references are not allowed"
            if re.search(r"\(\?[=!<]|\\[1-9]", text)
            else error
        )
        raise ValueError(f"is a regular expression that could take too long: {said}") from None


def any_expression(text: str) -> str:
    """A regular expression; "" for none."""
    return text and expression(text)


def glob(text: str) -> str:
    """A pattern of paths relative to the component's folder: ``*`` and ``?`` within a name, ``**`` for any folders."""
    found = inner_path(text)
    if any("**" in part and part != "**" for part in found.split("/")):
        raise ValueError("must have '**' as a whole name between slashes, as in 'src/**/models.py'")
    if text.count("*") > 20:
        raise ValueError("has more than 20 asterisks")
    return found


def file(text: str) -> str:
    """A path or a pattern of paths: relative to the component's folder, with a leading ``/`` to the root; or ""."""
    if text in {"", "/"}:
        return ""
    return "/" + glob(text[1:]) if text.startswith("/") else glob(text)


def changelog(text: str) -> str:
    """The changelog's path; "" for none."""
    return text and inner_path(text)


def calver(text: str) -> str:
    """A CalVer pattern; "" for none."""
    if text:
        try:
            understood(text)
        except ConfigError as error:
            raise ValueError(
                f"is no CalVer pattern that can be used: {error.cause.partition(': ')[2]}"
            ) from None
    return text


def kind(text: str) -> str:
    """A type of changes, in lower case; "" for changes without one."""
    if text and not _KIND.fullmatch(text):
        raise ValueError("is no type of changes such as 'feat': lower case, without blanks")
    return text


def train(text: str) -> str:
    """The word of a pre-release train; "" for final versions."""
    if text and not _TRAIN.fullmatch(text):
        raise ValueError("is no train such as 'rc' or 'beta'")
    return text


def host(text: str) -> str:
    """A forge's address, without a slash at the end; "" for that of the git remote."""
    plain(text)
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[\w./-]*)?", text, re.ASCII):
        raise ValueError("must be an https:// URL without query and blanks")
    return text.rstrip("/")


def day(text: str) -> str:
    """A form of dates as ``strftime`` reads it; "" for none."""
    if text and not re.fullmatch(r"(?:[^%\x00-\x1f]|%[%aAbBdeHIjmMpSuUVwWyYZG])+", text):
        raise ValueError("is no form of dates such as '%Y-%m-%d'")
    return text
