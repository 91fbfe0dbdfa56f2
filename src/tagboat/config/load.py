"""From the text of ``pyproject.toml`` or ``tagboat.toml`` to a :class:`~tagboat.config.model.Config`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tagboat.config.document import parse
from tagboat.config.project import Tree
from tagboat.core.record import Record
from tagboat.errors import ConfigError

if TYPE_CHECKING:
    from tagboat.config.model import Config

FILES = ("pyproject.toml", "tagboat.toml")


Namer = Callable[[str], str | None]


class OwnTable(Record):
    """The table of a file that configures Tagboat.

    Attributes:
        file: the file's name.
        where: what stands before it in messages.
        text: its text, to find lines in.
        root: the path of the table in the file.
        table: the table; anything at all.
    """

    file: str
    where: str
    text: str
    root: tuple[str, ...]
    table: object


def load(files: Mapping[str, bytes], *, at: str = "", named: Namer = lambda _: None) -> Config | None:
    """Return the configuration that these files hold, or None when they hold none.

    A configuration without components comes back with ``components=()``: the project's own files describe them.

    Args:
        files: the bytes of ``pyproject.toml`` and ``tagboat.toml``, whichever exist; other names are passed over.
        at: the tag or commit that the files were read from, for messages.
        named: returns the distribution that the project in a folder makes, for components that do not say theirs;
            None, and the distribution is called like the component.

    Raises:
        ConfigError: the configuration has mistakes (all are named), or both files hold one.
    """
    found = table_in(files, at=at)
    if found is None:
        return None
    from tagboat.config.reading import read  # noqa: PLC0415 - pydantic is slow to import

    return read(found, named)[0]


def own_table(tree: Tree) -> OwnTable | None:
    """Return the table of a tree that configures Tagboat, or None.

    Raises:
        ConfigError: a file is not TOML, or both files hold a table.
    """
    return table_in({file: data for file in FILES if (data := tree.get(file)) is not None})


def may_have_own_table(tree: Tree) -> bool:
    """Say whether a tree may hold a table that configures Tagboat, without reading it as TOML."""
    return "tagboat.toml" in tree.paths or b"tagboat" in (tree.get("pyproject.toml") or b"")


def table_in(files: Mapping[str, bytes], *, at: str = "") -> OwnTable | None:
    """Return the table that configures Tagboat, or None when none of these files has it.

    Args:
        files: as for :func:`load`.
        at: the tag or commit that the files were read from, for messages.

    Raises:
        ConfigError: a file is not TOML, or both files hold a table.
    """
    where = f"{at}:" if at else ""
    own = "tagboat.toml" in files
    project = parse(f"{where}pyproject.toml", files["pyproject.toml"]) if "pyproject.toml" in files else {}
    tool = project.get("tool", {})
    inner = isinstance(tool, dict) and "tagboat" in tool
    if own and inner:
        raise ConfigError(
            f"{where}pyproject.toml has a table [tool.tagboat], and there is {where}tagboat.toml too",
            remedy="keep the configuration in one of the two files",
        )
    if own:
        table = parse(f"{where}tagboat.toml", files["tagboat.toml"])
        return OwnTable("tagboat.toml", where, files["tagboat.toml"].decode(), (), table)
    if inner:
        text = files["pyproject.toml"].decode()
        return OwnTable("pyproject.toml", where, text, ("tool", "tagboat"), tool["tagboat"])
    return None
