"""The matrix leaves out no method of a port and no kind of fault, and its page tells of all of it."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from fault_calls import ASKS_NOBODY, CALLS
from fault_deeds import WORKS
from fault_kinds import KINDS
from fault_rules import WRITING

from tagboat.ports.forge import Forge
from tagboat.ports.identity import Identity
from tagboat.ports.index import Index
from tagboat.sandbox import faults

RECORD = Path(__file__).parents[2] / "docs/reference/faults.json"


@pytest.mark.parametrize(("name", "port"), [("forge", Forge), ("index", Index), ("identity", Identity)])
def test_every_method_of_a_port_meets_the_faults(name: str, port: type) -> None:
    methods = {
        (name, method) for method, _ in inspect.getmembers(port, inspect.isfunction) if method[0] != "_"
    }
    assert methods == {(c.port, c.method) for c in (*CALLS,) if c.port == name} | {
        each for each in ASKS_NOBODY if each[0] == name
    }


def test_there_are_fourteen_kinds_and_the_sandbox_has_no_other() -> None:
    words = {fault.word for way in KINDS.values() for fault in way}
    assert len(KINDS) == 14
    # A delay is a timeout that does its deed in the end; to be cut before it is a reset before it, but for the kernel.
    assert words == set(faults.KINDS) - {"delay", "drop-before"}


def test_every_write_is_tried_as_the_engine_makes_it() -> None:
    tried = {work.operation for work in WORKS}
    assert {call.operation for call in CALLS if call.manner in WRITING} == tried


def test_the_page_tells_of_all_of_it() -> None:
    record = json.loads(RECORD.read_text())
    assert set(record["calls"]) == {call.name for call in CALLS}, "make faults"
    assert set(record["works"]) == {work.name for work in WORKS}, "make faults"
    assert set(record["kinds"]) == set(KINDS), "make faults"
    assert (record["wrong"], record["second"]) == (0, 0)
