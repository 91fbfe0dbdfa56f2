"""A job's log: one file for each step, every line with its moment, secrets blotted out before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

MASK: Final = "***"
LONGEST: Final = 64 * 1024
MOST_BYTES: Final = 64 * 1024 * 1024


def moment() -> str:
    """Now, as the lines of GitHub's logs begin."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


class Masks:
    """Values that no log may show."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._ordered: list[str] = []

    def add(self, value: str) -> None:
        """Hide this value from now on, also each of its lines."""
        for each in (value, value.strip(), *(line.strip() for line in value.splitlines())):
            if len(each) > 1:
                self._values.add(each)
        self._ordered = sorted(self._values, key=len, reverse=True)

    def over(self, text: str) -> str:
        """The text without them."""
        for value in self._ordered:
            text = text.replace(value, MASK)
        return text

    def hides(self, text: str) -> bool:
        """Whether something in this text is hidden."""
        return any(value in text for value in self._ordered)


class JobLog:
    """Files ``N.txt`` in a folder; ``begin`` goes to the next step. A log that grows too large says so and ends."""

    def __init__(self, folder: Path, masks: Masks, *, clock: Callable[[], str] = moment) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.masks = masks
        self._clock = clock
        self._step = 1
        self._left = MOST_BYTES

    def begin(self, step: int) -> None:
        """Write to this step's file from now on."""
        self._step = step
        (self.folder / f"{step}.txt").touch()

    def say(self, text: str) -> None:
        """Write lines."""
        if self._left <= 0:
            return
        stamp = self._clock()
        lines = [f"{stamp} {line[:LONGEST]}\n" for line in self.masks.over(text).split("\n")]
        data = "".join(lines).encode(errors="replace")
        self._left -= len(data)
        with (self.folder / f"{self._step}.txt").open("ab") as file:
            file.write(data)
            if self._left <= 0:
                file.write(
                    f"{stamp} ##[error]This log ends here: it is larger than {MOST_BYTES} bytes\n".encode()
                )


def step_files(folder: Path) -> dict[int, Path]:
    """The files of a job's log, by the number of the step."""
    found = {int(path.stem): path for path in folder.glob("*.txt") if path.stem.isdigit()}
    return dict(sorted(found.items()))


def whole_log(folder: Path) -> bytes:
    """The log of a job in one piece."""
    return b"".join(path.read_bytes() for path in step_files(folder).values())
