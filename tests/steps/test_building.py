from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from tagboat.config.model import Component, Shard
from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.plan import Plan
from tagboat.core.step import Receipt, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import RefusedError, StepFailedError
from tagboat.ports.installer import InstallReport
from tagboat.steps.gather import Options as GatherOptions
from tagboat.steps.gather import gather

COMPONENT = Component("demo", distributions=("demo",))


def build_options(bench: Any, **changes: Any) -> dict[str, Any]:
    options = {
        "component": asdict(COMPONENT),
        "shard": asdict(Shard()),
        "commit": bench.commit,
        "version": "1.0",
    }
    return {**options, **changes}


def test_a_shard_is_built_from_the_tree_and_its_files_are_kept(bench: Any) -> None:
    receipt = bench.run("build-shard", bench.adopted(None), **build_options(bench))
    record = ShardRecord.from_json(receipt.facts["record"])
    assert (record.component, record.shard, record.commit) == ("demo", "default", bench.commit)
    assert [a.role for a in record.artifacts] == [Role.SDIST, Role.WHEEL]
    assert all(bench.ports.store.has(a.sha256) for a in record.artifacts)


def test_a_shard_that_makes_no_file_fails(bench: Any) -> None:
    shard = asdict(Shard(sdist=False, wheel=False))
    with pytest.raises(StepFailedError, match="made no file"):
        bench.run("build-shard", bench.adopted(None), **build_options(bench, shard=shard))


def test_an_adopted_build_is_fetched_and_not_built_again(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    bench.ports = bench.ports._replace(store=type(bench.ports.store)(bench.folder / "empty"))
    receipt = bench.find("build-shard", bench.adopted(manifest), **build_options(bench))
    assert receipt.facts["record"] == manifest.shards[0].as_json()
    assert all(bench.ports.store.has(a.sha256) for a in manifest.artifacts)
    assert bench.builder.builds == []


def test_nothing_is_adopted_for_a_shard_that_the_earlier_build_had_not(bench: Any) -> None:
    assert bench.find("build-shard", bench.adopted(None), **build_options(bench)) is None
    other = asdict(Shard("arm"))
    assert (
        bench.find("build-shard", bench.adopted(bench.built()), **build_options(bench, shard=other)) is None
    )


def test_a_build_only_wheel_of_an_adopted_build_is_skipped(bench: Any) -> None:
    options = build_options(bench, build_only=True)
    receipt = bench.find("build-shard", bench.adopted(bench.built()), **options)
    assert receipt.state is StepState.SKIPPED
    without = replace(bench.built(), shards=())
    assert bench.find("build-shard", bench.adopted(without), **options).state is StepState.SKIPPED


def test_build_only_wheels_are_offered_to_the_next_build(bench: Any) -> None:
    other = asdict(replace(COMPONENT, name="tools"))
    options = build_options(bench, component=other, build_only=True, version="")
    first = bench.run("build-shard", bench.adopted(None), **options)
    assert first.facts["record"]["artifacts"][0]["role"] == "build-only"
    bench.run("build-shard", {"build-shard:first": first}, **build_options(bench))
    request = bench.builder.requests[-1]
    assert request.local == ("demo",)
    assert [path.is_dir() for path in request.wheels] == [True]


def test_a_second_build_that_differs_is_named(bench: Any) -> None:
    first = bench.run("build-shard", bench.adopted(None), **build_options(bench))
    needs = {"build-shard:demo": first}
    assert bench.findings("rebuild", needs, **build_options(bench)) == []
    bench.builder.steady = False
    finding = bench.finding("rebuild", needs, **build_options(bench))
    assert finding.code == "not-reproducible"
    assert "demo-1.0.tar.gz differs" in finding.reason


def test_an_adopted_build_is_not_built_again_to_be_compared(bench: Any) -> None:
    first = bench.run("build-shard", bench.adopted(None), **build_options(bench))
    needs = {"build-shard:demo": first, **bench.adopted(bench.built())}
    receipt = bench.run("rebuild", needs, **build_options(bench))
    assert (receipt.state, len(bench.builder.builds)) == (StepState.SKIPPED, 1)


def test_each_component_s_shard_has_its_own_folder_to_adopt(bench: Any, tmp_path: Path) -> None:
    folders = {"demo/default": tmp_path / "demo", "other/default": tmp_path / "other"}
    bench.ports = bench.ports._replace(shards=folders)
    bench.run("build-shard", bench.adopted(None), **build_options(bench))
    other = asdict(replace(COMPONENT, name="other"))
    bench.run("build-shard", bench.adopted(None), **build_options(bench, component=other))
    assert [request.adopt for request in bench.builder.requests] == list(folders.values())


def test_a_second_build_that_makes_other_files_is_named(bench: Any) -> None:
    first = bench.run("build-shard", bench.adopted(None), **build_options(bench))
    sdist_only = asdict(Shard(wheel=False))
    reason = bench.finding(
        "rebuild", {"build-shard:demo": first}, **build_options(bench, shard=sdist_only)
    ).reason
    assert "demo-1.0-py3-none-any.whl was not made again" in reason


def test_the_source_archive_comes_with_a_checksum_that_sha256sum_reads(bench: Any) -> None:
    options = {"component": "demo", "commit": bench.commit, "name": "demo-v1.0"}
    receipt = bench.run("source-archive", bench.adopted(None), **options)
    record = ShardRecord.from_json(receipt.facts["record"])
    archive, sums = record.artifacts
    assert (archive.role, sums.role) == (Role.ARCHIVE, Role.CHECKSUM)
    assert bench.ports.store.path(sums).read_text() == f"{archive.sha256}  demo-v1.0.tar.gz\n"


def test_the_source_archive_of_an_adopted_build_is_fetched(bench: Any) -> None:
    options = {"component": "demo", "commit": bench.commit, "name": "demo-v1.0"}
    assert bench.find("source-archive", bench.adopted(None), **options) is None
    made = bench.run("source-archive", bench.adopted(None), **options)
    assert bench.find("source-archive", bench.adopted(bench.built()), **options) is None
    record = ShardRecord.from_json(made.facts["record"])
    manifest = replace(bench.built(), shards=(record,), artifacts=record.artifacts)
    assert bench.find("source-archive", bench.adopted(manifest), **options).facts == made.facts


def shard(name: str, *artifacts: Artifact, commit: str = "c" * 40, plan: str = "") -> ShardRecord:
    files = artifacts or (wheel(name),)
    return ShardRecord("demo", name, commit, plan, "fake", "3.11", "off", (), files)


def wheel(abi: str, sha: str = "a", **changes: Any) -> Artifact:
    return replace(Artifact(f"demo-1.0-py3-{abi}-any.whl", sha * 64, 1, "demo", Role.WHEEL), **changes)


def planned(bench: Any, *shards: str) -> Plan:
    """A plan that builds these shards of wheels, and a build-only one of another component."""
    options = bench.stage("build-shard").options
    plan = bench.plan()
    steps = [
        replace(
            plan.step("build-shard"), key=name, options={**options, "shard": asdict(Shard(name, sdist=False))}
        )
        for name in shards
    ]
    other = {"component": asdict(Component("tools", distributions=("demo-tools",))), "build_only": True}
    steps.append(
        replace(plan.step("build-shard"), key="tools", component="tools", options={**options, **other})
    )
    return replace(plan, steps=(*steps, plan.step("gather")))


def gathered(bench: Any, *records: ShardRecord, expected: tuple[str, ...] = ("one", "two")) -> Manifest:
    plan = planned(bench, *expected)
    return gather(GatherOptions("acme/demo"), plan, [replace(r, plan=r.plan or plan.digest) for r in records])


def test_all_shards_make_one_manifest_whatever_their_order(bench: Any) -> None:
    one, two = shard("one", wheel("b")), shard("two", wheel("a"))
    manifest = gathered(bench, two, one)
    assert manifest == gathered(bench, one, two)
    assert [a.file for a in manifest.artifacts] == ["demo-1.0-py3-a-any.whl", "demo-1.0-py3-b-any.whl"]


TOOLS = Artifact("demo_tools-7.0-py3-none-any.whl", "b" * 64, 1, "tools", Role.BUILD_ONLY)
BUILD_ONLY = replace(shard("default", TOOLS), component="tools")


def test_a_build_only_wheel_is_recorded_and_not_among_what_is_published(bench: Any) -> None:
    again = replace(BUILD_ONLY, artifacts=(replace(TOOLS, sha256="c" * 64),))
    manifest = gathered(bench, shard("one"), shard("two"), BUILD_ONLY, again)
    assert [record.component for record in manifest.shards] == ["demo", "demo", "tools", "tools"]
    assert {artifact.component for artifact in manifest.artifacts} == {"demo"}


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([shard("one")], "demo/two is missing"),
        ([shard("one"), shard("two"), shard("two")], "demo/two is given twice"),
        ([shard("one"), shard("two"), shard("three")], "demo/three is not part of this release"),
        ([shard("one"), shard("two", commit="d" * 40)], "demo/two was built from dddddddddddd"),
        ([shard("one"), shard("two", plan="e" * 64)], "demo/two was built for the plan eeeeeeeeeeee"),
        (
            [shard("one", wheel("x")), shard("two", wheel("X", "b"))],
            "demo-1.0-py3-X-any.whl was made by two shards",
        ),
    ],
)
def test_what_is_not_exactly_one_build_is_refused(bench: Any, records: list[ShardRecord], said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        gathered(bench, *records)
    assert said in caught.value.cause


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (shard("two", wheel("x", component="elsewhere")), "says that it is of the component elsewhere"),
        (shard("two", wheel("x", role=Role.ARCHIVE)), "says that it is for archive, and it is for wheel"),
        (shard("two", wheel("x", role=Role.CHECKSUM)), "says that it is for checksum"),
        (shard("two", wheel("x", role=Role.BUILD_ONLY)), "says that it is for build-only"),
        (shard("two", wheel("x", file="install.sh", role=Role.ARCHIVE)), "no file that such a shard makes"),
        (
            shard("two", wheel("x", file="tagboat-manifest.json")),
            "a name that is kept for Tagboat's own files",
        ),
        (shard("two", wheel("x", file="Tagboat-Ledger-2.jsonl")), "a name that is kept"),
        (shard("two", wheel("x", file="shard.json")), "a name that is kept"),
        (shard("two", wheel("x", file="demo-99.0-py3-none-any.whl")), "is not of the version 1.0"),
        (shard("two", wheel("x", file="demo-1.0.whl")), "is not of the version 1.0"),
        (shard("two", wheel("x", file="other-1.0-py3-none-any.whl")), "is of no distribution of demo"),
        (shard("two", wheel("x", file="demo-1.0.tar.gz", role=Role.SDIST)), "demo/two makes no sdist"),
        (replace(shard("two"), artifacts=()), "demo/two holds no file"),
        (
            replace(BUILD_ONLY, artifacts=(replace(TOOLS, role=Role.WHEEL),)),
            "says that it is for wheel, and it is for build-only",
        ),
        (replace(BUILD_ONLY, commit="d" * 40), "tools/default was built from dddddddddddd"),
    ],
)
def test_a_shard_s_file_that_is_not_what_its_shard_makes_is_refused(
    bench: Any, record: ShardRecord, said: str
) -> None:
    others = [shard("one"), *([] if record.component == "demo" else [shard("two")])]
    with pytest.raises(RefusedError) as caught:
        gathered(bench, *others, record)
    assert said in caught.value.cause


def test_every_problem_of_the_shards_is_told_at_once(bench: Any) -> None:
    with pytest.raises(RefusedError, match=r"three is not part.*one is missing.*two is missing"):
        gathered(bench, shard("three"))


def test_the_gather_step_keeps_its_manifest_and_prefers_the_adopted_one(bench: Any) -> None:
    manifest = bench.built()
    options = {"repository": "acme/demo"}
    assert bench.find("gather", bench.adopted(None), **options) is None
    assert bench.find("gather", bench.adopted(manifest), **options).facts["digest"] == manifest.digest
    needs = bench.adopted(None)
    record = replace(manifest.shards[0], plan=bench.plan({**needs, "build-shard:demo": Receipt("")}).digest)
    receipt = bench.run(
        "gather", {**needs, "build-shard:demo": Receipt("", {"record": record.as_json()})}, **options
    )
    assert bench.ports.store.has(str(receipt.facts["sha256"]))


def gather_receipt(manifest: Manifest) -> dict[str, Receipt]:
    return {"gather": Receipt("", {"manifest": manifest.as_json(), "digest": manifest.digest})}


def test_the_inspector_sees_the_files_and_the_component_s_own_tree(bench: Any) -> None:
    bench.hosted.trees[bench.commit] = {"pkg/a.py": b"a", "other/b.py": b"b"}
    component = asdict(replace(COMPONENT, path="pkg"))
    options = {"component": component, "commit": bench.commit, "version": "1.0", "final": True}
    bench.run("inspect", gather_receipt(bench.built()), **options)
    (request,) = bench.inspector.requests
    assert list(request.tree) == ["a.py"]
    assert {a.file for a in request.files} == {"demo-1.0.tar.gz", "demo-1.0-py3-none-any.whl"}
    assert request.sdist is True


def test_what_the_inspector_finds_decides_and_passes_are_left_out(bench: Any) -> None:
    bench.inspector.findings = (
        Finding(Verdict.PASS, "fine"),
        Finding(Verdict.WARN, "style", code="W009"),
        Finding(Verdict.FAIL, "corrupt", code="record"),
    )
    options = {"component": asdict(COMPONENT), "commit": bench.commit, "version": "1.0", "final": True}
    receipt = bench.run("inspect", gather_receipt(bench.built()), **options)
    assert [finding.code for finding in receipt.findings] == ["W009", "record"]
    assert receipt.summary == "2 files: 1 problems, 1 warnings"


INSTALL: dict[str, Any] = {
    "component": "demo",
    "distribution": "demo",
    "version": "1.0",
    "python": "",
    "index": "pypi",
}


def test_one_wheel_is_installed_from_its_file(bench: Any) -> None:
    assert bench.findings("try-install", gather_receipt(bench.built()), **INSTALL) == []
    (request,) = bench.installer.requests
    assert [path.name for path in request.files] == ["demo-1.0-py3-none-any.whl"]


def test_among_several_wheels_the_installer_chooses(bench: Any) -> None:
    manifest = bench.built()
    twin = replace(manifest.artifacts[0], file="demo-1.0-py2-none-any.whl")
    several = replace(manifest, artifacts=(*manifest.artifacts, twin))
    bench.run("try-install", gather_receipt(several), **INSTALL)
    (request,) = bench.installer.requests
    assert (request.files, request.requirement, len(request.find_links)) == ((), "demo==1.0", 2)


def test_without_a_wheel_the_sdist_is_installed(bench: Any) -> None:
    manifest = bench.built()
    bench.run("try-install", gather_receipt(replace(manifest, artifacts=manifest.artifacts[1:])), **INSTALL)
    assert [path.name for path in bench.installer.requests[0].files] == ["demo-1.0.tar.gz"]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (InstallReport("3.11.0", "1.0", (), ("import demo: it raised",)), "import demo: it raised"),
        (InstallReport("3.11.0", "1.1", ("demo",), ()), "the installed version is 1.1, the tag says 1.0"),
        (InstallReport("3.11.0", "", (), ()), "the installed version is none"),
        (InstallReport("3.11.0", "nonsense", (), ()), "the installed version is nonsense"),
    ],
)
def test_an_installation_that_fails_or_gives_another_version_is_refused(
    bench: Any, report: InstallReport, said: str
) -> None:
    bench.installer.report = report
    finding = bench.finding("try-install", gather_receipt(bench.built()), **INSTALL)
    assert (finding.code, said in finding.reason) == ("install-failed", True)


def test_an_equal_version_in_another_spelling_is_the_tag_s(bench: Any) -> None:
    bench.installer.report = InstallReport("3.11.0", "1.0.0", ("demo",), ())
    assert bench.findings("try-install", gather_receipt(bench.built()), **INSTALL) == []
