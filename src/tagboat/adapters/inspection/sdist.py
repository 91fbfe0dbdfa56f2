"""A source distribution's shape (PEP 625, PEP 643), and its content against the tag's tree."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tagboat.adapters.inspection.additions import known_additions, matches
from tagboat.adapters.inspection.contents import Contents, Member
from tagboat.adapters.inspection.findings import fails, some, warns
from tagboat.adapters.inspection.rewritten import same_meaning
from tagboat.core.verdict import Finding
from tagboat.ports.inspector import InspectionRequest


def top_folder(file: str, contents: Contents, name: str, version: Version) -> tuple[str, list[Finding]]:
    """Return the sdist's one folder, and findings when there is not exactly the one of its name."""
    tops = sorted({path.split("/", 1)[0] for path in contents.members})
    if len(tops) != 1:
        return "", [
            fails("sdist-folder", f"{file}: it holds {some(tops) or 'nothing'} in place of one folder")
        ]
    project, _, number = tops[0].rpartition("-")
    try:
        fits = canonicalize_name(project) == name and Version(number) == version
    except InvalidVersion:
        fits = False
    findings = (
        [] if fits else [fails("sdist-folder", f"{file}: its folder {tops[0]} has another name or version")]
    )
    if f"{tops[0]}/PKG-INFO" not in contents.files:
        findings.append(fails("pkg-info", f"{file}: it has no PKG-INFO"))
    if file.removesuffix(".tar.gz") != f"{name.replace('-', '_')}-{version}":
        findings.append(
            warns(
                "sdist-name",
                f"{file}: its name is not in the normal form {name.replace('-', '_')}-{version}.tar.gz",
            )
        )
    return tops[0], findings


def tree_findings(file: str, contents: Contents, top: str, request: InspectionRequest) -> list[Finding]:
    """Hold every file of the sdist against the tag's tree: the same, or a known addition; omissions are listed."""
    prefix = f"{top}/"
    packed = {
        path.removeprefix(prefix): member
        for path, member in contents.members.items()
        if path.startswith(prefix) and member.kind != "folder"
    }
    known = (*known_additions(contents.text(f"{prefix}pyproject.toml")), *request.component.additions)
    originals = _originals(packed, request)
    changed, added, findings = list[str](), list[str](), list[Finding]()
    for path, member in packed.items():
        if path == "setup.cfg" or path in request.tree:
            rewritten = same_meaning(path, originals.get(path, b""), member.content or b"", request.version)
            if not (path in request.tree and _same(member, request.tree)) and not rewritten:
                changed.append(path)
        elif request.linked.get(path) != member.sha256 and not matches(path, known):
            added.append(path)
    if bad_original := _kept_original(packed, request):
        changed.append(bad_original)
    if changed:
        findings.append(
            fails(
                "sdist-changed",
                f"{file}: {some(sorted(changed))} differs from the tag",
                "build from the tag alone",
            )
        )
    if added:
        findings.append(
            fails(
                "sdist-added",
                f"{file}: {some(sorted(added))} is not in the tag, and the back end is not known to add it",
                "commit it, or name it in the component's 'additions'",
            )
        )
    return findings + _omissions(file, packed, request)


def _same(member: Member, tree: Mapping[str, str]) -> bool:
    """A link of the tree may be packed as a link, or as what it led to: content that the tree also holds."""
    tagged = tree[member.name.split("/", 1)[1]]
    if tagged:
        return member.kind == "hardlink" or member.sha256 == tagged
    return member.kind == "symlink" or member.sha256 in tree.values()


def _originals(packed: Mapping[str, Member], request: InspectionRequest) -> Mapping[str, bytes]:
    """Return the tag's own bytes of rewritten files; uv_build packs them too, as ``pyproject.toml.orig``."""
    kept = packed.get("pyproject.toml.orig")
    if kept is not None and kept.content is not None and kept.sha256 == request.tree.get("pyproject.toml"):
        return {"pyproject.toml": kept.content, **request.originals}
    return request.originals


def _kept_original(packed: Mapping[str, Member], request: InspectionRequest) -> str:
    """Return ``pyproject.toml.orig`` when it is there and is not the tag's ``pyproject.toml``."""
    name = "pyproject.toml.orig"
    if name in packed and name not in request.tree:
        return name if packed[name].sha256 != request.tree.get("pyproject.toml") else ""
    return ""


def _omissions(file: str, packed: Mapping[str, Member], request: InspectionRequest) -> list[Finding]:
    missing = sorted(set(request.tree) - set(packed))
    allowed = request.component.omissions
    if not missing:
        return []
    if allowed is None:
        return [warns("sdist-omits", f"{file}: it leaves out {some(missing, 20)} of the tag's tree")]
    refused = [path for path in missing if not matches(path, allowed)]
    if not refused:
        return []
    return [
        fails(
            "sdist-omits",
            f"{file}: it leaves out {some(refused, 20)}, which the component's 'omissions' do not name",
            "make the sdist include it, or name it in 'omissions'",
        )
    ]
