from __future__ import annotations

from typing import Any

import pytest

from tagboat.ports.installer import InstallReport


def index_options(manifest: Any, **changes: Any) -> dict[str, Any]:
    options = {
        "index": "pypi",
        "distribution": "demo",
        "version": "1.0",
        "python": "",
        "tries": 3,
        "install": True,
        "artifacts": tuple(a.as_json() for a in manifest.artifacts),
    }
    return {**options, **changes}


def published(bench: Any, index: Any = None) -> Any:
    manifest = bench.built()
    for path in bench.files(manifest)[:2]:
        (index or bench.pypi).hold("demo", path.name, path.read_bytes())
    return manifest


def test_all_files_by_digest_and_an_installation_confirm_an_index(bench: Any) -> None:
    manifest = published(bench)
    assert bench.findings("confirm-index", **index_options(manifest)) == []
    (request,) = bench.installer.requests
    assert request.requirement == "demo==1.0"
    assert set(request.hashes) == {artifact.sha256 for artifact in manifest.artifacts}
    assert request.index == bench.pypi.simple_url


def test_a_staging_index_is_not_installed_from_again(bench: Any) -> None:
    assert bench.findings("confirm-index", **index_options(published(bench), install=False)) == []
    assert bench.installer.requests == []


def test_a_missing_file_is_looked_for_with_growing_pauses_and_then_drift(bench: Any) -> None:
    manifest = bench.built()
    sdist = bench.files(manifest)[0]
    bench.pypi.hold("demo", sdist.name, sdist.read_bytes())
    finding = bench.finding("confirm-index", **index_options(manifest))
    assert finding.code == "index-drift"
    assert "demo-1.0-py3-none-any.whl is not there" in finding.reason
    assert bench.clock.pauses == [2.0, 4.0]


def test_a_page_that_lags_is_waited_for(bench: Any) -> None:
    manifest = published(bench)
    bench.pypi.orders.add("project", "stale", 1)
    assert bench.findings("confirm-index", **index_options(manifest)) == []
    assert bench.clock.pauses == [2.0]


def test_a_foreign_file_under_the_version_is_drift(bench: Any) -> None:
    manifest = published(bench)
    bench.pypi.hold("demo", "demo-1.0-cp311-cp311-win_amd64.whl", b"?")
    bench.pypi.hold("demo", "demo-0.9.tar.gz", b"?")
    finding = bench.finding("confirm-index", **index_options(manifest))
    assert "win_amd64" in finding.reason
    assert "0.9" not in finding.reason


def test_a_yanked_file_is_drift(bench: Any) -> None:
    manifest = bench.built()
    for path in bench.files(manifest)[:2]:
        bench.pypi.hold("demo", path.name, path.read_bytes(), yanked=True)
    assert "is yanked" in bench.finding("confirm-index", **index_options(manifest)).reason


def test_a_release_that_no_installer_can_install_is_told(bench: Any) -> None:
    bench.installer.report = InstallReport("3.11.0", "", (), ("no such dependency",))
    finding = bench.finding("confirm-index", **index_options(published(bench)))
    assert (finding.code, "no such dependency" in finding.reason) == ("not-installable", True)


def forge_options(bench: Any, manifest: Any) -> dict[str, Any]:
    files = tuple(f"{a.file}={a.sha256}" for a in manifest.artifacts)
    return {"tag": "v1.0", "commit": bench.commit, "files": files}


def filled(bench: Any) -> tuple[Any, dict[str, Any]]:
    manifest = bench.built()
    bench.draft(*bench.files(manifest)[:2], bench.write("tagboat-ledger.jsonl", "x\n"))
    return manifest, forge_options(bench, manifest)


def test_a_public_release_with_all_files_is_confirmed(bench: Any) -> None:
    _, options = filled(bench)
    bench.publish()
    assert bench.findings("confirm-forge", **options) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda bench, release: bench.forge.delete_release(release), "the release is gone"),
        (lambda bench, release: bench.forge.delete_asset(release.assets[0]), "demo-1.0.tar.gz is absent"),
        (lambda bench, release: bench.hosted.tags.update({"v1.0": "d" * 40}), "the tag is now dddddddddddd"),
        (lambda bench, release: bench.hosted.tags.clear(), "the tag is now gone"),
        (
            lambda bench, release: bench.forge.upload_asset(
                release, "more.txt", bench.write("more.txt", "?")
            ),
            "more.txt is not of this build",
        ),
    ],
)
def test_every_drift_of_the_forge_is_named(bench: Any, change: Any, said: str) -> None:
    _, options = filled(bench)
    bench.publish()
    change(bench, bench.forge.releases()[0])
    finding = bench.finding("confirm-forge", **options)
    assert (finding.code, said in finding.reason) == ("forge-drift", True), finding.reason


def test_a_release_that_is_a_draft_again_and_other_bytes_are_named_together(bench: Any) -> None:
    _, options = filled(bench)
    options["files"] = (f"demo-1.0-py3-none-any.whl={'0' * 64}", *options["files"][1:])
    reason = bench.finding("confirm-forge", **options).reason
    assert "it is a draft again" in reason
    assert "demo-1.0-py3-none-any.whl has other bytes" in reason


def staged(bench: Any, manifest: Any, **changes: Any) -> list[str]:
    options = index_options(manifest, index="testpypi", dependencies="pypi", **changes)
    options.pop("install")
    codes: list[str] = bench.findings("staged-install", **options)
    return codes


def test_the_very_files_of_the_staging_index_are_installed_with_the_final_index_s_dependencies(
    bench: Any,
) -> None:
    seen = []
    bench.installer.seen = lambda request: seen.extend(path.read_bytes() for path in request.files)
    manifest = published(bench, bench.testpypi)
    assert staged(bench, manifest) == []
    (request,) = bench.installer.requests
    assert [path.name for path in request.files] == ["demo-1.0-py3-none-any.whl"]
    assert request.index == bench.pypi.simple_url
    assert seen == [bench.ports.store.path(manifest.artifacts[0]).read_bytes()]


def test_a_staging_index_that_never_shows_the_files_stops_the_release(bench: Any) -> None:
    assert staged(bench, bench.built(), tries=6) == ["staging-lag"]
    assert bench.clock.pauses == [2.0, 4.0, 8.0, 16.0, 32.0]


def test_other_bytes_on_the_staging_index_are_not_installed(bench: Any) -> None:
    manifest = bench.built()
    for artifact in manifest.artifacts:
        bench.testpypi.hold("demo", artifact.file, b"other")
    assert staged(bench, manifest) == ["staging-lag"]
    assert bench.installer.requests == []
