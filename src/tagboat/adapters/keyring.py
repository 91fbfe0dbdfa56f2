"""The system's keyring, by the command ``keyring``, where that is installed.

The command, and not the library: a keyring's back ends are found by what happens to be installed, and nothing of that
kind runs in the process that publishes. The names are twine's, so that what ``keyring set`` stored for it serves here:
the service is the upload URL, the user ``__token__``. The secret comes through a pipe.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tagboat.adapters.http import Credentials
from tagboat.errors import InvalidError

_SECONDS: Final = 30.0
"""How long a locked keyring may ask its user."""
_OURS: Final = ("TAGBOAT_", "ACTIONS_", "GH_TOKEN", "GITHUB_TOKEN")


class Keyring:
    """The user's keyring.

    Args:
        environment: the variables that the command needs to reach it; ours are kept from it.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {name: value for name, value in environment.items() if not name.startswith(_OURS)}
        places = (environment.get("PATH") or os.defpath, str(Path(sys.executable).parent))
        self._command = shutil.which("keyring", path=os.pathsep.join(places))

    def credentials(self, url: str) -> Credentials | None:
        """Return what is stored for a URL, None when there is nothing, no keyring, or one that does not answer."""
        if self._command is None or not url:
            return None
        secret = self._answer("get", url, "__token__")
        if secret:
            return Credentials("__token__", secret)
        with suppress(ValueError, KeyError, TypeError, InvalidError):
            found = json.loads(self._answer("--mode", "creds", "--output", "json", "get", url))
            return Credentials(str(found["username"] or "__token__"), str(found["password"]))
        return None

    def _answer(self, *words: str) -> str:
        command: Sequence[str] = (str(self._command), *words)
        try:
            done = subprocess.run(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired, UnicodeError):
            return ""
        return done.stdout.strip("\r\n") if done.returncode == 0 else ""
