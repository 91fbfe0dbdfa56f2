"""An index that needs a login is read by builds and installations, and nobody else gets to see the login."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from tagboat.adapters import uv as uv_module
from tagboat.adapters.builders import FrontEnd
from tagboat.adapters.installers import UvInstaller
from tagboat.config.model import Component, Shard
from tagboat.errors import TagboatError
from tagboat.ports.builder import BuildRequest, BuildResult
from tagboat.ports.installer import InstallReport, InstallRequest

pytestmark = pytest.mark.slow
BACK_END = """\
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    import os

    assert not [name for name in os.environ if name.startswith("UV_")], "the build sees an index's login"
    name = "tiny_hull-1.0-py3-none-any.whl"
    info = "tiny_hull-1.0.dist-info"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as archive:
        archive.writestr("tiny_hull.py", "x = 1\\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: tiny-hull\\nVersion: 1.0\\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return name
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command line that uv is started with."""
    lines: list[str] = []
    real = uv_module.run

    def watched(argv, **rest):  # type: ignore[no-untyped-def] # it passes on whatever it gets
        lines.append(" ".join(map(str, argv)))
        return real(argv, **rest)

    monkeypatch.setattr(uv_module, "run", watched)
    return lines


def installed(private_index, log: list[str], *, known: bool = True, name: str = "tiny-boat") -> InstallReport:
    logins = {private_index.url: private_index.login} if known else {}
    request = InstallRequest(name, requirement=f"{name}==1.0", index=private_index.url)
    return UvInstaller(logins=logins).install(request, log.append)


def test_an_installation_reads_an_index_that_needs_a_login(private_index, started: list[str]) -> None:
    private_index.shelve("tiny-boat", "1.0", {"tiny_boat.py": "x = 1\n"}, requires="tiny-oar")
    private_index.shelve("tiny-oar", "2.0", {"tiny_oar.py": "x = 2\n"})
    log: list[str] = []
    report = installed(private_index, log)
    assert (report.version, report.problems) == ("1.0", ())
    assert {path.split("/")[1] for path in private_index.let_in} == {"tiny-boat", "tiny-oar"}
    assert started
    assert private_index.login.secret not in "\n".join([*started, *log])


def test_without_its_login_the_index_lets_nobody_in(private_index) -> None:
    private_index.shelve("tiny-boat", "1.0", {"tiny_boat.py": "x = 1\n"})
    try:
        report = installed(private_index, [], known=False)
    except TagboatError:
        report = None
    assert report is None or report.problems
    assert not private_index.let_in


def test_no_source_is_built_where_the_login_is_within_reach(private_index, tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    private_index.shelve("tiny-boat", "1.0", {"tiny_boat.py": "x = 1\n"}, requires="tiny-spy")
    spy = private_index.folder / "tiny-spy" / "tiny_spy-1.0.tar.gz"
    spy.parent.mkdir()
    code = f"import os\nopen({str(seen)!r}, 'w').write(repr(dict(os.environ)))\n"
    files = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: tiny-spy\nVersion: 1.0\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "spy"\nbackend-path = ["."]\n',
        "spy.py": code,
    }
    with tarfile.open(spy, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"tiny_spy-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    report = installed(private_index, [])
    assert "has no wheel" in report.problems[0]
    assert not seen.exists()


def test_a_refusal_does_not_repeat_the_login(private_index, started: list[str]) -> None:
    log: list[str] = []
    report = installed(private_index, log, name="tiny-absent")
    assert report.problems
    assert private_index.login.secret not in "\n".join([*started, *log, *report.problems])


def built(private_index, tmp_path: Path, log: list[str], *, index: str) -> BuildResult:
    tree, out = tmp_path / "tree", tmp_path / "out"
    tree.mkdir()
    out.mkdir()
    (tree / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["tiny-slipway-that-is-nowhere"]\nbuild-backend = "tiny_slipway"\n'
        '[project]\nname = "tiny-hull"\nversion = "1.0"\n'
    )
    component = Component("tiny-hull", distributions=("tiny-hull",), targets=("corp",))
    request = BuildRequest(component, Shard(sdist=False), tree, out, 1_700_000_000, "1.0", index=index)
    front_end = FrontEnd(logins={private_index.url: private_index.login})
    return front_end.build(request, log.append)


def test_build_requirements_come_from_the_private_index(
    private_index, tmp_path: Path, started: list[str]
) -> None:
    private_index.shelve("tiny-slipway-that-is-nowhere", "3.0", {"tiny_slipway.py": BACK_END})
    log: list[str] = []
    result = built(private_index, tmp_path, log, index=private_index.url)
    assert [path.name for path in result.files] == ["tiny_hull-1.0-py3-none-any.whl"]
    assert result.requirements[0].startswith("tiny-slipway-that-is-nowhere==3.0 --hash=sha256:")
    everything = "\n".join([*started, *log, *result.requirements])
    assert private_index.login.secret not in everything
