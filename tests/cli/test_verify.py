import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from berth import Call, Released, released_in
from harbour import Harbour
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import wheel as wheel_by_hand

from tagboat.adapters.addresses import Addresses, IndexAddress
from tagboat.core.artifact import Manifest
from tagboat.core.canonical import canonical
from tagboat.engine.release import read_manifest
from tagboat.errors import ConflictError, TagboatError
from tagboat.wiring.places import Places, sandbox_places
from tagboat.wiring.proof import differences


@pytest.fixture
def copy(released: Released, tmp_path: Path) -> Released:
    folder = tmp_path / "files"
    shutil.copytree(released.folder, folder)
    return Released(released.project, folder)


def wheel_of(released: Released) -> str:
    return next(row["file"] for row in released.data()["artifacts"] if row["role"] == "wheel")


def rewritten(released: Released, change: Any) -> None:
    data = released.data()
    change(data)
    released.manifest.write_text(canonical(data) + "\n")


def test_a_released_manifest_is_true_of_files_repository_forge_and_indexes(
    call: Call, released: Released
) -> None:
    words = ["--files", released.folder, "--repo", released.project.work]
    said = call(
        "verify", released.manifest, *words, "--sandbox", released.project.harbour.directory, "--json"
    )
    assert said.exit == 0, said.err
    assert said.json["differences"] == []
    assert len(said.json["looked_at"]) == 5


@pytest.mark.parametrize("deed", ["changed", "absent"])
def test_a_file_beside_it_that_differs_is_named(call: Call, copy: Released, deed: str) -> None:
    name = wheel_of(copy)
    if deed == "changed":
        (copy.folder / name).write_bytes(b"something else")
    else:
        (copy.folder / name).unlink()
    said = call("verify", copy.manifest, "--files", copy.folder, "--offline", "--json")
    assert (said.exit, said.json["error"]["code"]) == (1, "step-failed")
    assert [line for line in said.json["differences"] if name in line]


def test_a_tag_that_moved_in_the_repository_is_named(call: Call, copy: Released, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(copy.project.work, clone)
    mover = type(copy.project)(
        copy.project.harbour, copy.project.name, copy.project.repository, clone, tmp_path / "s"
    )
    mover.commit({"new.txt": "new\n"})
    mover.git("tag", "--force", "-a", "-m", "moved", "v1.0")
    said = call("verify", copy.manifest, "--repo", clone, "--offline")
    assert said.exit == 1
    assert "the tag v1.0 is" in said.out
    mover.git("tag", "--delete", "v1.0")
    assert "has no tag v1.0" in call("verify", copy.manifest, "--repo", clone, "--offline").out


def test_a_source_archive_of_other_bytes_is_named(call: Call, copy: Released) -> None:
    def change(data: dict[str, Any]) -> None:
        for row in [*data["artifacts"], *(a for s in data["shards"] for a in s["artifacts"])]:
            if row["role"] == "archive":
                row["sha256"] = "0" * 64

    rewritten(copy, change)
    said = call("verify", copy.manifest, "--repo", copy.project.work, "--offline")
    assert said.exit == 1
    assert "made again from" in said.out


def test_what_differs_on_the_forge_is_named(call: Call, released: Released) -> None:
    project = released.project
    there = ["--sandbox", project.harbour.directory, "--json"]
    release = project.releases()[0]
    path = f"/repos/{project.repository}/releases/{release['id']}"
    project.harbour.api("PATCH", path, {"draft": True})
    try:
        drafted = call("verify", released.manifest, *there)
    finally:
        project.harbour.api("PATCH", path, {"draft": False})
    assert (drafted.exit, drafted.json["differences"]) == (1, ["the release of v1.0 is still a draft"])


@pytest.mark.slow
def test_what_is_lost_replaced_or_added_in_the_world_is_named(
    call: Call, harbour: Harbour, tmp_path: Path
) -> None:
    released = released_in(harbour, tmp_path, "tiny-spoiled")
    project, wheel = released.project, wheel_of(released)
    asset = next(a for a in project.releases()[0]["assets"] if a["name"] == wheel)
    harbour.api("DELETE", f"/repos/{project.repository}/releases/assets/{asset['id']}")
    harbour.index_control("pypi", "yank", {"project": project.name, "version": "1.0"})
    harbour.index_control("testpypi", "delete", {"filename": wheel})
    foreign = wheel.replace("py3-none-any", "py3-none-win32").replace("py2.", "")
    _, content = wheel_by_hand(project.name, "1.0")
    project.upload("testpypi", "1.0", foreign, content, "bdist_wheel")
    found = call("verify", released.manifest, "--sandbox", harbour.directory, "--json").json["differences"]
    assert f"{wheel} on the forge is absent"[:60] in "\n".join(found)
    assert f"{wheel} on pypi is yanked" in found
    assert f"{wheel} is not on testpypi" in found
    assert f"{foreign} on testpypi is not of this build" in found


def test_a_digest_that_no_place_shows_is_named_for_each_place(call: Call, copy: Released) -> None:
    wheel = wheel_of(copy)

    def change(data: dict[str, Any]) -> None:
        for row in [*data["artifacts"], *(a for s in data["shards"] for a in s["artifacts"])]:
            if row["file"] == wheel:
                row["sha256"] = "0" * 64

    rewritten(copy, change)
    said = call("verify", copy.manifest, "--sandbox", copy.project.harbour.directory, "--json")
    named = [line.split(" is ")[0] for line in said.json["differences"]]
    assert {f"{wheel} on {place}" for place in ("the forge", "pypi", "testpypi")} <= set(named)


def test_a_plan_that_the_tag_does_not_give_is_named(call: Call, copy: Released) -> None:
    def change(data: dict[str, Any]) -> None:
        data["plan"] = "0" * 64
        for shard in data["shards"]:
            shard["plan"] = "0" * 64

    rewritten(copy, change)
    said = call("verify", copy.manifest, "--sandbox", copy.project.harbour.directory)
    assert said.exit == 1
    assert "the configuration at the tag gives the plan" in said.out


@pytest.mark.parametrize("repository", ["ada/nothing-here", "ada/tiny-released.git"])
def test_a_repository_that_the_forge_does_not_show_is_a_difference(
    call: Call, copy: Released, repository: str
) -> None:
    rewritten(copy, lambda data: data.update(repository=repository))
    said = call("verify", copy.manifest, "--sandbox", copy.project.harbour.directory)
    assert said.exit == 1, said.err


def test_a_service_that_does_not_answer_is_unavailable(released: Released, harbour: Harbour) -> None:
    """Nobody listens on the discard port of this machine."""
    closed = "http://127.0.0.1:9"
    indexes = dict.fromkeys(("pypi", "testpypi"), IndexAddress(f"{closed}/legacy/", f"{closed}/simple/"))
    places = Places(Addresses(api=closed, uploads=closed, git=closed, indexes=indexes))
    manifest, text = read_manifest(released.manifest.read_bytes()), released.manifest.read_bytes()
    with pytest.raises(TagboatError) as raised:
        differences(manifest, text, places, files=None, repo=None, offline=False)
    assert raised.value.exit_status == 8


def test_offline_asks_nobody(call: Call, released: Released, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda _self, address: asked.append(address))
    said = call("verify", released.manifest, "--files", released.folder, "--offline")
    assert (said.exit, asked) == (0, [])


@pytest.mark.slow
def test_a_manifest_with_any_byte_edited_is_never_true(released: Released, harbour: Harbour) -> None:
    text = released.manifest.read_bytes()
    places = sandbox_places(harbour.directory)

    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(text) - 1), st.integers(1, 255))
    def edited(position: int, change: int) -> None:
        other = bytearray(text)
        other[position] ^= change
        assert _verdict(bytes(other), places) in (1, 7)

    edited()


def _verdict(text: bytes, places: Places) -> int:
    try:
        manifest = read_manifest(text)
        found, _ = differences(manifest, text, places, files=None, repo=None, offline=False)
    except TagboatError as error:
        return error.exit_status
    return 1 if found else 0


def deep() -> str:
    return "[" * 100_000 + "]" * 100_000


def hostile(valid: dict[str, Any]) -> dict[str, str]:
    """Manifests that nobody must follow, by what is wrong with them."""

    def with_artifact(**fields: Any) -> str:
        data = json.loads(json.dumps(valid))
        data["artifacts"][0].update(fields)
        return json.dumps(data)

    def with_field(**fields: Any) -> str:
        return json.dumps({**valid, **fields})

    return {
        "a name that climbs": with_artifact(file="../../escaped"),
        "an absolute name": with_artifact(file="/escaped"),
        "a name with a backslash": with_artifact(file="..\\escaped"),
        "a name that is a folder": with_artifact(file=".."),
        "no name": with_artifact(file=""),
        "a name with a line end": with_artifact(file="a\nb"),
        "a name with a null": with_artifact(file="a\0b"),
        "a name without bytes": with_artifact(file="\ud800"),
        "a name too long": with_artifact(file="a" * 300),
        "a digest that is a path": with_artifact(sha256="../" * 21 + "x"),
        "a digest of another kind": with_artifact(sha256="A" * 64),
        "a huge number": with_artifact(size=10**400),
        "a size that is no number": with_artifact(size=float("nan")),
        "a size below nothing": with_artifact(size=-1),
        "a size that is true": with_artifact(size=True),
        "a role that there is not": with_artifact(role="root"),
        "a digit bomb": json.dumps(valid).replace(
            f'"size": {valid["artifacts"][0]["size"]}', '"size": ' + "9" * 9999
        ),
        "artifacts of no type": with_field(artifacts={"a": 1}),
        "an artifact of no type": with_field(artifacts=[None]),
        "releases of words": with_field(releases=["v1.0"]),
        "a release of numbers": with_field(releases=[{"component": 1, "version": 2, "tag": 3, "commit": 4}]),
        "shards of words": with_field(shards=["x"]),
        "a repository that climbs": with_field(repository="../.."),
        "a repository with a query": with_field(repository="a/b?c"),
        "another schema": with_field(schema="tagboat/manifest/2"),
        "an infinite schema": '{"schema": Infinity}',
        "a list": "[]",
        "a number": "1e999",
        "nothing": "",
        "deep nesting": deep(),
        "deep nesting inside": with_field(tool="@").replace('"@"', deep()),
    }


def test_a_hostile_manifest_gets_one_clear_error(call: Call, released: Released, tmp_path: Path) -> None:
    for name, text in hostile(released.data()).items():
        path = tmp_path / "hostile.json"
        path.write_text(text, encoding="utf-8")
        before = sorted(tmp_path.rglob("*"))
        said = call("verify", path, "--files", tmp_path, "--offline")
        assert said.exit == 7, f"{name}: {said.exit} {said.err}"
        assert said.err.count("this is not a Manifest") == 1, name
        assert sorted(tmp_path.rglob("*")) == before, name
        published = call("publish", "--manifest", path, "--sandbox", released.project.harbour.directory)
        assert published.exit == 7, f"{name}: {published.err}"


def test_a_manifest_that_is_not_text_or_is_endless_is_refused(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(b"\xff\xfe\x00{")
    assert call("verify", path, "--offline").exit == 7
    with path.open("wb") as file:
        file.truncate(100 << 20)
    said = call("verify", path, "--offline", "--json")
    assert (said.exit, said.json["error"]["code"]) == (7, "conflict")
    assert "larger than" in said.json["error"]["cause"]


def test_a_manifest_in_another_spelling_was_edited(released: Released) -> None:
    data = json.loads(released.manifest.read_bytes())
    manifest = Manifest.from_json(data)
    for text in (json.dumps(data).encode(), released.manifest.read_bytes() + b"\n"):
        found, _ = differences(
            manifest, text, Places(Addresses("", "", "", {})), files=None, repo=None, offline=True
        )
        assert [line for line in found if "spelling" in line]
    whole = released.manifest.read_bytes()
    assert (
        differences(manifest, whole, Places(Addresses("", "", "", {})), files=None, repo=None, offline=True)[
            0
        ]
        == []
    )


def test_a_shard_record_of_hostile_content_is_refused(call: Call, released: Released, tmp_path: Path) -> None:
    shard = released.data()["shards"][0]
    secret = tmp_path / "secret"
    secret.write_bytes(b"kept")
    row = {**shard["artifacts"][0], "sha256": hashlib.sha256(b"kept").hexdigest()}
    texts = {
        "climbs": json.dumps({**shard, "artifacts": [{**row, "file": "../secret"}]}),
        "absolute": json.dumps({**shard, "artifacts": [{**row, "file": str(secret)}]}),
        "no types": json.dumps({**shard, "artifacts": [1]}),
        "no commit": json.dumps({**shard, "commit": None}),
        "a list": "[]",
        "deep": deep(),
    }
    project = released.project
    for name, text in texts.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "shard.json").write_text(text)
        words = ["--project", project.work, "--tag", "v1.0", "--out", tmp_path / "dist"]
        places = [
            "--sandbox",
            project.harbour.directory,
            "--state",
            tmp_path / "state",
            "--repository",
            project.repository,
        ]
        said = call("gather", folder, *words, *places)
        assert said.exit == 2, f"{name}: {said.exit} {said.err}"
        assert "is not a shard's record" in said.err, name
    assert not (tmp_path / "dist").exists()


def test_what_is_no_manifest_is_a_conflict_in_the_library_too() -> None:
    with pytest.raises(ConflictError, match="it lacks 'schema'"):
        read_manifest("{}")
