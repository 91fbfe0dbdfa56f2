from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.sandbox.sources import Sources, machine_sources


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_DIRS": str(tmp_path / "none"),
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def bare(home: dict[str, str]) -> dict[str, str]:
    """No pip configuration at all, not even the machine's."""
    return home | {"PIP_CONFIG_FILE": "/dev/null", "UV_NO_CONFIG": "1"}


def test_a_machine_without_configuration_has_the_callers_default(bare: dict[str, str]) -> None:
    assert machine_sources("https://d.invalid/simple", bare) == Sources(("https://d.invalid/simple",))
    assert machine_sources(None, bare) == Sources(())


def test_pips_variables_are_read(bare: dict[str, str]) -> None:
    variables = bare | {
        "PIP_INDEX_URL": "https://a.invalid/simple",
        "PIP_EXTRA_INDEX_URL": "https://b.invalid/simple file:///c",
        "PIP_FIND_LINKS": "/wheels",
        "PIP_CERT": "/ca.pem",
    }
    indexes = ("https://a.invalid/simple", "https://b.invalid/simple", "file:///c")
    assert machine_sources("https://d.invalid", variables) == Sources(indexes, ("/wheels",), "/ca.pem")


def test_pips_file_is_read_and_its_variables_win(home: dict[str, str]) -> None:
    write(
        Path(home["PIP_CONFIG_FILE"]),
        "[global]\nindex-url = https://a.invalid\nextra_index_url =\n  https://b.invalid\n  https://c.invalid\n"
        "find-links =\n[install]\nfind-links = /links\n",
    )
    found = machine_sources(None, home | {"PIP_INDEX_URL": "https://z.invalid"})
    assert found.indexes == ("https://z.invalid", "https://b.invalid", "https://c.invalid")
    assert found.find_links == ("/links",)


def test_no_index_leaves_the_loose_files(bare: dict[str, str]) -> None:
    variables = bare | {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "/wheels",
        "PIP_INDEX_URL": "https://a.invalid",
    }
    assert machine_sources("https://d.invalid", variables) == Sources((), ("/wheels",))


def test_uvs_variables_fill_what_pip_leaves_open(bare: dict[str, str]) -> None:
    variables = bare | {
        "UV_DEFAULT_INDEX": "main=https://a.invalid/s",
        "UV_INDEX": "x=https://b.invalid/s https://c.invalid",
    }
    assert machine_sources(None, variables).indexes == (
        "https://a.invalid/s",
        "https://b.invalid/s",
        "https://c.invalid",
    )


def test_uvs_file_is_read(bare: dict[str, str]) -> None:
    del bare["UV_NO_CONFIG"]
    write(
        Path(bare["HOME"]) / ".config" / "uv" / "uv.toml",
        '[[index]]\nurl = "https://b.invalid"\n[[index]]\nurl = "https://a.invalid"\ndefault = true\n',
    )
    assert machine_sources(None, bare).indexes == ("https://a.invalid", "https://b.invalid")


@pytest.mark.parametrize("text", ["[global\nindex-url", "index-url = x", "\udcff"])
def test_files_that_cannot_be_read_count_for_nothing(home: dict[str, str], text: str) -> None:
    Path(home["PIP_CONFIG_FILE"]).write_bytes(text.encode("utf-8", "surrogateescape"))
    write(Path(home["HOME"]) / ".config" / "uv" / "uv.toml", "= nonsense")
    assert "https://d.invalid" in machine_sources("https://d.invalid", home).indexes
