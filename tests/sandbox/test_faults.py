from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tagboat.errors import InvalidError
from tagboat.sandbox.faults import Faults


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
