"""A part of ``make canaries`` in every test run: secrets of all kinds, spelled in all ways, and nobody hears of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canaries import SPELLINGS, Flock
from gateway import in_json
from scene import Figures, Scene, Seen

from tagboat.adapters.isolation import network_off


def test_the_looking_finds_each_kind_in_each_spelling() -> None:
    flock = Flock(seed=1)
    assert flock.kinds >= 20
    for canary in flock.canaries:
        for name, spell in SPELLINGS.items():
            for form in spell(canary.value):
                assert f"{canary.kind} ({name})" in flock.found(f"before{form}after".encode()), form
        longest = max(canary.value.splitlines(), key=len)
        assert flock.found(longest[len(longest) // 3 :].encode()) or len(longest) < 30, (
            "a part of a secret is one still"
        )
    assert flock.found(b"nothing of it") == []


def test_a_leak_anywhere_fails_the_looking(scene: Scene) -> None:
    scene = replace(scene, figures=Figures())
    told = scene.flock["GitHub classic token"]
    nothing = Seen(0, "", "", frozenset(), {})
    for leak in (
        Seen(0, told, "", frozenset(), {}),
        Seen(0, "", f"x\n{told}", frozenset(), {}),
        Seen(0, "", "", frozenset({told.encode()}), {}),
    ):
        with pytest.raises(AssertionError, match="GitHub classic token"):
            scene.look("a leak", leak)
    file = scene.kept / "leak.log"
    scene.kept.mkdir(exist_ok=True)
    file.write_text(told)
    with pytest.raises(AssertionError, match=r"leak\.log"):
        scene.look("a leak", nothing)
    file.unlink()


def test_a_refusal_that_repeats_everything_shows_nothing(scene: Scene) -> None:
    scene.gateway.order("GET", "/actions/runs", in_json)
    seen = scene.call("check, refused", "check", "--tag", "v1.0", actions=True)
    assert seen.exit == 4, seen.err
    assert "you sent ***" in seen.cause
    assert scene.gateway.met


def test_an_exception_that_nobody_foresaw_shows_nothing(scene: Scene) -> None:
    seen = scene.call("check, a bug", "check", "--tag", "v1.0", order={"bug": scene.flock.echo()})
    assert seen.exit == 1, seen.err
    assert "LookupError: ***" in seen.cause
    (file,) = (scene.kept / "user-state" / "tagboat" / "crashes").glob("*.txt")
    assert "in broken" in file.read_text()


@pytest.mark.slow
@pytest.mark.skipif(network_off().network == "open", reason="this machine allows no process namespace")
def test_a_build_that_tells_all_that_it_can_see_shows_nothing(scene: Scene) -> None:
    seen = scene.call("build", "build", "--tag", "v1.0", "--out", scene.kept / "shards")
    assert seen.exit == 0, seen.err
    log = scene.log("build")
    assert "SEEN" in log, "the nosy build was not heard"
    assert "***" in log
