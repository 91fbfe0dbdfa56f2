"""The ``tagboat`` command; ``--version`` is answered before anything else is imported."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    if sys.argv[1:] == ["--version"]:
        from tagboat._version import __version__  # noqa: PLC0415

        sys.stdout.write(f"tagboat {__version__}\n")
        return
    from tagboat.cli.main import run  # noqa: PLC0415

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a poor locale must not end a release
    run(sys.argv[1:])


if __name__ == "__main__":
    main()
