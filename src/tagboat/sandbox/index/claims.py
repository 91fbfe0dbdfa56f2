"""Whether the claims of a genuine identity token are those of a publisher, by PyPI's rules.

Observed behaviour of PyPI, per forge:

1. Every required claim is there.
2. A publisher is looked up by repository, owner and workflow file; one whose environment is the job's own goes before one
   without; one with another environment does not count. GitHub's repository is compared letter by letter, GitLab's without
   its case.
3. Each claim is checked once more against the publisher found. On GitHub ``job_workflow_ref`` has to be the publisher's
   workflow at the token's own ref or commit, so a workflow of another repository that the job is in (a reusable one)
   never fits, and ``pull_request_target`` may not publish.
4. The token's identifier was not used before; that is told as reuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tagboat.sandbox.index.publishers import Kept, Publisher

Claims = Mapping[str, Any]
Check = Callable[[Publisher, Claims, str], bool]

_REQUIRED: Final = {
    "github": (
        "repository",
        "repository_owner",
        "repository_owner_id",
        "job_workflow_ref",
        "jti",
        "event_name",
        "ref",
        "sha",
    ),
    "gitlab": ("sub", "project_path", "ci_config_ref_uri", "jti", "ref_path", "sha"),
}
_GITHUB_FILE: Final = re.compile(r"([^/]+\.(?:yml|yaml))(?=@)")
_GITLAB_FILE: Final = re.compile(r"(?<=//)(.+[^/]\.(?:yml|yaml)|[^/]+\.(?:yml|yaml))(?=@)")


class NoPublisherError(Exception):
    """No publisher fits; the message is what PyPI says in parentheses."""


def matching(kind: str, kept: Sequence[Kept], claims: Claims, server: str) -> Kept:
    """The publisher that these claims are those of.

    Args:
        kind: Whose token it is.
        kept: The publishers to choose from.
        claims: From a token whose signature, audience and times are right.
        server: GitLab's host name, with which its ``ci_config_ref_uri`` begins.

    Raises:
        NoPublisherError: There is none, and why.
    """
    for name in _REQUIRED[kind]:
        if claims.get(name) is None:
            raise NoPublisherError(f"Missing claim {name!r}")
        if not isinstance(claims[name], str):
            raise NoPublisherError(f"Check failed for required claim {name!r}")
    found = _looked_up(kind, kept, claims)
    checks = _GITHUB if kind == "github" else _GITLAB
    for name, check in checks.items():
        if not check(found.publisher, claims, server):
            word = "optional" if name == "environment" else "required"
            raise NoPublisherError(f"Check failed for {word} claim {name!r}")
    return found


def _looked_up(kind: str, kept: Sequence[Kept], claims: Claims) -> Kept:
    pattern, place = (
        (_GITHUB_FILE, "job_workflow_ref") if kind == "github" else (_GITLAB_FILE, "ci_config_ref_uri")
    )
    file = pattern.search(claims[place])
    if file is None:
        job = "job " if kind == "github" else ""
        raise NoPublisherError(f"Could not {job}extract workflow filename from OIDC claims")
    candidates = [
        each
        for each in kept
        if each.publisher.kind == kind
        and _same_repository(each.publisher.repository, claims)
        and each.publisher.workflow == file.group(1)
        and each.publisher.owner_id == (claims["repository_owner_id"] if kind == "github" else "")
    ]
    environment = _environment(claims, kind)
    for wanted in dict.fromkeys((environment, "")):
        for each in candidates:
            if each.publisher.environment == wanted:
                return each
    raise NoPublisherError("Publisher with matching claims was not found")


def _same_repository(ours: str, claims: Claims) -> bool:
    """An owner is known by its number, and its name is entered as GitHub spells it; a repository's as people type it."""
    if "project_path" in claims:
        return ours.lower() == str(claims["project_path"]).lower()
    (owner, _, name), (given, _, theirs) = ours.partition("/"), str(claims["repository"]).partition("/")
    return owner.lower() == given.lower() and name == theirs


def _environment(claims: Claims, kind: str) -> str:
    said = claims.get("environment")
    text = said if isinstance(said, str) else ""
    return text.lower() if kind == "github" else text


def _subject(publisher: Publisher, claims: Claims, _: str) -> bool:
    said = ":".join(str(claims["sub"]).split(":")[:2])
    return said.lower() == f"project_path:{publisher.repository}".lower()


def _owner(publisher: Publisher, claims: Claims, _: str) -> bool:
    return str(claims["repository_owner"]).lower() == publisher.repository.partition("/")[0].lower()


def _event(_: Publisher, claims: Claims, __: str) -> bool:
    if claims["event_name"] == "pull_request_target":
        raise NoPublisherError(
            "Publishing from a workflow invoked via 'pull_request_target' is not supported."
        )
    return True


def _job_workflow(publisher: Publisher, claims: Claims, _: str) -> bool:
    name = publisher.repository.partition("/")[2]
    place = f"{claims['repository_owner']}/{name}/.github/workflows/{publisher.workflow}"
    return _at_own_ref("job_workflow_ref", place, claims, "ref")


def _pipeline(publisher: Publisher, claims: Claims, server: str) -> bool:
    place = f"{server}/{publisher.repository}//{publisher.workflow}"
    return _at_own_ref("ci_config_ref_uri", place, claims, "ref_path")


def _at_own_ref(name: str, place: str, claims: Claims, ref: str) -> bool:
    said, refs = str(claims[name]), [str(claims[each]) for each in (ref, "sha") if claims[each]]
    if not refs:
        raise NoPublisherError(f"The {ref} and sha claims are empty")
    expected = {f"{place}@{each}" for each in refs}
    if said not in expected:
        raise NoPublisherError(
            f"The {name} claim does not match, expecting one of {sorted(expected)!r}, got {said!r}"
        )
    return True


def _in_environment(publisher: Publisher, claims: Claims, _: str) -> bool:
    return publisher.environment in ("", _environment(claims, publisher.kind))


_GITHUB: Final[dict[str, Check]] = {
    "repository_owner": _owner,
    "job_workflow_ref": _job_workflow,
    "event_name": _event,
    "environment": _in_environment,
}
_GITLAB: Final[dict[str, Check]] = {
    "sub": _subject,
    "ci_config_ref_uri": _pipeline,
    "environment": _in_environment,
}
