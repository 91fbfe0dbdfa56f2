"""Whether an optional part of Tagboat is installed, asked before anything is started."""

from __future__ import annotations

from importlib.util import find_spec

from tagboat.errors import MissingExtraError

_MODULES = {
    "build": ("uv", "build", "pyproject_hooks", "twine", "check_wheel_contents"),
    "notes": ("jinja2", "towncrier"),
    "sandbox": ("aiohttp", "jwt", "trustme"),
}


def need(extra: str, needed_for: str) -> None:
    """Return when everything of an extra can be imported.

    Args:
        extra: ``build``, ``notes`` or ``sandbox``; the last includes the first for a rehearsal, not for the services
            alone.
        needed_for: what the user wants, as the subject of a sentence.

    Raises:
        MissingExtraError: something of it is not installed.
    """
    if not all(_there(module) for module in _MODULES[extra]):
        raise MissingExtraError(extra, needed_for)


def installed() -> dict[str, str]:
    """Return all that is installed in this environment, name → version: what a job with credentials has beside it."""
    from importlib.metadata import distributions  # noqa: PLC0415 - only where it is told

    found = {str(each.metadata["Name"]): each.version for each in distributions() if each.metadata["Name"]}
    return dict(sorted(found.items(), key=lambda row: row[0].lower()))


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
