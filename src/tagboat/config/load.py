"""From the text of ``pyproject.toml`` or ``tagboat.toml`` to a :class:`~tagboat.config.model.Config`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tagboat.config.document import parse
from tagboat.config.model import Config
from tagboat.errors import ConfigError

FILES = ("pyproject.toml", "tagboat.toml")


Namer = Callable[[str], str | None]


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
        return _read("tagboat.toml", where, files["tagboat.toml"], (), table, named)
    if inner:
        return _read(
            "pyproject.toml", where, files["pyproject.toml"], ("tool", "tagboat"), tool["tagboat"], named
        )
    return None


def _read(file: str, where: str, data: bytes, root: tuple[str, ...], table: object, named: Namer) -> Config:
    from tagboat.config.reading import read  # noqa: PLC0415 - pydantic is slow to import

    return read(file, where, data.decode(), root, table, named)
