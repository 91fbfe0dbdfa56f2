"""What a rehearsal of a release that is handed to the forge's workflow adds: the tag still to be made, and a player.

The real workflow is not run. Once the tag is made, or the workflow dispatched on it, a player of the sandbox takes the draft's files and uploads them to
the sandbox's indexes, as the workflow should.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tagboat.config.model import Config
from tagboat.engine.events import Moment, Observer, StepEvent
from tagboat.engine.release import ReleaseRun
from tagboat.pipelines import remote_release
from tagboat.wiring.places import Places

if TYPE_CHECKING:
    from tagboat.sandbox.addresses import Addresses

NOT_COVERED = (
    "the workflow {workflow} itself: a player published the draft's files in its place, so whether it starts, finds them "
    "and may publish them was not seen"
)


def one_commit(config: Config, tags: Sequence[str], commit_of: Callable[[str], str | None]) -> str:
    """Return the commit at which the rehearsal makes the tags itself; "" when they stand there from the beginning.

    Args:
        config: the project's configuration.
        tags: each ``COMPONENT=TAG``.
        commit_of: tells a tag's commit in the copy.
    """
    if config.pipeline != remote_release.NAME:
        return ""
    commits = {commit_of(text.partition("=")[2]) for text in tags}
    return (commits.pop() or "") if len(commits) == 1 else ""


def pushed_refs(commit: str, tags: Sequence[str]) -> tuple[str, ...]:
    """Return what of the copy is pushed: all but the tags that the release is to make (gitrevisions' negative form)."""
    left_out = (f"^refs/tags/{text.partition('=')[2]}" for text in tags) if commit else ()
    return ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", *left_out)


class Player:
    """Watches the release, and plays the workflow's part once it is started; what was played is not played again."""

    def __init__(self, addresses: Addresses, places: Places, watch: Observer) -> None:
        self._addresses = addresses
        self._places = places
        self._watch = watch
        self.run: ReleaseRun | None = None

    def __call__(self, event: StepEvent) -> None:
        """Tell whoever watches; then it is the workflow's turn."""
        self._watch(event)
        if event.moment is Moment.RECORDED and event.state == "succeeded" and self._starts(event):
            self._publish(event)

    def _starts(self, event: StepEvent) -> bool:
        by_tag = self.run is not None and self.run.derived.config.workflows.trigger == "tag"
        return event.step.kind == ("push-tag" if by_tag else "dispatch-run")

    def _publish(self, event: StepEvent) -> None:
        from tagboat.sandbox import player  # noqa: PLC0415 - with the sandbox, which is heavy

        plans = self.run.state.load_plans() if self.run else None
        if self.run is None or plans is None or plans[1] is None:
            return
        follow = next(step for step in plans[1].steps if event.step.key in step.needs)
        uploads: dict[str, list[str]] = {}
        for step in (step for step in plans[1].steps if step.kind == "arrived" and follow.key in step.needs):
            index = self.run.derived.config.index(str(step.options["index"]))
            files = [str(data["file"]) for data in step.options["artifacts"]]  # type: ignore[union-attr, index, call-overload] # as its Options say
            uploads.setdefault(self._places.index(index).upload, []).extend(files)
        player.publish_draft(
            self._addresses,
            self.run.ports.forge.repository,
            tag=str(event.step.options["tag"]),
            sha=str(event.step.options["commit"]),
            workflow=str(follow.options["workflow"]),
            uploads=uploads,
        )
