"""Running a child without a network: what this machine can do, found out once, and said aloud.

On Linux a child gets a network namespace of its own, in which even the loopback interface is down. Where the
kernel allows it the child also gets its own process table, so that it neither sees its parents' environment in
``/proc`` nor outlives its step. Root may do so directly; others need user namespaces, which some distributions
forbid. Elsewhere the child runs in the open, and the answer says so.

Run as a program (``python -m tagboat.adapters.isolation --loopback -- COMMAND ...``) it raises the loopback interface
of the namespace it is in and becomes the command: a rehearsal's way into a network that ends at this machine.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_PROBE_SECONDS = 20
_PROCESSES = ("--pid", "--fork", "--kill-child=KILL", "--mount", "--mount-proc")
_INIT = ("sh", "-c", '"$@"; exit $?', "sh")
"""Process 1 of the new process table: the child itself would otherwise ignore signals that end any other process."""
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_INTERFACE_REQUEST = "16sH14x"
"""Linux ``struct ifreq`` with flags: a name, an unsigned short, padding (netdevice(7))."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """A way to start a command apart from the network.

    Attributes:
        network: ``off``, or ``open`` where the machine offers no isolation.
        prefix: what stands before the command.
        explanation: how it is done, or why it cannot be, for people.
    """

    network: str
    prefix: tuple[str, ...]
    explanation: str

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
def private_network() -> Isolation:
    """Return the isolation for a whole command and its children: loopback up, and no way out; probed once."""
    for flags, explanation in (
        (("--net",), "own network namespace with loopback alone"),
        (("--map-root-user", "--net"), "own network namespace with loopback alone, in a user namespace"),
    ):
        raised = (sys.executable, "-P", "-m", "tagboat.adapters.isolation", "--loopback", "--")
        prefix = _works(flags, raised)
        if prefix:
            return Isolation("off", prefix, explanation)
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


def main(argv: Sequence[str]) -> int:
    """Raise loopback and become the command after ``--``; return 2 when the line is not understood, 1 on refusal."""
    if argv[:2] != ["--loopback", "--"] or len(argv) < 3:
        sys.stderr.write("usage: python -m tagboat.adapters.isolation --loopback -- COMMAND ...\n")
        return 2
    try:
        raise_loopback()
        os.execvp(argv[2], list(argv[2:]))  # noqa: S606 - a shell is what we avoid
    except OSError as refusal:
        sys.stderr.write(f"cannot start {argv[2]} in a private network: {refusal}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
