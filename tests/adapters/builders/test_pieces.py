from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from tagboat.adapters.builders.differences import differences
from tagboat.adapters.builders.requirements import local_references, missing, pinned
from tagboat.adapters.builders.sdist import normalise
from tagboat.adapters.builders.toolchain import build_failure
from tagboat.adapters.builders.tracked import TrackedFiles, omitted_and_named
from tagboat.adapters.uv import index_settings
from tagboat.errors import InvalidError, RefusedError, StepFailedError

EPOCH = 1_700_000_000
ONE, TWO = "a" * 64, "b" * 64
LOCK = f"hatchling==1.2.3 \\\n    --hash=sha256:{TWO} \\\n    --hash=sha256:{ONE}\n# via x\nidna==3.7 --hash=sha256:{ONE}\n"


def sdist(
    path: Path, *, mtime: float = EPOCH, user: str = "", mode: int = 0o644, order: int = 1, stamp: int = 0
) -> Path:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in ("p/a.py", "p/b.py")[::order]:
            info = tarfile.TarInfo(name)
            info.mtime, info.uname, info.mode, info.size = mtime, user, mode, 1  # type: ignore[assignment]
            archive.addfile(info, io.BytesIO(name[2:3].encode()))
    path.write_bytes(gzip.compress(target.getvalue(), mtime=stamp))
    return path


def test_a_lock_is_read_with_sorted_entries_and_hashes():
    assert pinned(LOCK) == (
        f"hatchling==1.2.3 --hash=sha256:{ONE} --hash=sha256:{TWO}",
        f"idna==3.7 --hash=sha256:{ONE}",
    )
    assert pinned("") == ()


@pytest.mark.parametrize(
    ("wanted", "lacking"),
    [
        (["hatchling"], []),
        (["Hatchling>=1"], []),
        (["hatchling>=2"], ["hatchling>=2"]),
        (["hatchling[extra]"], ["hatchling[extra]"]),
        (["setuptools"], ["setuptools"]),
        (["setuptools; python_version < '3'"], []),
        (["setuptools; python_version > '3'"], ["setuptools; python_version > '3'"]),
        (["idna @ https://example.org/idna.whl"], ["idna @ https://example.org/idna.whl"]),
    ],
)
def test_only_what_the_lock_lacks_is_resolved_again(wanted, lacking):
    assert missing(wanted, LOCK, "3.11.7") == lacking


def test_a_dynamic_requirement_that_is_none_is_the_projects_mistake():
    with pytest.raises(InvalidError, match="no requirement"):
        missing(["not a requirement ("], LOCK, "3.11.7")


def test_the_best_local_wheel_for_the_interpreter_is_referred_to(tmp_path):
    for tag in ("py3-none-any", "cp311-cp311-linux_x86_64", "cp312-cp312-linux_x86_64"):
        (tmp_path / f"low_level-1-{tag}.whl").write_bytes(b"")

    assert local_references([tmp_path], ["low.level"], "3.11.7")[0].endswith("cp311-cp311-linux_x86_64.whl")
    assert local_references([tmp_path], [], "3.13.0")[0].startswith("low-level @ file:///")
    with pytest.raises(RefusedError, match="other"):
        local_references([tmp_path], ["other"], "3.11.7")


@pytest.mark.parametrize(
    "changes",
    [
        {"mtime": EPOCH + 1},
        {"mtime": EPOCH - 0.5},
        {"user": "somebody"},
        {"mode": 0o600},
        {"stamp": EPOCH + 1},
    ],
)
def test_an_sdist_that_records_this_machine_is_written_again(tmp_path, changes):
    stable = sdist(tmp_path / "stable.tar.gz")
    normalise(sdist(tmp_path / "one.tar.gz", **changes), EPOCH)
    assert normalise(sdist(tmp_path / "two.tar.gz", order=-1, **changes), EPOCH)

    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    assert not normalise(tmp_path / "one.tar.gz", EPOCH)
    before = stable.read_bytes()
    assert not normalise(stable, EPOCH)
    assert stable.read_bytes() == before


def test_an_sdist_that_is_none_fails(tmp_path):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"nothing")

    with pytest.raises(StepFailedError, match=r"x\.tar\.gz"):
        normalise(path, EPOCH)


def test_differences_name_the_member_and_what_differs(tmp_path):
    one = sdist(tmp_path / "one.tar.gz")

    assert differences(one, sdist(tmp_path / "same.tar.gz")) == []
    assert differences(one, sdist(tmp_path / "two.tar.gz", mtime=EPOCH - 1)) == [
        "one.tar.gz: p/a.py differs in time",
        "one.tar.gz: p/b.py differs in time",
    ]
    assert "mode" in differences(one, sdist(tmp_path / "three.tar.gz", mode=0o755))[0]
    assert "owner" in differences(one, sdist(tmp_path / "four.tar.gz", user="x"))[0]
    assert "order" in differences(one, sdist(tmp_path / "five.tar.gz", order=-1))[0]
    assert "compression" in differences(one, sdist(tmp_path / "six.tar.gz", stamp=1))[0]


def test_differences_of_wheels_and_of_no_archives(tmp_path):
    def wheel(name: str, **members: str) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member, text in members.items():
                archive.writestr(zipfile.ZipInfo(member), text)
        return tmp_path / name

    lines = differences(wheel("one.whl", a="1", b="1"), wheel("two.whl", a="2", c="1"))
    (tmp_path / "three.whl").write_text("x")

    assert lines == [
        "one.whl: b is only in the first build",
        "one.whl: c is only in the second build",
        "one.whl: a differs in content",
    ]
    assert "no readable archives" in differences(tmp_path / "one.whl", tmp_path / "three.whl")[0]


def test_tracked_files_are_compared_by_content_mode_and_presence(tmp_path):
    for name in ("same", "changed", "removed", "mode", "touched"):
        (tmp_path / name).write_text(name)
    (tmp_path / ".git").mkdir()
    (tmp_path / "link").symlink_to("same")
    tracked = TrackedFiles(tmp_path)
    (tmp_path / "changed").write_text("other")
    (tmp_path / "removed").unlink()
    (tmp_path / "mode").chmod(0o755)
    (tmp_path / "touched").write_text("touched")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("changed")
    (tmp_path / "new").write_text("x")
    (tmp_path / ".git" / "index").write_text("x")

    assert tracked.rewritten() == ["changed", "link", "mode", "removed (removed)"]


def test_the_missing_file_that_the_output_names_is_found():
    tracked = ["src/a.h", "docs/b.txt", "c.py"]

    assert omitted_and_named(tracked, {"c.py"}, "fatal error: src/a.h: No such file") == ["src/a.h"]
    assert omitted_and_named(tracked, {"c.py"}, "FileNotFoundError: '/x/b.txt'") == ["docs/b.txt"]
    assert omitted_and_named(tracked, {"c.py"}, "something else") == []


@pytest.mark.parametrize(
    ("output", "lacks"),
    [
        ("error: command 'gcc' failed: No such file or directory", "compiler"),
        ("error: command '/usr/bin/x86_64-linux-gnu-g++-12' failed: No such file or directory", "compiler"),
        ("ERROR: Unknown compiler(s): [['cc'], ['gcc']]", "compiler"),
        ("error: can't find Rust compiler", "Rust"),
        ("fatal error: Python.h: No such file or directory", "headers"),
    ],
)
def test_a_tool_that_the_machine_lacks_is_a_refusal(output, lacks):
    failure = build_failure("building", output)

    assert isinstance(failure, RefusedError)
    assert lacks in failure.cause


def test_a_build_that_wants_the_network_is_told_so():
    failure = build_failure("building", "OSError: [Errno 101] Network is unreachable")

    assert isinstance(failure, StepFailedError)
    assert "network" in failure.remedy


def test_uv_sees_index_settings_and_no_token():
    given = {
        "PATH": "/bin",
        "UV_DEFAULT_INDEX": "https://index.invalid/simple",
        "UV_INDEX_HOUSE_PASSWORD": "needed to read",
        "SSL_CERT_FILE": "/ca.pem",
        "https_proxy": "http://proxy.invalid",
        "UV_PUBLISH_TOKEN": "no",
        "UV_PUBLISH_PASSWORD": "no",
        "TWINE_PASSWORD": "no",
        "GITHUB_TOKEN": "no",
        "VIRTUAL_ENV": "/venv",
        "PYTHONPATH": "/x",
    }

    assert "no" not in index_settings(given).values()
    assert set(given) - set(index_settings(given)) == {
        "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "TWINE_PASSWORD", "GITHUB_TOKEN", "VIRTUAL_ENV", "PYTHONPATH",
    }  # fmt: skip
    assert index_settings({"PIP_INDEX_URL": "https://mirror.invalid"}) == {
        "UV_DEFAULT_INDEX": "https://mirror.invalid"
    }


def test_a_pinned_local_wheel_is_told_by_what_it_is(tmp_path):
    path = tmp_path / "low_level-1.5-py3-none-any.whl"
    path.write_bytes(b"wheel")
    digest = hashlib.sha256(b"wheel").hexdigest()

    assert pinned(f"low-level @ {path.as_uri()} \\\n    --hash=sha256:{ONE}\n") == (
        f"low-level==1.5 --hash=sha256:{digest}",
    )
