"""An engine's own Manifest is accepted; whatever is changed in it, by a byte or by a forger, is not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagboat.core.acceptance import contradictions, refusals
from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.names import distribution_of, flat_name, is_reserved, role_of, version_of
from tagboat.engine.release import ReleaseRun, read_manifest
from tagboat.errors import ConflictError, TagboatError
from tagboat.testing.simulation import TWO, Simulation
from tagboat.wiring.handed import intact

QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return Simulation(tmp_path_factory.mktemp("world"), TWO)


@pytest.fixture(scope="module")
def run(world: Simulation) -> Iterator[ReleaseRun]:
    with world.machine() as run:
        run.prepare()
        yield run


@pytest.fixture(scope="module")
def manifest(run: ReleaseRun) -> Manifest:
    return read_manifest(run.state.manifest.read_bytes())


def test_what_the_engine_makes_is_accepted(run: ReleaseRun, manifest: Manifest) -> None:
    assert refusals(manifest, run.derived.prepare) == []
    assert contradictions(manifest) == []
    assert intact(Path("manifest.json"), manifest.text.encode()) == manifest


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document, branches included."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))


def changed(data: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of the document with another value in one place; without it when the value is ``...``."""
    copy = json.loads(json.dumps(data))
    there = copy
    for key in path[:-1]:
        there = there[key]
    if new is ...:
        del there[path[-1]]
    else:
        there[path[-1]] = new
    return copy


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 9), st.text(max_size=8), st.just(...), st.just([]), st.just({})
)


@QUICK
@given(st.data())
def test_a_manifest_with_one_field_changed_is_not_published(
    world: Simulation, run: ReleaseRun, manifest: Manifest, data: st.DataObject
) -> None:
    document = json.loads(manifest.text)
    path = data.draw(st.sampled_from(list(leaves(document))))
    new = data.draw(VALUES)
    edited = changed(document, path, new)
    if edited == document and repr(edited) == repr(document):
        return
    text = json.dumps(edited, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"
    refused(world, run, text.encode())


@QUICK
@given(st.data())
def test_a_manifest_with_one_byte_changed_is_not_published(
    world: Simulation, run: ReleaseRun, manifest: Manifest, data: st.DataObject
) -> None:
    text = bytearray(manifest.text.encode())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[place]))
    refused(world, run, bytes(text))


def refused(world: Simulation, run: ReleaseRun, text: bytes) -> None:
    with pytest.raises(TagboatError) as caught:
        run.publish(intact(Path("manifest.json"), text))
    assert isinstance(caught.value, ConflictError)
    assert world.hosted.releases == {}
    assert not any(index.uploads for index in world.indexes.values())


def swapped(manifest: Manifest, old: Artifact, new: Artifact, *, everywhere: bool = True) -> Manifest:
    """The Manifest with one file replaced, in the shards' records too unless only its own list is forged."""
    shards = tuple(
        replace(s, artifacts=tuple(new if a == old else a for a in s.artifacts)) for s in manifest.shards
    )
    listed = sorted((new if a == old else a for a in manifest.artifacts), key=lambda a: a.file)
    return replace(manifest, artifacts=tuple(listed), shards=shards if everywhere else manifest.shards)


def the(manifest: Manifest, role: Role) -> Artifact:
    return next(a for a in manifest.artifacts if a.role is role and a.component == "core")


def added(manifest: Manifest, file: str) -> Manifest:
    more = replace(the(manifest, Role.WHEEL), file=file)
    listed = sorted((*manifest.artifacts, more), key=lambda a: a.file)
    return replace(manifest, artifacts=tuple(listed))


FORGERIES: dict[str, tuple[Callable[[Manifest], Manifest], str]] = {
    "other bytes": (
        lambda m: swapped(m, w := the(m, Role.WHEEL), replace(w, sha256="0" * 64), everywhere=False),
        "is in no shard's record",
    ),
    "a file more": (lambda m: added(m, "demo_core-99.0-py3-none-any.whl"), "is in no shard's record"),
    "a file less": (lambda m: replace(m, artifacts=m.artifacts[1:]), "does not list it so"),
    "another version": (
        lambda m: swapped(m, w := the(m, Role.WHEEL), replace(w, file="demo_core-99.0-py3-none-any.whl")),
        "is not of the version 1.0",
    ),
    "another project": (
        lambda m: swapped(m, w := the(m, Role.WHEEL), replace(w, file="victim-1.0-py3-none-any.whl")),
        "is of no distribution of core",
    ),
    "another component": (
        lambda m: swapped(m, w := the(m, Role.WHEEL), replace(w, component="all")),
        "says that it is of the component all",
    ),
    "another role": (
        lambda m: swapped(m, w := the(m, Role.WHEEL), replace(w, role=Role.CHECKSUM)),
        "says that it is for checksum",
    ),
    "another checksum": (
        lambda m: swapped(m, w := the(m, Role.CHECKSUM), replace(w, sha256="0" * 64)),
        "is not the checksum of",
    ),
    "another archive": (
        lambda m: swapped(m, w := the(m, Role.ARCHIVE), replace(w, file="install.tar.gz")),
        "and its checksum",
    ),
    "a release less": (lambda m: replace(m, releases=m.releases[:1]), "names other releases"),
    "another commit": (
        lambda m: replace(m, releases=tuple(replace(r, commit="d" * 40) for r in m.releases)),
        "names other releases",
    ),
    "another repository": (lambda m: replace(m, repository="eve/demo"), "is of the repository eve/demo"),
    "a shard less": (lambda m: replace(m, shards=m.shards[1:]), "is missing"),
    "a shard twice": (lambda m: replace(m, shards=(*m.shards, m.shards[0])), "is given twice"),
    "another plan's shard": (
        lambda m: replace(m, shards=(replace(m.shards[0], plan="0" * 64), *m.shards[1:])),
        "was built for the plan 000000000000",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_that_names_the_right_plan_and_its_own_digest_is_not_published(
    world: Simulation, run: ReleaseRun, manifest: Manifest, name: str
) -> None:
    forge, said = FORGERIES[name]
    forged = forge(manifest)
    assert any(said in reason for reason in refusals(forged, run.derived.prepare))
    with pytest.raises(ConflictError, match=r"not what its plan ends in"):
        run.publish(intact(Path("manifest.json"), forged.text.encode()))
    assert world.hosted.releases == {}


def test_a_publish_plan_ends_in_no_manifest(run: ReleaseRun, manifest: Manifest) -> None:
    assert refusals(manifest, run.plan_publish(manifest)) == ["it is held against a plan that builds nothing"]


def test_the_file_states_the_digest_that_plans_and_people_name(manifest: Manifest) -> None:
    data = json.loads(manifest.text)
    assert data.pop("digest") == manifest.digest
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == manifest.digest


@pytest.mark.parametrize(
    ("file", "role", "distribution", "version"),
    [
        ("A_b.C-1.0-py3-none-any.whl", Role.WHEEL, "a_b_c", "1.0"),
        ("a_b-1.0-1-py3-none-any.whl", Role.WHEEL, "a_b", "1.0"),
        ("a-b-1.0rc1.tar.gz", Role.SDIST, "a_b", "1.0rc1"),
        ("a-1.0.zip", None, "a", "1.0"),
        ("a-b.whl", Role.WHEEL, "a", "None"),
        ("install.sh", None, "install_sh", "None"),
    ],
)
def test_a_name_says_what_a_file_is(file: str, role: Role | None, distribution: str, version: str) -> None:
    assert (role_of(file), str(version_of(file))) == (role, version)
    assert distribution_of(Artifact(file, "0" * 64, 1, "a", Role.SDIST)) == distribution


def test_one_spelling_of_a_name() -> None:
    assert flat_name("A.-b__C") == "a_b_c"


@pytest.mark.parametrize(
    ("file", "reserved"),
    [
        ("Manifest.json", True),
        ("tagboat-manifest.json", True),
        ("tagboat-ledger-2.jsonl", True),
        ("shard.json", True),
        ("tagboat-0.1.0.tar.gz", False),
        ("tagboat-v0.1.0.tar.gz", False),
    ],
)
def test_our_own_files_names_are_kept_and_our_own_release_s_are_not(file: str, reserved: bool) -> None:
    assert is_reserved(file) is reserved
