"""A gateway before the sandbox's services: it lends the sandbox's own token to whoever shows a canary, and repeats secrets.

What it lets through is the sandbox's real answer. An order makes it answer by itself, with every secret that it knows.
"""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import urllib3
from canaries import Flock

from tagboat.sandbox.addresses import Addresses

SECONDS = 60


@dataclass
class Order:
    """Answer whatever fits in this way, so often."""

    method: str
    path: str
    answer: Callable[[Flock, bytes], tuple[int, str, dict[str, str], bytes]]
    times: int = 1000

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method == method and re.search(self.path, path) is not None


@dataclass
class Gateway:
    """One for each origin of the sandbox.

    Attributes:
        origins: the sandbox's origin → ours.
        orders: what is answered here.
        met: how many requests were answered here.
    """

    addresses: Addresses
    flock: Flock
    origins: dict[str, str] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    met: int = 0

    def led(self, text: str) -> str:
        """The text with the sandbox's origins replaced by ours."""
        for theirs, ours in self.origins.items():
            text = text.replace(theirs, ours)
        return text

    def order(
        self, method: str, path: str, answer: Callable[[Flock, bytes], tuple[int, str, dict[str, str], bytes]]
    ) -> None:
        self.orders.append(Order(method, path, answer))

    def clear(self) -> None:
        self.orders.clear()
        self.met = 0


def in_json(flock: Flock, sent: bytes, status: int = 403) -> tuple[int, str, dict[str, str], bytes]:
    """GitHub's and PyPI's form at once, with what was sent."""
    said = f"you sent {flock.echo()} {sent[:20000].decode('utf-8', 'replace')}"
    errors = [{"code": "invalid-publisher", "description": said, "message": said, "field": said}]
    return (
        status,
        "",
        {"Content-Type": "application/json"},
        json.dumps({"message": said, "errors": errors}).encode(),
    )


def in_html(flock: Flock, _sent: bytes, status: int = 403) -> tuple[int, str, dict[str, str], bytes]:
    """A page of somebody's proxy, in which signs are written as HTML writes them."""
    said = flock.echo("<br>").replace("&", "&amp;").replace('"', "&quot;").replace("+", "&#43;")
    return status, "", {"Content-Type": "text/html"}, f"<h1>No</h1><p>{said}</p>".encode()


def in_reason(flock: Flock, _sent: bytes, status: int = 400) -> tuple[int, str, dict[str, str], bytes]:
    """PyPI's form: the message is the reason phrase."""
    said = flock.echo().replace("\n", "").encode("ascii", "backslashreplace").decode()
    return status, f"Bad: {said}", {}, said.encode()


def in_escapes(flock: Flock, _sent: bytes, status: int = 403) -> tuple[int, str, dict[str, str], bytes]:
    """JSON that writes every sign by its number."""
    said = "".join(f"\\u{ord(sign):04x}" for sign in flock.echo() if ord(sign) < 0x10000)
    return status, "", {"Content-Type": "application/json"}, f'{{"message": "{said}"}}'.encode()


def in_redirect(flock: Flock, _sent: bytes, status: int = 307) -> tuple[int, str, dict[str, str], bytes]:
    """To an address that holds all of them, and that we do not go to."""
    query = "&".join(
        f"x={form}"
        for form in flock.echo("\0").split("\0")
        if form.isascii() and form.isprintable() and " " not in form
    )
    return (
        status,
        "",
        {"Location": f"ftp://crew:{flock['token in a signed URL']}@files.example/x?{query}"},
        b"",
    )


def in_signed_address(
    flock: Flock, _sent: bytes, status: int = 302
) -> tuple[int, str, dict[str, str], bytes]:
    """To the storage behind the service, whose addresses let in whoever knows them."""
    return status, "", {"Location": f"/storage/gone?X-Amz-Signature={flock['token in a signed URL']}"}, b""


@contextmanager
def running_gateway(addresses: Addresses, flock: Flock) -> Iterator[Gateway]:
    """Run it on free ports of this machine."""
    gateway = Gateway(addresses, flock)
    urls = (addresses.forge, addresses.pypi.simple, addresses.testpypi.simple, addresses.identity)
    with ExitStack() as held:
        trust = ssl.create_default_context(cafile=addresses.ca)
        pool = held.enter_context(
            urllib3.PoolManager(ssl_context=trust, timeout=SECONDS, retries=False, maxsize=8)
        )
        for url in urls:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Passing, gateway, pool, origin))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            held.callback(server.server_close)
            held.callback(thread.join)
            held.callback(server.shutdown)
            gateway.origins[origin] = f"http://127.0.0.1:{server.server_address[1]}"
        yield gateway


class _Passing(BaseHTTPRequestHandler):
    """One request: answered by an order, or handed on."""

    def __init__(self, gateway: Gateway, pool: urllib3.PoolManager, origin: str, *socket: object) -> None:
        self._gateway = gateway
        self._pool = pool
        self._origin = origin
        super().__init__(*socket)  # type: ignore[arg-type] # the server's own three

    def log_message(self, *_: object) -> None:
        return

    def _pass(self) -> None:
        gateway = self._gateway
        body = self._body()
        authorization = self._lent(self.headers.get("Authorization", ""))
        for order in gateway.orders:
            if order.fits(self.command, self.path):
                order.times -= 1
                gateway.met += 1
                self._say(*order.answer(gateway.flock, body))
                return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OUR_HOP}
        if authorization:
            headers["Authorization"] = authorization
        if self.command == "GET" and "/simple/" in self.path:
            headers.pop("Authorization", None)
        answer = self._pool.request(
            self.command,
            self._origin + self.path,
            body=body or None,
            headers=headers,
            redirect=False,
            decode_content=False,
        )
        self._learn(answer.data)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _OUR_HOP}
        data = answer.data
        if not answer.headers.get("Content-Encoding") and "json" in kept.get("Content-Type", "") + kept.get(
            "content-type", ""
        ):
            data = gateway.led(data.decode()).encode()
        size = answer.headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(data))
        told = {name: gateway.led(value) for name, value in kept.items()}
        self._say(answer.status, answer.reason or "", {**told, "Content-Length": size}, data)

    # The names are the server's own.
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_CONNECT = _pass  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _lent(self, authorization: str) -> str:
        """The sandbox's own token in the place of a canary; what was sent may be repeated from now on."""
        scheme, _, value = authorization.partition(" ")
        user, secret = "", value
        if scheme.lower() == "basic":
            user, _, secret = base64.b64decode(value).decode("utf-8", "replace").partition(":")
        self._gateway.flock.sent.add(secret)
        if secret not in {
            canary.value for canary in self._gateway.flock.canaries if canary.kind not in _REAL
        }:
            return authorization
        token = self._gateway.addresses.token
        if scheme.lower() != "basic":
            return f"{scheme} {token}"
        user = user if user.startswith("x-") else "__token__"
        return f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"

    def _learn(self, data: bytes) -> None:
        """Take in what a service lends: an identity, or a token for uploads."""
        if not self.path.startswith(("/token/", "/_/oidc/")):
            return
        try:
            told = json.loads(data)
        except ValueError:
            return
        if isinstance(told.get("value"), str):
            self._gateway.flock.add("identity of a job", told["value"])
            self._gateway.flock.sent.add(told["value"])
        if isinstance(told.get("token"), str):
            self._gateway.flock.add("minted token", told["token"])

    def _say(self, status: int, reason: str, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status, reason or None)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(body)


_REAL = ("identity of a job", "minted token", "identity request token")
"""Secrets that the sandbox itself has given: they are handed on."""
_OUR_HOP = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "keep-alive", "date", "server"}
)
