"""Guard: whoever publishes holds a credential for everything that is still to be written, before anything is written.

A token that is absent would otherwise show in the middle, when other files are published for good. Whether an index
accepts a token can only be seen by uploading (observed behaviour of PyPI); that there is one, and that the forge lets
it write, can be asked beforehand. What the world holds already needs no credential any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tagboat.config.privacy import token_variable
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import DeniedError
from tagboat.ports import Ports
from tagboat.steps import upload
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.STAGE
EFFECT = Effect.NONE
_FORGE_VARIABLE = "TAGBOAT_FORGE_TOKEN"


@dataclass(frozen=True, slots=True)
class Options:
    """The indexes that files go to, and the tags whose releases are made on the forge."""

    indexes: tuple[str, ...]
    tags: tuple[str, ...]


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Ask for all credentials at once.

    Raises:
        DeniedError: one is absent, or does not let us write; all such are named.
    """
    options = inputs.options(Options)
    lacking = [*_forge(ports, options, attempt), *_indexes(ports, options, inputs)]
    if lacking:
        said = "; ".join(cause for cause, _ in lacking)
        variables = ", ".join(dict.fromkeys(variable for _, variable in lacking))
        raise DeniedError(
            f"{said}; nothing of this half was written",
            remedy=f"set {variables} with a token that may do this, then start again",
        )
    return Receipt(f"credentials are there for the forge, {', '.join(options.indexes)}")


def _forge(ports: Ports, options: Options, attempt: Attempt) -> Iterator[tuple[str, str]]:
    allowed = ports.forge.may_write()
    if allowed is None:
        attempt.log("the forge does not tell beforehand what this kind of token may write")
    if allowed is not False:
        return
    public = {release.tag for release in ports.forge.releases() if not release.draft}
    missing = [tag for tag in options.tags if tag not in public]
    if missing:
        what = f"the forge does not let us write the release of {', '.join(missing)}"
        yield f"{what} in {ports.forge.repository}", _FORGE_VARIABLE


def _indexes(ports: Ports, options: Options, inputs: Inputs) -> Iterator[tuple[str, str]]:
    for name in options.indexes:
        if ports.indexes[name].has_credential:
            continue
        uploads = [
            step
            for step in inputs.plan.steps
            if step.kind == "upload" and step.options.get("index") == name and inputs.does(step.key)
        ]
        if any(upload.find(ports, replace(inputs, step=step)) is None for step in uploads):
            yield f"there is no token for {name}", token_variable(name)
