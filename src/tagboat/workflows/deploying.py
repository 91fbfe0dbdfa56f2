"""Whether the forge will let a release's run deploy to the environment that its publishing job names."""

from __future__ import annotations

from tagboat.core.deployment import admits
from tagboat.core.text import plain
from tagboat.ports.forge import Environment
from tagboat.workflows.publisher import Mismatch


def kept_out(environment: Environment, kind: str, ref: str) -> Mismatch | None:
    """Return why it will not, or None where it will, or none can tell.

    Args:
        environment: as the forge has it.
        kind: ``tag`` or ``branch``: what the run is for.
        ref: its name.
    """
    said = f"the forge's environment {environment.name} lets no run for the {kind} {ref} deploy"
    if environment.protected:
        # Which branches are protected takes more rights to see than we have, and such a pattern may take tags as well.
        return Mismatch(f"{said}, unless it is protected", certain=False) if kind == "tag" else None
    patterns = environment.tags if kind == "tag" else environment.branches
    if not environment.listed or admits(patterns, ref) is not False:
        return None
    named = [("branch", each) for each in environment.branches] + [("tag", each) for each in environment.tags]
    allowed = ", ".join(plain(f"{of} {pattern}", limit=100) for of, pattern in named)
    return Mismatch(f"{said}, only {allowed}" if named else f"{said}: its list of branches and tags is empty")
