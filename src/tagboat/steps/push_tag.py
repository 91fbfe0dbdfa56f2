"""Makes the tag on the forge, which starts the workflow that publishes: our last act before the workflow's.

The tag is annotated and names the Manifest that it hands over. A tag at the same commit that somebody else made does
as well; one at another commit, or for another build, is a conflict, and is never moved.
"""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.remote_run import message, named
from tagboat.steps.tag_ready import refuse_other

PHASE = Phase.PUBLISH
EFFECT = Effect.PERMANENT


@dataclass(frozen=True, slots=True)
class Options:
    """The tag's name and commit.

    Attributes:
        title: the first line of its message.
        manifest: the digest of the Manifest that it hands over.
    """

    tag: str
    commit: str
    title: str
    manifest: str


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the tag when the forge has it at our commit."""
    options = inputs.options(Options)
    tag = ports.forge.tag(options.tag)
    if tag is None:
        return None
    refuse_other(options.tag, tag.commit, options.commit)
    if named(tag) not in ("", options.manifest):
        raise ConflictError(
            f"the tag {options.tag} hands the build {named(tag)} over, this release built {options.manifest}",
            remedy="go on where that build is; where it is lost and nothing of it is published, delete the tag, else "
            "release the next version",
        )
    whose = "" if named(tag) else ", made by somebody else"
    return _receipt(options, f"{options.tag} is {tag.commit[:12]} on the forge{whose}")


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Make it; when somebody was faster, theirs counts if it is at our commit."""
    options = inputs.options(Options)
    attempt.log(f"making {options.tag} at {options.commit}")
    try:
        ports.forge.create_tag(options.tag, options.commit, message(options.title, options.manifest))
    except ConflictError:
        theirs = find(ports, inputs)
        if theirs is None:
            raise
        return theirs
    return _receipt(options, f"made {options.tag} at {options.commit[:12]}")


def _receipt(options: Options, summary: str) -> Receipt:
    facts: dict[str, JSON] = {"tag": options.tag, "commit": options.commit}
    return Receipt(summary, facts)
