"""Stands in for actions/setup-python: an interpreter of this machine, in a virtual environment of the job's own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions import child
from tagboat.sandbox.actions.job.visit import Visit
from tagboat.sandbox.actions.machine import search_path
from tagboat.sandbox.actions.stand_ins.interpreters import Interpreter, chosen

_MOST_BYTES: Final = 64 * 1024
_ONE_AT_A_TIME: dict[Path, asyncio.Lock] = {}


async def act(visit: Visit) -> None:
    """Choose interpreters, and put them first on the path, the first one foremost.

    Raises:
        StepFailedError: This machine has none of a version that is asked for.
    """
    asked = visit.given("python-version").splitlines() or await _from_file(visit)
    prereleases = visit.flag("allow-prereleases")
    found = [
        await asyncio.to_thread(chosen, version, prereleases=prereleases)
        for version in asked
        if version.strip()
    ]
    first: str | None = None
    for interpreter in reversed(found):
        first = await _install(visit, interpreter)
    if first is None:
        first = await _install(visit, await asyncio.to_thread(chosen, ">=3"))


async def _from_file(visit: Visit) -> list[str]:
    name = visit.given("python-version-file")
    if not name:
        return []
    path = visit.rooms.workspace / name
    if path.name.endswith(".toml") or not path.is_file():
        raise StepFailedError(
            f"python-version-file {name}: only a file such as .python-version is in this sandbox"
        )
    with visit.open(path) as file:
        lines = file.read(_MOST_BYTES).decode(errors="replace").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


async def _install(visit: Visit, interpreter: Interpreter) -> str:
    version = str(interpreter.version)
    place = visit.rooms.tools / "Python" / version / "x64"
    visit.say(f"Successfully set up CPython ({version}): {interpreter.path}, in an environment of its own")
    if not place.is_dir():
        pattern = await _pattern(visit, interpreter)
        await asyncio.to_thread(_copied, pattern, place)
    python = str(place / "bin" / "python")
    visit.outputs |= {"python-version": version, "python-path": python, "cache-hit": "false"}
    if visit.flag("update-environment", default=True):
        location = str(place)
        visit.exports |= dict.fromkeys(
            ("pythonLocation", "Python_ROOT_DIR", "Python2_ROOT_DIR", "Python3_ROOT_DIR"), location
        )
        visit.exports["PKG_CONFIG_PATH"] = f"{location}/lib/pkgconfig"
        visit.paths += [str(place / "bin")]
    return python


async def _pattern(visit: Visit, interpreter: Interpreter) -> Path:
    """An environment that jobs get copies of: installing pip takes most of the time that one takes to make.

    No job has a hand in it, since later ones trust it: it is made outside of what they see, with none of their variables.
    """
    pattern = visit.rooms.folder.parent / "pythons" / str(interpreter.version)
    async with _ONE_AT_A_TIME.setdefault(pattern, asyncio.Lock()):
        if not pattern.is_dir():
            fresh = pattern.with_name(f"{pattern.name}.new")
            fresh.parent.mkdir(parents=True, exist_ok=True)
            made = await _unseen(
                visit, visit.say, str(interpreter.path), "-I", "-m", "venv", "--clear", str(fresh)
            )
            if made:
                raise StepFailedError(f"{interpreter.path} makes no virtual environment: exit status {made}")
            await _renew_pip(visit, fresh / "bin" / "python")
            _moved(fresh, fresh, pattern)
            fresh.rename(pattern)
    return pattern


async def _renew_pip(visit: Visit, python: Path) -> None:
    """Install the newest pip where the sandbox's index has it, as the action's interpreters come with it.

    What a job says to pip counts for nothing here: other jobs get copies. An interpreter's own pip, years old, takes
    several times as long over the index's pages.
    """
    told = visit.machine.variables
    options = {"--index-url": told.get("PIP_INDEX_URL"), "--cert": told.get("PIP_CERT")}
    given = [word for name, value in options.items() if value for word in (name, value)]
    words = ["--isolated", "--quiet", "--disable-pip-version-check", "--retries", "0", "--timeout", "30"]
    install = ["install", "--no-cache-dir", "--upgrade", *given, "pip"]
    await _unseen(visit, lambda _line: None, str(python), "-I", "-m", "pip", *words, *install)


async def _unseen(visit: Visit, take: Callable[[str], None], *command: str) -> int:
    """Run a command outside of what jobs see, with none of their variables; returns its exit status."""
    ended = await child.run(
        command, env={"PATH": search_path(), "LANG": "C.UTF-8"}, cwd=visit.rooms.folder.parent,
        take=take, stop=visit.stop, hurry=visit.hurry, seconds=visit.seconds,
    )  # fmt: skip
    return ended.status


def _copied(pattern: Path, place: Path) -> None:
    shutil.copytree(pattern, place, symlinks=True)
    _moved(place, pattern, place)


def _moved(environment: Path, before: Path, now: Path) -> None:
    """Let the scripts of a virtual environment know where it is now."""
    for file in (environment / "pyvenv.cfg", *(environment / "bin").iterdir()):
        if file.is_file() and not file.is_symlink():
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(str(before), str(now)), encoding="utf-8")
