"""towncrier's configuration: who renders the notes, and where they go.

Towncrier renders its fragments itself, so that its own options are honoured there; planning needs to know the file that
holds them and the changelog. Observed on towncrier 26.9 (``_settings/load.py``).
"""

from __future__ import annotations

from typing import Final

from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options
from tagboat.config.dialects.sources import Source
from tagboat.config.document import inner, parse, text_of
from tagboat.config.planning import Notes, Planning, Rules
from tagboat.config.project import Tree, inside

FILES: Final = ("towncrier.toml", "pyproject.toml")
RENDERED: Final = frozenset(
    [
        "section",
        "type",
        "fragment",
        "template",
        "start_string",
        "package",
        "package_dir",
        "directory",
        "version",
        "name",
        "title_format",
        "issue_format",
        "underlines",
        "wrap",
        "all_bullets",
        "orphan_prefix",
        "create_eof_newline",
        "create_add_extension",
        "ignore",
        "issue_pattern",
    ]
)
"""Options that towncrier applies itself when it renders the fragments."""


def read(tree: Tree) -> Planning | None:
    """Return what towncrier's file says of the notes, or None when towncrier is not configured.

    It says nothing of versions: those rules are the defaults.

    Raises:
        ConfigError: the file cannot be read.
    """
    for file in FILES:
        data = tree.get(file)
        if data is None:
            continue
        table = parse(file, data)
        if file == "pyproject.toml" and "towncrier" not in inner(table, "tool"):
            return None
        source = Source(file, text_of(file, data))
        return _planning(tree, Options(source, ("tool", "towncrier"), inner(table, "tool", "towncrier")))
    return None


def _planning(tree: Tree, options: Options) -> Planning:
    source = options.source
    name, distribution = names_at(tree, ".")
    path = options.text("filename", "NEWS.rst")
    if not options.flag("single_file", default=True):
        text = "each release has a file of its own, named by its version: the notes go into none of them"
        options.remark("single_file", text)
        path = ""
    options.beside(dict.fromkeys(RENDERED, "towncrier itself applies it when it renders the fragments"))
    source.remarks[:] = [remark for remark in source.remarks if remark.applies]
    options.rest("towncrier")
    source.settle()
    for value, key in (("format", ""), ("path", "filename"), ("fragments", "")):
        options.said(f"{name}.notes.{value}", key if key in options else "")
    notes = Notes(format="towncrier", path=inside(".", path) if path else "", fragments=source.file)
    rules = Rules(name, distribution, notes=notes)
    return Planning("towncrier", source.file, (rules,), origins=source.origins, remarks=tuple(source.remarks))
