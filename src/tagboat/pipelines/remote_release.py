"""A release that the forge's workflow publishes: for servers and laptops that no index trusts.

Read the two functions aloud. Prepare: as for a release from a tag, but the tag may still have to be made. Publish: fill
the draft with the built files, make the tag, start the workflow where the tag does not do so by itself, follow it, look at
what it published, finish what it left on the forge, look again. The tag is for good, so everything that can fail without
it comes before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.model import Config
from tagboat.core.artifact import Artifact, Manifest
from tagboat.core.canonical import digest
from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.core.step import Step
from tagboat.errors import InvalidError
from tagboat.pipelines.handing_over import hand_over
from tagboat.pipelines.preparing import build, by_tag, check, gather_shards, verify
from tagboat.pipelines.publishing import (
    confirm_forge,
    confirm_indexes,
    credentials_first,
    stage_forge,
    un_draft,
)
from tagboat.steps import adopt
from tagboat.steps.kinds import freeze

NAME = "remote-release"


def prepare(config: Config, releases: Sequence[Release], *, repository: str, default_branch: str) -> Plan:
    """Plan the half that ends in the Manifest.

    Raises:
        InvalidError: one dispatch cannot release what shares a tag.
    """
    _refuse_shared(config, releases)
    steps: list[Step] = [freeze("adopt", "adopt", adopt.Options(tuple(by_tag(releases))))]
    for release in releases:
        steps.extend(check(config, release, releases, default_branch, tag_to_make=True))
    builds = list(build(config, releases, repository))
    steps.extend(builds)
    steps.append(gather_shards(builds, repository))
    for release in releases:
        steps.extend(verify(config, release, builds))
    basis = {"config": digest(config.as_json())}
    return Plan(Half.PREPARE, NAME, tuple(releases), tuple(steps), basis)


def _refuse_shared(config: Config, releases: Sequence[Release]) -> None:
    for tag, group in by_tag(releases).items():
        if len(group) > 1 and config.workflows.trigger == "dispatch":
            raise InvalidError(
                f"{' and '.join(r.component for r in group)} share {tag}, and a dispatch of {config.workflows.release} "
                "releases one component",
                remedy='release one of them (--component), or let a pushed tag start the workflow (trigger = "tag")',
            )


def publish(config: Config, prepared: Plan, manifest: Manifest, manifest_file: Artifact) -> Plan:
    """Plan the half that hands the Manifest's files over, and looks at what became of them."""
    steps: list[Step] = [credentials_first(config, prepared.releases, uploads=False)]
    groups = by_tag(prepared.releases).values()
    for group in groups:
        steps.extend(stage_forge(config, group, manifest, manifest_file))
    for group in groups:
        steps.extend(hand_over(config, group, manifest, tuple(step.key for step in steps)))
    # The workflow has ended: what it did of this itself is found done.
    steps.extend(un_draft(config, prepared.releases, tuple(step.key for step in steps)))
    done = tuple(step.key for step in steps)
    for release in prepared.releases:
        steps.extend(confirm_indexes(config, release, manifest, done))
    steps.extend(confirm_forge(group, manifest, manifest_file, done) for group in groups)
    basis = {**prepared.basis, "prepare": prepared.digest, "manifest": manifest.digest}
    return Plan(Half.PUBLISH, NAME, prepared.releases, tuple(steps), basis)
