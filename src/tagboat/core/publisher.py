"""A Trusted Publisher in the words of the page where a maintainer registers it, and the job that wants to be it.

Sources: PyPI's documentation of Trusted Publishers, and the claims that GitHub and GitLab document. Owner, repository
and environment compare without case; a publisher without an environment takes any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from tagboat.core.text import plain


@dataclass(frozen=True, slots=True)
class Publisher:
    """What is registered: the four settings of the page; "" is an empty field, or one of which nothing is known.

    Attributes:
        owner: a person or organisation; on GitLab the whole namespace.
        repository: without its owner.
        workflow: the file's name in ``.github/workflows``; on GitLab the path of the top-level file.
        environment: the environment that the job runs in.
    """

    owner: str
    repository: str
    workflow: str
    environment: str

    def told(self) -> str:
        """Return the settings on one line, as one types them into the page."""
        rows = [f"{item.name} {getattr(self, item.name) or '(none)'}" for item in fields(self)]
        return ", ".join(rows)


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that the job and the expectation do not agree about."""

    setting: str
    job: str
    expected: str

    def told(self) -> str:
        """Return it as a part of a sentence."""
        return (
            f"{self.setting}: the job says {self.job or '(none)'}, "
            f"the configuration expects {self.expected or '(none)'}"
        )


def publisher_of(claims: Mapping[str, object]) -> Publisher:
    """Return the publisher that a job's claims amount to, whoever gave them; what they do not say is ""."""
    environment = _text(claims, "environment")
    if "project_path" in claims:
        namespace, _, project = _text(claims, "project_path").rpartition("/")
        file = _text(claims, "ci_config_ref_uri").partition("@")[0].partition("//")[2]
        return Publisher(namespace, project, file, environment)
    owner, _, repository = _text(claims, "repository").partition("/")
    called = _workflow(_text(claims, "job_workflow_ref"))
    return Publisher(owner, repository, called[1], environment)


_EXACT = ("repository", "workflow")
"""An index compares these letter by letter, and owners and environments without case (observed in PyPI's source)."""


def differences(job: Publisher, expected: Publisher) -> list[Difference]:
    """Return the settings in which the two differ; one that the expectation leaves empty is not compared."""
    found = []
    for item in fields(Publisher):
        has, wanted = getattr(job, item.name), getattr(expected, item.name)
        same = has == wanted if item.name in _EXACT else has.casefold() == wanted.casefold()
        if wanted and not same:
            found.append(Difference(item.name, has, wanted))
    return found


def peculiarities(claims: Mapping[str, object]) -> Iterator[str]:
    """Yield a sentence for each thing about a GitHub job that no setting of a publisher can make right."""
    repository = _text(claims, "repository")
    where, called = _workflow(_text(claims, "job_workflow_ref"))
    _, started = _workflow(_text(claims, "workflow_ref"))
    if where and where.casefold() != repository.casefold():
        yield f"the job's steps come from a workflow of another repository, {where}, which no publisher can name"
    elif called and started and called != started:
        yield f"the job is part of {called}, which {started} calls: the publisher has to name the called file"
    if _text(claims, "event_name") == "pull_request_target":
        yield "the run was started by pull_request_target, which indexes refuse"
    if repository and not _text(claims, "environment"):
        yield "the job runs in no environment, so a publisher that names one does not match"


def _workflow(reference: str) -> tuple[str, str]:
    """Repository and file name in ``OWNER/NAME/.github/workflows/FILE@REF``."""
    repository, _, file = reference.partition("@")[0].partition("/.github/workflows/")
    return repository, file


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return plain(value, limit=200) if isinstance(value, str) else ""
