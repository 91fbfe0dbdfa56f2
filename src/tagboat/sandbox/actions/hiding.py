"""Hides the sandbox's own folder from a job: a mount namespace in which only what the job needs of it is there.

A job runs as the user who started the sandbox, and in that user's folder lie the token that may do everything, the keys,
and the secrets of every repository. Run as a program it covers that folder and becomes the command::

    python -I -S hiding.py --cover FOLDER --keep PATH ... -- COMMAND ...

The cover is mounted in one user namespace and the command runs in another one below it. What was mounted above cannot be
taken away from below (user_namespaces(7), mount_namespaces(7): such mounts are locked), and the processes outside, the
sandbox's own among them, cannot be traced from there, so that ``/proc`` is no way round. User and groups stay what they
are. Linux alone; some distributions forbid user namespaces to those who are not root.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PROBE_SECONDS: Final = 20
REFUSED: Final = 125
"""The exit status when the cover could not be made; the command was not started then."""
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_BIND_ALL, _PRIVATE_ALL = 0x1000 | 0x4000, 0x40000 | 0x4000


@dataclass(frozen=True, slots=True)
class Hiding:
    """How commands of jobs are started so that they do not see ``folder``.

    ``works`` was found out by doing it; where it is False the commands are started as they are, and jobs are told.
    """

    folder: Path
    works: bool

    @classmethod
    def tried(cls, folder: Path) -> Hiding:
        """Find out whether this machine lets a folder be hidden."""
        if sys.platform != "linux":
            return cls(folder, works=False)
        hiding = cls(folder, works=True)
        try:
            # The folder itself never lists more than what is kept: nothing.
            done = subprocess.run(
                hiding.wrap(("ls", "-A", str(folder))), capture_output=True, timeout=PROBE_SECONDS, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return cls(folder, works=False)
        return cls(folder, works=done.returncode == 0 and not done.stdout)

    def wrap(self, command: Sequence[str], *keep: Path) -> list[str]:
        """The command to start in place of this one; it sees of the folder what is kept alone."""
        if not self.works:
            return list(command)
        kept = [part for path in keep for part in ("--keep", str(path))]
        return [sys.executable, "-I", "-S", __file__, "--cover", str(self.folder), *kept, "--", *command]


hiding_of = cache(Hiding.tried)
"""``Hiding.tried``, once for each folder."""


def main(argv: Sequence[str]) -> int:
    """Cover, and become the command; returns only when that cannot be done."""
    end = argv.index("--")
    given, command = argv[:end], list(argv[end + 1 :])
    folder, keep = given[1], given[3::2]
    try:
        cover(folder, keep)
        os.execvp(command[0], command)  # noqa: S606 - a shell is what we avoid
    except OSError as refusal:
        sys.stderr.write(f"cannot start {command[0]} without a view of {folder}: {refusal}\n")
    return REFUSED


def cover(folder: str, keep: Sequence[str]) -> None:
    """Put this process where ``folder`` shows nothing but the paths below it that are kept.

    Raises:
        OSError: The kernel refuses, or a path that is kept is not there.
    """
    here = os.getcwd()  # noqa: PTH109 - pathlib takes longer to load than all of this
    _apart()
    _mount("none", "/", None, _PRIVATE_ALL)
    handles = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in keep]
    folders = [os.path.isdir(path) for path in keep]  # noqa: PTH112
    _mount("tmpfs", folder, "tmpfs", 0, b"mode=0755,size=256k")
    for path, handle, is_folder in zip(keep, handles, folders, strict=True):
        os.makedirs(path if is_folder else os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        if not is_folder:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
        _mount(f"/proc/self/fd/{handle}", path, None, _BIND_ALL)
        os.close(handle)
    _apart()
    # Until here the process stands in the folder that is covered now, and could walk up from there.
    os.chdir(here)


def _apart() -> None:
    """Go to a user and a mount namespace of this process's own, as whom it was.

    A child that stays behind writes the maps: only from outside may more than one number be mapped.
    """
    users, groups = _mapped("/proc/self/uid_map"), _mapped("/proc/self/gid_map")
    (hear, tell), parent = os.pipe(), os.getpid()
    writer = os.fork()
    if writer == 0:
        os.close(tell)
        os.read(hear, 1)
        os._exit(_map(parent, users, groups))
    os.close(hear)
    try:
        _called(_library().unshare(_NEW_USERS | _NEW_MOUNTS), "unshare")
    finally:
        os.close(tell)
        status = os.waitpid(writer, 0)[1]
    if status:
        raise OSError(os.waitstatus_to_exitcode(status), "the kernel lets nobody be mapped")


def _mapped(path: str) -> str:
    """The numbers that exist here, each mapped to itself."""
    with open(path) as file:  # noqa: PTH123
        lines = [line.split() for line in file]
    return "".join(f"{first} {first} {count}\n" for first, _, count in lines)


def _map(process: int, users: str, groups: str) -> int:
    """Map all numbers, or where only root may do that the process's own; returns 0 when it is done."""
    own = f"{os.geteuid()} {os.geteuid()} 1\n", f"{os.getegid()} {os.getegid()} 1\n"
    for user, group, silent in ((users, groups, False), (*own, True)):
        try:
            _write(f"/proc/{process}/uid_map", user)
            if silent:
                _write(f"/proc/{process}/setgroups", "deny")
            _write(f"/proc/{process}/gid_map", group)
        except OSError:
            continue
        return 0
    return 1


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _mount(source: str, target: str, kind: str | None, flags: int, data: bytes | None = None) -> None:
    done = _library().mount(
        os.fsencode(source), os.fsencode(target), kind.encode() if kind else None, flags, data
    )
    _called(done, target)


def _called(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
