"""A bare copy of somebody's repository in which commits and tags can be made, and from which they are pushed.

The copy is the engine's own: what the user's repository configures or has in its work tree is not in it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from tagboat.adapters.git.child import Git
from tagboat.errors import UnavailableError

_SECONDS = 600.0
_WHO = {"NAME": "Tagboat rehearsal", "EMAIL": "rehearsal@localhost"}


class Copy:
    """A bare repository that the engine owns; ``directory`` holds it already (a Mirror made it)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._git = Git(directory)

    def commit(self, parent: str, files: Mapping[str, bytes], message: str) -> str:
        """Commit these files on top of ``parent``, at the parent's time, and return the new commit's id."""
        index = {"GIT_INDEX_FILE": str(self._directory / "tagboat-index")}
        self._git.run("read-tree", parent, variables=index)
        for path, data in files.items():
            blob = _text(self._git.run("hash-object", "-w", "--stdin", content=data).stdout)
            mode = (
                _text(self._git.run("ls-tree", "--format=%(objectmode)", parent, "--", path).stdout)
                or "100644"
            )
            self._git.run("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", variables=index)
        tree = _text(self._git.run("write-tree", variables=index).stdout)
        time = _text(self._git.run("show", "--no-patch", "--format=%cI", parent).stdout)
        made = self._git.run("commit-tree", tree, "-p", parent, "-m", message, variables=_identity(time))
        return _text(made.stdout)

    def set_branch(self, branch: str, commit: str) -> None:
        """Put the branch at the commit."""
        self._git.run("update-ref", f"refs/heads/{branch}", commit)

    def tag(self, name: str, commit: str) -> None:
        """Make an annotated tag at the commit, at the commit's time; one of that name is replaced."""
        time = _text(self._git.run("show", "--no-patch", "--format=%cI", commit).stdout)
        self._git.run(
            "tag", "--force", "-a", "-m", name, "--end-of-options", name, commit, variables=_identity(time)
        )

    def push(self, url: str, *, token: str, ca: Path, refs: Sequence[str]) -> None:
        """Push these refs, replacing what is there.

        Raises:
            UnavailableError: the remote refused, or did not answer.
        """
        basic = b64encode(f"x-access-token:{token}".encode()).decode()
        settings = {"http.sslCAInfo": str(ca), "http.extraHeader": f"Authorization: Basic {basic}"}
        git = Git(self._directory, settings=settings, transports=("https",))
        done = git.run("push", "--force", url, *refs, fine=range(256), seconds=_SECONDS)
        if done.returncode:
            raise UnavailableError(
                f"pushing to {url} failed: {_text(done.stderr)[-400:]}",
                remedy="look at the remote, then resume",
            )


def _identity(time: str) -> dict[str, str]:
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}
    return {**who, "GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()
