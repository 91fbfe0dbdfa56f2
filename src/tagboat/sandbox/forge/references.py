"""The references of repositories, with an account of every change: in the journal, and in the past for lagging reads.

There are no hooks. After whatever may have moved references, git's own list is compared with what was journalled last,
and the difference is journalled: after a push before its answer goes out, and at the start of a sandbox that was killed
in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from tagboat.sandbox.forge.access import Caller, acting
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.refs import NOTHING, Ref, find_ref, kind_of, list_refs, move_ref
from tagboat.sandbox.forge.model import KnownRef, Past, Repository, now
from tagboat.sandbox.forge.records import Records
from tagboat.sandbox.journal import Journal

_MANY = 100
"""How many references one push may move before they are packed, which keeps looking them up quick."""

_PAST_KEPT = 500
"""How many earlier states are kept for lagging reads."""


Watch = Callable[[Repository, Sequence[tuple[str, str, str]], Caller | None], None]
"""Hears of references that moved (name, before, after) and of who moved them."""


class References:
    """Reads and moves references, and accounts for it."""

    def __init__(self, records: Records, journal: Journal) -> None:
        self._records = records
        self._journal = journal
        self.watch: Watch | None = None

    def list(self, repository: Repository, git: Git, *prefixes: str, stale: int = 0) -> list[Ref]:
        """References below these prefixes, as they were before the last ``stale`` writes."""
        current = {ref.name: ref for ref in list_refs(git, *prefixes)}
        for name, before in self._overrides(repository, stale).items():
            if prefixes and not any(
                name == prefix or name.startswith(f"{prefix.rstrip('/')}/") for prefix in prefixes
            ):
                continue
            if before is None:
                current.pop(name, None)
            else:
                kind = kind_of(git, before) or "commit"
                known = current.get(name, Ref(name, before, kind, before))
                current[name] = replace(known, sha=before, kind=kind, peeled=_peeled(git, before))
        return [current[name] for name in sorted(current)]

    def find(self, repository: Repository, git: Git, name: str, *, stale: int = 0) -> Ref | None:
        """The reference of this full name."""
        if not stale:
            return find_ref(git, name)
        return next((ref for ref in self.list(repository, git, name, stale=stale) if ref.name == name), None)

    def move(
        self, repository: Repository, git: Git, name: str, new: str, *, old: str, operation: str
    ) -> bool:
        """Move a reference by the REST interface; False when it no longer stands at ``old``."""
        if not move_ref(git, name, new, old):
            return False
        self._account(repository, name, old, new, operation)
        self._tell(repository, [(name, old, new)])
        return True

    def reconcile(self, repository: Repository, git: Git, *, operation: str = "push") -> int:
        """Account for all that moved since last time; returns how many references did."""
        standing = {ref.name: ref.sha for ref in list_refs(git)}
        known = {ref.name: ref.sha for ref in self._records.all(KnownRef, repository_id=repository.id)}
        moved = [
            name for name in sorted(standing.keys() | known.keys()) if standing.get(name) != known.get(name)
        ]
        with self._records.together():
            for name in moved:
                self._account(
                    repository, name, known.get(name, NOTHING), standing.get(name, NOTHING), operation
                )
            if moved:
                self._records.change(repository, pushed=now())
        if len(moved) > _MANY:
            git.ask("pack-refs", "--all")
        self._tell(
            repository, [(name, known.get(name, NOTHING), standing.get(name, NOTHING)) for name in moved]
        )
        return len(moved)

    def _tell(self, repository: Repository, moves: Sequence[tuple[str, str, str]]) -> None:
        """Tell whoever watches, once what is under way in this turn of the loop is done."""
        if self.watch is not None and moves:
            caller = acting.get()
            asyncio.get_running_loop().call_soon(self.watch, repository, moves, caller)

    def _account(self, repository: Repository, name: str, old: str, new: str, operation: str) -> None:
        with self._records.together():
            before = None if old == NOTHING else old
            remember(self._records, repository.id, "ref", name, before)
            known = self._records.get(KnownRef, repository_id=repository.id, name=name)
            if known and new == NOTHING:
                self._records.remove(known)
            elif known:
                self._records.change(known, sha=new)
            elif new != NOTHING:
                self._records.add(KnownRef, repository_id=repository.id, name=name, sha=new)
            self._journal.record(
                service="forge",
                operation=operation,
                key=f"{repository.full_name} {name}",
                sha256=None,
                result="created" if before is None else "updated",
            )

    def _overrides(self, repository: Repository, stale: int) -> dict[str, str | None]:
        return {
            past.name: past.before
            for past in latest_past(self._records, repository.id, stale)
            if past.kind == "ref"
        }


def remember(records: Records, repository_id: int, kind: str, name: str, before: str | None) -> None:
    """Keep how something was before the write that is under way."""
    past = records.add(Past, repository_id=repository_id, kind=kind, name=name, before=before)
    forgotten = records.get(Past, id=past.id - _PAST_KEPT)
    if forgotten:
        records.remove(forgotten)


def latest_past(records: Records, repository_id: int, writes: int) -> list[Past]:
    """What the last ``writes`` writes replaced, newest first, so that the oldest state of each name comes last."""
    if writes <= 0:
        return []
    return records.newest(Past, writes, repository_id=repository_id)


def _peeled(git: Git, sha: str) -> str:
    agreed = git.ask("rev-parse", "--verify", "--quiet", f"{sha}^{{}}", fine=(0, 1))
    return agreed.decode().strip() or sha
