from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step
from tagboat.errors import ConflictError, RefusedError, UnavailableError
from tagboat.steps.adopt import fetch_adopted
from tagboat.steps.remote_run import message
from tagboat.testing.forge import FakeForge


def adopted(bench: Any) -> Any:
    return bench.run("adopt", tags=("v1.0",)).facts["manifest"]


def test_without_a_draft_nothing_is_adopted(bench: Any) -> None:
    assert adopted(bench) is None


def test_a_draft_without_a_manifest_is_not_adopted(bench: Any) -> None:
    bench.draft(*bench.files(bench.built())[:2])
    assert adopted(bench) is None


def test_our_own_filled_draft_is_adopted(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    assert adopted(bench) == manifest.as_json()


def test_a_manifest_for_another_plan_is_not_adopted(bench: Any) -> None:
    bench.draft(*bench.files(bench.built(plan="0" * 64)))
    assert adopted(bench) is None
    assert "built for the plan 000000000000" in bench.logged[-1]


def test_a_manifest_that_nobody_vouches_for_is_not_adopted(bench: Any) -> None:
    bench.draft(*bench.files(bench.built()), forge=FakeForge(bench.hosted, login="stranger"))
    assert adopted(bench) is None
    assert "uploaded by stranger" in bench.logged[-1]


@pytest.mark.parametrize("event", ["manifest", "approval"])
def test_our_ledger_or_a_person_vouches_for_a_stranger_s_manifest(bench: Any, event: str) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest), forge=FakeForge(bench.hosted, login="stranger"))
    bench.ports.ledger.append(event, body={"digest": manifest.digest})
    assert adopted(bench) == manifest.as_json()


@pytest.mark.parametrize(
    ("hands_over", "named"), [(True, ""), (True, "0" * 64), (False, "")], ids=["ours", "other", "not asked"]
)
def test_a_tag_vouches_only_where_the_pipeline_hands_over_and_for_what_it_names(
    bench: Any, hands_over: bool, named: str
) -> None:
    """Decision 30: whoever may make tags decides about bytes in projects that ask for it, and in no other."""
    if hands_over:
        bench.more.append(Step("tag-ready:demo", "tag-ready", Phase.CHECK, Effect.NONE, "demo", {}))
    manifest = bench.built()
    bench.draft(*bench.files(manifest), forge=FakeForge(bench.hosted, login="stranger"))
    bench.hosted.tags.pop("v1.0", None)
    bench.forge.create_tag("v1.0", bench.commit, message("demo 1.0", named or manifest.digest))
    expected = manifest.as_json() if hands_over and not named else None
    assert adopted(bench) == expected


def test_without_a_login_no_upload_vouches(bench: Any) -> None:
    anonymous = FakeForge(bench.hosted, login="")
    bench.draft(*bench.files(bench.built()), forge=anonymous)
    bench.ports = bench.ports._replace(forge=anonymous)
    assert adopted(bench) is None


def test_a_manifest_whose_file_is_missing_is_not_adopted(bench: Any) -> None:
    sdist, _, text = bench.files(bench.built())
    bench.draft(sdist, text)
    assert adopted(bench) is None
    assert "demo-1.0-py3-none-any.whl is absent" in bench.logged[-1]


def test_a_manifest_beside_other_bytes_is_not_adopted(bench: Any) -> None:
    sdist, wheel, text = bench.files(bench.built())
    bench.draft(sdist, bench.write(wheel.name, "other bytes"), text)
    assert adopted(bench) is None
    assert "not the recorded one" in bench.logged[-1]


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"schema": "tagboat/manifest/9"}', "{", '{"schema": []}']
)
def test_what_cannot_be_read_as_a_manifest_is_not_adopted(bench: Any, text: str) -> None:
    bench.draft(bench.write("tagboat-manifest.json", text))
    assert adopted(bench) is None


def test_a_manifest_of_absurd_size_is_not_fetched(bench: Any) -> None:
    bench.draft(bench.write("tagboat-manifest.json", "{}"))
    (release,) = bench.hosted.releases.values()
    huge = replace(release.assets[0], size=1 << 30)
    bench.hosted.releases[release.id] = replace(release, assets=(huge,))
    assert adopted(bench) is None


def test_two_drafts_are_a_conflict_that_names_both(bench: Any) -> None:
    first, second = bench.draft(), bench.draft()
    with pytest.raises(ConflictError, match=rf"releases/{second} .*releases/{first} "):
        adopted(bench)


def test_several_tags_need_one_manifest(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    assert bench.run("adopt", tags=("v1.0", "other-v1")).facts["manifest"] is None
    draft = bench.forge.create_draft(tag="other-v1", commit="", title="", notes="", prerelease=False)
    bench.forge.upload_asset(draft, "tagboat-manifest.json", bench.files(manifest)[-1])
    assert bench.run("adopt", tags=("v1.0", "other-v1")).facts["manifest"] == manifest.as_json()
    other = json.loads(manifest.text) | {"tool": "tagboat 9"}
    bench.forge.delete_asset(bench.forge.releases()[0].assets[0])
    bench.forge.upload_asset(
        draft, "tagboat-manifest.json", bench.write("tagboat-manifest.json", json.dumps(other))
    )
    assert bench.run("adopt", tags=("v1.0", "other-v1")).facts["manifest"] is None


def test_adopted_files_are_fetched_once(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    artifact = manifest.artifacts[0]
    bench.ports = bench.ports._replace(store=type(bench.ports.store)(bench.folder / "empty"))
    fetch_adopted(bench.ports, manifest, artifact, bench.folder)
    assert bench.ports.store.has(artifact.sha256)
    bench.hosted.contents.clear()
    fetch_adopted(bench.ports, manifest, artifact, bench.folder)


def test_an_adopted_file_that_is_gone_or_replaced_is_a_conflict(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest)[1:])
    with pytest.raises(ConflictError, match="no longer has"):
        fetch_adopted(bench.ports, manifest, replace(manifest.artifacts[1], sha256="0" * 64), bench.folder)
    with pytest.raises(ConflictError, match="its Manifest says"):
        fetch_adopted(bench.ports, manifest, replace(manifest.artifacts[0], sha256="0" * 64), bench.folder)


def strangers_draft(bench: Any, index_down: str = "stop") -> Any:
    """A whole build of this very plan, uploaded by somebody else."""
    bench.asks("pypi", index_down)
    manifest = bench.built()
    bench.draft(*bench.files(manifest), forge=FakeForge(bench.hosted, login="stranger"))
    return manifest


def test_who_may_vouch_is_told_with_the_whole_digest_and_the_command(bench: Any) -> None:
    manifest = strangers_draft(bench)
    receipt = bench.run("adopt", tags=("v1.0",))
    assert receipt.facts["manifest"] is None
    command = f"tagboat release --tag demo=v1.0 --adopt {manifest.digest}"
    assert command in receipt.facts["passed_over"] == receipt.summary


def test_a_build_that_is_published_in_part_and_that_nobody_vouches_for_is_a_conflict(bench: Any) -> None:
    manifest = strangers_draft(bench)
    sdist = bench.files(manifest)[0]
    bench.pypi.hold("demo", sdist.name, sdist.read_bytes())
    with pytest.raises(ConflictError, match=rf"{sdist.name} on pypi.*uploaded by stranger") as caught:
        adopted(bench)
    assert f"--adopt {manifest.digest}" in caught.value.remedy


def test_a_public_release_that_nobody_vouches_for_is_a_conflict(bench: Any) -> None:
    manifest = strangers_draft(bench)
    bench.publish()
    with pytest.raises(ConflictError, match="published in part") as caught:
        adopted(bench)
    assert manifest.digest in caught.value.remedy


def test_other_bytes_on_the_index_are_not_taken_for_a_part_of_the_build(bench: Any) -> None:
    manifest = strangers_draft(bench)
    bench.pypi.hold("demo", bench.files(manifest)[0].name, b"other bytes")
    assert adopted(bench) is None


def test_an_index_that_is_down_leaves_an_unvouched_build_alone_when_the_policy_goes_on(bench: Any) -> None:
    strangers_draft(bench, index_down="go")
    bench.pypi.orders.add("project", "status", 503, times=8)
    assert adopted(bench) is None


def test_an_index_that_is_down_stops_before_an_unvouched_build_is_passed_over(bench: Any) -> None:
    strangers_draft(bench)
    bench.pypi.orders.add("project", "status", 503, times=8)
    with pytest.raises(UnavailableError):
        adopted(bench)


def test_a_manifest_that_the_plan_cannot_end_in_is_not_adopted_whoever_uploaded_it(bench: Any) -> None:
    manifest = bench.built()
    forged = replace(manifest, releases=(Release("demo", "99.0", "v1.0", bench.commit),))
    bench.draft(*bench.files(forged))
    assert adopted(bench) is None
    assert "not what this plan ends in" in bench.logged[-1]


def test_an_approved_manifest_that_cannot_be_adopted_is_a_refusal(bench: Any) -> None:
    manifest = bench.built()
    sdist, _, text = bench.files(manifest)
    bench.draft(sdist, text)
    bench.ports.ledger.append("approval", body={"digest": manifest.digest})
    with pytest.raises(RefusedError, match="absent") as caught:
        adopted(bench)
    assert caught.value.remedy


def test_the_draft_of_another_component_of_the_tag_is_a_conflict_that_names_its_resume(bench: Any) -> None:
    bench.draft(*bench.files(bench.of_another("two")))
    with pytest.raises(ConflictError, match=r"the build of two 1\.0") as caught:
        adopted(bench)
    assert "tagboat release --tag two=v1.0" in caught.value.remedy


def test_a_deeply_nested_manifest_is_not_adopted(bench: Any) -> None:
    bench.draft(bench.write("tagboat-manifest.json", "[" * 100_000))
    assert adopted(bench) is None
