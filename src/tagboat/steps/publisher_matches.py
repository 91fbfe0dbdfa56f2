"""Guard: the workflow that will publish is one that the indexes' Trusted Publishers accept.

An index refuses an identity only when it is shown one, in the middle of a release. What it will look at stands in the
workflow's file: which repository, file and environment, and whether the job gets an identity at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tagboat.core.publisher import Publisher
from tagboat.core.step import Effect, Phase, Receipt, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import DeniedError, StepFailedError, UnavailableError
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.workflows.deploying import kept_out
from tagboat.workflows.dispatching import obstacles
from tagboat.workflows.publisher import Mismatch, has_publishing_step, mismatches, path_of, publishing_job
from tagboat.workflows.writing.mark import is_ours

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """What is expected, and where the workflow stands.

    Attributes:
        publishers: index to its owner, repository, workflow and environment; owner and repository are "" where none
            is configured.
        tags: the forms of the tags that start the workflow; none where a person does.
        tag: the tag of this release.
        commit: the commit whose workflow a tag starts.
        branch: the branch whose workflow a person starts.
        required: the release is handed to this workflow; else it may be published in another way.
        component: the component with which Tagboat itself starts the workflow on the tag; "" where it does not.
    """

    publishers: Mapping[str, Mapping[str, str]]
    tags: tuple[str, ...]
    tag: str
    commit: str
    branch: str
    required: bool
    component: str = ""

    @property
    def at_tag(self) -> bool:
        """Whether the workflow runs for the tag, as it is at the tag's commit."""
        return bool(self.tags or self.component)


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Compare the workflow with every publisher and the forge's environments, and tell all mismatches at once."""
    options = inputs.options(Options)
    publishers = {
        index: _named(Publisher(**settings), ports.forge.repository)
        for index, settings in options.publishers.items()
    }
    path = path_of(next(iter(publishers.values())))
    commit = (
        options.commit if options.at_tag else ports.repository.branch_head(options.branch) or options.commit
    )
    data = ports.repository.read(commit, path)
    attempt.log(f"{path} at {commit[:12]}: {'absent' if data is None else f'{len(data)} bytes'}")
    if not options.required and not has_publishing_step(data):
        return Receipt(f"{path} does not publish with an identity", state=StepState.SKIPPED)
    told = [
        mismatch
        for index, publisher in publishers.items()
        for mismatch in _compared(ports, options, index, publisher, data, commit)
    ]
    told += _together(inputs, options, data)
    kept_out = list(_kept_out(ports, options, publishers.values(), attempt))
    told += kept_out
    settings = "; ".join(f"{index}: {publisher.told()}" for index, publisher in publishers.items())
    if not told:
        tried = ", and a job like its own was lent a token" if ports.trial else ""
        return Receipt(f"{path} fits {settings}{tried}", {"path": path, "commit": commit})
    reason = "; ".join(dict.fromkeys(mismatch.said for mismatch in told))
    certain = any(mismatch.certain for mismatch in told)
    verdict = Verdict.FAIL if certain and options.required else Verdict.WARN
    remedy = (
        f"correct the workflow, or the configuration and the index's page together, which expect {settings}"
    )
    if kept_out:
        remedy = f"let it deploy in the environment's settings on the forge; if that is not all: {remedy}"
    return Receipt(reason, findings=(Finding(verdict, reason, remedy, "publisher-mismatch"),))


def _compared(
    ports: Ports, options: Options, index: str, publisher: Publisher, data: bytes | None, commit: str
) -> list[Mismatch]:
    """Hold the workflow against one publisher; what is asked of others is asked only where the files fit."""
    told = [*mismatches(publisher, data, ports.forge.repository, options.tags)]
    certain = any(mismatch.certain for mismatch in told)
    if data and not certain and options.component:
        told += map(Mismatch, obstacles(path_of(publisher), data, options.component, options.tag))
        certain = any(mismatch.certain for mismatch in told)
    if not certain and (refusal := _tried(ports, options, index, publisher, data, commit)):
        told.append(Mismatch(refusal))
    return told


def _together(inputs: Inputs, options: Options, data: bytes | None) -> list[Mismatch]:
    """A workflow of ours plans one component, and so takes no build that was made for several tags."""
    tags = {release.tag for release in inputs.plan.releases}
    if not (options.required and len(tags) > 1 and is_ours((data or b"").decode("utf-8", "replace"))):
        return []
    return [
        Mismatch(
            "the workflow that Tagboat wrote releases one component, and this release makes the tags "
            f"{', '.join(sorted(tags))}: release one after the other, with --component"
        )
    ]


def _kept_out(
    ports: Ports, options: Options, publishers: Iterable[Publisher], attempt: Attempt
) -> Iterator[Mismatch]:
    kind, ref = ("tag", options.tag) if options.at_tag else ("branch", options.branch)
    for name in dict.fromkeys(publisher.environment for publisher in publishers if publisher.environment):
        try:
            environment = ports.forge.environment(name)
        except (DeniedError, UnavailableError, StepFailedError) as error:
            if options.required and not isinstance(error, DeniedError):
                raise
            attempt.log(f"what may deploy to {name} is not told: {error.cause}")
            continue
        mismatch = kept_out(environment, kind, ref) if environment else None
        if mismatch:
            yield mismatch


def _tried(
    ports: Ports, options: Options, index: str, publisher: Publisher, data: bytes | None, commit: str
) -> str:
    """In a rehearsal, let a job like the workflow's own ask an index for a token; return why it gets none."""
    if ports.trial is None:
        return ""
    ref = f"refs/tags/{options.tag}" if options.at_tag else f"refs/heads/{options.branch}"
    repository = ports.forge.repository
    job = publishing_job(
        publisher, data, repository=repository, ref=ref, commit=commit, by_tag=bool(options.tags)
    )
    return ports.trial.refusal(index, publisher, job) if job else ""


def _named(publisher: Publisher, repository: str) -> Publisher:
    """Where no repository is configured, the one that is released is the one that is meant."""
    owner, _, name = repository.partition("/")
    return publisher if publisher.owner else replace(publisher, owner=owner, repository=name)
