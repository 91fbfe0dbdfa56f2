"""What a private project's rehearsal and release read, and with what."""

from __future__ import annotations

import base64

import pytest

from tagboat.config.model import Component, Config, IndexTarget
from tagboat.errors import RefusedError
from tagboat.wiring.indexes import logins_of
from tagboat.wiring.places import public_places
from tagboat.wiring.rehearsal import Rehearsal
from tagboat.wiring.rehearsal_sources import private_source, relay_sources

SIMPLE = "https://packages.example/simple"
CORP = IndexTarget("corp-eu", "https://packages.example/legacy/", SIMPLE, private=True)
MORE = IndexTarget("more", "https://more.example/legacy/", "https://more.example/simple/", private=True)
CONFIG = Config(
    components=(
        Component("ours", tag="ours-v{version}", targets=("corp-eu",)),
        Component("theirs", tag="theirs-v{version}", targets=("more",)),
        Component("open", tag="open-v{version}", targets=("pypi",)),
    ),
    indexes=(*Config().indexes, CORP, MORE),
)


@pytest.fixture
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGBOAT_CORP_EU_TOKEN", "crew:planted-7c2d")
    monkeypatch.setenv("TAGBOAT_PYPI_TOKEN", "planted-public")
    monkeypatch.delenv("TAGBOAT_MORE_TOKEN", raising=False)


def rehearsed(index: tuple[str, ...]) -> Rehearsal:
    return Rehearsal("a/b", "main", ("ours=ours-v1",), (), ("ours",), "", (), index)


@pytest.mark.usefixtures("_tokens")
def test_private_indexes_are_read_with_their_tokens_and_public_ones_with_none() -> None:
    logins = logins_of(public_places(), CONFIG)
    assert {url: (login.user, login.secret) for url, login in logins.items()} == {
        f"{SIMPLE}/": ("crew", "planted-7c2d")
    }


@pytest.mark.parametrize(
    ("tags", "index"), [(("ours=ours-v1",), ("corp-eu", SIMPLE)), (("open=open-v1",), ())]
)
def test_a_rehearsal_has_its_packages_from_the_project_s_own_index(
    tags: tuple[str, ...], index: tuple[str, ...]
) -> None:
    assert private_source(CONFIG, tags) == index


@pytest.mark.parametrize("other", ["theirs=theirs-v1", "open=open-v1"])
def test_what_comes_from_different_indexes_is_rehearsed_one_at_a_time(other: str) -> None:
    with pytest.raises(RefusedError, match="different indexes") as caught:
        private_source(CONFIG, ("ours=ours-v1", other))
    assert "--component" in caught.value.remedy


@pytest.mark.usefixtures("_tokens")
def test_a_private_rehearsal_s_relay_reads_that_index_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://elsewhere.example/simple/")
    sources = relay_sources(rehearsed(("corp-eu", SIMPLE)))
    assert (sources.indexes, sources.find_links) == ((SIMPLE,), ())
    assert base64.b64decode(sources.authorization.removeprefix("Basic ")) == b"crew:planted-7c2d"


@pytest.mark.usefixtures("_tokens")
def test_a_public_rehearsal_s_relay_reads_what_the_machine_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple/")
    sources = relay_sources(rehearsed(()))
    assert sources.indexes[0] == "https://mirror.example/simple/"
    assert sources.authorization == ""
