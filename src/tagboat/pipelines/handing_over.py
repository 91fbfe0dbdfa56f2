"""Parts of the publish half of a release that the forge's workflow publishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tagboat.config.model import Config
from tagboat.core.artifact import Manifest
from tagboat.core.release import Release
from tagboat.core.step import Step
from tagboat.pipelines.publishing import index_files
from tagboat.steps import arrived, capture_logs, dispatch_run, follow_run, push_tag
from tagboat.steps.kinds import freeze


def hand_over(
    config: Config, group: Sequence[Release], manifest: Manifest, needs: tuple[str, ...]
) -> Iterator[Step]:
    """Make one tag, see that its run is started, follow it, keep its logs, and look at what it published."""
    release, name, workflows = group[0], group[0].component, config.workflows
    title = f"{', '.join(r.component for r in group)} {release.version}"
    pushed = push_tag.Options(release.tag, release.commit, title, manifest.digest)
    tag = freeze("push-tag", f"push-tag:{name}", pushed, component=name, needs=needs)
    yield tag
    started = tag.key
    if workflows.trigger == "dispatch":
        dispatch = dispatch_run.Options(release.tag, release.commit, workflows.release, name, manifest.digest)
        started = f"dispatch-run:{name}"
        yield freeze("dispatch-run", started, dispatch, component=name, needs=(tag.key,))
    options = follow_run.Options(
        release.tag,
        workflows.release,
        manifest.digest,
        config.policy.remote_start,
        config.policy.remote_wait,
        workflows.trigger == "tag",
    )
    run = freeze("follow-run", f"follow-run:{name}", options, component=name, needs=(started,))
    yield run
    # It needs no success: the logs of a run that failed are wanted most.
    logs = capture_logs.Options(release.tag, workflows.release, manifest.digest, options.by_tag)
    yield freeze("capture-logs", f"capture-logs:{name}", logs, component=name, needs=(started,))
    for each in group:
        component = config.component(each.component)
        for target in component.targets:
            for distribution in component.distributions:
                files = index_files(manifest, component, distribution)
                there = arrived.Options(
                    target,
                    distribution,
                    each.version,
                    config.policy.staging_tries,
                    tuple(file.as_json() for file in files),
                )
                key = f"arrived:{target}:{distribution}"
                yield freeze("arrived", key, there, component=component.name, needs=(run.key,))
