"""Evidence as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tagboat.cli.proposals import as_json, reasons_as_json
from tagboat.core.proposal import Next, Reason
from tagboat.core.text import plain

if TYPE_CHECKING:
    from tagboat.planner.commit_evidence import CommitEvidence
    from tagboat.wiring.explaining import ExplainedCommit


def version_as_json(next_: Next) -> dict[str, Any]:
    """Return the evidence for a version as data: of a proposal, what is neither change, note nor edit."""
    return {
        name: value for name, value in as_json(next_).items() if name not in {"changes", "section", "edits"}
    }


def version_told(next_: Next) -> Iterator[str]:
    """Yield the lines that tell why a component's next version is what it is."""
    name, last = next_.component, next_.last
    since = (
        f"the last release is {last}" + (f" (tag {next_.last_tag})" if next_.last_tag else "") if last else ""
    )
    if next_.version:
        yield f"{name}: {next_.version}, a {next_.level.word} step; {since or 'nothing is released yet'}"
    else:
        yield f"{name}: nothing to release; {since or 'nothing is released yet'}"
    for number, reason in enumerate(next_.reasons, 1):
        yield f"  {number}. {plain(reason.rule)}"
        yield from (f"     {line}" for line in _evidence(reason))
    if next_.unread:
        yield f"  not counted: {len(next_.unread)}; tagboat explain commit COMMIT tells why"
    for warning in next_.warnings:
        yield f"  warning: {plain(warning)}"


def commit_as_json(found: ExplainedCommit) -> dict[str, Any]:
    """Return what a commit counts for as data."""
    return {
        "commit": found.commit.id,
        "title": plain(found.commit.title),
        "head": found.head,
        "components": [_component(evidence) for evidence in found.components],
    }


def commit_told(found: ExplainedCommit) -> Iterator[str]:
    """Yield the lines that tell what a commit counts for."""
    yield f"{found.commit.id[:12]}  {plain(found.commit.title, limit=100)}"
    for evidence in found.components:
        counts = "counts" if evidence.verdict == "counts" else f"does not count ({evidence.verdict})"
        yield f"  {evidence.component}: {counts}: {plain(evidence.why, limit=400)}"
        if evidence.place:
            yield f"    rule: {plain(evidence.place)}"
        for reason in evidence.reasons:
            yield f"    {reason.level.word}: {plain(reason.rule)}; {plain(reason.place) or 'default'}"
        if evidence.verdict == "counts":
            noted = "with an entry in the notes" if evidence.noted else "without an entry in the notes"
            yield f"    {f'goes into {evidence.version}' if evidence.version else 'no release is due'}, {noted}"


def _component(evidence: CommitEvidence) -> dict[str, Any]:
    return {
        **asdict(evidence),
        "counts": evidence.verdict == "counts",
        "reasons": reasons_as_json(evidence.reasons),
    }


def _evidence(reason: Reason) -> Iterator[str]:
    if reason.commit or reason.text:
        yield (
            f"commit {reason.commit[:12]}  {plain(reason.text, limit=100)}"
            if reason.commit
            else plain(reason.text)
        )
    yield f"rule: {plain(reason.place) or 'default'}"
