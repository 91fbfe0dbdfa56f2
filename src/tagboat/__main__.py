"""The ``tagboat`` command; ``--version`` is answered before anything else is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    if sys.argv[1:] == ["--version"]:
        from tagboat._version import __version__  # noqa: PLC0415

        sys.stdout.write(f"tagboat {__version__}\n")
        return
    from tagboat.cli.main import tagboat  # noqa: PLC0415

    tagboat(prog_name="tagboat")


if __name__ == "__main__":
    main()
