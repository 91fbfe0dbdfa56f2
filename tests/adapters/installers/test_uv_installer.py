from __future__ import annotations

import base64
import hashlib
import http.server
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tagboat.adapters.installers import UvInstaller
from tagboat.errors import InvalidError, RefusedError, UnavailableError
from tagboat.ports.installer import InstallReport, InstallRequest

pytestmark = pytest.mark.slow


def wheel(
    folder: Path,
    name: str = "tiny-boat",
    version: str = "1.2.3",
    files: dict[str, str] | None = None,
    requires: str = "",
) -> Path:
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    contents = {
        **({f"{stem}.py": "x = 1\n"} if files is None else files),
        f"{info}/METADATA": metadata + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**contents, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(member, text)
    return path


def install(**changes: object) -> InstallReport:
    request = InstallRequest("tiny-boat", **changes)  # type: ignore[arg-type]
    return UvInstaller().install(request, lambda _line: None)


@contextmanager
def index(folder: Path) -> Iterator[str]:
    """A simple index (PEP 503) of the wheels in a folder, one folder for each project."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shelf(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / "index" / name
    folder.mkdir(parents=True)
    return folder


def test_a_wheel_installs_imports_and_tells_its_version(tmp_path):
    report = install(files=(wheel(tmp_path),))

    assert (report.version, report.imported, report.problems) == ("1.2.3", ("tiny_boat",), ())
    assert report.python.count(".") == 2


def test_other_interpreters_are_found_and_absent_ones_refused(tmp_path):
    path = wheel(tmp_path)

    assert install(files=(path,), python="3.12").python.startswith("3.12.")
    with pytest.raises(RefusedError, match=r"Python 3\.5"):
        install(files=(path,), python="3.5")


def test_packages_and_modules_are_imported_and_private_ones_tests_and_data_are_not(tmp_path):
    files = {
        "pkg/__init__.py": "",
        "pkg/inner.py": "raise RuntimeError('not at the top')",
        "mod.py": "",
        "_private.py": "raise RuntimeError",
        "_hidden/__init__.py": "raise RuntimeError",
        "tests/__init__.py": "raise RuntimeError",
        "data/table.csv": "x",
        "space/one/__init__.py": "",
        "space/two/__init__.py": "",
        "extra.pth": "",
        "not-a-module.py": "",
    }

    report = install(files=(wheel(tmp_path, files=files),))

    assert report.imported == ("mod", "pkg", "space.one", "space.two")
    assert report.problems == ()


def test_named_modules_are_imported_in_place_of_the_found_ones(tmp_path):
    assert install(files=(wheel(tmp_path),), imports=()).imported == ()
    report = install(files=(wheel(tmp_path),), imports=("json", "absent"))
    assert report.imported == ("json",)
    assert report.problems == ("import absent: ModuleNotFoundError: No module named 'absent'",)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_thing", "ModuleNotFoundError"),
        ("x =", "SyntaxError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("import os; os._exit(0)", "the interpreter ended with status 0"),
        ("import os; os.kill(os.getpid(), 11)", "the interpreter ended"),
        pytest.param(
            "import socket; socket.create_connection(('127.0.0.1', 9))",
            "unreachable",
            marks=pytest.mark.needs("isolation"),
        ),
    ],
)
def test_a_module_that_does_not_import_is_a_problem_with_its_reason(tmp_path, code, reason):
    report = install(files=(wheel(tmp_path, files={"tiny_boat.py": code}),))

    assert report.imported == ()
    assert len(report.problems) == 1
    assert report.problems[0].startswith("import tiny_boat: ")
    assert reason in report.problems[0]


def test_a_module_that_needs_an_extra_is_passed_over_when_others_import(tmp_path):
    files = {
        "tiny_boat.py": "x = 1\n",
        "sail.py": "try:\n    import no_such_oar\nexcept ImportError as e:\n    raise ImportError('extra') from e\n",
    }
    requires = "no.such-oar>=1; extra == 'sail'"

    both = install(files=(wheel(tmp_path, files=files, requires=requires),))
    alone = install(files=(wheel(tmp_path, files={"sail.py": files["sail.py"]}, requires=requires),))
    asked = install(files=(wheel(tmp_path, files=files, requires=requires),), imports=("sail",))

    assert (both.imported, both.problems) == (("tiny_boat",), ())
    assert alone.problems == asked.problems == ("import sail: ImportError: extra",)


def test_an_import_sees_no_environment_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    code = "import os, sys; assert 'SECRET_TOKEN' not in os.environ; assert '' not in sys.path; assert sys.flags.isolated"

    assert install(files=(wheel(tmp_path, files={"tiny_boat.py": code}),)).problems == ()


def test_files_that_are_released_together_find_each_other(tmp_path):
    other = wheel(tmp_path, "tiny-oar-that-is-nowhere")
    folder = tmp_path / "found"
    folder.mkdir()
    other.rename(folder / other.name)
    path = wheel(tmp_path, requires="tiny-oar-that-is-nowhere")

    assert install(files=(path,), find_links=(folder,)).problems == ()


def test_a_requirement_comes_from_the_given_index_alone(tmp_path):
    made = wheel(shelf(tmp_path, "tiny-boat"))
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    with index(tmp_path / "index") as url:
        report = install(requirement="tiny-boat==1.2.3", index=url, hashes=(digest,))
        assert (report.version, report.problems) == ("1.2.3", ())
        missing = install(requirement="tiny-boat==1.2.4", index=url)
        assert "no version of tiny-boat==1.2.4" in missing.problems[0]
        elsewhere = UvInstaller().install(
            InstallRequest("packaging", requirement="packaging==24.2", index=url), lambda _line: None
        )
        assert "not found" in elsewhere.problems[0]


def test_other_bytes_than_the_hashes_allow_are_a_problem(tmp_path):
    wheel(shelf(tmp_path, "tiny-boat"))
    with index(tmp_path / "index") as url:
        report = install(requirement="tiny-boat==1.2.3", index=url, hashes=("0" * 64,))

    assert report.version == ""
    assert "tiny-boat does not install" in report.problems[0]


def test_a_version_that_has_just_appeared_is_seen_past_the_cache(tmp_path):
    folder = shelf(tmp_path, "tiny-boat")
    wheel(folder, version="1.2.2")
    with index(tmp_path / "index") as url:
        assert install(requirement="tiny-boat==1.2.3", index=url).problems
        wheel(folder)
        assert install(requirement="tiny-boat==1.2.3", index=url).problems == ()


def test_a_dependency_that_conflicts_is_told(tmp_path):
    path = wheel(tmp_path, requires="tiny-oar-that-is-nowhere>=2")
    folder = tmp_path / "found"
    folder.mkdir()
    wheel(folder, "tiny-oar-that-is-nowhere", "1.0")

    report = install(files=(path,), find_links=(folder,))

    assert "tiny-oar-that-is-nowhere" in report.problems[0]


def test_an_index_that_does_not_answer_is_unavailable(monkeypatch):
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    with pytest.raises(UnavailableError):
        install(requirement="tiny-boat==1.2.3", index=url)


@pytest.mark.parametrize(
    "requirement", ["", "tiny-boat", "tiny-boat>=1", "tiny-boat==1 --index-url=x", "-r x==1"]
)
def test_a_requirement_that_is_not_exact_is_refused(requirement):
    with pytest.raises(InvalidError):
        install(requirement=requirement)
