"""A network that ends at this machine: what leads into it, and that nothing leads out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tagboat.adapters import isolation
from tagboat.adapters.isolation import main, private_network

LOOK = """
import json, pathlib, socket
def led(name):
    try:
        return socket.gethostbyname(name)
    except OSError:
        return None
def out():
    try:
        socket.create_connection(("192.0.2.1", 443), 5).close()
    except OSError as refusal:
        return refusal.errno
    return 0
with socket.socket() as listening:
    listening.bind(("127.0.0.1", 443))
print(json.dumps({
    "names": [led(name) for name in ("api.forge.example", "index.example", "elsewhere.example", "localhost")],
    "out": out(), "left": [path for path in pathlib.Path("/tmp").glob("tagboat-*") if path.is_file()],
}))
"""
NAMES = ("api.forge.example", "index.example")
USER = ("unshare", "--map-root-user", "--net", "--mount", "--")


def looked(prefix: tuple[str, ...]) -> dict[str, object]:
    done = subprocess.run(
        [*prefix, sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.needs("names")
def test_names_lead_to_this_machine_and_nothing_leads_out() -> None:
    hosts = Path("/etc/hosts").read_bytes()
    found = private_network(NAMES)
    assert (found.network, found.names) == ("off", NAMES)
    seen = looked(found.prefix)
    assert seen["names"] == ["127.0.0.1", "127.0.0.1", None, "127.0.0.1"]
    assert seen["out"] != 0
    assert seen["left"] == []
    assert Path("/etc/hosts").read_bytes() == hosts


@pytest.mark.needs("names")
def test_a_user_namespace_does_as_well() -> None:
    trampoline = (sys.executable, "-P", "-m", "tagboat.adapters.isolation", "--loopback", "--names")
    seen = looked((*USER, *trampoline, ",".join(NAMES), "--"))
    assert seen["names"] == ["127.0.0.1", "127.0.0.1", None, "127.0.0.1"]
    assert seen["out"] != 0


@pytest.mark.needs("isolation")
def test_without_names_no_name_is_led() -> None:
    assert private_network().names == ()
    assert "--mount" not in private_network().prefix


def test_where_names_cannot_be_led_the_network_is_private_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        isolation, "_works", lambda flags, between: () if "--mount" in flags else ("x", *flags)
    )
    private_network.cache_clear()
    try:
        found = private_network(NAMES)
        assert (found.network, found.names, found.prefix) == ("off", (), ("x", "--net"))
    finally:
        private_network.cache_clear()


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["--loopback"],
        ["--loopback", "--"],
        ["--loopback", "--names"],
        ["--loopback", "--names", "a.example"],
        ["--loopback", "--names", "a.example", "--"],
        ["--names", "a.example", "--", "true"],
        ["true"],
    ],
    ids=str,
)
def test_a_line_that_is_not_understood_starts_nothing(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line) == 2
    assert capsys.readouterr().err.startswith("usage:")
