"""Judging the workflows of the user's own folder: drift, our rules, the publisher's checks, and zizmor where it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tagboat.config.publishers import publisher_for, starting_tags, trusting_targets
from tagboat.core.verdict import Verdict
from tagboat.errors import ConfigError, RefusedError
from tagboat.wiring.workflows import LOCKS, Asked, Found, found_in
from tagboat.workflows.audit.flaw import Flaw, view_of
from tagboat.workflows.audit.merging import Other, merged
from tagboat.workflows.audit.rules import audit, in_order, readable
from tagboat.workflows.publisher import mismatches
from tagboat.workflows.writing.changes import State, changes
from tagboat.workflows.writing.files import FOLDER, publishers, write
from tagboat.workflows.writing.mark import is_ours, is_unedited

_DRIFT = {
    State.NEW: "it is not there, and the configuration asks for it",
    State.REFRESHED: "the configuration, or Tagboat, says something else by now",
    State.EDITED: "it was edited since Tagboat wrote it",
    State.FOREIGN: "another file stands where Tagboat would write this one",
}


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found.

    Attributes:
        files: the workflow files that were judged.
        flaws: what is wrong, the blocking first.
        not_run: what was not looked at, each with the reason.
        second: the other auditor that ran, with its version; "" for none.
    """

    files: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    not_run: tuple[str, ...]
    second: str

    @property
    def blocking(self) -> int:
        """How many flaws block."""
        return sum(flaw.blocks for flaw in self.flaws)


def audited(asked: Asked, *, zizmor: bool) -> Audited:
    """Judge the workflow files of a work tree.

    Args:
        asked: where.
        zizmor: whether zizmor is to judge them as well.

    Raises:
        ConfigError: the configuration has mistakes.
        UsageError: nothing says which repository it is.
    """
    found = found_in(asked)
    files = {path: data for path, data in found.there.items() if path.startswith(FOLDER)}
    if not files:
        return Audited((), (), (), "")
    release = f"{FOLDER}{found.config.workflows.release}"
    tags = [component.tag.replace("{version}", "1.0.0") for component in found.config.components]
    flaws = audit(files, release, tags, found.project.repository)
    flaws += [*_drift(found), *_publisher(found, release)]
    not_run, second = ["zizmor: --no-zizmor was said"], ""
    if zizmor:
        from tagboat.adapters.zizmor import ASKING, second_audit  # noqa: PLC0415 - only when asked

        seen = second_audit(found.root.resolve())
        second = seen.version
        not_run = (
            [f"zizmor: {seen.reason}"]
            if seen.reason
            else [f"zizmor {name}: needs the network" for name in ASKING]
        )
        if seen.unread:
            not_run.append(f"zizmor, on a file that it cannot read: {seen.unread}")
        releasing = view_of(readable(files), release).releasing
        others = [Other("zizmor", one.audit, one.file, one.line, one.spans, one.said) for one in seen.found]
        flaws = merged(flaws, others, releasing)
    return Audited(tuple(files), tuple(in_order(flaws)), tuple(not_run), second)


def _drift(found: Found) -> Iterator[Flaw]:
    """Compare what Tagboat wrote with what it would write; nothing is said where it never wrote anything."""
    files = {path: data for path, data in found.there.items() if path.startswith(FOLDER)}
    if not any(is_ours(data.decode("utf-8", "replace")) for data in files.values()):
        return
    try:
        wanted = write(found.project, found.there).files
    except (ConfigError, RefusedError) as error:
        yield Flaw("workflow-drift", Verdict.FAIL, found.config.source, 0, error.cause, error.remedy)
        return
    for change in changes({path: text for path, text in wanted.items() if path.startswith(FOLDER)}, files):
        if change.state is not State.SAME:
            yield _drifted(change.path, change.state)
    for path in LOCKS:
        lock = found.there.get(path, b"").decode("utf-8", "replace")
        if not lock or (is_ours(lock) and not is_unedited(lock)):
            yield _drifted(path, State.EDITED if lock else State.NEW)


def _drifted(path: str, state: State) -> Flaw:
    remedy = "look at the difference, then take it over: tagboat init --workflows --diff | git apply"
    return Flaw("workflow-drift", Verdict.FAIL, path, 0, _DRIFT[state], remedy)


def _publisher(found: Found, release: str) -> Iterator[Flaw]:
    """Hold the release workflow against the Trusted Publishers that the configuration expects."""
    data = found.there.get(release)
    if data is None:
        for name in publishers(found.there):
            yield Flaw(
                "publisher-mismatch",
                Verdict.WARN,
                f"{FOLDER}{name}",
                0,
                f"it publishes, and the configuration names {found.config.workflows.release}, which is not there",
                f'say release = "{name}" in [tool.tagboat.workflows], so that it is held against the Trusted Publishers',
            )
        return
    config, repository = found.config, found.project.repository
    targets = {target.name: target for one in config.components for target in trusting_targets(config, one)}
    yield from _elsewhere(found, release)
    for target in targets.values():
        publisher = publisher_for(config, target, repository)
        for mismatch in mismatches(publisher, data, repository, starting_tags(config)):
            place, _, said = mismatch.said.partition(": ")
            file, _, line = place.rpartition(":")
            known = file == release and line.isdecimal()
            yield Flaw(
                "publisher-mismatch",
                Verdict.FAIL if mismatch.certain else Verdict.WARN,
                release,
                int(line) if known else 0,
                f"{target.name}: {said if known else mismatch.said}",
                f"correct the workflow, or the configuration and the index's page together: {publisher.told()}",
            )


def _elsewhere(found: Found, release: str) -> Iterator[Flaw]:
    """Hold the repository that is meant against the remote; a clone of a fork has another one, and is no mistake."""
    named = found.config.repository or found.project.repository
    if found.origin and found.origin.casefold() != named.casefold():
        yield Flaw(
            "publisher-mismatch",
            Verdict.WARN,
            release,
            0,
            f"the git remote 'origin' is {found.origin}, and the publishers name {named}",
            "correct 'repository' in the configuration, unless this is a clone of a fork",
        )
