"""What the draft step never deletes: other people's files, and the only copy of what is published."""

from __future__ import annotations

from typing import Any

import pytest

from tagboat.errors import ConflictError
from tagboat.testing.forge import FakeForge


def options(bench: Any, manifest: Any) -> dict[str, Any]:
    text = bench.files(manifest)[-1]
    sha256, _ = bench.ports.store.put(text)
    named = [f"{a.file}={a.sha256}" for a in manifest.artifacts]
    fixed = {"tag": "v1.0", "commit": bench.commit, "title": "1.0", "notes": "", "prerelease": False}
    return {**fixed, "files": (*named, f"{text.name}={sha256}")}


def kept(bench: Any, manifest: Any, words: str) -> ConflictError:
    """Run the step, see it refuse in these words, and see that it deleted nothing."""
    before = bench.forge.releases()
    with pytest.raises(ConflictError, match=words) as caught:
        bench.run("draft", **options(bench, manifest))
    assert bench.hosted.releases == {release.id: release for release in before}
    assert caught.value.remedy
    return caught.value


def without_a_login(bench: Any) -> FakeForge:
    """From now on our token cannot say whose it is."""
    nameless = FakeForge(bench.hosted, login="")
    bench.forge = nameless
    bench.ports = bench.ports._replace(forge=nameless)
    return nameless


def test_a_token_without_a_login_deletes_nobody_s_file(bench: Any) -> None:
    bench.draft(bench.write("windows-installer.exe", "MZ"), forge=FakeForge(bench.hosted, login="alice"))
    without_a_login(bench)
    kept(bench, bench.built(), r"windows-installer\.exe \(by alice\)")


def test_a_file_of_unknown_origin_is_not_ours(bench: Any) -> None:
    bench.draft(bench.write("more.txt", "?"), forge=without_a_login(bench))
    kept(bench, bench.built(), r"more\.txt \(by unknown\)")


def test_without_a_login_what_this_ledger_uploaded_is_ours(bench: Any) -> None:
    bench.draft(bench.files(bench.built("old = 1\n"))[0], forge=without_a_login(bench))
    (asset,) = bench.forge.releases()[0].assets
    facts = {"id": asset.id, "sha256": asset.sha256}
    outcome = {"plan": "p", "receipt": {"summary": "", "facts": facts}}
    bench.ports.ledger.append("outcome", step="asset:a", attempt=1, body=outcome)
    kept(bench, bench.built(), asset.name)
    bench.ports.ledger.append("intent", step="asset:a", attempt=2, body={"plan": "p"})
    bench.ports.ledger.append("outcome", step="asset:a", attempt=2, body=outcome)
    bench.run("draft", **options(bench, bench.built()))
    assert bench.forge.releases()[0].assets == ()


def test_the_draft_of_another_component_of_the_tag_is_kept(bench: Any) -> None:
    bench.draft(*bench.files(bench.of_another("one")))
    error = kept(bench, bench.built("other = 1\n"), r"the build of one 1\.0")
    assert "tagboat release --tag one=v1.0" in error.remedy


def test_a_draft_is_kept_while_an_index_has_a_file_of_it(bench: Any) -> None:
    old = bench.built("old = 1\n")
    sdist = bench.files(old)[0]
    bench.draft(*bench.files(old))
    bench.testpypi.hold("demo", sdist.name, sdist.read_bytes())
    bench.asks("testpypi")
    kept(bench, bench.built(), rf"holds the build {old.digest}.*{sdist.name} on testpypi")


def test_a_draft_is_kept_for_its_published_file_when_its_manifest_is_gone(bench: Any) -> None:
    sdist = bench.files(bench.built("old = 1\n"))[0]
    bench.draft(sdist)
    bench.pypi.hold("demo", sdist.name, sdist.read_bytes())
    bench.asks("pypi")
    kept(bench, bench.built(), f"another build.*{sdist.name} on pypi")


def test_a_draft_whose_manifest_cannot_be_read_is_kept(bench: Any) -> None:
    bench.draft(bench.write("tagboat-manifest.json", '{"schema": "tagboat/manifest/9"}'))
    kept(bench, bench.built(), "cannot be read")
