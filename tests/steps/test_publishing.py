from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tagboat.core.artifact import Artifact
from tagboat.errors import AnswerLostError, ConflictError, StepFailedError
from tagboat.testing.forge import FakeForge


def draft_options(bench: Any, manifest: Any, notes: str = "") -> dict[str, Any]:
    text = bench.files(manifest)[-1]
    sha256, _ = bench.ports.store.put(text)
    named = [f"{a.file}={a.sha256}" for a in manifest.artifacts]
    return {
        "tag": "v1.0",
        "commit": bench.commit,
        "title": "1.0",
        "notes": notes,
        "prerelease": False,
        "files": (*named, f"{text.name}={sha256}"),
    }


def names(bench: Any) -> list[str]:
    (release,) = bench.forge.releases()
    return [asset.name for asset in release.assets]


def test_a_missing_draft_is_created_once(bench: Any) -> None:
    options = draft_options(bench, bench.built(), "notes/1.0.md")
    assert bench.find("draft", **options) is None
    bench.run("draft", **options)
    assert bench.find("draft", **options) is not None
    assert len(bench.forge.releases()) == 1


def test_a_half_filled_draft_of_this_build_is_left_as_it_is(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(bench.files(manifest)[0])
    assert bench.find("draft", **draft_options(bench, manifest)) is not None


def test_the_draft_of_another_build_is_emptied_the_manifest_first(bench: Any) -> None:
    old = bench.files(bench.built("old = 1\n"))
    bench.draft(*old, bench.write("tagboat-ledger.jsonl", "evidence\n"))
    manifest = bench.built()
    options = draft_options(bench, manifest)
    assert bench.find("draft", **options) is None
    bench.run("draft", **options)
    assert names(bench) == ["tagboat-ledger.jsonl"]
    assert "tagboat-manifest.json" in bench.logged[0]
    assert bench.find("draft", **options) is not None


def test_files_that_a_stranger_put_into_the_draft_are_never_deleted(bench: Any) -> None:
    stranger = FakeForge(bench.hosted, login="stranger")
    bench.draft(bench.write("theirs.txt", "?"), forge=stranger)
    with pytest.raises(ConflictError, match=r"theirs\.txt \(by stranger\)"):
        bench.run("draft", **draft_options(bench, bench.built()))
    assert names(bench) == ["theirs.txt"]


def test_a_public_release_with_this_manifest_is_accepted_and_another_is_a_conflict(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    bench.publish()
    assert bench.find("draft", **draft_options(bench, manifest)) is not None
    with pytest.raises(ConflictError, match="without this build's Manifest"):
        bench.find("draft", **draft_options(bench, bench.built("other = 1\n")))


def test_a_public_release_with_strays_is_not_emptied(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest), bench.write("more.txt", "?"))
    bench.publish()
    options = draft_options(bench, manifest)
    assert bench.find("draft", **options) is None
    with pytest.raises(ConflictError, match=r"more\.txt"):
        bench.run("draft", **options)


def test_two_drafts_stop_everything(bench: Any) -> None:
    bench.draft()
    bench.draft()
    with pytest.raises(ConflictError, match="2 releases"):
        bench.find("draft", **draft_options(bench, bench.built()))


def asset_options(bench: Any) -> dict[str, Any]:
    return {"tag": "v1.0", "artifact": bench.built().artifacts[0].as_json()}


def test_an_asset_is_uploaded_and_then_found_by_digest(bench: Any) -> None:
    options = asset_options(bench)
    assert bench.find("asset", **options) is None
    bench.draft()
    assert bench.find("asset", **options) is None
    bench.run("asset", **options)
    assert bench.find("asset", **options).facts["sha256"] == options["artifact"]["sha256"]


def test_an_asset_with_other_bytes_is_a_conflict(bench: Any) -> None:
    options = asset_options(bench)
    bench.draft(bench.write(options["artifact"]["file"], "other"))
    with pytest.raises(ConflictError, match="holds another"):
        bench.find("asset", **options)


def test_an_asset_that_the_forge_stored_differently_is_a_conflict(bench: Any, monkeypatch: Any) -> None:
    options = asset_options(bench)
    bench.draft()
    upload = bench.forge.upload_asset
    monkeypatch.setattr(bench.forge, "upload_asset", lambda *a: replace(upload(*a), sha256="0" * 64))
    with pytest.raises(ConflictError, match="stored"):
        bench.run("asset", **options)


def test_without_a_draft_there_is_nowhere_to_put_an_asset_or_a_ledger(bench: Any) -> None:
    for kind, options in (
        ("asset", asset_options(bench)),
        ("ledger-asset", {"tag": "v1.0"}),
        ("undraft", {"tag": "v1.0", "version": "1.0", "grammar": "v{version}"}),
    ):
        with pytest.raises(StepFailedError, match=r"draft of v1\.0 is gone") as caught:
            bench.run(kind, **options)
        assert caught.value.remedy


def upload_options(bench: Any) -> dict[str, Any]:
    return {"index": "pypi", "distribution": "demo", "artifact": bench.built().artifacts[0].as_json()}


def test_a_file_is_uploaded_once_and_found_by_digest(bench: Any) -> None:
    options = upload_options(bench)
    assert bench.find("upload", **options) is None
    bench.run("upload", **options)
    assert bench.find("upload", **options).facts["sha256"] == options["artifact"]["sha256"]
    assert bench.pypi.uploads == [options["artifact"]["file"]]


def test_other_bytes_under_our_name_are_a_conflict_and_nothing_is_sent(bench: Any) -> None:
    options = upload_options(bench)
    bench.pypi.hold("demo", options["artifact"]["file"], b"other")
    with pytest.raises(ConflictError, match="another"):
        bench.find("upload", **options)
    assert bench.pypi.uploads == []


@pytest.fixture
def refused(monkeypatch: Any) -> Callable[[Any, str], None]:
    """Let a port refuse to take anything, as a service that has a file under the name."""

    def patched(port: Any, method: str) -> None:
        def taken(*_: object) -> None:
            raise ConflictError("409: the name is taken", remedy="a new version")

        monkeypatch.setattr(port, method, taken)

    return patched


def test_an_index_that_has_our_file_and_shows_it_late_is_no_conflict(bench: Any, refused: Any) -> None:
    options = upload_options(bench)
    refused(bench.pypi, "upload")
    path = bench.ports.store.path(Artifact.from_json(options["artifact"]))
    bench.clock.meanwhile.extend(
        [lambda: None, lambda: bench.pypi.hold("demo", path.name, path.read_bytes())]
    )
    assert "with our bytes" in bench.run("upload", **options).summary


def test_an_index_that_refuses_and_shows_nothing_or_other_bytes_is_a_conflict(
    bench: Any, refused: Any
) -> None:
    options = upload_options(bench)
    refused(bench.pypi, "upload")
    with pytest.raises(ConflictError, match="409"):
        bench.run("upload", **options)
    bench.pypi.hold("demo", options["artifact"]["file"], b"other")
    with pytest.raises(ConflictError, match="holds another"):
        bench.run("upload", **options)


def test_an_asset_that_the_forge_has_and_shows_late_is_no_conflict(bench: Any, refused: Any) -> None:
    bench.draft()
    artifact = bench.built().artifacts[0]
    options = {"tag": "v1.0", "artifact": artifact.as_json()}
    sent = bench.forge.upload_asset
    refused(bench.forge, "upload_asset")
    (draft,) = [r for r in bench.forge.releases() if r.tag == "v1.0"]
    with pytest.raises(ConflictError, match="409"):
        bench.run("asset", **options)
    path = bench.ports.store.path(artifact)
    bench.clock.meanwhile.extend([lambda: None, lambda: sent(draft, artifact.file, path)])
    assert "found" in bench.run("asset", **options).summary


def test_a_lost_answer_to_an_upload_is_passed_on_as_such(bench: Any) -> None:
    bench.pypi.orders.add("upload", "drop-after")
    with pytest.raises(AnswerLostError):
        bench.run("upload", **upload_options(bench))


def undraft(bench: Any, version: str = "1.0", **options: Any) -> Any:
    bench.draft()
    bench.run("undraft", tag="v1.0", version=version, grammar="v{version}", **options)
    (release,) = [r for r in bench.forge.releases() if r.tag == "v1.0"]
    return release


def public(bench: Any, tag: str) -> None:
    other = bench.forge.create_draft(tag=tag, commit="", title="", notes="", prerelease=False)
    bench.forge.publish(other, prerelease=False, latest=True)


def test_the_first_release_becomes_public_and_latest(bench: Any) -> None:
    release = undraft(bench)
    assert (release.draft, release.prerelease, bench.hosted.latest) == (False, False, release.id)
    assert bench.find("undraft", tag="v1.0", version="1.0", grammar="v{version}") is not None


@pytest.mark.parametrize(
    ("others", "latest"),
    [
        (["v0.9"], True),
        (["v2.0"], False),
        (["v2.0rc1"], True),
        (["other-v9"], True),
        (["v0.1", "v1.0.1"], False),
    ],
)
def test_latest_is_the_highest_final_version_of_the_component(
    bench: Any, others: list[str], latest: bool
) -> None:
    for tag in others:
        public(bench, tag)
    assert (undraft(bench).id == bench.hosted.latest) is latest


def test_a_draft_of_a_higher_version_does_not_count(bench: Any) -> None:
    bench.forge.create_draft(tag="v2.0", commit="", title="", notes="", prerelease=False)
    assert undraft(bench).id == bench.hosted.latest


def test_a_pre_release_is_marked_and_never_latest(bench: Any) -> None:
    release = undraft(bench, "1.0rc1")
    assert (release.prerelease, bench.hosted.latest) == (True, 0)


def test_a_component_that_is_not_the_first_is_never_latest(bench: Any) -> None:
    undraft(bench, latest=False)
    assert bench.hosted.latest == 0


def test_the_ledger_goes_up_once_and_is_recognised_by_its_beginning(bench: Any) -> None:
    bench.draft()
    bench.ports.ledger.append("plan", body={"half": "prepare"})
    assert bench.find("ledger-asset", tag="v1.0") is None
    bench.run("ledger-asset", tag="v1.0")
    bench.ports.ledger.append("resume")
    assert bench.find("ledger-asset", tag="v1.0") is not None
    assert names(bench) == ["tagboat-ledger.jsonl"]


def test_a_ledger_from_elsewhere_stays_beside_ours(bench: Any) -> None:
    bench.draft(bench.write("tagboat-ledger.jsonl", '{"from": "elsewhere"}\n'))
    bench.ports.ledger.append("plan")
    assert bench.find("ledger-asset", tag="v1.0") is None
    bench.run("ledger-asset", tag="v1.0")
    assert names(bench) == ["tagboat-ledger.jsonl", "tagboat-ledger-2.jsonl"]


def test_a_public_release_with_any_ledger_needs_no_other(bench: Any) -> None:
    bench.draft(bench.write("tagboat-ledger.jsonl", "elsewhere\n"))
    bench.publish()
    assert bench.find("ledger-asset", tag="v1.0") is not None
