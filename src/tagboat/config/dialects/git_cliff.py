"""git-cliff's configuration: how commits are sorted into groups, and what they do to the version.

Observed on git-cliff 2.14 (``git-cliff-core/src/config.rs``, ``commit.rs``, ``release.rs``) and on the crate
``next_version`` 0.3 that counts for it. Its templates (Tera) are not run: the notes have its groups and their order, in
the Markdown of :mod:`tagboat.planner.notes.markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tagboat.config.dialects.git_cliff_options import BUMP_LEVELS, CHANGELOG, GIT_BESIDE, GIT_LOST, REMOTES
from tagboat.config.dialects.git_cliff_parsers import Parsers
from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options
from tagboat.config.dialects.patterns import Untranslatable, translated
from tagboat.config.dialects.sources import Source
from tagboat.config.dialects.tag_forms import from_expression
from tagboat.config.document import inner, parse, text_of
from tagboat.config.planning import Notes, Planning, ReadingRules, Rules, Versioning
from tagboat.config.project import Tree
from tagboat.core.change import Level

FILES: Final = ("cliff.toml", ".cliff.toml", ".config/cliff.toml")
_FOLDER = re.compile(r"([\w.-]+(?:/[\w.-]+)*)/?(?:\*\*?(?:/\*\*?)?)?")


def read(tree: Tree) -> Planning | None:
    """Return the rules that git-cliff's configuration asks for, or None when there is none.

    Raises:
        ConfigError: the file cannot be read, or an option that matters has the wrong type.
    """
    for file in FILES:
        data = tree.get(file)
        if data is not None:
            return _planning(tree, Options(Source(file, text_of(file, data)), (), parse(file, data)))
    data = tree.get("pyproject.toml")
    if data is None:
        return None
    table = inner(parse("pyproject.toml", data), "tool", "git-cliff")
    if not any(isinstance(value, dict) for value in table.values()):
        return None  # it looks for a table below its own
    source = Source("pyproject.toml", text_of("pyproject.toml", data))
    return _planning(tree, Options(source, ("tool", "git-cliff"), table))


def _planning(tree: Tree, options: Options) -> Planning:
    source = options.source
    name, distribution = names_at(tree, ".")
    git, bump, changelog = options.table("git"), options.table("bump"), options.table("changelog")
    _remotes(options.table("remote"))
    options.rest("git-cliff")
    parsers = Parsers(git, bump, ordered=_ordered(changelog))
    lines = git.flag("split_commits")
    reading = ReadingRules(
        rules=parsers.rules(),
        each_line=lines,
        reverts=False,
        bodies=lines,
        unknown="list" if parsers.conventional_only else "keep",
    )
    tag = _tag(git)
    path, exclude = _paths(git)
    notes = Notes(path=_output(changelog), sections=parsers.sections())
    rules = Rules(
        name,
        distribution,
        path,
        exclude,
        tag=tag or "v{version}",
        ignored_tags=_ignored(git),
        reading=reading,
        versioning=_versioning(bump, parsers.levels()),
        notes=notes,
    )
    git.beside(GIT_BESIDE)
    git.lost(GIT_LOST)
    changelog.lost(CHANGELOG)
    for table in (git, bump, changelog):
        table.rest("git-cliff")
    source.settle()
    _origins(name, git, bump, changelog, tag)
    return Planning("git-cliff", source.file, (rules,), origins=source.origins, remarks=tuple(source.remarks))


def _origins(name: str, git: Options, bump: Options, changelog: Options, tag: str) -> None:
    for value, table, key in (
        ("reading.rules", git, "commit_parsers"),
        ("notes.sections", git, "commit_parsers"),
        ("reading.each_line", git, "split_commits"),
        ("reading.unknown", git, "filter_unconventional"),
        ("ignored_tags", git, "ignore_tags"),
        ("path", git, "include_paths"),
        ("exclude", git, "exclude_paths"),
        ("notes.path", changelog, "output"),
        ("versioning.initial", bump, "initial_tag"),
        ("versioning.strategy", bump, "bump_type"),
        ("versioning.breaking_below_one", bump, "breaking_always_bump_major"),
        ("versioning.minor_below_one", bump, "features_always_bump_minor"),
        *((("tag", git, "tag_pattern"),) if tag else ()),
    ):
        if key in table:
            table.said(f"{name}.{value}", key)
    for key in BUMP_LEVELS:
        if key in bump:
            bump.said(f"{name}.versioning.levels", key)


def _versioning(bump: Options, levels: Mapping[str, Level]) -> Versioning:
    always = bump.flag("breaking_always_bump_major", default=True)
    features = bump.flag("features_always_bump_minor", default=True)
    initial = bump.text("initial_tag", "0.1.0")
    digits = re.search(r"\d", initial)
    asked: dict[str, Any] = {}
    kind = bump.text("bump_type")
    if kind in {"major", "minor", "patch"}:
        asked["strategy"] = f"always-{kind}"
    elif kind:
        bump.source.mistake((*bump.path, "bump_type"), "must be major, minor or patch")
    return Versioning(
        levels=levels,
        breaking_below_one=Level.MAJOR if always else Level.MINOR,
        minor_below_one=Level.MINOR if features else Level.PATCH,
        releases="level",
        initial=initial[digits.start() :] if digits else "0.1.0",
        **asked,
    )


def _ordered(changelog: Options) -> bool:
    """Tell whether the template lists groups in the parsers' order; Tera's own filter sorts them by their text."""
    body = changelog.peek("body")
    return not isinstance(body, str) or "commit_groups" in body


def _output(changelog: Options) -> str:
    path = changelog.text("output", "CHANGELOG.md")
    return path.removeprefix("./")


def _tag(git: Options) -> str:
    pattern = git.text("tag_pattern")
    found = from_expression(pattern) if pattern else ""
    if pattern and not found:
        git.remark("tag_pattern", "the tag's grammar cannot be told from it for certain: v{version} is taken")
    return found


def _ignored(git: Options) -> tuple[str, ...]:
    pattern = git.text("ignore_tags").strip()
    if not pattern:
        return ()
    try:
        return (translated(pattern),)
    except Untranslatable as error:
        git.remark("ignore_tags", f"it is not applied: {error}")
        return ()


def _paths(git: Options) -> tuple[str, tuple[str, ...]]:
    """Return the folder whose commits count, and those below it whose commits do not."""
    included = git.texts("include_paths")
    folders = [_FOLDER.fullmatch(path) for path in included]
    path = "."
    if len(included) == 1 and folders[0]:
        path = folders[0][1]
    elif included:
        git.remark("include_paths", "only one whole folder can be a component's: every commit counts")
    excluded = [(text, _FOLDER.fullmatch(text)) for text in git.texts("exclude_paths")]
    lost = [text for text, folder in excluded if not folder]
    if lost:
        git.remark("exclude_paths", f"no whole folders: {', '.join(lost)[:200]}")
    return path, tuple(folder[1] for _, folder in excluded if folder)


def _remotes(remote: Options) -> None:
    remote.beside({"offline": "a plan asks no forge"})
    for name in REMOTES:
        if name in remote:
            table = remote.table(name)
            table.beside(
                dict.fromkeys(
                    ("owner", "repo", "token", "api_url", "http_timeout", "native_tls"),
                    "a plan asks no forge; which repository it is, Tagboat's own configuration says",
                )
            )
            table.rest("git-cliff")
    remote.rest("git-cliff")
