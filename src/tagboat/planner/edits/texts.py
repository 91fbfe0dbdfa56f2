"""A file that holds the version and nothing else."""

from __future__ import annotations

from tagboat.config.planning import Edit
from tagboat.planner.edits.python import version_of
from tagboat.planner.edits.spots import Found, Source, Words

_LONGEST = 200


def text_spots(source: Source, edit: Edit, words: Words) -> Found:
    """Find the whole text of a file, without the white space around it.

    Raises:
        ConfigError: the form of a date is none.
    """
    text = source.text.strip()
    if (
        not text
        or len(text.split()) > 1
        or len(text) > _LONGEST
        or not (edit.date or _is_version(text, words))
    ):
        shown = source.place(source.text.find(text))
        return Found(why=f"{shown}: the file is not a version and nothing else")
    start = source.text.find(text)
    return Found((source.spot(start, start + len(text), words.value(text, edit.date)),))


def _is_version(text: str, words: Words) -> bool:
    """Whether it is a version by any scheme: a number is enough of a sign, for prose has none in one word."""
    return text == words.last or version_of(text) is not None or text.lstrip("vV")[:1].isdigit()
