"""What each option of the tools that read versions from tags means for the next release: most of them nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.config.dialects.options import Options
from tagboat.config.dialects.tag_forms import from_expression, from_glob, from_template

_BETWEEN: Final = "it names what lies between releases"
_BUILT: Final = "it concerns what is written when the package is built"
_PLACES: Final = "it says where the tool looks for the repository"
_READ: Final = "the tag's grammar cannot be told from it for certain: the repository's tags decide"

SETUPTOOLS_SCM: Final[Mapping[str, str]] = {
    "relative_to": _PLACES,
    "root": _PLACES,
    "search_parent_directories": _PLACES,
    "project_path": _PLACES,
    "parent": _PLACES,
    "fallback_root": _PLACES,
    "local_scheme": _BETWEEN,
    "fallback_version": "it stands in where there is no repository",
    "parentdir_prefix_version": "it stands in where there is no repository",
    "write_to": _BUILT,
    "write_to_template": _BUILT,
    "version_file": _BUILT,
    "version_file_template": _BUILT,
    "write_to_source": _BUILT,
    "version_cls": "it spells the version when the package is built",
    "normalize": "it spells the version when the package is built",
    "dist_name": "it names the environment variables that override the version",
}
_SCHEMES: Final = frozenset(
    [
        "guess-next-dev",
        "no-guess-dev",
        "only-version",
        "post-release",
        "python-simplified-semver",
        "semver-pep440",
        "release-branch-semver",
        "semver-pep440-release-branch",
    ]
)
POETRY: Final[Mapping[str, str]] = {
    "enable": "it is what switches the tool on",
    "vcs": _PLACES,
    "dirty": _BETWEEN,
    "metadata": _BETWEEN,
    "bump": _BETWEEN,
    "full-commit": _BETWEEN,
    "commit-length": _BETWEEN,
    "commit-prefix": _BETWEEN,
    "escape-with": _BETWEEN,
    "ignore-untracked": _BETWEEN,
    "fix-shallow-repository": _PLACES,
    "tag-dir": _PLACES,
    "fallback-version": "it stands in where there is no repository",
    "from-file": "it stands in where there is no repository",
    "substitution": _BUILT,
    "files": _BUILT,
    "format-jinja-imports": _BUILT,
    "strict": "a repository without tags is an answer here, not an error",
    "latest-tag": "the highest version is the last one here",
    "highest-tag": "the highest version is the last one here",
}
_POETRY_LOST: Final[Mapping[str, str]] = {
    "style": "versions follow PEP 440 here",
    "format": "a template of versions is not run",
    "format-jinja": "a template of versions is not run",
    "tagged-metadata": "a release's version has no local part here",
    "tag-branch": "the tags of the planned commit's own history count",
}


@dataclass(slots=True)
class Said:
    """What a tool says of releases.

    Attributes:
        tag: the grammar of tags, or "".
        tag_place: where it is said.
        pattern: the calver pattern, or "".
        pattern_place: where it is said.
    """

    tag: str = ""
    tag_place: str = ""
    pattern: str = ""
    pattern_place: str = ""


def _setuptools_scm(options: Options) -> Said:
    said = Said()
    options.beside(SETUPTOOLS_SCM)
    options.lost({"parse": "a function of the project's own reads the tags"})
    tag = options.table("tag")
    _tag(said, options, "tag_regex", options.text("tag_regex"), from_expression)
    _tag(said, tag, "regex", tag.text("regex"), from_expression)
    tag.beside({"strict": "a tag counts when its version can be read"})
    prefix = tag.text("prefix")
    if prefix:
        _tag(said, tag, "prefix", prefix + "{version}", lambda text: from_template(text, "{version}"))
    tag.rest("setuptools-scm")
    scm = options.table("scm")
    git = scm.table("git")
    _describe(said, options, "git_describe_command")
    _describe(said, git, "describe_command")
    git.beside(dict.fromkeys(("pre_parse", "distance_scope", "distance_count"), _BETWEEN))
    git.rest("setuptools-scm")
    scm.rest("setuptools-scm")
    _scheme(said, options)
    return said


def _scheme(said: Said, options: Options) -> None:
    scheme = options.text("version_scheme")
    if scheme == "calver-by-date":
        said.pattern, said.pattern_place = "YY.MM.DD.MICRO", options.place("version_scheme")
        text = "years of two digits are taken; the tool looks at the last tag to tell YY from YYYY"
        options.remark("version_scheme", text)
    elif scheme.startswith("towncrier-fragments"):
        options.remark("version_scheme", "the fragments' types are not read as levels: the commits decide")
    elif scheme in _SCHEMES:
        options.remark("version_scheme", _BETWEEN, applies=False)
    elif scheme:
        options.remark("version_scheme", "a function of the project's own makes the versions")


def _describe(said: Said, options: Options, key: str) -> None:
    given = options.texts(key)
    try:
        words = shlex.split(given[0]) if len(given) == 1 else list(given)
    except ValueError:
        words = []
    globs = [word.removeprefix("--match=") for word in words if word.startswith("--match=")]
    globs += [words[place + 1] for place, word in enumerate(words[:-1]) if word == "--match"]
    if len(globs) == 1 and globs[0] == "*[0-9]*":
        options.remark(
            key, "it lets every tag with a digit through, as the tool's default does", applies=False
        )
    elif given:
        _tag(said, options, key, globs[0] if len(globs) == 1 else "*", from_glob)


def _tag(said: Said, options: Options, key: str, value: str, grammar: Callable[[str], str]) -> None:
    if not value:
        return
    found = grammar(value)
    if found and not said.tag:
        said.tag, said.tag_place = found, options.place(key)
    elif not found:
        options.remark(key, _READ)


def _hatch_vcs(options: Options) -> Said:
    options.text("source")
    raw = options.table("raw-options")
    said = _setuptools_scm(raw)
    raw.rest("setuptools-scm")
    pattern = Said()
    _tag(pattern, options, "tag-pattern", options.text("tag-pattern"), from_expression)
    if pattern.tag:
        said.tag, said.tag_place = pattern.tag, pattern.tag_place
    options.beside({"fallback-version": "it stands in where there is no repository"})
    return said


def _versioningit(options: Options) -> Said:
    said = Said()
    options.beside(
        {
            "source": "it is what switches the tool on",
            "default-version": "it stands in where there is no repository",
            "next-version": _BETWEEN,
            "format": _BETWEEN,
            "template-fields": _BUILT,
            "write": _BUILT,
            "onbuild": _BUILT,
        }
    )
    vcs, conversion = _method(options, "vcs"), _method(options, "tag2version")
    match = vcs.texts("match")
    if match:
        _tag(said, vcs, "match", match[0] if len(match) == 1 else "*", from_glob)
    vcs.beside({"method": _PLACES, "default-tag": _PLACES})
    vcs.lost({"exclude": "its patterns are globs of tags; those that cannot be read as versions never count"})
    prefix, suffix = conversion.text("rmprefix"), conversion.text("rmsuffix")
    if prefix or suffix:
        form = f"{prefix}{{version}}{suffix}"
        _tag(said, conversion, "rmprefix", form, lambda text: from_template(text, "{version}"))
    _tag(said, conversion, "regex", conversion.text("regex"), from_expression)
    conversion.beside({"require-match": "a tag of another form never counts here"})
    if conversion.text("method", "basic") != "basic":
        conversion.remark("method", "a function of the project's own reads the tags")
    vcs.rest("versioningit")
    conversion.rest("versioningit")
    return said


def _method(options: Options, key: str) -> Options:
    """Return a step's options: a step is a table, or the name of its method."""
    if key in options and isinstance(options.peek(key), str):
        return Options(options.source, (*options.path, key), {"method": options.text(key)})
    return options.table(key)


def _poetry(options: Options) -> Said:
    said = Said()
    options.beside(POETRY)
    options.lost(_POETRY_LOST)
    prefix, pattern = options.text("pattern-prefix"), options.text("pattern")
    if pattern and pattern not in {"default", "default-unprefixed"}:
        _tag(said, options, "pattern", pattern.replace("?P<base>", "?P<version>"), from_expression)
    elif pattern == "default-unprefixed":
        options.remark("pattern", _READ)
    elif prefix:
        form = prefix + "v{version}"
        _tag(said, options, "pattern-prefix", form, lambda text: from_template(text, "{version}"))
    return said


def _pdm(options: Options) -> Said:
    said = Said()
    options.beside(
        {
            "source": "it is what switches the tool on",
            "write_to": _BUILT,
            "write_template": _BUILT,
            "fallback_version": "it stands in where there is no repository",
        }
    )
    options.lost({"version_format": "a function of the project's own makes the versions"})
    _tag(said, options, "tag_regex", options.text("tag_regex"), from_expression)
    _tag(said, options, "tag_filter", options.text("tag_filter"), from_glob)
    return said


def _versioneer(options: Options) -> Said:
    said = Said()
    names = ("vcs", "style", "versionfile_source", "versionfile_build", "parentdir_prefix", "verbose")
    options.beside(dict.fromkeys(names, _BUILT))
    if "tag_prefix" in options:
        form = options.text("tag_prefix").strip("\"' ") + "{version}"
        _tag(said, options, "tag_prefix", form, lambda text: from_template(text, "{version}"))
    return said


def _other(options: Options) -> Said:
    text = "this tool's options are not read: the version comes from the tag, and the repository's tags decide its form"
    for key in options.names():
        options.remark(key, text, applies=key not in {"source", "enabled"})
    return Said()


READERS: Final[Mapping[str, Callable[[Options], Said]]] = {
    "setuptools-scm": _setuptools_scm,
    "hatch-vcs": _hatch_vcs,
    "versioningit": _versioningit,
    "poetry-dynamic-versioning": _poetry,
    "pdm": _pdm,
    "versioneer": _versioneer,
    "other": _other,
}
"""What reads each tool's options; all of them return a :class:`Said`."""
