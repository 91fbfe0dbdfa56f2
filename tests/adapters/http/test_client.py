from __future__ import annotations

import gzip
import hashlib
import socket
from pathlib import Path

import pytest

from tagboat.adapters.http import HTTP, Answer, Body, Credentials, Download, Limits
from tagboat.errors import AnswerLostError, ConflictError, InvalidError, RefusedError, UnavailableError
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import Script, ScriptedServer, answer

CUT = Script(b"")
RESET = Script(b"", reads=False)
SECRET = "s3cret-token"


def test_a_read_returns_whatever_the_server_answers(server: ScriptedServer, http: HTTP) -> None:
    for status in ("200 OK", "404 Not Found", "403 Forbidden", "301 Moved Permanently"):
        server.play(answer("body", status=status))
        found = http.read(f"{server.url}/x?secret=1")
        assert (found.status, found.body, found.url) == (int(status[:3]), b"body", f"{server.url}/x")


@pytest.mark.parametrize(
    "trouble",
    [answer(status="500 X"), answer(status="502 X"), answer(status="503 X"), answer(status="504 X"), CUT, RESET, answer("half", length=99)],
)  # fmt: skip
def test_a_read_is_tried_again_with_growing_pauses(
    server: ScriptedServer, http: HTTP, clock: FakeClock, trouble: Script
) -> None:
    server.play(trouble, trouble, answer("at last"))
    assert http.read(server.url).body == b"at last"
    first, second = clock.pauses
    assert 0.25 <= first <= 0.5 <= second <= 1.0


def test_tries_of_a_read_are_bounded(server: ScriptedServer, http: HTTP) -> None:
    server.play(answer("<h1>Bad <b>gateway</b></h1>", status="502 Bad Gateway", content_type="text/html"))
    with pytest.raises(UnavailableError, match="answered 502: Bad gateway"):
        http.read(server.url)
    assert len(server.received) == 4


def test_a_pause_that_the_server_asks_for_is_kept(
    server: ScriptedServer, http: HTTP, clock: FakeClock
) -> None:
    server.play(answer(status="429 X", Retry_After="7"), answer("ok"))
    assert http.read(server.url).body == b"ok"
    assert clock.pauses == [7.0]


@pytest.mark.parametrize("asked", ["3600", "Thu, 01 Jan 2026 01:00:00 GMT"])
def test_a_pause_that_is_too_long_is_told_instead(server: ScriptedServer, http: HTTP, asked: str) -> None:
    server.play(answer(status="503 X", Retry_After=asked))
    with pytest.raises(UnavailableError) as caught:
        http.read(server.url)
    assert "3600 seconds" in caught.value.remedy
    assert len(server.received) == 1


def test_a_host_that_is_not_there_is_unavailable(http: HTTP) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(UnavailableError, match="no connection"):
            http.read(url)
        with pytest.raises(UnavailableError, match="no connection") as caught:
            http.write("POST", url, Body(b"x"))
        assert type(caught.value) is UnavailableError


def test_a_body_is_sent_as_it_is(server: ScriptedServer, http: HTTP, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(200_000))
    server.play(answer("done", status="201 Created"))
    found = http.write("POST", server.url, Body(b"<", tmp_path / "file", b">"), headers={"X-Mine": "yes"})
    assert (found.status, found.good) == (201, True)
    (request,) = server.received
    assert request.body == b"<" + bytes(200_000) + b">"
    assert (request.headers["content-length"], request.headers["x-mine"]) == ("200002", "yes")


@pytest.mark.parametrize("body", [Body(b"x"), Body()], ids=["body", "no body"])
@pytest.mark.parametrize("lost", [CUT, answer("half an answer", status="201 X", length=99)])
def test_a_write_without_a_whole_answer_is_never_sent_again(
    server: ScriptedServer, http: HTTP, body: Body, lost: Script
) -> None:
    server.play(lost, answer("done"))
    with pytest.raises(AnswerLostError):
        http.write("POST", server.url, body)
    assert len(server.received) == 1


@pytest.mark.parametrize("body", [Body(b"x"), Body()], ids=["body", "no body"])
def test_a_write_whose_answer_has_no_end_may_have_been_done(server: ScriptedServer, body: Body) -> None:
    class Passing(FakeClock):
        def monotonic(self) -> float:
            self.advance(1.0)
            return super().monotonic()

    server.play(answer(bytes(1_000_000)))
    for http, more in (
        (HTTP(FakeClock(), environment={}), {"limit": 4000}),
        (HTTP(Passing(), environment={}, limits=Limits(whole=2.0)), {}),
    ):
        with pytest.raises(AnswerLostError, match=r"larger|too long"):
            http.write("POST", server.url, body, **more)


def test_a_write_that_broke_off_in_its_body_was_not_received(
    server: ScriptedServer, http: HTTP, clock: FakeClock
) -> None:
    server.play(RESET)
    with pytest.raises(UnavailableError) as caught:
        http.write("POST", server.url, Body(bytes(50_000_000)))
    assert type(caught.value) is UnavailableError
    assert clock.pauses == []


def test_a_failing_server_answers_a_write(server: ScriptedServer, http: HTTP) -> None:
    server.play(answer(status="500 X"), answer("done"))
    assert http.write("POST", server.url, Body(b"x")).status == 500
    assert len(server.received) == 1


def test_a_file_that_shrinks_while_it_is_sent_is_a_conflict(
    server: ScriptedServer, http: HTTP, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    body = Body(path)
    path.write_bytes(bytes(10))
    server.play(answer())
    with pytest.raises(ConflictError):
        http.write("POST", server.url, body)


def test_a_write_is_not_redirected(server: ScriptedServer, http: HTTP) -> None:
    server.play(answer(status="308 X", Location="/elsewhere"))
    assert http.write("POST", server.url, Body(b"x")).status == 308
    assert len(server.received) == 1


def test_an_answer_larger_than_its_limit_is_cut_off(server: ScriptedServer, http: HTTP) -> None:
    server.play(Script(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5000)))
    with pytest.raises(UnavailableError, match="larger than 4000 bytes"):
        http.read(server.url, limit=4000)


def test_a_compressed_answer_is_bounded_by_what_it_becomes(server: ScriptedServer, http: HTTP) -> None:
    server.play(answer(gzip.compress(bytes(5_000_000)), Content_Encoding="gzip"))
    with pytest.raises(UnavailableError, match="larger"):
        http.read(server.url, limit=100_000)
    server.play(answer(gzip.compress(b"small"), Content_Encoding="gzip"))
    assert http.read(server.url).body == b"small"


def test_an_answer_that_takes_too_long_is_given_up(server: ScriptedServer) -> None:
    class Passing(FakeClock):
        def monotonic(self) -> float:
            self.advance(1.0)
            return super().monotonic()

    server.play(answer(bytes(1_000_000)))
    with pytest.raises(UnavailableError, match="too long"):
        HTTP(Passing(), environment={}, limits=Limits(whole=2.0)).read(server.url)


def test_silence_is_given_up(clock: FakeClock) -> None:
    http = HTTP(clock, environment={}, limits=Limits(read=0.01, answer=0.02))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(UnavailableError, match="in time"):
            http.read(url)
        with pytest.raises(AnswerLostError, match="in time"):
            http.write("POST", url, Body(b"x"))


def test_chunks_that_end_early_are_a_failure(server: ScriptedServer, http: HTTP) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.play(Script(head + b"4\r\nhalf\r\n"), Script(head + b"5\r\nwhole\r\n0\r\n\r\n"))
    assert http.read(server.url).body == b"whole"


def test_garbage_is_unavailable(server: ScriptedServer, http: HTTP) -> None:
    server.play(Script(b"SSH-2.0-OpenSSH_9.2\r\n"))
    with pytest.raises(UnavailableError):
        http.read(server.url)


def test_a_credential_stays_with_its_origin(server: ScriptedServer, http: HTTP) -> None:
    with ScriptedServer([answer("from elsewhere")]) as other:
        server.play(
            answer(status="302 X", Location="/same"), answer(status="302 X", Location=f"{other.url}/there")
        )
        credentials = Credentials.bearer(SECRET)
        assert http.read(server.url, credentials=credentials, follow=True).body == b"from elsewhere"
        assert [request.headers.get("authorization") for request in server.received] == [
            f"Bearer {SECRET}"
        ] * 2
        assert "authorization" not in other.received[0].headers


@pytest.mark.parametrize(
    "target",
    [
        "http://example.org/",
        "ftp://127.0.0.1/",
        "https://u:p@localhost/",
        "file:///etc/passwd",
        "http://[x/",
        "http://localhost:99999999/",
        "//[",
    ],
)
def test_redirects_lead_to_safe_places_only(server: ScriptedServer, http: HTTP, target: str) -> None:
    server.play(answer(status="302 X", Location=target))
    with pytest.raises(UnavailableError, match="where we do not go"):
        http.read(server.url, follow=True)


@pytest.mark.parametrize(
    "asked", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 99999999999999999999:00:00"]
)
def test_a_pause_until_no_date_is_none(server: ScriptedServer, http: HTTP, asked: str) -> None:
    server.play(answer(status="503 X", Retry_After=asked), answer("ok"))
    assert http.read(server.url).body == b"ok"


@pytest.mark.parametrize("page", ["<", "<script ", "<a <", "</script ", "<style></style"])
def test_no_page_of_an_error_takes_long_to_be_told(page: str) -> None:
    """Where the time grows with the square of the length, this takes hours."""
    body = f"<p>Bad gateway</p>{page * 500_000}".encode()
    told = Answer(502, "", {"Content-Type": "text/html"}, body, "https://index.invalid/")
    assert told.message.startswith("Bad gateway")


def test_a_page_of_an_error_is_told_without_its_scripts() -> None:
    page = b"<html><script a=1>if (1 < 2) evil()</script ><STYLE>p{}</style>Bad <b>gate</b>way<script>rest"
    told = Answer(502, "", {"Content-Type": "text/html"}, page, "https://index.invalid/")
    assert told.message == "Bad gate way"


def test_redirects_end(server: ScriptedServer, http: HTTP) -> None:
    server.play(answer(status="302 X", Location="/again"))
    with pytest.raises(UnavailableError, match="without end"):
        http.read(server.url, follow=True)
    assert len(server.received) == 6


def test_plain_http_is_for_this_machine(http: HTTP) -> None:
    with pytest.raises(RefusedError, match="plain http"):
        http.read("http://example.org/")


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "https://", "https://[::1", "https://u:p@example.org/", "https://a:x/", "https://a/\n"],
)
def test_an_address_that_is_none_is_invalid(http: HTTP, url: str) -> None:
    with pytest.raises(InvalidError):
        http.read(url)


def test_a_download_appears_when_it_is_whole(server: ScriptedServer, http: HTTP, tmp_path: Path) -> None:
    content = bytes(300_000)
    server.play(answer(content[:1000], length=300_000), answer(content))
    arrived = http.download(server.url, tmp_path / "file", limit=300_000)
    assert arrived == Download(hashlib.sha256(content).hexdigest(), 300_000)
    assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_download_is_kept_encoded(server: ScriptedServer, http: HTTP, tmp_path: Path) -> None:
    content = gzip.compress(b"a tarball")
    server.play(answer(content, Content_Encoding="gzip"))
    http.download(server.url, tmp_path / "file", limit=1000)
    assert (tmp_path / "file").read_bytes() == content
    assert server.received[0].headers["accept-encoding"] == "identity"


def test_a_download_that_fails_leaves_what_was_there(
    server: ScriptedServer, http: HTTP, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("before")
    server.play(answer("too long"))
    with pytest.raises(UnavailableError):
        http.download(server.url, tmp_path / "file", limit=3)
    server.play(answer("gone", status="404 Not Found"))
    assert not isinstance(http.download(server.url, tmp_path / "file", limit=3), Download)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "before")]


def test_a_proxy_is_used_where_the_environment_says(server: ScriptedServer) -> None:
    refused = answer(status="403 Forbidden")
    server.play(refused)
    host = server.url.removeprefix("http://")
    for environment in (
        {"HTTPS_PROXY": f"http://me:word@{host}"},
        {"https_proxy": host},
        {"ALL_PROXY": server.url},
    ):
        server.received.clear()
        with pytest.raises(UnavailableError, match="proxy"):
            HTTP(FakeClock(), environment=environment).read("https://index.invalid/")
        assert server.received[0].line.startswith("CONNECT index.invalid:443 ")
    with ScriptedServer([answer("direct")]) as other:
        assert (
            HTTP(FakeClock(), environment={"HTTP_PROXY": server.url, "ALL_PROXY": server.url})
            .read(other.url)
            .body
            == b"direct"
        )


@pytest.mark.parametrize("exceptions", ["index.invalid", ".invalid", "a.org, INVALID", "*", "*.invalid"])
def test_a_proxy_has_exceptions(server: ScriptedServer, exceptions: str) -> None:
    server.play(answer(status="403 Forbidden"))
    environment = {"HTTPS_PROXY": server.url, "NO_PROXY": exceptions}
    with pytest.raises(UnavailableError, match=r"resolved|connection"):
        HTTP(FakeClock(), environment=environment).read("https://index.invalid/")
    assert server.received == []


def test_certificates_that_cannot_be_read_are_invalid(tmp_path: Path) -> None:
    for environment in ({"SSL_CERT_FILE": str(tmp_path / "missing.pem")}, {"SSL_CERT_FILE": str(tmp_path)}):
        with pytest.raises(InvalidError, match="cannot be used"):
            HTTP(FakeClock(), environment=environment).read("https://localhost:1/")
