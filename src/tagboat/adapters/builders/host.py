"""Runs build hooks one after the other, each in a fork of its own, in the interpreter of a build environment.

This is a script: it runs in any Python from 3.8 on, without Tagboat, and reads one JSON object a line from the first
descriptor that it is given and answers on the second. One process serves a whole build, so that isolation, the
interpreter's start and the back end's import are paid for once; the fork gives every hook the fresh process that
PEP 517 asks for. What stands in front of the hooks is pyproject-hooks' own in-process script.

::

    {"argv": ["script.py", ...], "cwd": "...", "environment": {...}}   run a script with arguments
    {"unpack": "name-1.0.tar.gz", "into": "..."}                       unpack an sdist that was just built
    {"command": ["program", ...], "cwd": "...", "environment": {...}}  become another program
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tarfile
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def preload(module: str) -> None:
    """Import the back end before the first fork; what cannot be imported is reported by the hook that needs it."""
    if module:
        try:
            __import__(module)
        except Exception:  # noqa: BLE001 - foreign code may raise anything, and the hook will raise it again
            sys.modules.pop(module, None)


def unpack(archive: str, folder: str) -> None:
    """Unpack an sdist with the standard library's own care where it has it (PEP 706)."""
    with tarfile.open(archive) as opened:
        if hasattr(tarfile, "data_filter"):
            opened.extractall(folder, filter="data")
        else:
            opened.extractall(folder)  # noqa: S202 - an interpreter without filters, behind the build's isolation


def perform(request: dict[str, Any]) -> int:
    """Do one request in this process, a fresh fork; return its exit status."""
    os.environ.update(request.get("environment") or {})
    if "unpack" in request:
        unpack(request["unpack"], request["into"])
        return 0
    os.chdir(request["cwd"])
    if "command" in request:
        os.execvp(request["command"][0], request["command"])  # noqa: S606 - a shell is what we avoid
    sys.argv = request["argv"]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    return 0


def fork(request: dict[str, Any], ours: Sequence[int]) -> int:
    """Do one request in a fork and return its exit status."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    status = 1
    try:
        for descriptor in ours:
            os.close(descriptor)
        status = perform(request)
    except BaseException:  # noqa: BLE001 - the fork must end here whatever foreign code raised
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Serve until the requests end."""
    del sys.path[0]
    requests, answers = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(requests, False)
    os.set_inheritable(answers, False)
    preload(sys.argv[3])
    with os.fdopen(requests, encoding="utf-8") as lines, os.fdopen(answers, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps({"status": fork(json.loads(line), (requests, answers))}) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
