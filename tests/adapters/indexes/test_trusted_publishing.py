"""The exchange of an identity for a token of an index: what it asks, keeps, renews and gives back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.indexes.trusted_publishing import LIFETIME, TRIES, TrustedPublishing
from tagboat.errors import DeniedError, StepFailedError, TagboatError, UnavailableError
from tagboat.ports.identity import Absence
from tagboat.testing.clock import FakeClock
from tagboat.testing.identity import FakeIdentity
from tagboat.testing.scripted_server import Script, ScriptedServer, answer, json_answer

AUDIENCE = json_answer('{"audience": "pypi"}')
LOST = Script(b"")


@dataclass
class Bench:
    """An index that plays its script, a clock, an identity, and the exchange between them."""

    server: ScriptedServer
    clock: FakeClock = field(default_factory=FakeClock)
    identity: FakeIdentity = field(default_factory=FakeIdentity)

    def exchange(self) -> TrustedPublishing:
        http = HTTP(self.clock, environment={})
        url = f"{self.server.url}/legacy/"
        return TrustedPublishing(http, index="pypi", upload_url=url, identity=self.identity)

    def mint(self, name: str, lifetime: float = LIFETIME) -> Script:
        expires = int(self.clock.now().timestamp() + lifetime)
        return json_answer(json.dumps({"success": True, "token": f"pypi-{name}", "expires": expires}))

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Paths and the secrets sent to them."""
        return [
            (r.line.split()[1].removeprefix("/_/oidc/"), json.loads(r.body)["token"] if r.body else "")
            for r in self.server.received
        ]

    @property
    def shown(self) -> list[str]:
        return [token.value for token in self.identity.given]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ScriptedServer() as running:
        yield Bench(running)


def secret(found: Credentials | Absence) -> str:
    assert isinstance(found, Credentials)
    assert found.user == "__token__"
    return found.secret


def test_the_upload_url_s_host_is_asked_and_the_token_burnt(bench: Bench) -> None:
    bench.server.play(AUDIENCE, bench.mint("one"), answer(status="200 OK"))
    exchange = bench.exchange()
    assert secret(exchange.credentials()) == "pypi-one"
    assert exchange.burn() == ""
    (identity,) = bench.shown
    assert bench.asked == [("audience", ""), ("mint-token", identity), ("burn-token", "pypi-one")]
    assert bench.identity.given[0].claim("aud") == "pypi"
    assert not [r for r in bench.server.received if "authorization" in r.headers]


def test_several_uploads_share_one_token(bench: Bench) -> None:
    bench.server.play(AUDIENCE, bench.mint("one"), bench.mint("never"))
    exchange = bench.exchange()
    assert {secret(exchange.credentials()) for _ in range(5)} == {"pypi-one"}
    assert len(bench.asked) == 2


def test_a_token_is_renewed_before_it_ends_and_the_old_one_burnt(bench: Bench) -> None:
    exchange = bench.exchange()
    bench.server.play(AUDIENCE, bench.mint("one"))
    exchange.credentials()
    bench.clock.advance(599)
    assert secret(exchange.credentials()) == "pypi-one"
    bench.clock.advance(1)
    bench.server.play(bench.mint("two"), answer())
    assert secret(exchange.credentials()) == "pypi-two"
    assert bench.asked == [("mint-token", bench.shown[1]), ("burn-token", "pypi-one")]


@pytest.mark.parametrize(
    ("lifetime", "good", "due"), [(100, 49, 50), (-50, 599, 600), (90_000, 599, 600), (0, 599, 600)]
)
def test_a_shorter_life_counts_and_a_wrong_clock_does_not(
    bench: Bench, lifetime: float, good: float, due: float
) -> None:
    exchange = bench.exchange()
    bench.server.play(AUDIENCE, bench.mint("one", lifetime))
    exchange.credentials()
    bench.server.play(bench.mint("two"), answer())
    bench.clock.advance(good)
    assert secret(exchange.credentials()) == "pypi-one"
    bench.clock.advance(due - good)
    assert secret(exchange.credentials()) == "pypi-two"


def test_a_renewal_that_fails_leaves_the_token_that_still_holds(bench: Bench) -> None:
    exchange = bench.exchange()
    bench.server.play(AUDIENCE, bench.mint("one"))
    exchange.credentials()
    bench.clock.advance(600)
    bench.identity.orders.add("token", "status", 503, times=4)
    assert secret(exchange.credentials()) == "pypi-one"
    bench.clock.advance(300)
    bench.identity.orders.add("token", "status", 503, times=4)
    with pytest.raises(UnavailableError):
        exchange.credentials()


def test_a_renewal_that_the_index_does_not_answer_leaves_it_too(bench: Bench) -> None:
    exchange = bench.exchange()
    bench.server.play(AUDIENCE, bench.mint("one"))
    exchange.credentials()
    bench.clock.advance(600)
    bench.server.play(answer(status="503 Service Unavailable"))
    assert secret(exchange.credentials()) == "pypi-one"


@pytest.mark.parametrize(
    "first",
    [
        LOST,
        Script(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        json_answer('{"success": true, "token": "pypi-tru'),
        answer("<h1>Log in</h1>", content_type="text/html"),
        json_answer('{"success": true, "token": "two words"}'),
        json_answer("[]"),
        answer(status="500 Internal Server Error"),
        answer(status="503 Service Unavailable"),
        answer(status="501 Not Implemented"),
        answer(status="429 Too Many Requests"),
        json_answer(
            '{"errors": [{"code": "invalid-reuse-token", "description": "invalid token: already used"}]}',
            status="422 Unprocessable Entity",
        ),
    ],
)
def test_an_identity_whose_exchange_is_in_doubt_is_not_sent_twice(bench: Bench, first: Script) -> None:
    bench.server.play(AUDIENCE, first, bench.mint("two"))
    assert secret(bench.exchange().credentials()) == "pypi-two"
    assert len(set(bench.shown)) == 2
    assert [value for path, value in bench.asked if path == "mint-token"] == bench.shown
    assert bench.clock.pauses


@pytest.mark.parametrize(
    ("script", "error", "word"),
    [
        (LOST, UnavailableError, "may be used up"),
        (json_answer('{"token": "pypi-leaked'), UnavailableError, "not what its interface documents"),
        (answer("<h1>pypi-leaked</h1>", content_type="text/html"), UnavailableError, "documents"),
        (answer("pypi", status="502 Bad Gateway"), UnavailableError, "502"),
    ],
)
def test_the_tries_are_bounded_and_a_token_in_the_answer_is_not_shown(
    bench: Bench, script: Script, error: type[TagboatError], word: str
) -> None:
    bench.server.play(AUDIENCE, script)
    with pytest.raises(error, match=word) as caught:
        bench.exchange().credentials()
    assert [path for path, _ in bench.asked].count("mint-token") == TRIES
    assert "pypi-leaked" not in caught.value.cause
    assert not [value for value in bench.shown if value in f"{caught.value.cause}{caught.value.remedy}"]


def test_a_busy_index_is_given_the_time_that_it_asks_for_or_none(bench: Bench) -> None:
    busy = answer(status="429 Too Many Requests", retry_after="30")
    bench.server.play(AUDIENCE, busy, bench.mint("one"))
    bench.exchange().credentials()
    assert bench.clock.pauses == [30]
    bench.server.play(AUDIENCE, answer(status="429 Too Many Requests", retry_after="3600"))
    with pytest.raises(UnavailableError):
        bench.exchange().credentials()
    assert bench.clock.pauses == [30]


def test_an_answer_without_an_end_is_not_read(bench: Bench) -> None:
    bench.server.play(AUDIENCE, answer(b"x" * 10_000_000))
    with pytest.raises(UnavailableError, match="larger than"):
        bench.exchange().credentials()


@pytest.mark.parametrize("status", ["301 X", "302 X", "307 X", "308 X"])
def test_no_redirect_carries_an_identity_or_a_token_elsewhere(bench: Bench, status: str) -> None:
    with ScriptedServer([bench.mint("stolen")]) as elsewhere:
        target = answer(status=status, location=f"{elsewhere.url}/_/oidc/mint-token")
        bench.server.play(AUDIENCE, target)
        with pytest.raises(StepFailedError, match="elsewhere") as caught:
            bench.exchange().credentials()
        assert elsewhere.url in caught.value.cause
        bench.server.play(AUDIENCE, bench.mint("one"), target)
        exchange = bench.exchange()
        exchange.credentials()
        assert "pypi-one" not in exchange.burn()
        assert elsewhere.received == []


@pytest.mark.parametrize(
    ("script", "word"),
    [
        (answer("Not found", status="404 Not Found"), "answers 404"),
        (
            json_answer(
                '{"message": "Trusted publishing functionality not enabled"}', status="403 Forbidden"
            ),
            "not en",
        ),
        (answer("<html>everything is here</html>", content_type="text/html"), "answers 200"),
        (json_answer('{"audience": 1}'), "answers 200"),
        (json_answer('{"audience": ""}'), "answers 200"),
        (json_answer('{"audience": "a\\u001bb"}'), "answers 200"),
        (json_answer(json.dumps({"audience": "x" * 201})), "answers 200"),
        (json_answer("[]"), "answers 200"),
        (answer(status="302 Found", location="https://login.example/"), "answers 302"),
        (answer(status="401 Unauthorized"), "answers 401"),
    ],
)
def test_an_index_without_the_exchange_says_so_and_gets_no_identity(
    bench: Bench, script: Script, word: str
) -> None:
    bench.server.play(script)
    found = bench.exchange().credentials()
    assert isinstance(found, Absence)
    assert word in found.reason
    assert bench.shown == []
    assert [path for path, _ in bench.asked] == ["audience"]


def test_an_index_that_is_down_is_not_one_without_the_exchange(bench: Bench) -> None:
    for script in (answer(status="503 Service Unavailable"), LOST, answer(b"x" * 10_000_000)):
        bench.server.play(script)
        with pytest.raises(UnavailableError):
            bench.exchange().credentials()


def test_where_there_is_no_identity_no_index_is_asked(bench: Bench) -> None:
    bench.identity = FakeIdentity(missing=Absence("a laptop", "go to CI"))
    bench.server.play(AUDIENCE)
    assert bench.exchange().credentials() == Absence("a laptop", "go to CI")
    assert bench.asked == []


@pytest.mark.parametrize(
    ("script", "remark"),
    [
        (answer(status="204 No Content"), ""),
        (answer(status="404 Not Found"), ""),
        (answer(status="405 Method Not Allowed"), ""),
        (answer(status="503 Service Unavailable"), "503"),
        (answer("<html>pypi-one</html>", content_type="text/html"), "200 with a page"),
        (answer("no pypi-one", status="422 Unprocessable Content"), "422"),
        (LOST, "did not burn"),
        (Script(b"", reads=False), "did not burn"),
        (answer(b"x" * 10_000_000), "did not burn"),
    ],
)
def test_burning_is_best_effort_and_never_raises(bench: Bench, script: Script, remark: str) -> None:
    bench.server.play(AUDIENCE, bench.mint("one"), script)
    exchange = bench.exchange()
    exchange.credentials()
    said = exchange.burn()
    assert remark in said
    assert bool(said) == bool(remark)
    assert "pypi-one" not in said
    assert exchange.burn() == ""


def test_after_burning_a_fresh_token_is_lent(bench: Bench) -> None:
    exchange = bench.exchange()
    bench.server.play(AUDIENCE, bench.mint("one"), answer(), bench.mint("two"))
    exchange.credentials()
    exchange.burn()
    assert secret(exchange.credentials()) == "pypi-two"
    assert [path for path, _ in bench.asked] == ["audience", "mint-token", "burn-token", "mint-token"]


def test_a_job_with_a_single_identity_uses_its_token_to_the_end_and_then_says_so(bench: Bench) -> None:
    bench.identity = FakeIdentity(single=True)
    exchange = bench.exchange()
    bench.server.play(AUDIENCE, bench.mint("one"))
    exchange.credentials()
    bench.clock.advance(899)
    assert secret(exchange.credentials()) == "pypi-one"
    bench.clock.advance(1)
    with pytest.raises(DeniedError, match="used up") as caught:
        exchange.credentials()
    assert "re-run" in caught.value.remedy
    assert [path for path, _ in bench.asked].count("mint-token") == 1


def test_a_single_identity_that_was_lost_on_the_way_is_not_sent_again(bench: Bench) -> None:
    bench.identity = FakeIdentity(single=True)
    bench.server.play(AUDIENCE, LOST, bench.mint("two"))
    with pytest.raises(DeniedError, match="used up"):
        bench.exchange().credentials()
