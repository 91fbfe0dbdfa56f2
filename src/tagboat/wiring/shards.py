"""Which shard each ``--from [COMPONENT/]SHARD=DIR`` fills."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tagboat.core.plan import Plan
from tagboat.core.step import Step
from tagboat.errors import UsageError


def adopted_folders(plan: Plan, given: Mapping[str, Path]) -> dict[str, Path]:
    """Return the folders by ``component/shard``, as the build asks for them.

    Args:
        plan: the prepare half; its adopted shards, build-only ones included, are what may be named.
        given: folders by ``component/shard``, or by the shard's name alone where only one component has it.

    Raises:
        UsageError: a name is unknown or ambiguous, its shard is built and not adopted, or a folder does not exist.
    """
    shards = {_name(step): step for step in plan.steps if step.kind == "build-shard"}
    found: dict[str, Path] = {}
    for word, folder in given.items():
        name = _one(shards, word)
        if not _adopts(shards[name]):
            raise UsageError(
                f"--from {word}: the shard {name} is built here and takes no files of others",
                remedy='leave it out, or configure the shard with builder = "adopt"',
            )
        if name in found:
            raise UsageError(f"--from names the shard {name} twice", remedy="name one folder for it")
        if not folder.is_dir():
            raise UsageError(
                f"--from {word}: {folder} is not a folder", remedy="name the folder that holds the files"
            )
        found[name] = folder.resolve()
    return found


def _one(shards: Mapping[str, Step], word: str) -> str:
    named = [name for name in shards if word in (name, name.split("/", 1)[1])]
    if len(named) == 1:
        return named[0]
    known = ", ".join(name for name, step in shards.items() if _adopts(step))
    problem = "several shards" if named else "no shard of this release"
    raise UsageError(
        f"--from {word} names {problem}", remedy=f"the shards that adopt files are: {known or 'none'}"
    )


def _name(step: Step) -> str:
    shard = step.options["shard"]
    return f"{step.component}/{shard['name'] if isinstance(shard, Mapping) else ''}"


def _adopts(step: Step) -> bool:
    shard = step.options["shard"]
    return isinstance(shard, Mapping) and shard.get("builder") == "adopt"
