"""The file ``.netrc``: logins by host, as curl, git and pip read them.

The entry of exactly the asked host counts, and no ``default``, which would go to anybody. A file that others can read
is not used. Source: the format of Python's own module, and ftp(1).
"""

from __future__ import annotations

import netrc
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tagboat.adapters.http import Credentials
from tagboat.errors import InvalidError


class Netrc:
    """The user's file: NETRC's, else the one in the home folder.

    Args:
        environment: where NETRC and HOME are named.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        named, home = environment.get("NETRC"), environment.get("HOME")
        self._path = Path(named) if named else Path(home) / ".netrc" if home else None

    def credentials(self, url: str) -> Credentials | None:
        """Return the login for the URL's host, None when the file has none.

        Raises:
            InvalidError: there is one, and others can read the file; or the file cannot be read. Nothing of it is shown.
        """
        host = (urlsplit(url).hostname or "").lower()
        try:
            logins = netrc.netrc(str(self._path)).hosts if self._path and self._path.is_file() else {}
        except netrc.NetrcParseError as problem:
            place = f"{self._path}, line {problem.lineno}" if problem.lineno else str(self._path)
            raise InvalidError(
                f"{place}: it is no .netrc file", remedy="mend it: machine HOST login NAME password WORD"
            ) from None
        except (OSError, UnicodeError) as problem:
            raise InvalidError(f"{self._path} cannot be read: {type(problem).__name__}") from None
        found = next((entry for name, entry in logins.items() if name.lower() == host != "default"), None)
        if found is None or not found[2] or self._path is None:
            return None
        self._refuse_open(self._path, host)
        return Credentials(found[0] or "__token__", found[2])

    @staticmethod
    def _refuse_open(path: Path, host: str) -> None:
        status = path.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise InvalidError(
                f"{path} holds a login for {host}, and others can read it", remedy=f"chmod 600 {path}"
            )
