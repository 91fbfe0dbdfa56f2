"""Guard: the tag's release on the forge is absent, a draft, or the one that this very build published."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.steps.adopt import adopted, passed_over, the_release
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The tag whose release is looked for.

    Attributes:
        sharing: components that have the same tags and are not in this release.
    """

    tag: str
    sharing: tuple[str, ...] = ()


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Look at all releases of the tag; a colleague's un-drafting is accepted when the files are ours."""
    options = inputs.options(Options)
    release = the_release(ports, options.tag)
    if release is None:
        return Receipt(f"{options.tag} has no release on the forge yet", findings=_closing(options))
    attempt.log(f"{release.url}: {'draft' if release.draft else 'published'} by {release.author}")
    if release.draft:
        summary = f"{options.tag} has a draft on the forge"
        return Receipt(summary, {"url": release.url}, findings=_closing(options))
    if adopted(inputs) is not None:
        return Receipt(f"{options.tag} is published with this build's files", {"url": release.url})
    reason = f"{options.tag} is already published on the forge: {release.url}"
    if why := passed_over(inputs):
        reason += f" ({why})"
    remedy = "a published release is not changed: release the next version, or delete that release if it was a mistake"
    if options.sharing:
        remedy += f"; components that share a tag ({', '.join(options.sharing)}) are released together"
    finding = Finding(Verdict.FAIL, reason, remedy, "release-published")
    return Receipt(reason, findings=(finding,))


def _closing(options: Options) -> tuple[Finding, ...]:
    """A published release takes no more files, so whoever shares the tag and comes later finds it closed."""
    if not options.sharing:
        return ()
    names = ", ".join(options.sharing)
    reason = f"{options.tag} is also a tag of {names}, and publishing its release closes it for them"
    remedy = f"release them together: add --tag {options.sharing[0]}={options.tag}"
    return (Finding(Verdict.WARN, reason, remedy, "tag-shared"),)
