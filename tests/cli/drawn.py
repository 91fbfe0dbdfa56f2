"""The repository that plans are tested on, and what every error has."""

from __future__ import annotations

from berth import Said

from tagboat.testing.drawings import Drawing, Drawn

PYPROJECT = b'[project]\nname = "acme"\nversion = "1.0.0"\n'
FILES = {
    b"pyproject.toml": PYPROJECT,
    b"CHANGELOG.md": b"# Changelog\n\n## 1.0.0 (2023-11-14)\n\n\n### Features\n\n* begin\n",
    b"acme/__init__.py": b'__version__ = "1.0.0"',
}
COMMITS = (
    Drawn("begin", (), b"feat: begin", FILES),
    Drawn("fix", ("begin",), b"fix(core): mend <it> (#12)"),
    Drawn("odd", ("fix",), b"just words\x1b[31m"),
    Drawn("feat", ("odd",), b"feat: more\n\nBREAKING CHANGE: not the same"),
)
DRAWING = Drawing(COMMITS, tags={"v1.0.0": "begin"})
DAY = ("--as-of", "2024-02-29")


def readable(said: Said) -> None:
    """An error says what and what next, and never where in our own code."""
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert "\x1b" not in said.out + said.err
