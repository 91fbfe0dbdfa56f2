"""A release from a tag: CI has validated the commit; the release builds once from the tag and publishes what it built.

Read the two functions aloud. Prepare: is the tag good, build it, look at it. Publish: fill the draft, stage, publish,
un-draft, look again. The Manifest stands between them.
"""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.model import Config
from tagboat.core.artifact import Artifact, Manifest
from tagboat.core.canonical import digest
from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.core.step import Step
from tagboat.pipelines.preparing import build, by_tag, check, gather_shards, verify
from tagboat.pipelines.publishing import (
    confirm_forge,
    confirm_indexes,
    credentials_first,
    publish_indexes,
    stage_forge,
    stage_indexes,
    un_draft,
)
from tagboat.steps import adopt
from tagboat.steps.kinds import freeze

NAME = "tag-release"


def prepare(config: Config, releases: Sequence[Release], *, repository: str, default_branch: str) -> Plan:
    """Plan the half that ends in the Manifest."""
    steps: list[Step] = [freeze("adopt", "adopt", adopt.Options(tuple(by_tag(releases))))]
    for release in releases:
        steps.extend(check(config, release, releases, default_branch))
    builds = list(build(config, releases, repository))
    steps.extend(builds)
    steps.append(gather_shards(builds, repository))
    for release in releases:
        steps.extend(verify(config, release, builds))
    basis = {"config": digest(config.as_json())}
    return Plan(Half.PREPARE, NAME, tuple(releases), tuple(steps), basis)


def publish(config: Config, prepared: Plan, manifest: Manifest, manifest_file: Artifact) -> Plan:
    """Plan the half that publishes the Manifest's files, and nothing else."""
    steps: list[Step] = [credentials_first(config, prepared.releases)]
    groups = by_tag(prepared.releases).values()
    for group in groups:
        steps.extend(stage_forge(config, group, manifest, manifest_file))
    staged = tuple(step.key for step in steps)
    for release in prepared.releases:
        steps.extend(stage_indexes(config, release, manifest, staged))
    staged = tuple(step.key for step in steps)
    published: list[Step] = []
    for release in prepared.releases:
        published.extend(publish_indexes(config, release, manifest, (*staged, *(s.key for s in published))))
    steps.extend(published)
    steps.extend(un_draft(config, prepared.releases, tuple(step.key for step in steps)))
    done = tuple(step.key for step in steps)
    for release in prepared.releases:
        steps.extend(confirm_indexes(config, release, manifest, done))
    steps.extend(confirm_forge(group, manifest, manifest_file, done) for group in groups)
    basis = {**prepared.basis, "prepare": prepared.digest, "manifest": manifest.digest}
    return Plan(Half.PUBLISH, NAME, prepared.releases, tuple(steps), basis)
