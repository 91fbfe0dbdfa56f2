"""Links in an sdist: allowed inside its one folder, and nowhere that unpacking could be led astray (PEP 721).

A hard link must name an earlier regular file, a symbolic link something that the archive holds, and neither may pass
through another link. Python's own ``data`` filter has let a hard link to a symbolic link out (CVE-2025-4330 and its
successors), so links to links are refused whatever they lead to.
"""

from __future__ import annotations

import posixpath

from tagboat.adapters.inspection.contents import Contents


def note_links(contents: Contents) -> None:
    """Note every link that leads out, through another link, or nowhere; and members that stand below a link."""
    links = {name for name, member in contents.members.items() if member.kind in {"symlink", "hardlink"}}
    symbolic = {name for name in links if contents.members[name].kind == "symlink"}
    seen: set[str] = set()
    for name, member in contents.members.items():
        below = _parent_in(name, symbolic)
        if below:
            contents.fail("through-link", f"{name!r} stands below the link {below!r}")
        if member.kind == "symlink":
            _note_target(contents, name, posixpath.join(posixpath.dirname(name), member.target), links)
        elif member.kind == "hardlink":
            _note_target(contents, name, member.target, links)
            if member.target.rstrip("/") not in seen and member.target not in links:
                contents.fail("link-order", f"the hard link {name!r} names nothing that stands before it")
        seen.add(name)


def _note_target(contents: Contents, name: str, path: str, links: set[str]) -> None:
    target = contents.members[name].target
    root = name.split("/", 1)[0]
    resolved = posixpath.normpath(path)
    odd = not target or "\\" in target or "\0" in target or target[1:2] == ":"
    if odd or target.startswith("/") or resolved.split("/", 1)[0] != root:
        contents.fail("link-outside", f"the link {name!r} leads to {target!r}, outside its folder")
    elif (
        resolved in links
        or _parent_in(resolved, links)
        or any(_parent_in(step, links) for step in _steps(path))
    ):
        contents.fail("link-to-link", f"the link {name!r} leads to or through another link")
    elif resolved not in contents.members and not any(
        other.startswith(f"{resolved}/") for other in contents.members
    ):
        contents.fail("link-dangling", f"the link {name!r} leads to {target!r}, which is not there")


def _steps(path: str) -> list[str]:
    """Return every place that a path visits before ``..`` is folded away."""
    parts = path.split("/")
    return [posixpath.normpath("/".join(parts[: count + 1])) + "/x" for count in range(len(parts) - 1)]


def _parent_in(name: str, links: set[str]) -> str:
    parent = name.rpartition("/")[0]
    while parent:
        if parent in links:
            return parent
        parent = parent.rpartition("/")[0]
    return ""
