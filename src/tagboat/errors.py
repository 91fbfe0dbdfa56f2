"""The whole family of errors, and what each means to a caller.

::

    TagboatError
    ├── StepFailedError      exit 1    a step ran and did not succeed
    ├── InvalidError         exit 2    the input is wrong: nothing was started
    │   ├── ConfigError                the configuration, with every mistake and its place
    │   ├── UsageError                 the command line
    │   └── MissingExtraError          an optional part of Tagboat is not installed
    ├── RefusedError         exit 3    a guard or an approver said no; nothing outside changed
    ├── DeniedError          exit 4    credentials or permission
    ├── WaitingError         exit 5    a person, a clock or a running CI must come first
    ├── PartialError         exit 6    outside effects exist; the release can be resumed
    ├── ConflictError        exit 7    the world holds something else under our name; never retried
    │   ├── AlreadyRunningError        a second start of the same release
    │   └── StalePlanError             what the plan was made from has moved
    ├── UnavailableError     exit 8    a remote is down after bounded retries; safe to repeat
    │   └── AnswerLostError            a write was sent and its answer was not seen
    ├── InterruptedRunError  exit 130  the person stopped it; the state is saved
    └── BugError             exit 1    Tagboat itself is wrong; raised nowhere, told by the command line

Each class has a stable ``code``, and each has a section of that name in ``docs/reference/errors.md``; a test holds
the two together. A message says the *cause*; the *remedy* says what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class TagboatError(Exception):
    """Anything that Tagboat reports to its user: a cause, a remedy, a code and an exit status."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    result: ClassVar[str] = "failed"

    def __init__(self, cause: str, *, remedy: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


class StepFailedError(TagboatError):
    """A step ran and did not succeed."""

    code = "step-failed"


class InvalidError(TagboatError):
    """The input cannot be used; nothing was started."""

    code = "invalid"
    exit_status = 2
    result = "invalid"


class ConfigError(InvalidError):
    """The configuration has mistakes; the cause lists all of them, each with its file and place."""

    code = "config"


class UsageError(InvalidError):
    """The command line asks for something that does not exist or does not fit together."""

    code = "usage"


class MissingExtraError(InvalidError):
    """An optional part of Tagboat is needed and is not installed."""

    code = "missing-extra"

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the extra '{extra}', which is not installed",
            remedy=f"pip install 'tagboat[{extra}]'",
        )


class RefusedError(TagboatError):
    """A guard or an approver said no; nothing outside changed."""

    code = "refused"
    exit_status = 3
    result = "refused"


class DeniedError(TagboatError):
    """A remote refused the credential, or the credential lacks a permission."""

    code = "denied"
    exit_status = 4
    result = "denied"


class WaitingError(TagboatError):
    """Somebody or something else must act first; start again later."""

    code = "waiting"
    exit_status = 5
    result = "waiting"


class PartialError(TagboatError):
    """The release stopped after it had changed something outside; ``tagboat resume`` continues it."""

    code = "partial"
    exit_status = 6
    result = "partial"


class ConflictError(TagboatError):
    """The world holds something else under our name; never retried, nothing is overwritten."""

    code = "conflict"
    exit_status = 7
    result = "conflict"


class AlreadyRunningError(ConflictError):
    """Another process holds this release."""

    code = "already-running"


class StalePlanError(ConflictError):
    """What the plan was made from (commit, configuration, artifacts) is no longer the same."""

    code = "stale-plan"


class UnavailableError(TagboatError):
    """A remote did not answer usefully within the bounded retries; the same call may be made again."""

    code = "unavailable"
    exit_status = 8
    result = "unavailable"


class AnswerLostError(UnavailableError):
    """A write was sent and its answer was not seen: look at the world before doing anything else."""

    code = "answer-lost"


class InterruptedRunError(TagboatError):
    """The person stopped the run; its state is saved."""

    code = "interrupted"
    exit_status = 130
    result = "interrupted"


class BugError(TagboatError):
    """Tagboat itself is wrong: an exception came up that is none of this family."""

    code = "bug"
