import fcntl
import json
import os
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest
from berth import Call, Released

from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Receipt, Step
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.state import StateDirectory
from tagboat.errors import AlreadyRunningError
from tagboat.testing.clock import FakeClock

COMMIT = "c" * 40


def a_plan(component: str = "rowboat") -> Plan:
    steps = (
        Step("tag-exists:rowboat", "tag-exists", Phase.CHECK, Effect.NONE, component, {}, ()),
        Step("build:rowboat:default", "build-shard", Phase.BUILD, Effect.NONE, component, {}, ()),
    )
    return Plan(Half.PREPARE, "tag-release", (Release(component, "1.0", "v1.0", COMMIT),), steps)


def write_state(path: Path, *events: str) -> Path:
    """A state directory in which the first step is done and the second had these events."""
    plan = a_plan()
    with StateDirectory(path) as state:
        state.save_plans(plan, None, {})
        ledger = SqliteLedger(state.ledger, FakeClock(), "ada@here")
        body = {"plan": plan.digest, "effect": "none"}
        receipt = Receipt("v1.0 is there", {}).as_json()
        ledger.append(
            "outcome", step="tag-exists:rowboat", attempt=1, body={**body, "receipt": receipt, "found": False}
        )
        for event in events:
            more = (
                {"cause": "the compiler said no", "code": "step-failed", "unsure": False}
                if event == "failure"
                else {}
            )
            ledger.append(event, step="build:rowboat:default", attempt=1, body={**body, **more})
        ledger.close()
    return path


def user_state(tmp_path: Path) -> Path:
    return tmp_path / "user-state" / "tagboat"


def test_a_user_without_releases_is_told_where_to_begin(call: Call) -> None:
    said = call("status")
    assert (said.exit, said.err) == (0, "")
    assert "tagboat rehearse ." in said.out
    assert call("status", "--json").json["all"] == []


def test_each_release_has_its_line_and_its_next_command(call: Call, tmp_path: Path) -> None:
    failed = write_state(user_state(tmp_path) / "ada~rowboat" / "v1.0", "intent", "failure")
    stopped = write_state(user_state(tmp_path) / "rehearsals" / "row boat-1")
    said = call("status")
    lines = said.out.splitlines()
    assert lines[0].startswith("failed      rowboat 1.0  build:rowboat:default: the compiler said no")
    assert lines[1].strip() == f"tagboat resume --state {shlex.quote(str(failed))}"
    assert lines[2].startswith("stopped")
    assert lines[3].strip() == f"tagboat resume --state '{stopped}'"
    assert [row["result"] for row in call("status", "--json").json["all"]] == ["failed", "stopped"]


def test_one_release_is_told_step_by_step(call: Call, tmp_path: Path) -> None:
    state = write_state(tmp_path / "state", "intent", "failure")
    said = call("status", "--state", state)
    assert said.out.splitlines() == [
        f"rowboat 1.0 from v1.0 ({COMMIT[:12]})",
        "  succeeded   tag-exists:rowboat     v1.0 is there",
        "  failed      build:rowboat:default  the compiler said no",
        "failed: build:rowboat:default: the compiler said no",
        f"next: tagboat resume --state {state}",
    ]
    answer = call("status", "--state", state, "--json").json
    assert [(row["key"], row["state"]) for row in answer["steps"]][1] == ("build:rowboat:default", "failed")


def test_what_is_begun_is_running_while_somebody_holds_the_state_and_unknown_afterwards(
    call: Call, tmp_path: Path
) -> None:
    state = write_state(tmp_path / "state", "intent")
    with StateDirectory(state):
        answer = call("status", "--state", state, "--json").json
        assert (answer["result"], answer["reason"], answer["next"]) == (
            "running",
            "build:rowboat:default",
            "",
        )
        assert answer["steps"][1]["state"] == "running"
    assert call("status", "--state", state, "--json").json["result"] == "unknown"


def test_a_look_at_the_lock_does_not_refuse_a_start(tmp_path: Path) -> None:
    state = write_state(tmp_path / "state")
    looker = os.open(state / "lock", os.O_RDONLY)
    fcntl.flock(looker, fcntl.LOCK_SH)
    with pytest.raises(AlreadyRunningError), StateDirectory(state):
        pass
    os.close(looker)
    with StateDirectory(state):
        pass


def test_a_folder_that_holds_no_release_exits_2(call: Call, tmp_path: Path) -> None:
    said = call("status", "--state", tmp_path)
    assert (said.exit, said.out) == (2, "")
    assert "holds no release" in said.err
    assert call("status", "--state", tmp_path, "--json").json["result"] == "none"


@pytest.mark.parametrize("file", ["plan.json", "ledger.sqlite", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b"[]", b'{"artifacts": 3}', b"[" * 100_000])
def test_a_torn_state_is_a_conflict_and_hides_no_other(
    call: Call, tmp_path: Path, file: str, content: bytes
) -> None:
    torn = write_state(user_state(tmp_path) / "ada~rowboat" / "v1.0", "intent")
    for rest in torn.glob("ledger.sqlite-*"):
        rest.unlink()
    (torn / file).write_bytes(content)
    write_state(user_state(tmp_path) / "ada~rowboat" / "v2.0")
    said = call("status", "--state", torn, "--json")
    assert (said.exit, said.json["error"]["code"]) == (7, "conflict"), said.json
    assert [row["result"] for row in call("status", "--json").json["all"]] == ["conflict", "stopped"]
    assert call("status").exit == 0


def test_a_path_with_signs_of_a_url_is_read(call: Call, tmp_path: Path) -> None:
    state = write_state(tmp_path / "a?mode=rw#b%41 c", "intent", "failure")
    assert call("status", "--state", state, "--json").json["result"] == "failed"


def test_control_signs_of_a_reason_do_not_reach_the_terminal(call: Call, tmp_path: Path) -> None:
    state = write_state(tmp_path / "state")
    ledger = SqliteLedger(state / "ledger.sqlite", FakeClock(), "ada@here")
    body = {"plan": a_plan().digest, "effect": "none"}
    ledger.append("intent", step="build:rowboat:default", attempt=1, body=body)
    evil = {"cause": "\x1b]52;c;eA==\x07no\nfaked: line\x9b2J", "code": "x", "unsure": False}
    ledger.append("failure", step="build:rowboat:default", attempt=1, body=evil)
    ledger.close()
    said = call("status", "--state", state)
    assert "\x1b" not in said.out
    assert "\x9b" not in said.out
    assert not [line for line in said.out.splitlines() if line.startswith("faked")]


def test_a_finished_release_has_no_next_command(call: Call, released: Released) -> None:
    answer = call("status", "--state", released.project.state, "--json").json
    assert (answer["result"], answer["next"]) == ("succeeded", "")
    states = {row["key"].partition(":")[0]: row["state"] for row in answer["steps"]}
    assert states.pop("publisher-matches") == "skipped"  # no workflow publishes it
    assert set(states.values()) == {"succeeded"}


def test_the_ledger_is_verified_shown_and_exported(call: Call, released: Released, tmp_path: Path) -> None:
    state = released.project.state
    verified = call("ledger", "verify", state, "--json").json
    assert verified["entries"] > 20
    assert call("ledger", "verify", state / "ledger.sqlite").out.startswith(f"{verified['entries']} entries")
    exported = call("ledger", "export", state).out
    file = tmp_path / "ledger.jsonl"
    file.write_text(exported)
    assert call("ledger", "verify", file, "--json").json["entries"] == verified["entries"]
    assert call("ledger", "show", file).out == call("ledger", "show", state).out
    assert len(call("ledger", "show", state, "--json").json["entries"]) == verified["entries"]


@pytest.fixture
def export(call: Call, released: Released, tmp_path: Path) -> list[str]:
    return call("ledger", "export", released.project.state).out.splitlines()


@pytest.mark.parametrize("deed", ["edit", "delete", "insert", "swap", "renumber"])
def test_the_first_bad_entry_is_named(call: Call, export: list[str], tmp_path: Path, deed: str) -> None:
    lines, at = list(export), 7
    if deed == "edit":
        lines[at] = lines[at].replace('"actor":"', '"actor":"x')
    elif deed == "delete":
        del lines[at]
    elif deed == "insert":
        lines.insert(at, lines[at])
    elif deed == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    else:
        lines[at] = json.dumps({**json.loads(lines[at]), "seq": 99})
    file = tmp_path / "ledger.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))
    said = call("ledger", "verify", file, "--json")
    assert said.exit == 7
    assert said.json["first_bad"] == at + 1 + (deed == "insert")


@pytest.mark.parametrize(
    "line",
    ['{"seq": 1}', "[]", "null", "{", '{"seq": NaN}', "[" * 100_000, "", '"\\ud800"'],
    ids=["short", "list", "null", "torn", "nan", "deep", "empty", "surrogate"],
)
def test_a_line_that_is_no_entry_is_named(call: Call, export: list[str], tmp_path: Path, line: str) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_text("\n".join([*export[:3], line, *export[3:]]) + "\n")
    for deed in ("verify", "show", "export"):
        said = call("ledger", deed, file)
        assert said.exit == 7
        assert "line 4 of the ledger" in said.err


@pytest.mark.parametrize(
    "fields",
    [
        {"body": {"x": 1.5}},
        {"body": []},
        {"seq": "1"},
        {"seq": True},
        {"hash": None},
        {"more": 1},
        {"actor": "\ud800"},
    ],
)
def test_an_entry_of_odd_types_is_named(
    call: Call, export: list[str], tmp_path: Path, fields: dict[str, object]
) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_text(json.dumps({**json.loads(export[0]), **fields}) + "\n")
    said = call("ledger", "verify", file)
    assert said.exit == 7
    assert "line 1 of the ledger" in said.err


def test_signs_that_look_like_line_ends_stay_inside_their_entry(call: Call, tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite", FakeClock(), "ada@here")
    ledger.append("failure", step="a", attempt=1, body={"cause": "one\u2028two\x85three\x0cfour"})
    ledger.close()
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(call("ledger", "export", tmp_path / "ledger.sqlite").out.encode())
    assert call("ledger", "verify", file).out.startswith("1 entries")


def test_a_torn_database_and_a_folder_without_one_are_told(
    call: Call, released: Released, tmp_path: Path
) -> None:
    torn = tmp_path / "ledger.sqlite"
    shutil.copyfile(released.project.state / "ledger.sqlite", torn)
    content = torn.read_bytes()
    torn.write_bytes(content[: len(content) // 2])
    assert call("ledger", "verify", torn).exit in (0, 7)
    torn.write_bytes(b"SQLite format 3\0" + bytes(4000))
    assert call("ledger", "verify", torn).exit == 7
    torn.unlink()
    assert call("ledger", "verify", tmp_path).exit == 2


def test_entries_are_never_changed_in_place(released: Released, tmp_path: Path) -> None:
    copy = tmp_path / "ledger.sqlite"
    shutil.copyfile(released.project.state / "ledger.sqlite", copy)
    database = sqlite3.connect(copy)
    for statement in ("UPDATE entry SET actor = 'x'", "DELETE FROM entry WHERE seq = 1"):
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            database.execute(statement)
    database.close()
