"""Environments, their protection, and what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.sandbox.actions.gates import Gate
from tagboat.sandbox.actions.model import Environment, RefPolicy, Review
from tagboat.sandbox.forge.model import Account, Run
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id
from tagboat.sandbox.forge.shapes.people import simple_user


def brief(links: Links, full_name: str, found: Environment) -> Json:
    """An environment inside other answers."""
    page = links.page(full_name)
    return {
        "id": found.id,
        "node_id": node_id("Environment", found.id),
        "name": found.name,
        "url": f"{links.repository(full_name)}/environments/{found.name}",
        "html_url": f"{page}/deployments/activity_log?environments_filter={found.name}",
        "created_at": found.created,
        "updated_at": found.updated,
    }


def environment(links: Links, full_name: str, found: Environment, people: Sequence[Account]) -> Json:
    """The schema ``environment``."""
    rules: list[Json] = []
    if found.wait_minutes:
        rules.append({**_rule(found, 1), "type": "wait_timer", "wait_timer": found.wait_minutes})
    if people:
        rules.append(
            {
                **_rule(found, 2),
                "type": "required_reviewers",
                "prevent_self_review": found.no_self_review,
                "reviewers": _people(links, people),
            }
        )
    if found.policy != "all":
        rules.append({**_rule(found, 3), "type": "branch_policy"})
    policy = {
        "protected_branches": found.policy == "protected",
        "custom_branch_policies": found.policy == "custom",
    }
    return {
        **brief(links, full_name, found),
        "protection_rules": rules,
        "deployment_branch_policy": None if found.policy == "all" else policy,
    }


def _rule(found: Environment, kind: int) -> Json:
    number = found.id * 10 + kind
    return {"id": number, "node_id": node_id("Gate", number)}


def _people(links: Links, people: Sequence[Account]) -> list[Json]:
    return [{"type": "User", "reviewer": simple_user(links, each)} for each in people]


def pending(links: Links, full_name: str, gate: Gate, people: Sequence[Account], *, may: bool) -> Json:
    """The schema ``pending-deployment``."""
    minutes = gate.environment.wait_minutes
    return {
        "environment": brief(links, full_name, gate.environment),
        "wait_timer": minutes,
        "wait_timer_started_at": gate.since if minutes else None,
        "current_user_can_approve": may,
        "reviewers": _people(links, people),
    }


def policy(found: RefPolicy) -> Json:
    """The schema ``deployment-branch-policy``."""
    return {
        "id": found.id,
        "node_id": node_id("GateBranchPolicy", found.id),
        "name": found.name,
        "type": found.kind,
    }


def review(links: Links, found: Review, environments: list[Json], user: Account) -> Json:
    """The schema ``environment-approvals``."""
    return {
        "environments": environments,
        "state": found.state,
        "user": simple_user(links, user),
        "comment": found.comment,
    }


def deployment(links: Links, full_name: str, run: Run, found: Environment, creator: Account) -> Json:
    """The schema ``deployment``, for an environment of a run."""
    url = f"{links.repository(full_name)}/deployments/{run.id}"
    return {
        "url": url,
        "id": run.id,
        "node_id": node_id("Deployment", run.id),
        "sha": run.sha,
        "ref": run.branch or run.sha,
        "task": "deploy",
        "payload": {},
        "original_environment": found.name,
        "environment": found.name,
        "description": None,
        "creator": simple_user(links, creator),
        "created_at": run.started,
        "updated_at": run.updated,
        "statuses_url": f"{url}/statuses",
        "repository_url": links.repository(full_name),
    }
