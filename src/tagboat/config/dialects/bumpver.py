"""bumpver's configuration (and that of its predecessor PyCalVer): the version's pattern and the files that hold it.

Observed on bumpver 2026.1132 (``config.py``, ``v2patterns.py``). With bumpver a person chooses what is raised; here the
commits choose it, and for patterns of the calendar the date does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options, ini_of
from tagboat.config.dialects.scm import NOTES, READING
from tagboat.config.dialects.sources import Source
from tagboat.config.dialects.tag_forms import from_template
from tagboat.config.document import inner, parse, text_of
from tagboat.config.planning import Edit, Planning, Rules, Versioning
from tagboat.config.project import Tree

FILES: Final = ("pycalver.toml", "bumpver.toml", ".bumpver.toml", "pyproject.toml", "setup.cfg")
BESIDE: Final[Mapping[str, str]] = {
    "commit_message": "the commit of a release is made by the pipeline, not planned",
    "tag_message": "the tag's message is no part of the plan",
    "tag_scope": "the tags of the planned commit's own history count",
    "pre_commit_hook": "no program of the project's is started for a plan",
    "post_commit_hook": "no program of the project's is started for a plan",
    "commit": "committing is the pipeline's part",
    "tag": "tagging is the pipeline's part",
    "push": "pushing is the pipeline's part",
    "allowed_branches": "from where a version may be released is said under Tagboat's lines",
}
_OLD: Final = {
    "{pycalver}": "vYYYY0M.BUILD[-TAG]",
    "{semver}": "MAJOR.MINOR.PATCH",
    "{calver}": "vYYYY0M",
    "{build}": ".BUILD",
    "{release}": "[-TAG]",
    "{year}": "YYYY",
    "{yyyy}": "YYYY",
    "{yy}": "YY",
    "{month}": "0M",
    "{month_short}": "MM",
    "{dom}": "0D",
    "{dom_short}": "DD",
    "{MAJOR}": "MAJOR",
    "{MINOR}": "MINOR",
    "{PATCH}": "PATCH",
    "{bid}": "BUILD",
    "{BID}": "BLD",
}
_CALENDAR = re.compile(r"YYYY|YY|0Y|GGGG|GG|0G|MM|0M|DD|0D|WW|0W|UU|0U|VV|0V|JJJ|00J|BUILD|BLD|INC[01]|Q")
_HASHES = re.compile(r"GITHASH|HEXHASH|[{}]")
_PLAIN = re.compile(r"MAJOR\.MINOR\.PATCH(?:\[PYTAGNUM\])?")
_PARTS: Final = {
    "MAJOR": "{major}",
    "MINOR": "{minor}",
    "PATCH": "{patch}",
    "YYYY": "{date:%Y}",
    "0M": "{date:%m}",
    "0D": "{date:%d}",
}
_WORD = re.compile(
    r"\\.|\[|\]|(?<![A-Za-z])(?:MAJOR|MINOR|PATCH|YYYY|0M|0D|YY|0Y|MM|DD|BUILD|BLD|INC[01])(?![A-Za-z])",
    re.DOTALL,
)
_FILES: Final = 500


def read(tree: Tree) -> Planning | None:
    """Return the rules that bumpver's configuration asks for, or None when there is none.

    Raises:
        ConfigError: the file cannot be read, or an option that matters is missing or of the wrong type.
    """
    for file in FILES:
        data = tree.get(file)
        if data is None or b"current_version" not in data:
            continue
        options = _toml(file, data) if file.endswith(".toml") else _ini(file, data)
        if options is not None:
            return _planning(tree, options)
    return None


def _toml(file: str, data: bytes) -> Options | None:
    table = parse(file, data)
    for path in (("tool", "bumpver"), ("bumpver",), ("pycalver",)):
        if "current_version" in inner(table, *path):
            return Options(Source(file, text_of(file, data)), path, inner(table, *path))
    return None


def _ini(file: str, data: bytes) -> Options | None:
    if b"[bumpver]" not in data and b"[pycalver]" not in data:
        return None
    parser = ini_of(file, data)
    for section in ("pycalver", "bumpver"):
        if parser.has_section(section):
            table: dict[str, Any] = dict(parser.items(section))
            files = f"{section}:file_patterns"
            if parser.has_section(files):
                table["file_patterns"] = {
                    path: [line.strip() for line in lines.splitlines() if line.strip()]
                    for path, lines in parser.items(files)
                }
            return Options(Source(file, text_of(file, data)), (section,), table)
    return None


def _planning(tree: Tree, options: Options) -> Planning:
    source = options.source
    name, distribution = names_at(tree, ".")
    last = options.text("current_version").strip("'\" ")
    asked = options.text("version_pattern").strip("'\" ")
    if not asked:
        source.mistake((*options.path, "version_pattern"), "is missing")
    pattern = _modern(asked)
    letter = "v" if pattern.startswith("v") else ""
    versioning = _versioning(options, pattern.removeprefix("v"))
    edits = tuple(dict.fromkeys(_edits(options, pattern, letter)))
    options.beside(BESIDE)
    options.rest("bumpver")
    source.settle()
    if not _CALENDAR.search(pattern):
        options.remark("", "bumpver leaves to a person what is raised; here the commits decide it")
    options.said(f"{name}.manifest", "current_version")
    for value in ("versioning.scheme", "tag", *(("versioning.pattern",) if versioning.pattern else ())):
        options.said(f"{name}.{value}", "version_pattern")
    options.said(f"{name}.edits", "file_patterns" if "file_patterns" in options else "")
    rules = Rules(
        name,
        distribution,
        tag=from_template(f"{letter}{{version}}", "{version}"),
        reading=READING,
        versioning=versioning,
        notes=NOTES,
        edits=edits,
        manifest=last.removeprefix("v"),
    )
    return Planning("bumpver", source.file, (rules,), origins=source.origins, remarks=tuple(source.remarks))


def _modern(pattern: str) -> str:
    for old, new in _OLD.items():
        pattern = pattern.replace(old, new)
    return pattern


def _versioning(options: Options, pattern: str) -> Versioning:
    """Return the rules of a pattern without the letter before it.

    What is not spelled as PEP 440 has it keeps bumpver's own pattern, which the scheme ``calver`` spells.
    """
    if _HASHES.search(pattern):
        options.remark(
            "version_pattern", "the pattern has parts that are not known here: PEP 440 is followed"
        )
        return Versioning(releases="level")
    if _PLAIN.fullmatch(pattern):
        return Versioning(releases="level")
    return Versioning(scheme="calver", pattern=pattern, releases="level")


def _edits(options: Options, pattern: str, letter: str) -> Iterator[Edit]:
    files = options.table("file_patterns")
    for number, path in enumerate(files.names()):
        if number == _FILES:
            files.remark("", f"only the first {_FILES} files are read")
            return
        for text in files.texts(path):
            search = _search(_modern(text), pattern, letter)
            if search:
                yield Edit(path, "pattern", search=search, every=True)
            else:
                why = f"the pattern {text!a} holds no version, or parts that are not known here"
                files.remark(path, why)
    if options.source.file not in files:
        yield _own(options)


def _own(options: Options) -> Edit:
    """Return the edit of ``current_version`` itself, which bumpver makes even when no pattern names it."""
    file, version = options.source.file, options.text("current_version").strip("'\" ")
    if file.endswith(".toml"):
        return Edit(file, "toml", "$." + ".".join(str(part) for part in options.path) + ".current_version")
    lines = (line for line in options.source.text.splitlines() if line.startswith("current_version"))
    line = next((line for line in lines if version in line), f"current_version = {version}")
    return Edit(file, "pattern", search=line.replace(version.removeprefix("v"), "{version}"))


def _search(text: str, pattern: str, letter: str) -> str:
    """Return a pattern of a file in the words of :attr:`Edit.search`; "" when it holds what has no counterpart.

    ``{version}`` is the version as bumpver writes it, the ``v`` included; ``{pep440_version}`` has none. Where nothing
    but the version is looked for, bumpver changes every version of the file; here that is the last one only.
    """
    text = text.removeprefix("^").removesuffix("$").replace(pattern, "{version}")
    text = text.replace("{version}", letter + "{version}")
    if _PLAIN.fullmatch(pattern.removeprefix("v")):
        text = text.replace("{pep440_version}", "{version}")
    text = _WORD.sub(lambda word: _PARTS.get(word[0], word[0][1:] if word[0][0] == "\\" else "\0"), text)
    if "\0" in text or "{" not in text:
        return ""
    bare = not re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", text).removeprefix("v"))
    return text.replace("{version}", "{last}") if bare else text
