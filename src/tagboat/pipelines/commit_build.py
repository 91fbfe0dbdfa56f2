"""What CI builds from a commit: the very builds of a release, without a tag, a version of ours, or anything to publish."""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.model import Config
from tagboat.core.canonical import digest
from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.pipelines.preparing import build
from tagboat.steps import adopt
from tagboat.steps.kinds import freeze

NAME = "commit-build"


def prepare(config: Config, components: Sequence[str], commit: str, *, repository: str) -> Plan:
    """Plan the builds of these components at a commit; the version is what the back end says."""
    releases = tuple(Release(name, "", "", commit) for name in components)
    # Builds ask what the adoption found; no tag, no draft: it finds nothing.
    steps = [freeze("adopt", "adopt", adopt.Options(()))]
    steps += (step for step in build(config, releases, repository) if step.kind == "build-shard")
    return Plan(Half.PREPARE, NAME, releases, tuple(steps), {"config": digest(config.as_json())})
