"""What each call may end in: the one table. Rules go by the fault and by how the call is understood; exceptions are named.

Ends are words: ``done``; ``absent``, the value for what is not there; ``older``, what a list showed before; ``remark`` of a
deed that never raises; and the codes of ``tagboat.errors``. A read that failed for a while is healed by asking again; a write
is not sent again, unless it certainly was not done.
"""

from __future__ import annotations

from fault_calls import Call
from fault_kinds import Fault

Ends = frozenset[str]
Pair = tuple[Ends, Ends]
"""What may become of a fault that comes once, and of one that never ends."""


def ends(text: str) -> Ends:
    return frozenset(text.split())


def pair(once: str, always: str = "") -> Pair:
    return ends(once), ends(always or once)


HEALED = pair("done", "unavailable")
UNAVAILABLE = pair("unavailable")
LOST = pair("answer-lost")
BROKEN = pair("answer-lost unavailable")
"""Whether all of it had left decides between the two."""

READS: dict[str, Pair] = {
    **dict.fromkeys(("silence", "reset-before", "reset-mid", "reset-after", "drop-after"), HEALED),
    **dict.fromkeys(("too-many", "retry-after 2", "truncate 0", "html 502"), HEALED),
    **dict.fromkeys(("status 500", "status 502", "status 503", "status 504"), HEALED),
    "status 501": UNAVAILABLE,
    "retry-after 3600": UNAVAILABLE,
    "html 200": UNAVAILABLE,
    "truncate 1": UNAVAILABLE,
    "wrong-type 0": UNAVAILABLE,
    "wrong-type 1": UNAVAILABLE,
    "slow-body 0.6": UNAVAILABLE,
    "stale 1": pair("done absent older"),
}
WRITES: dict[str, Pair] = {
    **dict.fromkeys(("silence", "reset-after", "drop-after", "truncate 0", "truncate 1"), LOST),
    **dict.fromkeys(("wrong-type 0", "wrong-type 1", "slow-body 0.6", "html 200", "html 502"), LOST),
    **dict.fromkeys([f"status {status}" for status in range(500, 505)], LOST),
    "reset-before": BROKEN,
    "reset-mid": BROKEN,
    "too-many": HEALED,
    "retry-after 2": HEALED,
    "retry-after 3600": UNAVAILABLE,
}
MINTS: dict[str, Pair] = {
    **WRITES,
    **{word: HEALED for word, found in WRITES.items() if found == LOST},
    "reset-before": pair("done unavailable", "unavailable"),
    "reset-mid": pair("done unavailable", "unavailable"),
}
"""A fresh identity is exchanged instead, a bounded number of times."""
BURNS: dict[str, Pair] = {
    **dict.fromkeys(WRITES, pair("remark")),
    "wrong-type 0": pair("done"),
    "wrong-type 1": pair("done"),
    "slow-body 0.6": pair("done"),
}
"""Burning never raises, and its answer has no body that could be wrong."""

DENIED = dict.fromkeys((401, 403, 451), "denied")
ABSENT = dict.fromkeys((404, 409, 422), "absent")
LISTED = {**DENIED, 404: "denied", 409: "conflict"}
REFUSALS: dict[str, dict[int, str]] = {
    "object": {**DENIED, **ABSENT},
    "file": {**DENIED, **ABSENT},
    "part of a tag": {**DENIED, **dict.fromkeys(ABSENT, "unavailable")},
    "tree": {**DENIED, **dict.fromkeys(ABSENT, "unavailable")},
    "repository": {**DENIED, **dict.fromkeys(ABSENT, "denied")},
    "right": {**DENIED, **ABSENT},
    "gone": {**DENIED, **dict.fromkeys(ABSENT, "done")},
    "list": LISTED,
    "user": {**LISTED, 403: "done"},
    "approvals": {**LISTED, 404: "absent"},
    "log": {**LISTED, 404: "absent", 410: "absent"},
    "text": {**LISTED, 404: "absent", 410: "absent"},
    "archive": {**LISTED, 404: "absent", 410: "absent"},
    "link": LISTED,
    "bytes": LISTED,
    "write": LISTED,
    "delete": LISTED,
    "tag object": LISTED,
    "page": {401: "denied", 403: "denied", 404: "absent", 410: "absent"},
    "index file": {401: "denied", 403: "denied"},
    "upload": {401: "denied", 403: "denied", 409: "conflict"},
    "audience": dict.fromkeys((400, 401, 403, 404, 408, 409, 410, 422, 451), "absent"),
    "graphql": dict.fromkeys((400, 401, 403, 404, 408, 409, 410, 422, 451), "absent"),
    "token": {
        **dict.fromkeys((400, 404, 408, 409, 410, 422, 451), "unavailable"),
        401: "denied",
        403: "denied",
    },
    "mint": dict.fromkeys((400, 401, 403, 404, 408, 409, 410, 422, 451), "denied"),
    "burn": {**dict.fromkeys((400, 401, 403, 408, 409, 410, 422, 451), "remark"), 404: "done"},
}
"""What a refusal means, by the manner of the call; ``step-failed`` where nothing is said."""

NO_BODY = {
    "truncate 0": pair("done"),
    "truncate 1": pair("done"),
    "wrong-type 0": pair("done"),
    "wrong-type 1": pair("done"),
    "slow-body 0.6": pair("done"),
    "reset-mid": pair("done", "done unavailable"),
}
"""An answer that says all in its head."""
EXCEPTIONS: dict[str, dict[str, Pair]] = {
    "log": NO_BODY,
    "link": {**NO_BODY, "html 200": pair("conflict unavailable"), "stale 1": pair("done denied")},
    "audience": {
        **dict.fromkeys(("html 200", "truncate 1", "wrong-type 0", "wrong-type 1"), pair("absent")),
        "status 501": pair("absent"),
    },
    "bytes": {
        "truncate 1": HEALED,
        **dict.fromkeys(("html 200", "wrong-type 0", "wrong-type 1"), pair("conflict unavailable")),
    },
    "gone": {
        # What is gone has no answer whose content counts; a list that still shows it makes the refusal count.
        **dict.fromkeys(("truncate 1", "wrong-type 0", "wrong-type 1"), pair("done")),
        "stale 1": pair("done denied"),
    },
    "index file": {
        "truncate 1": HEALED,
        "stale 1": pair("done step-failed"),
        "html 200": pair("conflict unavailable"),
        **dict.fromkeys(("wrong-type 0", "wrong-type 1"), pair("conflict")),
    },
    "archive": {"truncate 1": HEALED},
    "file": {"truncate 1": HEALED, **dict.fromkeys(("wrong-type 0", "wrong-type 1"), pair("absent"))},
    "text": {"truncate 1": HEALED, **dict.fromkeys(("wrong-type 0", "wrong-type 1"), pair("older"))},
    "right": {
        "status 404": pair("absent", "denied"),
        "status 409": pair("absent", "denied"),
        "status 422": pair("absent", "denied"),
    },
    "graphql": {
        **{word: UNAVAILABLE for word, found in READS.items() if found == HEALED},
        "too-many": HEALED,
        "retry-after 2": HEALED,
    },
    "tag object": {word: UNAVAILABLE for word, found in WRITES.items() if found in (LOST, BROKEN)},
    "delete": {
        "truncate 1": LOST,
        **dict.fromkeys(("wrong-type 0", "wrong-type 1", "slow-body 0.6"), pair("done")),
    },
    "upload": {
        **dict.fromkeys(("wrong-type 0", "wrong-type 1", "slow-body 0.6"), pair("done")),
        **dict.fromkeys(("too-many", "retry-after 2"), UNAVAILABLE),
    },
}
"""By the manner of the call."""
UNREAD = dict.fromkeys(("truncate 1", "wrong-type 0", "wrong-type 1"), pair("done"))
OF_ONE_CALL: dict[str, dict[str, Pair]] = {
    # The answer's content is not needed, and its status has said all.
    "forge.comment_issue/create-comment": UNREAD,
    "forge.create_tag/create-ref": UNREAD,
    "forge.rerun_failed/rerun-failed-jobs": UNREAD,
    # Who may not be asked who he is, is a workflow's or an app's token: nobody knows what it may.
    "forge.may_write/get-user": {**UNREAD, "status 403": pair("absent")},
    "forge.workflow_runs/get-workflow": {"wrong-type 1": pair("done")},
    # What a list does not show is not cleared away, and takes the name; a release that it does not show has no list.
    "forge.upload_asset/list-assets": {"stale 1": pair("done conflict denied")},
    "forge.upload_asset/delete-asset": EXCEPTIONS["delete"],
}
WRITING = ("write", "delete", "tag object", "upload")


def expected(call: Call, fault: Fault, *, always: bool) -> Ends:
    """Return what the call may end in."""
    turn, word = int(always), str(fault)
    for table in (OF_ONE_CALL.get(call.name, {}), EXCEPTIONS.get(call.manner, {})):
        if word in table:
            return table[word][turn]
    if fault.word == "status" and (fault.value or 0) < 500:
        return ends(REFUSALS[call.manner].get(int(fault.value or 0), "step-failed"))
    tables = {"mint": MINTS, "burn": BURNS, **dict.fromkeys(WRITING, WRITES)}
    return tables.get(call.manner, READS)[word][turn]


def law(call: Call, end: str, effects: int) -> str:
    """Say what is untrue about an end, seen the effects that were accepted; "" when nothing is."""
    if not call.effects:
        return ""
    if end == "done" and effects != 1:
        return f"it is said to be done, and was accepted {effects} times"
    if end not in ("done", "answer-lost") and effects:
        return f"it is said to be {end}, and was accepted {effects} times"
    return f"it was accepted {effects} times" if effects > 1 else ""
