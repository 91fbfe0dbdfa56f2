"""The entry that lets Dependabot keep the pins fresh, merged into a file that exists without touching the rest of it."""

from __future__ import annotations

from collections.abc import Collection

from tagboat.errors import ConfigError
from tagboat.workflows.nodes import Node, read_nodes
from tagboat.workflows.writing.mark import is_unedited, marked

FILE = ".github/dependabot.yml"
_ENTRY = """\
- package-ecosystem: github-actions
  directory: /
  schedule:
    interval: weekly
  cooldown:
    default-days: 7
"""
RENOVATE = ("renovate.json", "renovate.json5", ".renovaterc", ".renovaterc.json", ".github/renovate.json")


def renovate_note(files: Collection[str]) -> str:
    """Return what to add where Renovate keeps the project, "" where it does not."""
    found = next((file for file in RENOVATE if file in files), "")
    return found and (
        f"{found}: Renovate keeps the actions' pins when 'extends' holds \"helpers:pinGitHubActionDigests\""
    )


def dependabot(existing: bytes | None) -> tuple[str | None, str]:
    """Return the file's whole text, None when nothing is missing or nothing can be put in; and what to say then.

    Args:
        existing: the file's bytes, None when there is none.
    """
    if existing is None or is_unedited(existing.decode("utf-8", "replace")):
        return marked("version: 2\nupdates:\n" + _indented(2)), ""
    try:
        node = read_nodes(FILE, existing)
    except ConfigError as error:
        return None, f"{error.cause}; the entry for github-actions was not looked for"
    if _updates_actions(node):
        return None, ""
    text = _merged(existing.decode(), node)
    return (text, "") if text else (None, f"{FILE} has no list of updates to put this into:\n{_ENTRY}")


def _updates(node: Node) -> Node | None:
    found = [value for key, value in node.entries if key.text == "updates"]
    return found[0] if found and found[0].kind == "list" else None


def _updates_actions(node: Node) -> bool:
    updates = _updates(node)
    return updates is not None and any(
        key.text == "package-ecosystem" and value.text == "github-actions"
        for item in updates.items
        for key, value in item.entries
    )


def _merged(text: str, node: Node) -> str:
    """Return the text with the entry behind the last one, "" when the list is not written as a block."""
    updates = _updates(node)
    if updates is None or not updates.items:
        return ""
    rows = text.split("\n")
    dash = rows[updates.items[0].line - 1]
    if not dash.lstrip().startswith("- "):
        return ""
    later = [key.line for key, _ in node.entries if key.line > updates.items[-1].line]
    end = (min(later) - 1) if later else len(rows)
    # What stands at the left margin before the next key belongs to that key.
    while end > updates.items[-1].line and (not rows[end - 1].strip() or rows[end - 1].startswith("#")):
        end -= 1
    entry = _indented(len(dash) - len(dash.lstrip())).rstrip("\n").split("\n")
    merged = "\n".join([*rows[:end], *entry, *(rows[end:] or [""])])
    return merged if _holds(merged, node) else ""


def _holds(merged: str, before: Node) -> bool:
    """Tell whether the list is one entry longer and has ours."""
    try:
        after = read_nodes(FILE, merged.encode())
    except ConfigError:
        return False
    old, new = _updates(before), _updates(after)
    return (
        old is not None
        and new is not None
        and len(new.items) == len(old.items) + 1
        and _updates_actions(after)
    )


def _indented(blanks: int) -> str:
    return "".join(f"{' ' * blanks}{row}\n" for row in _ENTRY.splitlines())
