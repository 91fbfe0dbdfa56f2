"""A server on this machine that answers exactly the bytes that a test wrote down: what no well-behaved server sends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: its first line, headers (names in lower case) and body."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Script:
    """What to do with one connection.

    Attributes:
        answer: the bytes to send, the status line included; nothing for b"".
        reads: whether the request is read first; False cuts the connection in the middle of it.
    """

    answer: bytes
    reads: bool = True


def answer(
    body: bytes | str = b"", *, status: str = "200 OK", length: int | None = None, **headers: str
) -> Script:
    """Return an ordinary answer; ``length`` lies about the body's length; ``content_type`` is a header, and so on."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Script("\r\n".join([*lines, "Connection: close", "", ""]).encode() + content)


def json_answer(text: str, *, status: str = "200 OK", **headers: str) -> Script:
    """Return an answer of JSON."""
    return answer(text, status=status, length=None, content_type="application/json", **headers)


@dataclass(slots=True)
class ScriptedServer:
    """Plays its scripts in order, one for each connection; the last one is played for ever.

    Attributes:
        url: its address, without a slash at the end.
        received: the requests, in order.
    """

    scripts: list[Script] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    url: str = ""
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _thread: threading.Thread | None = None

    def play(self, *scripts: Script) -> None:
        """Replace the scripts."""
        self.scripts[:] = scripts
        self.received.clear()

    def __enter__(self) -> ScriptedServer:
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone would not wake a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._thread:
            self._thread.join(SECONDS)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(SECONDS)
                try:
                    self._one(connection)
                except OSError:
                    continue

    def _one(self, connection: socket.socket) -> None:
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        if script.reads:
            with connection.makefile("rb") as stream:
                line = stream.readline().decode("latin-1").strip()
                headers = dict(_headers(iter(stream.readline, b"\r\n")))
                body = stream.read(int(headers.get("content-length", "0")))
            self.received.append(Received(line, headers, body))
        else:
            connection.recv(1024)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(script.answer)


def _headers(lines: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.decode("latin-1").partition(":")
        yield name.strip().lower(), value.strip()
