"""Makes the tag's release public: pre-releases are marked, and "latest" goes to the highest final version only."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version

from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.tag import TagGrammar
from tagboat.ports import Ports
from tagboat.ports.forge import ForgeRelease
from tagboat.steps.adopt import the_release
from tagboat.steps.draft import the_draft
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.PUBLISH
EFFECT = Effect.PERMANENT


@dataclass(frozen=True, slots=True)
class Options:
    """The release to publish; ``grammar`` reads versions out of the other releases' tags."""

    tag: str
    version: str
    grammar: str
    latest: bool = True


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the release when it is public; the draft step has seen that its files are ours."""
    release = the_release(ports, inputs.options(Options).tag)
    return _receipt(release, "was public") if release and not release.draft else None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Publish it."""
    options = inputs.options(Options)
    release = the_draft(ports, options.tag)
    version = Version(options.version)
    latest = options.latest and not version.is_prerelease and not _higher(ports, options, version)
    attempt.log(f"publishing {options.tag}: prerelease={version.is_prerelease}, latest={latest}")
    return _receipt(
        ports.forge.publish(release, prerelease=version.is_prerelease, latest=latest), "published"
    )


def _higher(ports: Ports, options: Options, version: Version) -> bool:
    grammar = TagGrammar(options.grammar)
    others = (grammar.version(r.tag) for r in ports.forge.releases() if not r.draft)
    return any(other > version and not other.is_prerelease for other in others if other)


def _receipt(release: ForgeRelease, verb: str) -> Receipt:
    facts: dict[str, JSON] = {
        "url": release.url,
        "prerelease": release.prerelease,
        "immutable": release.immutable,
    }
    return Receipt(f"{verb}: {release.url}", facts)
