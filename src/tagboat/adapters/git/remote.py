"""Copying a repository behind a git URL."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tagboat.adapters.git.child import Git, complaint
from tagboat.adapters.git.fsck import fetch_settings
from tagboat.adapters.http import Credentials
from tagboat.adapters.http.connections import checked
from tagboat.errors import DeniedError, RefusedError, TagboatError, UnavailableError

SECONDS: Final = 3600.0
"""For copying a whole history."""
_REFSPECS: Final = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_FETCH: Final = (
    "fetch",
    "--quiet",
    "--prune",
    "--force",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-show-forced-updates",
    "--no-recurse-submodules",
    "--end-of-options",
)
_DENIED: Final = (
    "authentication failed",
    "could not read username",
    "error: 401",
    "error: 403",
    "error: 404",
    "not found",
)


class Remote:
    """A repository behind https (or http on this machine)."""

    def __init__(
        self,
        url: str,
        *,
        ca: Path | None = None,
        credentials: Credentials | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._scheme = checked(url).scheme
        self._url = url
        self._credentials = credentials
        self._environment = environment
        self._settings = {
            "http.followRedirects": "false",
            "http.lowSpeedLimit": "1000",
            "http.lowSpeedTime": "60",
        }
        # As for the HTTP client: what a machine trusts beside the public authorities stands in SSL_CERT_FILE.
        trusted = ca or (os.environ if environment is None else environment).get("SSL_CERT_FILE")
        if trusted:
            self._settings["http.sslCAInfo"] = str(trusted)
        if credentials:
            user = credentials.user or "x-access-token"
            basic = base64.b64encode(f"{user}:{credentials.secret}".encode()).decode()
            self._settings[f"http.{url}.extraHeader"] = f"Authorization: Basic {basic}"

    def fetch_into(self, mirror: Path) -> None:
        """Fetch; objects are checked as they come.

        Raises:
            DeniedError: the credential is refused, or the repository is not there for us.
            RefusedError: the objects are malformed in a way that is no old tool's habit.
            UnavailableError: the remote did not answer.
        """
        self._run(self._git(mirror), *_FETCH, self._url, *_REFSPECS)

    def fetch_commit(self, mirror: Path, commit: str) -> None:
        """Bring one commit and its history, which no branch or tag has to reach; no reference moves.

        Raises:
            RefusedError: the remote has no such commit; and as ``fetch_into`` does.
        """
        self._run(self._git(mirror), *_FETCH, self._url, commit)

    def default_branch(self) -> str:
        """Ask the remote what its HEAD is; raises as ``fetch_into`` does."""
        listing = self._run(self._git(None), "ls-remote", "--symref", "--end-of-options", self._url, "HEAD")
        for line in listing.decode("utf-8", "surrogateescape").split("\n"):
            target, _, name = line.partition("\t")
            if name == "HEAD" and target.startswith("ref: refs/heads/"):
                return target.removeprefix("ref: refs/heads/")
        raise RefusedError(
            f"{self._url} names no default branch",
            remedy="push a branch to it, or set default-branch in the configuration",
        )

    def _git(self, mirror: Path | None) -> Git:
        settings = {**self._settings, **fetch_settings()}
        return Git(mirror, settings=settings, transports=(self._scheme,), environment=self._environment)

    def _run(self, git: Git, *arguments: str) -> bytes:
        done = git.run(*arguments, fine=(0, 1, 128, 129), seconds=SECONDS)
        if done.returncode == 0:
            return done.stdout
        raise self._failure(complaint(done.stderr))

    def _failure(self, said: str) -> TagboatError:
        lower = said.lower()
        cause = f"{self._url}: {said}"
        if "fsck error" in lower or ("index-pack failed" in lower and "fsck" in lower):
            return RefusedError(
                cause, remedy="the history holds a malformed object; repair it before releasing from it"
            )
        if "not our ref" in lower:
            return RefusedError(cause, remedy="was the commit pushed to this repository?")
        if any(text in lower for text in _DENIED):
            remedy = (
                "may the token read the repository's contents?"
                if self._credentials
                else "if it is private, give a token"
            )
            return DeniedError(cause, remedy=f"does the repository exist? {remedy}")
        return UnavailableError(cause, remedy="try again later")
