"""The ``tagboat`` command; ``--version`` is answered before anything else is imported."""

from __future__ import annotations

import io
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    if sys.argv[1:] == ["--version"]:
        from tagboat._version import __version__  # noqa: PLC0415

        sys.stdout.write(f"tagboat {__version__}\n")
        return
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a poor locale must not end a release
    from tagboat.cli import quick  # noqa: PLC0415

    command = quick.understood(sys.argv[1:], os.environ)
    if command is not None:
        quick.run(command)
    from tagboat.cli.main import run  # noqa: PLC0415

    run(sys.argv[1:])


if __name__ == "__main__":
    main()
