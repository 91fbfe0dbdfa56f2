"""Environments: which references may deploy to them, and who has to agree first."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from tagboat.sandbox.actions.model import Environment, RefPolicy, Secret
from tagboat.sandbox.actions.patterns import chosen
from tagboat.sandbox.forge.model import Repository, now
from tagboat.sandbox.forge.records import Records


@dataclass(eq=False, slots=True)
class Gate:
    """A job that waits for an environment: ``decided`` is set once somebody said ``approved`` or ``rejected``."""

    environment: Environment
    since: str = field(default_factory=now)
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    state: str = ""

    def decide(self, state: str) -> None:
        """Let the job go on, or not."""
        self.state = state
        self.decided.set()


def environment_of(records: Records, repository: Repository, name: str) -> Environment:
    """The environment of this name, made without any protection when it is missing, as GitHub does."""
    for each in records.all(Environment, repository_id=repository.id):
        if each.name.lower() == name.lower():
            return each
    moment = now()
    return records.add(
        Environment,
        repository_id=repository.id,
        name=name,
        wait_minutes=0,
        reviewers_json="[]",
        no_self_review=False,
        policy="all",
        created=moment,
        updated=moment,
    )


def reviewers(environment: Environment) -> list[str]:
    """The accounts of which one has to agree."""
    found: list[str] = json.loads(environment.reviewers_json)
    return found


def may_deploy(records: Records, environment: Environment, ref: str) -> bool:
    """Whether a run for this reference may use the environment."""
    if environment.policy == "all":
        return True
    if environment.policy == "protected":
        return False  # no branch of this forge is protected
    kind = "tag" if ref.startswith("refs/tags/") else "branch"
    name = ref.split("/", 2)[-1]
    policies = records.all(RefPolicy, environment_id=environment.id, kind=kind)
    return any(chosen(name, [policy.name]) for policy in policies)


def values(records: Records, repository: Repository, environment: str, *, hidden: bool) -> dict[str, str]:
    """Secrets or variables that a job sees: the repository's, and over them those of its environment."""
    found = records.all(Secret, repository_id=repository.id, hidden=hidden)
    own = [each for each in found if each.environment and each.environment.lower() == environment.lower()]
    return {each.name: each.value for each in [each for each in found if not each.environment] + own}
