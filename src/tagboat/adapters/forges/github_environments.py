"""Environments on GitHub, and the branches and tags that may deploy to them."""

from __future__ import annotations

from urllib.parse import quote

from tagboat.adapters.forges.github_calls import Calls
from tagboat.ports.forge import Environment


def read(calls: Calls, root: str, name: str) -> Environment | None:
    """Return the environment, or None where there is none."""
    place = f"{root}/environments/{quote(name, safe='')}"
    found = calls.object(place)
    if found is None:
        return None
    policy = found.inner("deployment_branch_policy")
    named = found.line("name")
    if policy.flag("protected_branches"):
        return Environment(named, protected=True)
    if not policy.flag("custom_branch_policies"):
        return Environment(named)
    patterns = [
        # A server from before October 2023 knows branches alone, and tells no type.
        (shape.maybe("type") or "branch", shape.text("name"))
        for shape in calls.pages(f"{place}/deployment-branch-policies?per_page=100", "branch_policies")
    ]
    branches, tags = (tuple(text for each, text in patterns if each == kind) for kind in ("branch", "tag"))
    return Environment(named, listed=True, branches=branches, tags=tags)
