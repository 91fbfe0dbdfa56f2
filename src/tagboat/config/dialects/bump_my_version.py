"""bump-my-version's configuration, and that of its predecessors bump2version and bumpversion: the places of the version.

Observed on bump-my-version 1.8 (``config/files.py``, ``config/models.py``). With it a person chooses what is raised; here
the commits choose it. Its INI form says the same in sections: ``[bumpversion:file(suffix):PATH]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tagboat.config.dialects.bump_my_version_parts import Spelling, spelling_of
from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options, ini_of
from tagboat.config.dialects.scm import NOTES, READING
from tagboat.config.dialects.sources import Source
from tagboat.config.dialects.tag_forms import from_template
from tagboat.config.document import inner, parse, text_at, text_of
from tagboat.config.planning import Edit, EditKind, Planning, Rules, Versioning
from tagboat.config.project import Tree

FILES: Final = (".bumpversion.cfg", ".bumpversion.toml", "setup.cfg", "pyproject.toml")
BESIDE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("tag", "push_tag", "sign_tags", "tag_message"), "tagging is the pipeline's part"),
    **dict.fromkeys(("commit", "message", "commit_args"), "committing is the pipeline's part"),
    **dict.fromkeys(
        ("allow_dirty", "allow_dirty_files"), "a plan is made from a commit, not from a work tree"
    ),
    **dict.fromkeys(
        ("setup_hooks", "pre_commit_hooks", "post_commit_hooks", "allow_shell_hooks"),
        "no program of the project's is started for a plan",
    ),
}
_KINDS: Final[Mapping[str, EditKind]] = {"toml": "toml", "json": "json", "yaml": "yaml", "yml": "yaml"}
_MOST: Final = 500
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_META = re.compile(r"\\(.)|([.^$*+?|()\[\]])", re.DOTALL)
_KNOWN: Final[Mapping[str, str]] = {
    "current_version": "{current_version}",
    "new_version": "{new_version}",
    **{
        f"{time}_{part}": f"{{{part}}}" for time in ("current", "new") for part in ("major", "minor", "patch")
    },
}
_TIME = re.compile(r"(?:now|utcnow)(?::[^{}]{1,60})?")


def read(tree: Tree) -> Planning | None:
    """Return the rules that bump-my-version's configuration asks for, or None when there is none.

    Raises:
        ConfigError: the file cannot be read, or an option that matters has the wrong type.
    """
    for file in FILES:
        data = tree.get(file)
        if data is None or b"bumpversion" not in data:
            continue
        if file.endswith(".toml"):
            table = parse(file, data)
            found = inner(table, "tool").get("bumpversion")
            if isinstance(found, dict):
                options = Options(Source(file, text_of(file, data)), ("tool", "bumpversion"), found)
                return _planning(tree, options, text_at(table, "project", "version"))
        elif b"bumpversion]" in data:
            table = _ini(file, data)
            return _planning(tree, Options(Source(file, text_of(file, data)), ("bumpversion",), table), None)
    return None


def _ini(file: str, data: bytes) -> dict[str, Any]:
    parser = ini_of(file, data)
    table: dict[str, Any] = {"files": [], "parts": {}}
    for section in parser.sections():
        kind, _, rest = section.removeprefix("bumpversion").removeprefix(":").partition(":")
        options: dict[str, Any] = {key.lower(): value for key, value in parser.items(section)}
        if section == "bumpversion":
            table |= {key: value for key, value in options.items() if key not in {"files", "parts"}}
        elif not section.startswith("bumpversion:"):
            continue
        elif kind.startswith(("file", "glob")):
            table["files"].append({"filename" if kind.startswith("file") else "glob": rest, **options})
        elif kind == "part":
            table["parts"][rest] = options
    for options in (table, *table["files"], *table["parts"].values()):
        for key in ("serialize", "values"):
            if key in options:
                options[key] = [line.strip() for line in options[key].split("\n") if line.strip()]
    return {key: value for key, value in table.items() if value or key not in {"files", "parts"}}


def _planning(tree: Tree, options: Options, static: str | None) -> Planning:
    source = options.source
    name, distribution = names_at(tree, ".")
    last = options.text("current_version") or static or ""
    spelling = spelling_of(options)
    tag = _tag(options)
    ignored = tuple(_moving(text) for text in options.texts("moveable_tags")[:_MOST])
    edits = tuple(dict.fromkeys((*_own(options, static), *_files(options, spelling))))
    options.beside(BESIDE)
    options.rest("bump-my-version")
    source.settle()
    if not spelling.dated:
        options.remark("", "bump-my-version leaves to a person what is raised; here the commits decide it")
    for value, key in (
        ("manifest", "current_version"),
        ("tag", "tag_name"),
        ("ignored_tags", "moveable_tags"),
        ("versioning.scheme", "serialize"),
        ("edits", "files"),
    ):
        if key in options or value == "edits":
            options.said(f"{name}.{value}", key if key in options else "")
    if "current_version" not in options and static is not None:
        source.origins[f"{name}.manifest"] = f"{source.file}: [project] version"
    if spelling.pattern:
        options.said(f"{name}.versioning.pattern", "serialize")
    versioning = Versioning(scheme=spelling.scheme, pattern=spelling.pattern, releases="level")
    rules = Rules(
        name,
        distribution,
        tag=tag,
        ignored_tags=ignored,
        reading=READING,
        versioning=versioning,
        notes=NOTES,
        edits=edits,
        manifest=last,
    )
    return Planning(
        "bump-my-version", source.file, (rules,), origins=source.origins, remarks=tuple(source.remarks)
    )


def _tag(options: Options) -> str:
    asked = options.text("tag_name", "v{new_version}")
    found = from_template(asked, "{new_version}")
    if not found:
        options.remark("tag_name", "only {new_version} is known in it: v{version} is taken")
    return found or "v{version}"


def _moving(text: str) -> str:
    """Return the expression of a tag that moves with each release, such as ``v{new_major}``."""
    parts = re.split(r"\{[^{}]*\}", text)
    return "^" + r"\d+".join(map(re.escape, parts)) + "$"


def _own(options: Options, static: str | None) -> Iterator[Edit]:
    """Yield the edits that the tool makes in its own file, and of a static version beside its table."""
    file = options.source.file
    if "current_version" in options and file.endswith(".toml"):
        yield Edit(file, "toml", "$.tool.bumpversion.current_version")
    elif "current_version" in options:
        lines = (
            line for line in options.source.text.splitlines() if re.match(r"current_version\s{0,9}[=:]", line)
        )
        line = next(lines, "current_version = ")
        yield Edit(file, "pattern", search=line.replace(options.text("current_version"), "{version}"))
    if static is not None:
        yield Edit("pyproject.toml", "toml", "$.project.version")


def _files(options: Options, spelling: Spelling) -> Iterator[Edit]:
    shared = _Shared(options, spelling)
    for number, entry in enumerate(options.tables("files")):
        if number == _MOST:
            options.remark("files", f"only the first {_MOST} are read")
            return
        yield from shared.edits(entry)


class _Shared:
    """The options of files that stand for all of them, and what one file makes of them."""

    def __init__(self, options: Options, spelling: Spelling) -> None:
        self.spelling = spelling
        self.search = options.text("search", "{current_version}")
        self.replace = options.text("replace")
        self.regex = options.flag("regex")
        self.lenient = options.flag("ignore_missing_version") | options.flag("ignore_missing_files")

    def edits(self, entry: Options) -> Iterator[Edit]:
        name, several = entry.text("filename"), entry.text("glob")
        path = (several or name).replace("{repo_root}", "").removeprefix("./").lstrip("/")
        lenient = entry.flag("ignore_missing_version") | entry.flag("ignore_missing_file") | self.lenient
        key = entry.text("key_path")
        before, after = self._texts(entry)
        entry.lost(
            {
                "parse": "a file's own reading of the version is not known here",
                "include_bumps": "the file is edited with every release",
                "exclude_bumps": "the file is edited with every release",
                "glob_exclude": "a file that the pattern names is edited",
            }
        )
        own = entry.texts("serialize")
        entry.rest("bump-my-version")
        if not path:
            entry.remark("filename", "no file is named")
            return
        kind = _KINDS.get(path.rpartition(".")[2])
        if key and kind:
            yield Edit(path, kind, "$." + key, required=not lenient)
            return
        if own and own != self.spelling.forms:
            before, after = _spelled(before, own), _spelled(after, own)
        if not before or not after:
            entry.remark("search", "it holds what is not known here: the file is not edited by it")
            return
        yield Edit(
            path,
            "pattern",
            search=before,
            replace="" if after in {before, before.replace("{current_", "{new_")} else after,
            required=not lenient,
            every=True,
        )

    def _texts(self, entry: Options) -> tuple[str, str]:
        """Return what is searched for and what it becomes, both "" where that is not known here."""
        search, replace = entry.text("search", self.search), entry.text("replace", self.replace)
        before = _said(search, regex=entry.flag("regex", self.regex))
        if replace or "{current_version}" not in search:
            return before, _said(replace or "{new_version}")
        if search != "{current_version}":
            text = "without replace the tool puts the bare version there; here the text around it stays"
            entry.remark("search", text, applies=False)
        return before, before


def _said(text: str, *, regex: bool = False) -> str:
    """Return a search or a replacement in the words of :attr:`Edit.search`; "" when there are none for it."""
    lost = False

    def one(field: re.Match[str]) -> str:
        nonlocal lost
        name = field[1]
        if name is None or name in {"#", ";"}:
            return name or field[0][0]
        if _TIME.fullmatch(name):
            return field[0]
        lost |= name not in _KNOWN
        return _KNOWN.get(name, "")

    if regex:
        plain = _literal(text)
        if plain is None:
            return ""
        text = plain
    made = _FIELD.sub(one, text)
    return "" if lost else made


def _literal(pattern: str) -> str | None:
    """Return the text that a regular expression stands for, or None when it stands for more than one."""
    lost = False

    def one(found: re.Match[str]) -> str:
        nonlocal lost
        lost |= bool(found[2]) or (found[1] or "").isalnum()
        return found[1] or ""

    made = _META.sub(one, pattern.removeprefix("^").removesuffix("$"))
    return None if lost else made


def _spelled(text: str, forms: tuple[str, ...]) -> str:
    """Return a text with a file's own, shorter spelling of the version (``{major}.{minor}``)."""
    known = re.fullmatch(r"(?:[^{}]|\{(?:major|minor|patch)\})*", forms[0]) if len(forms) == 1 else None
    return re.sub(r"\{(?:current|new)_version\}", lambda _: forms[0], text) if known else ""
