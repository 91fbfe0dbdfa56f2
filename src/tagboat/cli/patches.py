"""One file's change as a unified diff that ``git apply`` takes, whatever the file holds."""

from __future__ import annotations

from difflib import unified_diff


def unified(path: str, before: bytes | None, after: bytes | None) -> bytes:
    """Return the diff of a file; None stands for a file that is not there."""
    old = _side("a", path) if before is not None else "/dev/null"
    new = _side("b", path) if after is not None else "/dev/null"
    rows = (
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(_lines(before), _lines(after), old, new)
    )
    return "".join(rows).encode("utf-8", "surrogateescape")


def _lines(content: bytes | None) -> list[str]:
    """Return the lines as git counts them: they end at a line feed and nowhere else."""
    text = (content or b"").decode("utf-8", "surrogateescape")
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _side(side: str, path: str) -> str:
    """Return a file's name for the head of a patch: in quotes, as git writes it, when it holds odd characters."""
    raw = path.encode("utf-8", "surrogateescape")
    if all(33 <= code < 127 and code not in b'"\\' for code in raw):
        return f"{side}/{path}"
    return (
        f'"{side}/'
        + "".join(f"\\{code:03o}" if not 48 <= code < 123 or code == 92 else chr(code) for code in raw)
        + '"'
    )
