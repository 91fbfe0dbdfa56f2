"""The whole plan of a release of two components, as text for reviewers.

``python tests/pipelines/golden_plan.py`` writes ``tests/cases/plan/two-components.txt`` anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tagboat.config.model import Component, Config, Policy, Shard
from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.canonical import canonical
from tagboat.core.plan import Plan
from tagboat.core.release import Release
from tagboat.core.step import Step
from tagboat.pipelines import tag_release

FILE = Path(__file__).parent.parent / "cases" / "plan" / "two-components.txt"
COMMIT = "c" * 40
CORE = Component(
    "core",
    path="core",
    distributions=("boat-core",),
    tag="core-v{version}",
    notes="core/notes/{version}.md",
    lines={"main": ">=2", "1.x": "<2"},
    checks=("ci.yml",),
    shards=(Shard("pure", wheel=False), Shard("linux", sdist=False, wheels=("cp312-*-manylinux*",))),
    build_needs=("tools",),
    pythons=("3.11", "3.12"),
    targets=("testpypi", "pypi"),
    reproduce=True,
)
ALL = Component(
    "all", distributions=("boat",), needs=("core",), imports=("boat",), targets=("testpypi", "pypi")
)
TOOLS = Component("tools", path="tools", distributions=("boat-tools",), tag="tools-v{version}")
CONFIG = Config(repository="acme/boat", components=(ALL, CORE, TOOLS), policy=Policy(), source="tagboat.toml")
RELEASES = (Release("core", "2.1", "core-v2.1", COMMIT), Release("all", "2.1", "v2.1", COMMIT))


def artifact(file: str, component: str, role: Role) -> Artifact:
    """Return an artifact whose digest nobody computes."""
    return Artifact(file, f"{sum(map(ord, file)):064x}", 1000, component, role)


def plans() -> tuple[Plan, Plan]:
    """Return both halves."""
    prepare = tag_release.prepare(CONFIG, RELEASES, repository="acme/boat", default_branch="main")
    made = (
        ("boat-2.1-py3-none-any.whl", "all", Role.WHEEL),
        ("boat-2.1.tar.gz", "all", Role.SDIST),
        ("boat-core-v2.1.tar.gz", "core", Role.ARCHIVE),
        ("boat-core-v2.1.tar.gz.sha256", "core", Role.CHECKSUM),
        ("boat-v2.1.tar.gz", "all", Role.ARCHIVE),
        ("boat-v2.1.tar.gz.sha256", "all", Role.CHECKSUM),
        ("boat_core-2.1-cp312-cp312-manylinux_2_28_x86_64.whl", "core", Role.WHEEL),
        ("boat_core-2.1.tar.gz", "core", Role.SDIST),
    )
    artifacts = tuple(artifact(*each) for each in made)
    shards: tuple[ShardRecord, ...] = ()
    manifest = Manifest("tagboat", "acme/boat", prepare.digest, RELEASES, shards, artifacts)
    file = artifact("tagboat-manifest.json", "", Role.CHECKSUM)
    return prepare, tag_release.publish(CONFIG, prepare, manifest, file)


def text() -> str:
    """Return both halves, a step a paragraph."""
    return "\n".join(told(plan) for plan in plans())


def told(plan: Plan) -> str:
    """Return one half."""
    lines = [f"# {plan.half}: {', '.join(f'{r.component} {r.version} ({r.tag})' for r in plan.releases)}", ""]
    for number, step in enumerate(plan.steps):
        lines.append(f"{step.phase}  {step.key}  [{step.kind}; {step.effect}]")
        lines += [f"    needs {needs(step, plan.steps[:number])}"] if step.needs else []
        lines += [f"    {name} = {canonical(value)}" for name, value in step.options.items()]
        lines.append("")
    return "\n".join(lines)


def needs(step: Step, before: Sequence[Step]) -> str:
    """Return what a step needs, as briefly as it can be said."""
    every = [other.key for other in before]
    if list(step.needs) == every:
        return f"every step before it ({len(every)})"
    return ", ".join(step.needs)


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text())
    sys.stdout.write(f"wrote {FILE.name}\n")
