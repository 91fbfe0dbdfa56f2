"""What every ``Identity`` must do.

Subclass a suite in a test module and give it the fixture ``subject``::

class TestMyIdentity(IdentityContract):
    @pytest.fixture
    def subject(self):
        return IdentitySubject(MyIdentity(...))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tagboat.errors import UnavailableError
from tagboat.ports.identity import Absence, Identity, IdentityToken
from tagboat.testing.raising import raises


@dataclass(frozen=True, slots=True)
class IdentitySubject:
    """An identity under test.

    Attributes:
        identity: it, where there is one; for the suite of absence, where there is none.
        audiences: those that it is asked for; a place that needs each one configured has these.
        single: it gives one token for an audience, and no second one.
        fault: orders a fault for the next requests: kind (``drop-before``, ``drop-after``, ``truncate``, ``status``), value,
            times.
        tries: how often it asks.
    """

    identity: Identity
    audiences: tuple[str, ...] = ("pypi", "testpypi", "urn:x y&z=ö#1")
    single: bool = False
    fault: Callable[[str, float | None, int], None] | None = None
    tries: int = 4

    def token(self, audience: str = "") -> IdentityToken:
        """Return a token, which must be there."""
        token = self.identity.token(audience or self.audiences[0])
        assert isinstance(token, IdentityToken), "there is an identity, and it was not given"
        return token

    def break_next(self, kind: str, value: float | None = None, times: int = 1) -> None:
        """Order a fault."""
        assert self.fault is not None, "this suite needs an identity that can fail on demand"
        self.fault(kind, value, times)


class IdentityContract:
    """A place that gives an identity."""

    def test_it_says_that_there_may_be_one(self, subject: IdentitySubject) -> None:
        """Without asking anybody."""
        assert subject.identity.absence() is None
        assert subject.identity.name

    def test_a_token_is_for_the_audience_that_was_asked_for(self, subject: IdentitySubject) -> None:
        """To the letter, odd letters included."""
        for audience in subject.audiences:
            assert subject.token(audience).claim("aud") == audience

    def test_a_token_says_who_runs_here(self, subject: IdentitySubject) -> None:
        """The issuer is what everybody who verifies it needs."""
        token = subject.token()
        assert token.claim("iss")
        assert token.claim("nobody ever claimed this") == ""

    def test_a_second_token_is_another_one(self, subject: IdentitySubject) -> None:
        """Each is taken once; where a job has a single one, it is that one."""
        first, second = subject.token().value, subject.token().value
        assert (first == second) == subject.single

    def test_a_token_does_not_show_itself(self, subject: IdentitySubject) -> None:
        """In a traceback, a log, a debugger's list."""
        token = subject.token()
        assert token.value.split(".")[1] not in f"{token} {token!r} {[token]}"


class AbsentIdentityContract:
    """A place that gives none."""

    def test_it_says_why_and_what_would_give_one(self, subject: IdentitySubject) -> None:
        """As a value: having none is no failure."""
        absence = subject.identity.token(subject.audiences[0])
        assert isinstance(absence, Absence)
        assert absence.reason.strip()
        assert absence.remedy.strip()


class FailingIdentityContract:
    """A place whose service fails on demand."""

    def test_it_is_asked_again(self, subject: IdentitySubject) -> None:
        """Asking changes nothing: through failures, cut connections and cut answers."""
        for kind, value in (("status", 503), ("status", 500), ("status", 429), ("drop-before", None)):
            subject.break_next(kind, value)
            assert subject.token().claim("aud") == subject.audiences[0], kind
        for kind in ("drop-after", "truncate"):
            subject.break_next(kind)
            assert subject.token().claim("aud") == subject.audiences[0], kind

    def test_one_that_keeps_failing_is_unavailable(self, subject: IdentitySubject) -> None:
        """Never "there is none": that would be taken for a reason to use a lasting secret."""
        for kind in ("drop-after", "truncate"):
            subject.break_next(kind, times=subject.tries)
            with raises(UnavailableError):
                subject.token()
