"""The kinds of releases by their names in the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tagboat.config.model import Config
from tagboat.core.artifact import Artifact, Manifest
from tagboat.core.plan import Plan
from tagboat.core.release import Release
from tagboat.pipelines import remote_release, tag_release


class Pipeline(Protocol):
    """A module of this room that releases something."""

    NAME: str

    def prepare(
        self, config: Config, releases: Sequence[Release], *, repository: str, default_branch: str
    ) -> Plan:
        """Plan the half that ends in the Manifest."""
        ...

    def publish(self, config: Config, prepared: Plan, manifest: Manifest, manifest_file: Artifact) -> Plan:
        """Plan the half that is made from the Manifest."""
        ...


PIPELINES: dict[str, Pipeline] = {module.NAME: module for module in (tag_release, remote_release)}
