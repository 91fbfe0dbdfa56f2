"""Running a child without a network: what this machine can do, found out once, and said aloud.

On Linux a child gets a network namespace of its own, in which even the loopback interface is down. Where the
kernel allows it the child also gets its own process table, so that it neither sees its parents' environment in
``/proc`` nor outlives its step. Root may do so directly; others need user namespaces, which some distributions
forbid. Elsewhere the child runs in the open, and the answer says so.

Run as a program (``python -m tagboat.adapters.isolation --loopback [--names HOST,...] -- COMMAND ...``) it raises the
loopback interface of the namespace it is in, lets the names lead there, and becomes the command: a rehearsal's way into
a network that ends at this machine. Names are led by a hosts file of its own, mounted over ``/etc/hosts`` in a mount
namespace; the machine's file is not touched, and nobody outside sees another one.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROBE_SECONDS = 20
_PROCESSES = ("--pid", "--fork", "--kill-child=KILL", "--mount", "--mount-proc")
_INIT = ("sh", "-c", '"$@"; exit $?', "sh")
"""Process 1 of the new process table: the child itself would otherwise ignore signals that end any other process."""
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_MS_BIND = 0x1000
"""mount(2): another place for what is there."""
_HOSTS, _SWITCH = Path("/etc/hosts"), Path("/etc/nsswitch.conf")
_INTERFACE_REQUEST = "16sH14x"
"""Linux ``struct ifreq`` with flags: a name, an unsigned short, padding (netdevice(7))."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """A way to start a command apart from the network.

    Attributes:
        network: ``off``, or ``open`` where the machine offers no isolation.
        prefix: what stands before the command.
        explanation: how it is done, or why it cannot be, for people.
        names: hosts that lead to this machine in there.
    """

    network: str
    prefix: tuple[str, ...]
    explanation: str
    names: tuple[str, ...] = ()

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """Return the command to start in place of ``argv``."""
        return (*self.prefix, *argv)

    def describe(self) -> str:
        """Return one line for people."""
        return f"network {self.network}: {self.explanation}"


@cache
def network_off() -> Isolation:
    """Return the strongest isolation for a child that may reach nothing, not even loopback; probed once."""
    for flags, explanation in (
        (("--net", *_PROCESSES), "own network and process namespaces"),
        (("--net",), "own network namespace"),
        (("--map-root-user", "--net", *_PROCESSES), "own network and process namespaces in a user namespace"),
        (("--map-root-user", "--net"), "own network namespace in a user namespace"),
    ):
        prefix = _works(flags, _INIT if "--pid" in flags else ())
        if prefix:
            return Isolation("off", prefix, explanation)
    return Isolation("open", (), "this machine allows neither network namespaces nor user namespaces")


@cache
def private_network(names: tuple[str, ...] = ()) -> Isolation:
    """Return the isolation for a whole command and its children: loopback up, and no way out; probed once.

    With ``names``, these hosts lead to this machine, and the command may listen on port 443 for them. Where only this
    cannot be had, the answer's ``names`` are empty.
    """
    for led in dict.fromkeys((names, ())):
        mounts = ("--mount",) if led else ()
        raised = [sys.executable, "-P", "-m", "tagboat.adapters.isolation", "--loopback"]
        raised += ["--names", ",".join(led), "--"] if led else ["--"]
        with_names = ", in which public names lead to it" if led else ""
        for flags, explanation in (
            (("--net", *mounts), f"own network namespace with loopback alone{with_names}"),
            (
                ("--map-root-user", "--net", *mounts),
                f"own network namespace with loopback alone{with_names}, in a user namespace",
            ),
        ):
            prefix = _works(flags, raised)
            if prefix:
                return Isolation("off", prefix, explanation, led)
    return Isolation("open", (), "this machine allows neither network namespaces nor user namespaces")


def _works(flags: Sequence[str], between: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the prefix when a trivial command runs behind it, else nothing."""
    program = shutil.which("unshare") if sys.platform == "linux" else None
    if program is None:
        return ()
    prefix = (program, *flags, "--", *between)
    try:
        done = subprocess.run(
            [*prefix, shutil.which("true") or "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return prefix if done.returncode == 0 else ()


def raise_loopback() -> None:
    """Bring up the loopback interface of this process's network namespace; needs the right to configure it.

    Raises:
        OSError: the kernel refused.
    """
    import fcntl  # noqa: PLC0415 - not on every platform, and needed by the trampoline alone
    import socket  # noqa: PLC0415

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        name = b"lo"
        answer = fcntl.ioctl(handle, _SIOCGIFFLAGS, struct.pack(_INTERFACE_REQUEST, name, 0))
        flags = int(struct.unpack(_INTERFACE_REQUEST, answer)[1])
        fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack(_INTERFACE_REQUEST, name, flags | _IFF_UP))


def lead_home(names: Sequence[str]) -> None:
    """Let these hosts lead to this machine, in this process's mount namespace; needs the right to mount.

    Raises:
        OSError: the kernel refused, or there is no ``/etc/hosts`` to cover.
    """
    local = f"127.0.0.1 localhost\n::1 localhost\n127.0.0.1 {platform.node() or 'localhost'}\n"
    _cover(_HOSTS, local + "".join(f"127.0.0.1 {name}\n" for name in names))
    try:
        switch = _SWITCH.read_text(errors="replace")
    except FileNotFoundError:
        return
    # Some systems ask a daemon of the machine before the file (nss-resolve), and that one lives outside.
    _cover(_SWITCH, re.sub(r"(?m)^hosts:.*$", "hosts: files", switch))


def _cover(path: Path, content: str) -> None:
    """Mount a file with this content over ``path``; nothing of it is left elsewhere."""
    import ctypes  # noqa: PLC0415 - needed by the trampoline alone

    library = ctypes.CDLL(None, use_errno=True)
    handle, made = tempfile.mkstemp(prefix="tagboat-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
        Path(made).chmod(0o644)
        if library.mount(made.encode(), os.fsencode(path), None, _MS_BIND, None) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))
    finally:
        Path(made).unlink()


def main(argv: Sequence[str]) -> int:
    """Raise loopback and become the command after ``--``; return 2 when the line is not understood, 1 on refusal."""
    given, names = list(argv), list[str]()
    if given[:1] == ["--loopback"] and given[1:2] == ["--names"]:
        names = given[2].split(",") if len(given) > 2 else []
        del given[1:3]
    if given[:2] != ["--loopback", "--"] or len(given) < 3:
        sys.stderr.write(
            "usage: python -m tagboat.adapters.isolation --loopback [--names HOST,...] -- COMMAND ...\n"
        )
        return 2
    try:
        raise_loopback()
        if names:
            lead_home(names)
        os.execvp(given[2], given[2:])  # noqa: S606 - a shell is what we avoid
    except OSError as refusal:
        sys.stderr.write(f"cannot start {given[2]} in a private network: {refusal}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
