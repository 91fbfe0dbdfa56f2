"""The files by which a step speaks to the steps after it: ``GITHUB_ENV``, ``_OUTPUT``, ``_STATE``, ``_PATH``, the summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.job.reach import read_plain

NAMES: Final = {
    "env": "GITHUB_ENV",
    "output": "GITHUB_OUTPUT",
    "state": "GITHUB_STATE",
    "path": "GITHUB_PATH",
}
SUMMARY: Final = "GITHUB_STEP_SUMMARY"
MOST_SUMMARY: Final = 1024 * 1024
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of any other of the files; GitHub takes outputs of up to a megabyte from a whole job."""


@dataclass(slots=True)
class FileCommands:
    """Fresh files for one step, and what stands in them afterwards."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path) -> FileCommands:
        """New, empty files."""
        folder.mkdir(parents=True, exist_ok=True)
        mark = uuid4().hex
        made = cls(folder)
        for name, variable in (*NAMES.items(), ("summary", SUMMARY)):
            path = folder / f"{'step_summary' if name == 'summary' else f'set_{name}'}_{mark}"
            path.touch()
            made.files[variable] = path
        return made

    def variables(self) -> dict[str, str]:
        """Where they are, for the step."""
        return {variable: str(path) for variable, path in self.files.items()}

    def pairs(self, name: str) -> dict[str, str]:
        """Names and values of ``env``, ``output`` or ``state``.

        Raises:
            StepFailedError: A line is none; in GitHub's words.
        """
        return pairs(_text(self.files[NAMES[name]]), name)

    def paths(self) -> list[str]:
        """What shall stand first in ``PATH``."""
        return [line for line in _lines(_text(self.files["GITHUB_PATH"])) if line]

    def summary(self) -> str:
        """The Markdown of the step's summary.

        Raises:
            StepFailedError: It is larger than GitHub takes.
        """
        content = read_plain(self.files[SUMMARY], MOST_BYTES)
        if len(content) > MOST_SUMMARY:
            raise StepFailedError(
                "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got "
                f"{len(content) // 1024}k."
            )
        return content.decode(errors="replace")

    def discard(self) -> None:
        """Remove the files."""
        for path in self.files.values():
            path.unlink(missing_ok=True)


def pairs(text: str, name: str) -> dict[str, str]:
    """``NAME=value`` lines, and values of several lines between ``NAME<<MARK`` and ``MARK``.

    Raises:
        StepFailedError: A line is neither.
    """
    found: dict[str, str] = {}
    lines = iter(_lines(text))
    for line in lines:
        if not line:
            continue
        equals, opening = line.find("="), line.find("<<")
        if equals >= 0 and (opening < 0 or equals < opening):
            key, value = line[:equals], line[equals + 1 :]
        elif opening >= 0:
            key, mark = line[:opening], line[opening + 2 :]
            if not mark:
                raise _failed(name, f"Invalid format '{line}'")
            kept: list[str] = []
            for inner in lines:
                if inner == mark:
                    break
                kept.append(inner)
            else:
                raise _failed(name, f"Invalid value. Matching delimiter not found '{mark}'")
            value = "\n".join(kept)
        else:
            raise _failed(name, f"Invalid format '{line}'")
        if not key:
            raise _failed(name, f"Invalid format '{line}'")
        found[key] = value
    return found


def _text(path: Path) -> str:
    content = read_plain(path, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise StepFailedError(f"{path.name}: more than {MOST_BYTES >> 20} MB")
    return content.decode(errors="replace")


def _lines(text: str) -> list[str]:
    """Lines as GitHub's runner has them; Python would end one at other characters, too, which belong to values."""
    return text.replace("\r\n", "\n").split("\n")


def _failed(name: str, what: str) -> StepFailedError:
    return StepFailedError(f"Unable to process file command '{name}' successfully. {what}")
