"""Whatever is done to a ledger's entries, the first that is wrong is named; nothing after a sound prefix is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tagboat.ports.ledger import GENESIS, Entry, first_bad

EDITS = st.sampled_from(["actor", "body", "delete", "swap", "double", "seq", "previous", "hash"])


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        previous = entries[-1].hash if entries else GENESIS
        draft = Entry(seq, "2026-01-01", "me", "intent", f"step-{seq}", 1, {"n": seq}, previous, "")
        entries.append(replace(draft, hash=draft.computed()))
    return entries


@given(st.integers(0, 12))
def test_a_written_chain_is_sound(length: int) -> None:
    assert first_bad(chain(length)) is None


@given(st.integers(3, 12), st.data(), EDITS)
def test_an_edited_chain_is_not_and_the_place_is_named(length: int, data: st.DataObject, edit: str) -> None:
    entries = chain(length)
    place = data.draw(st.integers(1, length - 2))
    entry = entries[place]
    changes = {
        "actor": [replace(entry, actor="you")],
        "body": [replace(entry, body={"n": -1})],
        "delete": [],
        "double": [entry, entry],
        "seq": [replace(entry, seq=entry.seq + 1)],
        "previous": [replace(entry, previous="0" * 63 + "1")],
        "hash": [replace(entry, hash="0" * 64)],
        "swap": [entries[place + 1], entry],
    }
    rest = entries[place + 2 :] if edit == "swap" else entries[place + 1 :]
    bad = first_bad([*entries[:place], *changes[edit], *rest])
    expected = place + 2 if edit == "double" else place + 1
    assert bad is not None
    assert bad[0] == expected


@given(st.integers(2, 12), st.data())
def test_an_edit_with_a_true_hash_breaks_the_entry_after_it(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    place = data.draw(st.integers(0, length - 2))
    forged = replace(entries[place], actor="you")
    entries[place] = replace(forged, hash=forged.computed())
    bad = first_bad(entries)
    assert bad is not None
    assert bad[0] == place + 2
