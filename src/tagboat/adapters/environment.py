"""The environment of a child that runs foreign code: what it needs and nothing that is ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def bare_environment(
    folder: Path,
    *,
    first: Path | None = None,
    epoch: int | None = None,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return a whole environment: no credential, no proxy, no setting of the user's; home and temporary files in ``folder``.

    Args:
        folder: an existing folder; ``home`` and ``tmp`` are made in it.
        first: a folder of programs that come before the machine's.
        epoch: SOURCE_DATE_EPOCH, in seconds (reproducible-builds.org).
        extra: the project's own variables, which win.
    """
    home, temporary = folder / "home", folder / "tmp"
    home.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    path = os.environ.get("PATH") or os.defpath
    environment = {
        "PATH": f"{first}{os.pathsep}{path}" if first else path,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    if epoch is not None:
        environment["SOURCE_DATE_EPOCH"] = str(epoch)
    environment.update(extra or {})
    return environment
