"""Which project on which forge a git remote names."""

from __future__ import annotations

import re

_REMOTE = r"(?:^|[/:@])(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?$"
_URL = (
    r"(?:(?:https?|ssh|git)://(?:[^@/\s]*@)?|[\w.-]+@)(?P<host>[\w.-]+)(?::\d+)?[:/]"
    r"(?P<owner>[\w.-]+(?:/[\w.-]+)*)/(?P<name>[\w.-]+?)(?:\.git)?/?"
)


def links_of(asked: str, configured: str, remote: str, public: str) -> tuple[str, str]:
    """Return ``owner/name`` and the forge's address for links, each "" when nothing says it.

    Args:
        asked: ``owner/name`` from the command line.
        configured: ``owner/name`` from the configuration.
        remote: the address of the remote ``origin``.
        public: the public forge's address, for a name without a remote.
    """
    match = re.fullmatch(_URL, remote.strip()) if len(remote) < 1000 else None
    host = f"https://{match['host']}" if match else public
    name = f"{match['owner']}/{match['name']}" if match else ""
    repository = asked or configured or name
    return (repository, host) if repository else ("", "")


def repository_name(remote: str) -> str | None:
    """Return ``owner/name`` from a git remote's URL in any of its spellings, or None."""
    match = re.search(_REMOTE, remote.strip())
    return f"{match['owner']}/{match['name']}" if match else None
