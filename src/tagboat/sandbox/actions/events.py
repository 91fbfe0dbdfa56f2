"""What a run was started by, and the ``github`` context and event payload that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagboat.sandbox.actions.expressions import Value
from tagboat.sandbox.forge.git.objects import Commit
from tagboat.sandbox.forge.model import Account, Repository, Run

NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class Origin:
    """Why a run is there.

    ``path`` is the workflow's file, read at ``file_sha``; ``ref`` and ``sha`` are what jobs see as ``GITHUB_REF`` and
    ``GITHUB_SHA``.
    """

    event: str
    path: str
    ref: str
    sha: str
    actor: str
    payload: Mapping[str, Value]
    file_sha: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    head_ref: str = ""
    base_ref: str = ""


def about_repository(repository: Repository, owner: Account, server: str) -> dict[str, Value]:
    """A repository inside a payload."""
    page = f"{server}/{repository.full_name}"
    return {
        "id": repository.id,
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": {"login": owner.login, "id": owner.id, "type": owner.kind},
        "default_branch": repository.default_branch,
        "html_url": page,
        "clone_url": f"{page}.git",
        "visibility": "private" if repository.private else "public",
    }


def about_commit(commit: Commit, page: str) -> dict[str, Value]:
    """A commit inside a payload."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.committer.date,
        "url": f"{page}/commit/{commit.sha}",
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def push_payload(
    about: Mapping[str, Value],
    commit: Commit | None,
    *,
    ref: str,
    old: str,
    new: str,
    forced: bool,
    pusher: str,
) -> dict[str, Value]:
    """The payload of a push."""
    head: Value = about_commit(commit, str(about["html_url"])) if commit else None
    return {
        "ref": ref,
        "before": old,
        "after": new,
        "created": old == NOTHING,
        "deleted": new == NOTHING,
        "forced": forced,
        "base_ref": None,
        "compare": f"{about['html_url']}/compare/{old[:12]}...{new[:12]}",
        "head_commit": head,
        "commits": [head] if head else [],
        "repository": about,
        "pusher": {"name": pusher, "email": f"{pusher}@users.noreply.localhost"},
        "sender": {"login": pusher},
    }


def ref_name(ref: str) -> tuple[str, str]:
    """A reference's short name and its type."""
    if ref.startswith("refs/tags/"):
        return ref.removeprefix("refs/tags/"), "tag"
    return ref.removeprefix("refs/heads/").removeprefix("refs/pull/").replace("refs/", ""), "branch"


def github_context(
    origin: Origin, run: Run, repository: Repository, owner: Account, actor: Account, *, workflow: str
) -> dict[str, Value]:
    """What is the same for all jobs of a run; the addresses and the token are the job's."""
    short, kind = ref_name(origin.ref)
    return {
        "actor": origin.actor,
        "actor_id": str(actor.id),
        "triggering_actor": origin.actor,
        "base_ref": origin.base_ref,
        "head_ref": origin.head_ref,
        "event": dict(origin.payload),
        "event_name": origin.event,
        "ref": origin.ref,
        "ref_name": short,
        "ref_type": kind,
        "ref_protected": False,
        "repository": repository.full_name,
        "repository_id": str(repository.id),
        "repository_owner": repository.owner,
        "repository_owner_id": str(owner.id),
        "repositoryUrl": f"git://localhost/{repository.full_name}.git",
        "repository_visibility": "private" if repository.private else "public",
        "retention_days": "90",
        "run_attempt": str(run.attempt),
        "run_id": str(run.id),
        "run_number": str(run.number),
        "secret_source": "Actions",
        "sha": origin.sha,
        "workflow": workflow,
        "workflow_ref": f"{repository.full_name}/{origin.path}@{origin.ref}",
        "workflow_sha": origin.file_sha,
    }
