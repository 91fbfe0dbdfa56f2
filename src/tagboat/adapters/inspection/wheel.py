"""What makes a wheel a wheel: its folders, WHEEL, entry points and licence files (binary distribution format)."""

from __future__ import annotations

import configparser
import re
from email.parser import HeaderParser
from pathlib import PurePosixPath

from packaging.metadata import Metadata
from packaging.tags import Tag
from packaging.utils import BuildTag, canonicalize_name
from packaging.version import InvalidVersion, Version

from tagboat.adapters.inspection.contents import Contents
from tagboat.adapters.inspection.findings import fails, some
from tagboat.core.verdict import Finding

_REFERENCE = re.compile(r"[\w.]+(\s*:\s*[\w.]+)?(\s*\[.*\])?")
_NATIVE = (".so", ".pyd", ".dylib", ".dll")
_DATA_FOLDERS = frozenset({"purelib", "platlib", "headers", "scripts", "data"})


class _CasedParser(configparser.ConfigParser):
    """A parser that keeps the case of names, which matters for commands."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def dist_info_of(file: str, contents: Contents, name: str, version: Version) -> tuple[str, list[Finding]]:
    """Return the wheel's ``.dist-info`` folder, and findings when there is not exactly the one of its name."""
    folders = sorted({path.split("/", 1)[0] for path in contents.members if ".dist-info/" in path})
    folders = [folder for folder in folders if folder.endswith(".dist-info")]
    if len(folders) != 1:
        found = some(folders) or "none"
        return "", [fails("dist-info", f"{file}: it has {found} in place of one .dist-info folder")]
    project, _, number = folders[0].removesuffix(".dist-info").rpartition("-")
    try:
        fits = canonicalize_name(project) == name and Version(number) == version
    except InvalidVersion:
        fits = False
    findings = (
        [] if fits else [fails("dist-info", f"{file}: its folder {folders[0]} has another name or version")]
    )
    return folders[0], findings + _data_folders(file, contents, folders[0])


def _data_folders(file: str, contents: Contents, dist_info: str) -> list[Finding]:
    data = dist_info.removesuffix(".dist-info") + ".data"
    odd = set()
    for path in contents.files:
        parts = path.split("/")
        if parts[0].endswith(".data") and (
            parts[0] != data or len(parts) < 3 or parts[1] not in _DATA_FOLDERS
        ):
            odd.add("/".join(parts[:2]))
    return [fails("data-folder", f"{file}: {some(sorted(odd))} is no place that a wheel has")] if odd else []


def wheel_file_findings(
    file: str, contents: Contents, dist_info: str, tags: frozenset[Tag], build: BuildTag
) -> list[Finding]:
    """Hold WHEEL against the tags in the file's name, and the tags against the content."""
    text = contents.text(f"{dist_info}/WHEEL")
    if text is None:
        return [fails("wheel-file", f"{file}: it has no readable WHEEL")]
    fields = HeaderParser().parsestr(text)
    findings = []
    if not str(fields.get("Wheel-Version", "")).startswith("1."):
        findings.append(
            fails("wheel-file", f"{file}: Wheel-Version is {fields.get('Wheel-Version')!r}, not 1.x")
        )
    pure = str(fields.get("Root-Is-Purelib", "")).lower()
    if pure not in {"true", "false"}:
        findings.append(fails("wheel-file", f"{file}: Root-Is-Purelib is neither true nor false"))
    inside = {str(tag) for line in fields.get_all("Tag", []) for tag in _expanded(str(line).strip())}
    named = {str(tag) for tag in tags}
    if inside != named:
        findings.append(
            fails(
                "wheel-tags",
                f"{file}: WHEEL has the tags {some(sorted(inside))}, the name {some(sorted(named))}",
            )
        )
    number = "".join(str(part) for part in build)
    if str(fields.get("Build", "")).strip() != number:
        findings.append(
            fails("wheel-build", f"{file}: WHEEL has the build {fields.get('Build')!r}, the name {number!r}")
        )
    native = sorted(
        path for path in contents.files if path.endswith(_NATIVE) or ".so." in PurePosixPath(path).name
    )
    if native and all(tag.platform == "any" for tag in tags):
        findings.append(
            fails("native-any", f"{file}: it says that it fits any platform, and holds {some(native)}")
        )
    return findings


def _expanded(tag: str) -> set[Tag]:
    parts = tag.split("-")
    if len(parts) != 3:
        return {Tag("none", "none", tag)}
    return {
        Tag(interpreter, abi, platform)
        for interpreter in parts[0].split(".")
        for abi in parts[1].split(".")
        for platform in parts[2].split(".")
    }


def entry_point_findings(file: str, contents: Contents, dist_info: str) -> list[Finding]:
    """Return what is wrong with ``entry_points.txt`` (entry points specification)."""
    if f"{dist_info}/entry_points.txt" not in contents.members:
        return []
    text = contents.text(f"{dist_info}/entry_points.txt")
    parser = _CasedParser(delimiters=("=",), interpolation=None, strict=True)
    try:
        parser.read_string(text if text is not None else "[")
    except configparser.Error as damage:
        reason = str(damage).replace("\n", " ")
        return [fails("entry-points", f"{file}: entry_points.txt cannot be read: {reason}")]
    wrong = [
        f"{group}: {name} = {value}"
        for group in parser.sections()
        for name, value in parser.items(group)
        if not _REFERENCE.fullmatch(value.strip())
        or (group in {"console_scripts", "gui_scripts"} and ("/" in name or ":" not in value))
    ]
    return [fails("entry-points", f"{file}: {some(wrong)} names no object")] if wrong else []


def licence_findings(file: str, contents: Contents, folder: str, metadata: Metadata | None) -> list[Finding]:
    """Every ``License-File`` must be there (PEP 639); PyPI was seen to refuse wheels without them."""
    wanted = metadata.license_files or [] if metadata is not None else []
    missing = [path for path in wanted if f"{folder}/{path}" not in contents.files]
    return [fails("licence-missing", f"{file}: it lacks the licence file {some(missing)}")] if missing else []
