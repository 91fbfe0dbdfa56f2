"""tagboat check workflows on a work tree, with the real zizmor."""

import json
from pathlib import Path

import pytest
from berth import Call
from written_cases import NAMES, project, written

from tagboat.adapters import zizmor
from tagboat.testing.histories import git
from tagboat.workflows.writing.mark import marked
from tagboat.workflows.writing.parts import BUILD_LOCK, PUBLISH_LOCK

CASES = Path(__file__).parent.parent / "cases"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "tagboat.toml").write_text('repository = "acme/demo"\n[components.demo]\n')
    return folder


def place(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def case(name: str) -> dict[str, str]:
    return {
        f".github/workflows/{path.name}": path.read_text() for path in (CASES / "audit" / name).glob("*.yml")
    }


def with_locks(files: dict[str, str]) -> dict[str, str]:
    return {**files, BUILD_LOCK: marked("a==1\n"), PUBLISH_LOCK: marked("b==1\n")}


def codes(found: dict[str, object]) -> list[str]:
    rows = found["findings"]
    assert isinstance(rows, list)
    return [row["code"] for row in rows]


def test_where_no_workflow_is_it_says_so(call: Call, root: Path) -> None:
    said = call("check", "workflows", root)
    assert (said.exit, said.out.startswith("no workflows here")) == (0, True)


@pytest.mark.parametrize("name", NAMES)
def test_what_tagboat_writes_is_clean_by_every_judge(call: Call, root: Path, name: str) -> None:
    (root / "tagboat.toml").write_text((CASES / "workflows" / name / "tagboat.toml").read_text())
    place(root, with_locks(written(name)))
    said = call("check", "workflows", root, "--json")
    assert (said.exit, said.json["findings"]) == (0, [])
    assert said.json["not_run"] == [f"zizmor {name}: needs the network" for name in zizmor.ASKING]


def test_what_blocks_ends_with_exit_status_three(call: Call, root: Path) -> None:
    place(root, case("lasting-token"))
    (root / "tagboat.toml").write_text(
        'repository = "acme/demo"\n[components.demo]\n[workflows]\nrelease = "publish.yml"\ntrigger = "tag"\n'
    )
    said = call("check", "workflows", root, "--json")
    assert said.exit == 3
    found = {(row["code"], row["verdict"]): row for row in reversed(said.json["findings"])}
    assert found["workflow-lasting-secret", "fail"]["line"] == 6
    assert found["unpinned-action", "fail"]["tools"] == ["tagboat", "zizmor"]
    assert found["zizmor:artipacked", "fail"]["tools"] == ["zizmor"]
    assert "pypi: " in found["publisher-mismatch", "fail"]["reason"]
    verdicts = [row["verdict"] for row in said.json["findings"]]
    assert verdicts == sorted(verdicts)


def test_people_see_place_reason_and_remedy_and_how_many(call: Call, root: Path) -> None:
    place(root, case("follows-other-runs"))
    said = call("check", "workflows", root, "--no-zizmor")
    assert said.exit == 0
    assert "warn  .github/workflows/comment.yml:10, 11  unpinned-action" not in said.out
    assert "warn  .github/workflows/comment.yml:17  secrets-inherit" in said.out
    assert "      do: name the secrets that it needs" in said.out
    assert said.out.splitlines()[-1] == "1 workflow judged by Tagboat alone: 0 block, 9 warn"
    assert "not run: zizmor: --no-zizmor was said" in said.err


def test_a_missing_zizmor_is_said_loudly_and_passes_for_nothing(
    call: Call, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zizmor, "program", lambda: None)
    place(root, case("right"))
    said = call("check", "workflows", root, "--json")
    assert said.json["not_run"] == ["zizmor: it is not installed: pip install 'tagboat[audit]'"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 7", "it ended with status 7"),
        ("echo no answer", "its answer cannot be read"),
        ('echo "[1]"', "its answer cannot be read"),
        ('echo "[{}]"', "its answer cannot be read"),
    ],
)
def test_a_zizmor_that_fails_is_told_as_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    fake = tmp_path / "zizmor"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(zizmor, "program", lambda: fake)
    (tmp_path / ".github").mkdir()
    run = zizmor.second_audit(tmp_path)
    assert run.reason.startswith(reason)
    assert run.found == ()


def test_a_file_that_only_zizmor_cannot_read_is_told_and_the_others_are_judged(
    call: Call, root: Path
) -> None:
    odd = "name: a\non: push\njobs: {a: {runs-on: x, steps: [{run: x}], timeout-minutes: soon}}\n"
    place(root, {**case("right"), ".github/workflows/odd.yml": odd, ".gitignore": "*.yml\n"})
    said = call("check", "workflows", root, "--json")
    assert "zizmor:anonymous-definition" in codes(said.json)
    assert "odd.yml" in said.json["not_run"][-1]


def test_the_audits_that_are_told_as_not_run_are_those_that_zizmor_leaves_out(tmp_path: Path) -> None:
    found = zizmor.program()
    assert found is not None
    place(tmp_path, case("right"))
    lines: list[str] = []
    words = ["--offline", "-v", "--color=never", "--no-exit-codes", "--no-progress", str(tmp_path)]
    zizmor.run([found, *words], cwd=tmp_path, env={}, log=lines.append, timeout=60, network=False)
    skipped = {line.split("skipping ")[1].split(":")[0] for line in lines if "skipping " in line}
    assert skipped == set(zizmor.ASKING)


def written_for(root: Path) -> dict[str, str]:
    name = "one-package"
    (root / "tagboat.toml").write_text((CASES / "workflows" / name / "tagboat.toml").read_text())
    assert project(name).config
    return with_locks(written(name))


def test_a_generated_file_that_was_edited_removed_or_is_old_is_drift(call: Call, root: Path) -> None:
    files = written_for(root)
    place(root, files)
    release = root / ".github/workflows/release.yml"
    release.write_text(release.read_text().replace("timeout-minutes: 40", "timeout-minutes: 41"))
    (root / ".github/workflows/ci.yml").unlink()
    (root / BUILD_LOCK).unlink()
    (root / PUBLISH_LOCK).write_text(files[PUBLISH_LOCK] + "c==1\n")
    with (root / "tagboat.toml").open("a") as file:
        file.write('[workflows]\npython = "3.12"\n')
    said = call("check", "workflows", root, "--no-zizmor", "--json")
    assert said.exit == 3
    drift = {row["file"]: row["reason"] for row in said.json["findings"] if row["code"] == "workflow-drift"}
    assert "edited since" in drift[".github/workflows/release.yml"]
    assert "is not there" in drift[".github/workflows/ci.yml"]
    assert "says something else by now" in drift[".github/workflows/build.yml"]
    assert ("is not there" in drift[BUILD_LOCK], "edited since" in drift[PUBLISH_LOCK]) == (True, True)


def test_a_lock_of_ones_own_is_no_drift(call: Call, root: Path) -> None:
    place(root, {**written_for(root), PUBLISH_LOCK: "tagboat==1\n"})
    said = call("check", "workflows", root, "--no-zizmor", "--json")
    assert (said.exit, said.json["findings"]) == (0, [])


def test_a_remote_that_is_another_repository_than_the_publishers_name_is_told(call: Call, root: Path) -> None:
    place(root, written_for(root))
    name = project("one-package").config.repository
    git(root, "remote", "add", "origin", f"https://forge.invalid/{name.upper()}.git")
    assert call("check", "workflows", root, "--no-zizmor", "--json").json["findings"] == []
    git(root, "remote", "set-url", "origin", "git@forge.invalid:fork/demo.git")
    said = call("check", "workflows", root, "--no-zizmor", "--json")
    (row,) = said.json["findings"]
    assert (said.exit, row["code"], row["verdict"]) == (0, "publisher-mismatch", "warn")
    assert row["reason"] == f"the git remote 'origin' is fork/demo, and the publishers name {name}"


def test_a_workflow_that_publishes_under_another_name_is_told(call: Call, root: Path) -> None:
    place(root, {".github/workflows/upload.yml": case("right")[".github/workflows/publish.yml"]})
    said = call("check", "workflows", root, "--no-zizmor", "--json")
    assert (said.exit, codes(said.json)) == (0, ["publisher-mismatch"])
    assert 'release = "upload.yml"' in json.dumps(said.json["findings"], ensure_ascii=False).replace(
        '\\"', '"'
    )


def test_a_folder_of_that_name_can_still_be_checked(
    call: Call, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    said = call("check", "./workflows")
    assert said.exit == 2
    assert "'./workflows' does not exist" in said.err
