"""What a run of the generated release workflow is called: the one thing that the forge tells of a dispatch's inputs."""

from __future__ import annotations

from typing import Final

_BEGINNING: Final = "Release "
_DRY: Final = " (dry run)"


def run_name(tag: str, *, dry: str = "") -> str:
    """Return the workflow's ``run-name``.

    Args:
        tag: the expression for the tag.
        dry: the expression that holds in a dry run; "" where there is none.
    """
    suffix = f"${{{{ {dry} && '{_DRY}' || '' }}}}" if dry else ""
    return f"{_BEGINNING}{tag}{suffix}"


def releases(title: str, tag: str) -> bool:
    """Tell whether a run of this title releases the tag."""
    return title == run_name(tag)


def dry(title: str, tag: str) -> bool:
    """Tell whether a run of this title is a dry run for the tag, which releases nothing."""
    return title == f"{run_name(tag)}{_DRY}"


def of_another(title: str, tag: str) -> bool:
    """Tell whether a run's title says that it is about something else than the tag."""
    return title.startswith(_BEGINNING) and not releases(title, tag) and not dry(title, tag)
