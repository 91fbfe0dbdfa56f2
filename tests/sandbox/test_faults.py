from __future__ import annotations

import os
import re
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
import urllib3
from click.testing import CliRunner

from tagboat.cli.main import tagboat
from tagboat.errors import InvalidError
from tagboat.sandbox.faults import KINDS, Faults


@pytest.mark.parametrize(
    ("service", "kind", "value", "times", "told"),
    [
        ("npm", "delay", None, 1, "no service 'npm'"),
        ("pypi", "explode", None, 1, "no fault 'explode'"),
        ("pypi", "delay", -1.0, 1, "cannot have value -1"),
        ("pypi", "status", 99.0, 1, "cannot have value 99"),
        ("pypi", "delay", None, 0, "times 0"),
    ],
)
def test_nonsense_is_refused(
    tmp_path: Path, service: str, kind: str, value: float | None, times: int, told: str
) -> None:
    with pytest.raises(InvalidError, match=told):
        Faults(tmp_path).add(service, "upload", kind, value=value, times=times)
    assert Faults(tmp_path).pending() == []


def test_a_fault_meets_as_many_requests_as_it_says(tmp_path: Path) -> None:
    faults = Faults(tmp_path)
    faults.add("pypi", "upload", "drop-after", times=2)
    taken = [len(faults.take("pypi", "upload", read=False)) for _ in range(3)]
    assert taken == [1, 1, 0]


def test_a_fault_meets_its_own_service_and_operation_only(tmp_path: Path) -> None:
    faults = Faults(tmp_path)
    faults.add("pypi", "upload", "drop-after")
    assert not faults.take("testpypi", "upload", read=False)
    assert not faults.take("pypi", "simple", read=True)
    faults.add("testpypi", "*", "stale", value=3)
    assert not faults.take("testpypi", "upload", read=False)
    assert faults.take("testpypi", "simple", read=True)[0].value == 3


def test_a_delay_goes_with_another_fault_and_two_others_take_turns(tmp_path: Path) -> None:
    faults = Faults(tmp_path)
    for kind in ("status", "delay", "drop-after"):
        faults.add("pypi", "*", kind)
    turns = [[fault.kind for fault in faults.take("pypi", "upload", read=False)] for _ in range(3)]
    assert turns == [["status", "delay"], ["drop-after"], []]


def test_orders_from_many_at_once_are_all_kept(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=Faults(tmp_path).add, args=("pypi", str(number), "delay"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Faults(tmp_path).pending()) == 20


def keys(sandbox: Any) -> list[str]:
    return [entry.key for entry in sandbox.frame.journal.entries()]


def test_a_status_is_answered_instead_of_the_deed(pypi: Any, kit: Any, sandbox: Any) -> None:
    sandbox.frame.faults.add("pypi", "upload", "status", value=502)
    assert pypi.upload(kit.wheel()).status == 502
    assert keys(sandbox) == []
    assert pypi.upload(kit.wheel()).status == 200


def test_a_connection_is_cut_before_acceptance(pypi: Any, kit: Any, sandbox: Any) -> None:
    sandbox.frame.faults.add("pypi", "upload", "drop-before")
    with pytest.raises(urllib3.exceptions.HTTPError):
        pypi.upload(kit.wheel())
    assert keys(sandbox) == []


def test_a_connection_is_cut_after_acceptance(pypi: Any, kit: Any, sandbox: Any) -> None:
    file = kit.wheel()
    sandbox.frame.faults.add("pypi", "upload", "drop-after")
    with pytest.raises(urllib3.exceptions.HTTPError):
        pypi.upload(file)
    assert keys(sandbox) == [file.filename]
    assert pypi.filenames("rowboat") == [file.filename]


@pytest.mark.parametrize("what", ["page", "file"])
def test_an_answer_ends_half_way(pypi: Any, kit: Any, sandbox: Any, what: str) -> None:
    pypi.upload(kit.wheel())
    url = pypi.get("/simple/rowboat/").json()["files"][0]["url"].removeprefix(pypi.root)
    operation, path = ("simple", "/simple/rowboat/") if what == "page" else ("file", url)
    sandbox.frame.faults.add("pypi", operation, "truncate")
    with pytest.raises(urllib3.exceptions.HTTPError, match="IncompleteRead"):
        pypi.get(path)
    assert pypi.get(path).status == 200


def test_reads_show_the_state_before_the_last_writes(pypi: Any, kit: Any, sandbox: Any) -> None:
    files = [kit.wheel(), kit.sdist()]
    for file in files:
        pypi.upload(file)
    sandbox.frame.faults.add("pypi", "simple", "stale")
    assert pypi.filenames("rowboat") == [files[0].filename]
    sandbox.frame.faults.add("pypi", "simple", "stale", value=2)
    assert pypi.get("/simple/rowboat/").status == 404
    sandbox.frame.faults.add("pypi", "json", "stale", value=9)
    assert pypi.get("/pypi/rowboat/json").status == 404
    assert len(pypi.filenames("rowboat")) == 2


def test_a_delay_is_waited_for(pypi: Any, kit: Any, sandbox: Any) -> None:
    sandbox.frame.faults.add("pypi", "upload", "delay", value=60)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        pypi.upload(kit.wheel(), timeout=0.2)
    assert keys(sandbox) == []
    assert pypi.upload(kit.wheel()).status == 200


def test_silence_lasts_until_the_client_gives_up_and_nothing_is_done(
    pypi: Any, kit: Any, sandbox: Any
) -> None:
    sandbox.frame.faults.add("pypi", "upload", "silence")
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        pypi.upload(kit.wheel(), timeout=0.2)
    assert pypi.upload(kit.wheel()).status == 200
    assert len(keys(sandbox)) == 1


@pytest.mark.parametrize(("kind", "done"), [("reset-before", 0), ("reset-mid", 0), ("reset-after", 1)])
def test_a_reset_is_one_and_comes_before_or_after_the_deed(
    pypi: Any, kit: Any, sandbox: Any, kind: str, done: int
) -> None:
    sandbox.frame.faults.add("pypi", "upload", kind)
    with pytest.raises(urllib3.exceptions.HTTPError):
        pypi.upload(kit.wheel())
    assert len(keys(sandbox)) == done


@pytest.mark.parametrize(
    ("kind", "ends"), [("reset-before", "reset"), ("reset-after", "reset"), ("drop-after", "closed")]
)
def test_the_client_s_kernel_tells_a_reset_from_an_orderly_end(
    pypi: Any, sandbox: Any, kind: str, ends: str
) -> None:
    """Below TLS, which takes both for the end of the stream (as Python's ssl does)."""
    sandbox.frame.faults.add("pypi", "simple-root", kind)
    port = int(pypi.root.rpartition(":")[2])
    context = ssl.create_default_context(cafile=sandbox.addresses.ca)
    with (
        socket.create_connection(("localhost", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
        socket.socket(fileno=os.dup(secured.fileno())) as below,
    ):
        below.settimeout(10)
        secured.sendall(b"GET /simple/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            while below.recv(4096):
                continue
        except ConnectionResetError:
            found = "reset"
        else:
            found = "closed"
    assert found == ends


def test_a_reset_in_the_middle_of_a_read_gives_half_of_the_answer(pypi: Any, kit: Any, sandbox: Any) -> None:
    pypi.upload(kit.wheel())
    sandbox.frame.faults.add("pypi", "simple", "reset-mid")
    with pytest.raises(urllib3.exceptions.HTTPError):
        pypi.get("/simple/rowboat/")


@pytest.mark.parametrize(
    ("kind", "value", "status", "header"),
    [("too-many", None, 429, None), ("retry-after", 7, 429, "7"), ("html", 200, 200, None)],
)
def test_a_limit_and_a_page_are_answered_instead_of_the_deed(
    pypi: Any, kit: Any, sandbox: Any, kind: str, value: float | None, status: int, header: str | None
) -> None:
    sandbox.frame.faults.add("pypi", "upload", kind, value=value)
    answer = pypi.upload(kit.wheel())
    assert (answer.status, answer.headers.get("Retry-After")) == (status, header)
    assert (b"Authorization: " in answer.body) == (kind == "html")
    assert keys(sandbox) == []


def test_answers_lie_about_their_types_or_end_early(pypi: Any, kit: Any, sandbox: Any) -> None:
    pypi.upload(kit.wheel())

    def page(kind: str, value: float) -> Any:
        sandbox.frame.faults.add("pypi", "simple", kind, value=value)
        return pypi.get("/simple/rowboat/")

    whole = page("stale", 0).json()
    assert page("wrong-type", 0).json() == [whole]
    wrong = page("wrong-type", 1).json()
    assert (wrong["files"][0]["filename"], wrong["files"][0]["size"]) == (
        7,
        str(whole["files"][0]["size"]),
    )
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        page("truncate", 1).json()


def test_a_slow_body_comes_whole_to_who_waits(pypi: Any, kit: Any, sandbox: Any) -> None:
    pypi.upload(kit.wheel())
    whole = pypi.get("/simple/rowboat/").body
    sandbox.frame.faults.add("pypi", "simple", "slow-body", value=0)
    assert pypi.get("/simple/rowboat/").body == whole
    sandbox.frame.faults.add("pypi", "simple", "slow-body", value=60)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        pypi.request("GET", "/simple/rowboat/", timeout=0.2)


def test_the_command_line_explains_every_kind() -> None:
    said = CliRunner().invoke(tagboat, ["sandbox", "fault", "--help"]).output
    assert set(re.findall(r"(?m)^ {4}([a-z-]+)  ", said)) == set(KINDS)
