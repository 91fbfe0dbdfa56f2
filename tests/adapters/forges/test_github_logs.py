"""Archives of logs as GitHub makes them, and as it never would."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.adapters.forges.github_runs import MOST_BYTES, unpacked
from tagboat.errors import UnavailableError


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return made.getvalue()


def test_jobs_come_in_their_order_and_steps_are_not_told_twice() -> None:
    files = {"10_publish.txt": b"c", "9_build.txt": b"b", "0_check.txt": b"a", "build/1_Run.txt": b"b"}
    assert unpacked(archive(files)) == {"0_check": "a", "9_build": "b", "10_publish": "c"}


def test_secrets_of_ours_are_gone_before_anything_of_a_log_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_PASSWORD", "tr0ub4dor-and-3")
    assert unpacked(archive({"0_a.txt": b"with tr0ub4dor-and-3"})) == {"0_a": "with ***"}


def test_an_archive_of_folders_alone_is_read_as_well() -> None:
    assert unpacked(archive({"build/1_Run.txt": b"\xff b"})) == {"build/1_Run": "\ufffd b"}


def test_no_name_becomes_a_path(tmp_path: object) -> None:
    names = {"../../outside.txt": b"x", "/etc/passwd.txt": b"x", "C:\\x.txt": b"x"}
    assert list(unpacked(archive(names))) == ["C:\\x"]


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(UnavailableError, match="larger than 32 MiB"):
        unpacked(archive({"0_a.txt": bytes(MOST_BYTES), "1_b.txt": b"x"}))


def test_too_many_files_are_not_read() -> None:
    with pytest.raises(UnavailableError, match="2001 files"):
        unpacked(archive({f"{number}_x.txt": b"" for number in range(2001)}))


@pytest.mark.parametrize("damage", ["not a zip", "cut", "turned", "encrypted"])
def test_what_is_no_sound_archive_is_said_to_be_none(damage: str) -> None:
    content = bytearray(archive({"0_a.txt": b"some text, some text, some text"}))
    if damage == "not a zip":
        content = bytearray(b"<html>")
    elif damage == "cut":
        content = content[:40]
    elif damage == "turned":
        content[38] ^= 0xFF
    else:
        for place in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):
            content[place] |= 1
    with pytest.raises(UnavailableError, match="no sound archive"):
        unpacked(bytes(content))


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
SOUND = {}
for method in METHODS:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as target:
        target.writestr("0_\u00e9.txt", b"some text, " * 9)
        target.writestr("1_b.txt", b"x" * 99)
    SOUND[method] = packed.getvalue()


@given(st.sampled_from(METHODS), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=5))
def test_whatever_bytes_come_the_answer_is_logs_or_that_there_are_none(
    method: int, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(SOUND[method])
    for place, value in changes:
        content[place % len(content)] = value
    try:
        unpacked(bytes(content))
    except UnavailableError:
        return


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_logs_are_packed_as_the_forge_packs_them(method: int) -> None:
    with pytest.raises(UnavailableError, match="in another way"):
        unpacked(SOUND[method])


def test_a_name_that_is_no_text_is_no_sound_archive() -> None:
    content = SOUND[zipfile.ZIP_STORED].replace("\u00e9".encode(), b"\xff\xff")
    with pytest.raises(UnavailableError, match="no sound archive"):
        unpacked(content)
