"""What happens on the forge, and which workflow files it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagboat.workflows.filters import taken
from tagboat.workflows.model import Data, Trigger, Workflow


@dataclass(frozen=True, slots=True)
class Event:
    """What happens on the forge.

    Attributes:
        name: ``push``, ``release`` or ``workflow_dispatch``.
        ref: the full name: ``refs/tags/v1.0``.
        workflow: with ``workflow_dispatch``: the file that is started.
        inputs: with ``workflow_dispatch``: what a person chose.
        default_branch: the repository's.
        outputs: job to those of its outputs that are known beforehand.
    """

    name: str
    ref: str
    repository: str
    workflow: str = ""
    inputs: Mapping[str, Data] = field(default_factory=dict)
    default_branch: str = "main"
    outputs: Mapping[str, Mapping[str, Data]] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The branch's or tag's own name."""
        return self.ref.split("/", 2)[-1]

    @property
    def is_tag(self) -> bool:
        """Whether it is about a tag."""
        return self.ref.startswith("refs/tags/")


def starts(path: str, workflow: Workflow, event: Event) -> bool:
    """Tell whether the event starts the workflow at this path."""
    trigger = workflow.trigger(event.name)
    if trigger is None:
        return False
    if event.name == "workflow_dispatch":
        return path.rsplit("/", 1)[-1] == event.workflow
    return _filtered(trigger, event)


def _filtered(trigger: Trigger, event: Event) -> bool:
    """Whether a push passes the filters: with filters for branches alone no tag passes, and the other way round."""
    branches, tags = (trigger.branches, trigger.branches_ignore), (trigger.tags, trigger.tags_ignore)
    (own, ignored), other = (tags, branches) if event.is_tag else (branches, tags)
    if own:
        return taken(own, event.short)
    if ignored:
        return not taken(ignored, event.short)
    return not any(other)
