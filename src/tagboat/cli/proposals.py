"""Proposals as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tagboat.config.planning import Planning
from tagboat.core.change import Change, Level, Unread
from tagboat.core.proposal import FileEdit, Next, Reason
from tagboat.core.text import plain

if TYPE_CHECKING:
    from tagboat.wiring.planning import Planned

_SHOWN = 10
"""How many reasons and commits are told before the rest is counted."""


def answer(made: Planned) -> dict[str, Any]:
    """Return what a plan says, as data."""
    return {
        "head": made.wanted.head,
        "branch": made.wanted.branch,
        "date": made.wanted.today.isoformat(),
        "digest": made.digest,
        "dialect": made.planning.dialect,
        "source": made.planning.source,
        "components": [as_json(next_) for next_ in made.next],
        "remarks": [remark._asdict() for remark in made.planning.remarks],
        "uncommitted": list(made.uncommitted),
    }


def patch(proposals: Sequence[Next]) -> bytes:
    """Return the edits of every file as one unified diff that ``git apply`` takes, whatever the files hold."""
    from tagboat.cli.patches import unified  # noqa: PLC0415 - only for --diff
    from tagboat.planner.edits.all_edits import composed  # noqa: PLC0415

    return b"".join(unified(edit.path, edit.before, edit.after) for edit in composed(proposals))


def as_json(next_: Next) -> dict[str, Any]:
    """Return a proposal as data."""
    return {
        "component": next_.component,
        "last": next_.last,
        "last_tag": next_.last_tag,
        "version": next_.version,
        "tag": next_.tag,
        "level": next_.level.word,
        "reasons": [_reason(reason) for reason in next_.reasons],
        "changes": [_change(change) for change in next_.changes],
        "unread": [unread_as_json(unread) for unread in next_.unread],
        "section": next_.section,
        "edits": [_edit(edit) for edit in next_.edits],
        "warnings": list(next_.warnings),
    }


def reasons_as_json(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Return reasons as data."""
    return [_reason(reason) for reason in reasons]


def unread_as_json(unread: Unread) -> dict[str, Any]:
    """Return a commit that does not count as data."""
    return {"commit": unread.commit, "title": plain(unread.title), "reason": unread.reason}


def told(next_: Next, *, verbose: bool) -> Iterator[str]:
    """Yield the lines that tell a person of one proposal."""
    last = next_.last or "nothing yet"
    if next_.version:
        yield f"{next_.component} {last} → {next_.version} ({next_.level.word}), tag {next_.tag}"
    else:
        yield f"{next_.component} {last}: nothing to release"
    shown = next_.reasons if verbose else next_.reasons[:_SHOWN]
    for reason in shown:
        commit = reason.commit[:7] or "-"
        yield f"  {reason.level.word if reason.level else 'none':<5}  {commit:<7}  {_why(reason)}"
    if len(next_.reasons) > len(shown):
        yield f"  … and {len(next_.reasons) - len(shown)} more; --verbose shows them"
    if next_.unread:
        yield f"  not counted: {len(next_.unread)}"
        for unread in next_.unread if verbose else next_.unread[:_SHOWN]:
            yield f"    {unread.commit[:7]}  {plain(unread.title, limit=72)}  ({unread.reason})"
    for edit in next_.edits:
        if edit.after is None:
            yield f"  {edit.path}  removed ({edit.rule})"
        for place in edit.places:
            yield f"  {edit.path}:{place.line}  {_first(place.before) or '(new)'} → {_first(place.after)}"
    for warning in next_.warnings:
        yield f"  warning: {plain(warning)}"


def remarks_told(planning: Planning) -> Iterator[str]:
    """Yield the lines that tell what of another tool's configuration was not carried over."""
    for remark in planning.remarks:
        if remark.applies:
            yield f"{remark.place}: {remark.text}"


def _why(reason: Reason) -> str:
    text = plain(reason.text, limit=72)
    return f"{text}  ({plain(reason.rule)})" if text else plain(reason.rule)


def _first(text: str) -> str:
    line, _, rest = text.strip().partition("\n")
    return plain(line, limit=60) + (" …" if rest else "")


def _reason(reason: Reason) -> dict[str, Any]:
    return {**reason._asdict(), "level": Level(reason.level).word, "text": plain(reason.text)}


def _change(change: Change) -> dict[str, Any]:
    return {
        "commit": change.commit,
        "type": change.type,
        "scope": change.scope,
        "subject": change.subject,
        "breaking": list(change.breaking),
        "references": list(change.references),
        "release_as": change.release_as,
    }


def _edit(edit: FileEdit) -> dict[str, Any]:
    return {
        "path": edit.path,
        "rule": edit.rule,
        "before": _sha256(edit.before),
        "after": _sha256(edit.after),
        "places": [place._asdict() for place in edit.places],
    }


def _sha256(content: bytes | None) -> str | None:
    import hashlib  # noqa: PLC0415 - only for edits

    return None if content is None else hashlib.sha256(content).hexdigest()
