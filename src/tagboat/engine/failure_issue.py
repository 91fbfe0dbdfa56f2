"""One issue on the forge for a release that fails: opened, brought up to date, commented when it changes, closed by success.

The issue is known by a mark at its beginning, one for each project and component, and only in issues of our own. What
failed may be anybody's text: it stands in blocks of code, where it is no markup, mentions nobody and links nothing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tagboat.core.canonical import digest
from tagboat.core.text import plain
from tagboat.errors import AnswerLostError
from tagboat.ports.clock import Clock, growing_pauses
from tagboat.ports.forge import Forge, Issue

_LONGEST = 6000
_LOOKS, _FIRST_PAUSE = 4, 1.0
_RESULTS = {"failure": "failed", "cancelled": "was cancelled"}


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that did not succeed: its name, ``failure`` or ``cancelled``, and what the command in it said, if it did."""

    name: str
    result: str
    cause: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A release that failed.

    Attributes:
        repository: ``owner/name``.
        component: its name, or several, with commas.
        tag: the release's tag.
        jobs: those that did not succeed.
        run: the address of the run, "" when there is none.
        number: the run's number on the forge, "" when there is none.
    """

    repository: str
    component: str
    tag: str
    jobs: tuple[FailedJob, ...] = ()
    run: str = ""
    number: str = ""

    @property
    def mark(self) -> str:
        """How the issue of this project and component begins."""
        return f"<!-- tagboat-release: {_tame(self.repository)} {_tame(self.component)} -->"

    @property
    def fingerprint(self) -> str:
        """How the issue says what failed, whichever run it was: while it stays, there is nothing new to tell."""
        jobs = [[job.name, job.result, job.cause, job.remedy] for job in self.jobs]
        return f"<!-- tagboat-failure: {digest([self.tag, jobs])} -->"

    @property
    def title(self) -> str:
        """The issue's title."""
        return f"The release of {_tame(self.component)} failed"

    @property
    def body(self) -> str:
        """The issue's text, in Markdown."""
        return "\n".join([self.mark, self.fingerprint, *self._told()]) + "\n"

    @property
    def comment(self) -> str:
        """What is added when it fails in another way than before."""
        return "\n".join(["It fails in another way now.", "", *self._told()]) + "\n"

    def _told(self) -> Iterator[str]:
        yield "The release did not come to its end:"
        yield from code(f"{self.component} from {self.tag}" if self.tag else self.component)
        for job in self.jobs:
            yield f"The job `{_tame(job.name)}` {_RESULTS.get(job.result, 'failed')}."
            yield from code(job.cause or "it said nothing: look at its log")
            if job.remedy:
                yield "What to do:"
                yield from code(job.remedy)
        if self.run:
            yield f"The run: <{_tame(self.run, ':/')}>"
            yield ""
        yield "To go on from where it stopped (what is done is found, and not done again):"
        yield from code(self._command())
        yield "This issue is closed by the next release that succeeds."

    def _command(self) -> str:
        if self.number:
            return shlex.join(["gh", "run", "rerun", self.number, "--failed", "--repo", self.repository])
        return shlex.join(["tagboat", "release", "--tag", self.tag or "TAG", "--repository", self.repository])


def failed(forge: Forge, clock: Clock, failure: Failure) -> tuple[str, Issue]:
    """Open the issue, or bring it up to date; return ``opened``, ``updated`` or ``unchanged``, and the issue.

    Raises:
        DeniedError: the token may not write issues, or the forge does not tell whose it is.
        UnavailableError: the forge does not answer.
    """
    issue = forge.find_issue(failure.mark)
    if issue is None:
        return "opened", _opened(forge, clock, failure)
    known = failure.fingerprint in issue.body
    if issue.body.strip() != failure.body.strip():
        issue = forge.update_issue(issue, body=failure.body)
    if not known:
        # The body tells everything already: should this be lost, only the notice of it is.
        forge.comment_issue(issue, failure.comment)
    return ("unchanged" if known else "updated"), issue


def succeeded(forge: Forge, release: Failure) -> tuple[str, Issue | None]:
    """Close the issue, if there is one; return ``closed`` or ``none``, and the issue.

    Raises:
        DeniedError, UnavailableError: as :func:`failed` does.
    """
    issue = forge.find_issue(release.mark)
    if issue is None:
        return "none", None
    where = f"The run: <{_tame(release.run, ':/')}>" if release.run else ""
    forge.close_issue(issue)
    # It is closed, and so found no more: should this be lost, only the notice of it is, and it is never said twice.
    forge.comment_issue(
        issue,
        "\n".join(["A release succeeded:", *code(release.tag or release.component), where]).strip() + "\n",
    )
    return "closed", issue


def code(text: str) -> list[str]:
    """Return a text as a block of code, whose fence is longer than any run of its sign in it."""
    told = plain(text, lines=True, limit=_LONGEST)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", told)), default=0))
    return [f"{fence}text", *told.split("\n"), fence, ""]


def _opened(forge: Forge, clock: Clock, failure: Failure) -> Issue:
    """Open the issue; when the answer is lost, it is looked for, and never opened a second time."""
    try:
        return forge.open_issue(title=failure.title, body=failure.body)
    except AnswerLostError:
        for pause in (0.0, *growing_pauses(_LOOKS, _FIRST_PAUSE)):
            clock.sleep(pause)
            issue = forge.find_issue(failure.mark)
            if issue is not None:
                return issue
        raise


def _tame(text: str, more: str = "") -> str:
    """Return a name of which nothing ends a comment, opens a tag, mentions anybody or breaks a line."""
    return re.sub(rf"[^A-Za-z0-9 ,._/{re.escape(more)}-]", "~", plain(text, limit=300)).replace("--", "-~")
