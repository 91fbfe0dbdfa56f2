"""Where a mirror copies from: a forge's git URL, or a repository on this machine."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from tagboat.adapters.git.child import Git, complaint
from tagboat.adapters.git.place import git_dir_of
from tagboat.adapters.http import Credentials
from tagboat.adapters.http.connections import checked
from tagboat.errors import DeniedError, RefusedError, StepFailedError, TagboatError, UnavailableError

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
_LISTED: Final = ("--format=%(objectname) %(refname)",)
_HARMLESS: Final = (
    "badFilemode",
    "badTimezone",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "missingTaggerEntry",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)
"""Faults of old tools that real histories hold and that hurt nobody (git-fsck); everything else is refused."""
_DENIED: Final = (
    "authentication failed",
    "could not read username",
    "error: 401",
    "error: 403",
    "error: 404",
    "not found",
)


class Source(Protocol):
    """Something that a mirror can copy."""

    def fetch_into(self, mirror: Path) -> None:
        """Copy all branches and tags; what vanished there vanishes here."""
        ...

    def default_branch(self) -> str:
        """Return the short name of the branch that HEAD names."""
        ...


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
        if ca:
            self._settings["http.sslCAInfo"] = str(ca)
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
        settings = {**self._settings, **fsck_settings()}
        return Git(mirror, settings=settings, transports=(self._scheme,), environment=self._environment)

    def _run(self, git: Git, *arguments: str) -> bytes:
        done = git.run(*arguments, fine=(0, 1, 128, 129), seconds=SECONDS)
        if done.returncode == 0:
            return done.stdout
        said = complaint(done.stderr)
        raise self._failure(self._credentials.redacted(said) if self._credentials else said)

    def _failure(self, said: str) -> TagboatError:
        lower = said.lower()
        cause = f"{self._url}: {said}"
        if "fsck error" in lower or ("index-pack failed" in lower and "fsck" in lower):
            return RefusedError(
                cause, remedy="the history holds a malformed object; repair it before releasing from it"
            )
        if any(text in lower for text in _DENIED):
            remedy = (
                "may the token read the repository's contents?"
                if self._credentials
                else "if it is private, give a token"
            )
            return DeniedError(cause, remedy=f"does the repository exist? {remedy}")
        return UnavailableError(cause, remedy="try again later")


class Local:
    """A repository on this machine: its own heads and tags (not what it tracks of others), copied by a bundle.

    Nothing runs there but plumbing that reads references and objects, with no transport allowed, so that not even a
    partial clone's missing objects are fetched.
    """

    def __init__(self, path: Path, environment: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._environment = environment

    def fetch_into(self, mirror: Path) -> None:
        """Bundle and fetch, unless all references are the same already.

        Raises:
            RefusedError: no repository, one without commits, or one whose history is not all there.
        """
        source = self._git()
        listed = source.run("for-each-ref", *_LISTED, "refs/heads/", "refs/tags/").stdout
        if listed == Git(mirror).run("for-each-ref", *_LISTED, "refs/heads/", "refs/tags/").stdout:
            return
        if not listed:
            raise RefusedError(f"{self._path} has no branch and no tag", remedy="commit something first")
        self._check_whole(source)
        bundle = mirror / f"incoming-{secrets.token_hex(8)}.bundle"
        try:
            done = source.run(
                "bundle",
                "create",
                "--quiet",
                str(bundle),
                "--branches",
                "--tags",
                fine=(0, 1, 128),
                seconds=SECONDS,
            )
            if done.returncode:
                raise self._unreadable(complaint(done.stderr))
            self._fetch(mirror, bundle)
        finally:
            bundle.unlink(missing_ok=True)

    def default_branch(self) -> str:
        """Return the branch that is checked out; with none, the one that ``origin`` calls its own.

        Raises:
            RefusedError: neither is known.
        """
        for name, prefix in (("HEAD", "refs/heads/"), ("refs/remotes/origin/HEAD", "refs/remotes/origin/")):
            done = self._git().run("symbolic-ref", "--quiet", name, fine=(0, 1, 128))
            target = done.stdout.decode("utf-8", "surrogateescape").strip()
            if target.startswith(prefix):
                return target.removeprefix(prefix)
        raise RefusedError(
            f"{self._path} is on no branch",
            remedy="check out a branch, or set default-branch in the configuration",
        )

    def _git(self) -> Git:
        return Git(git_dir_of(self._path), environment=self._environment)

    def _check_whole(self, source: Git) -> None:
        if source.run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            raise RefusedError(
                f"{self._path} is a shallow clone: its history is cut off",
                remedy="git fetch --unshallow --tags",
            )

    def _unreadable(self, said: str) -> RefusedError:
        pattern = r"^(extensions\.partialclone|remote\..*\.promisor)$"
        if self._git().run("config", "--get-regexp", pattern, fine=(0, 1)).stdout:
            return RefusedError(
                f"{self._path} is a partial clone: some of its objects are elsewhere",
                remedy="clone it again without --filter",
            )
        return RefusedError(f"{self._path} cannot be copied: {said}", remedy="git fsck tells more")

    def _fetch(self, mirror: Path, bundle: Path) -> None:
        git = Git(mirror, settings=fsck_settings(), transports=("file",), environment=self._environment)
        try:
            git.run(*_FETCH, str(bundle), *_REFSPECS, seconds=SECONDS)
        except StepFailedError as problem:
            raise RefusedError(
                f"{self._path}: {problem.cause}",
                remedy="the history holds a malformed object; repair it before releasing from it",
            ) from None


def fsck_settings() -> dict[str, str]:
    """Return git's settings for checking every object that comes in."""
    return {"fetch.fsckObjects": "true", **{f"fetch.fsck.{name}": "ignore" for name in _HARMLESS}}
