"""Guard: the tag's release on the forge is absent, a draft, or the one that this very build published."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.steps.adopt import adopted, only_release
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The tag whose release is looked for."""

    tag: str


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Look at all releases of the tag; a colleague's un-drafting is accepted when the files are ours."""
    options = inputs.options(Options)
    release = only_release([r for r in ports.forge.releases() if r.tag == options.tag], options.tag)
    if release is None:
        return Receipt(f"{options.tag} has no release on the forge yet")
    attempt.log(f"{release.url}: {'draft' if release.draft else 'published'} by {release.author}")
    if release.draft:
        return Receipt(f"{options.tag} has a draft on the forge", {"url": release.url})
    if adopted(inputs) is not None:
        return Receipt(f"{options.tag} is published with this build's files", {"url": release.url})
    reason = f"{options.tag} is already published on the forge: {release.url}"
    finding = Finding(
        Verdict.FAIL,
        reason,
        "a published release is not changed: release the next version, or delete that release if it was a mistake",
        "release-published",
    )
    return Receipt(reason, findings=(finding,))
