from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tagboat.sandbox.index import archives

INFO = "rowboat-1.0.dist-info"
WHEEL = "rowboat-1.0-py3-none-any.whl"
SDIST = "rowboat-1.0.tar.gz"


def told(tmp_path: Path, filename: str, content: bytes, licenses: tuple[str, ...] = ()) -> str:
    path = tmp_path / "content"
    path.write_bytes(content)
    return archives.problem(path, filename, licenses) or ""


def test_sound_archives_have_no_problem(tmp_path: Path, kit: Any) -> None:
    assert told(tmp_path, WHEEL, kit.wheel().content) == ""
    assert told(tmp_path, SDIST, kit.sdist().content) == ""


@pytest.mark.parametrize("missing", ["WHEEL", "METADATA", "RECORD"])
def test_a_wheel_needs_its_three_files(tmp_path: Path, kit: Any, missing: str) -> None:
    files = {f"{INFO}/{name}": "x" for name in ("WHEEL", "METADATA", "RECORD") if name != missing}
    assert f"{INFO}/{missing}" in told(tmp_path, WHEEL, kit.zipped({"m.py": "", **files}))


def test_an_sdist_has_one_top_directory_with_pkg_info(tmp_path: Path, kit: Any) -> None:
    assert "top-level" in told(tmp_path, SDIST, kit.tarred({"a/PKG-INFO": "x", "b/x": "x"}))
    assert "top-level" in told(tmp_path, SDIST, kit.tarred({"PKG-INFO": "x"}))
    assert "PKG-INFO" in told(tmp_path, SDIST, kit.tarred({"a/setup.py": "x"}))


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", "a\\b"])
def test_paths_that_leave_the_archive_are_found(tmp_path: Path, kit: Any, name: str) -> None:
    assert "leaves" in told(tmp_path, WHEEL, kit.zipped({name: "x"}))
    assert "leaves" in told(tmp_path, SDIST, kit.tarred({name: "x"}))


def test_a_link_that_leaves_the_archive_is_found(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        link = tarfile.TarInfo("a/link")
        link.type, link.linkname = tarfile.SYMTYPE, "../../out"
        archive.addfile(link)
    assert "leaves" in told(tmp_path, SDIST, buffer.getvalue())


def test_a_zip_has_nothing_before_after_or_twice(tmp_path: Path, kit: Any) -> None:
    content = kit.wheel().content
    assert "before or after" in told(tmp_path, WHEEL, b"#!prefix\n" + content)
    assert "before or after" in told(tmp_path, WHEEL, content + b"tail")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("m.py", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("m.py", "2")
    assert "Duplicate" in told(tmp_path, WHEEL, buffer.getvalue())


def test_a_bomb_is_found(tmp_path: Path, kit: Any) -> None:
    bomb = b"\0" * (65 << 20)
    assert "ratio" in told(tmp_path, WHEEL, kit.zipped({"a": bomb}))
    assert "ratio" in told(tmp_path, SDIST, kit.tarred({"a/b": bomb}))


def test_a_broken_byte_is_found(tmp_path: Path, kit: Any) -> None:
    content = bytearray(kit.wheel(payload=bytes(range(256)) * 40).content)
    content[200] ^= 0xFF
    assert told(tmp_path, WHEEL, bytes(content))
    assert "cannot be read" in told(tmp_path, WHEEL, b"no archive")
    assert "cannot be read" in told(tmp_path, SDIST, kit.sdist().content[:-20])


def test_listed_licence_files_must_be_there(tmp_path: Path, kit: Any) -> None:
    assert f"{INFO}/licenses/LICENSE" in told(tmp_path, WHEEL, kit.wheel().content, ("LICENSE",))
    assert "rowboat-1.0/LICENSE" in told(tmp_path, SDIST, kit.sdist().content, ("LICENSE",))


@pytest.mark.parametrize(
    ("filename", "form_name", "message"),
    [
        ("canoe-1.0-py3-none-any.whl", "rowboat", "Start filename for 'rowboat' with 'rowboat'."),
        ("rowboat-2.0-py3-none-any.whl", "rowboat", "Version in filename should be '1.0' not '2.0'."),
        ("rowboat-1.0-any.whl", "rowboat", "Invalid filename"),
    ],
)
def test_names_must_agree(pypi: Any, kit: Any, filename: str, form_name: str, message: str) -> None:
    stem = "-".join(filename.split("-")[:2])
    content = kit.zipped({f"{stem}.dist-info/{name}": "x" for name in ("WHEEL", "METADATA", "RECORD")})
    file = kit.file(filename, content, kit.form_for(form_name, "1.0", "bdist_wheel", content))
    assert message in pypi.upload(file).reason


@pytest.mark.parametrize(
    ("platform", "taken"),
    [
        ("manylinux_2_28_x86_64.manylinux2014_x86_64", True),
        ("musllinux_1_2_aarch64", True),
        ("macosx_11_0_universal2", True),
        ("win_arm64", True),
        ("linux_armv7l", True),
        ("ios_13_0_arm64_iphoneos", True),
        ("linux_aarch64", False),
        ("manylinux_2_28_x86_64.linux_x86_64", False),
        ("plan9", False),
    ],
)
def test_platform_tags(pypi: Any, kit: Any, platform: str, taken: bool) -> None:
    assert (pypi.upload(kit.wheel(platform=platform)).status == 200) is taken
