"""What a job sees of the sandbox that runs it: its own directory, and nothing that is the sandbox's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ci_world import Ci

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.hiding import REFUSED, Hiding, hiding_of
from tagboat.sandbox.actions.job.reach import opened, read_plain


@pytest.fixture
def hiding(tmp_path: Path) -> Hiding:
    folder = tmp_path / "box"
    (folder / "own/deep").mkdir(parents=True)
    (folder / "token").write_text("geheim")
    (folder / "ca.pem").write_text("authority")
    found = Hiding.tried(folder)
    if not found.works:
        pytest.skip("this machine allows no user namespaces")
    return found


def run(hiding: Hiding, script: str, *keep: str, cwd: str = "own/deep") -> subprocess.CompletedProcess[str]:
    command = hiding.wrap(("sh", "-c", script), *(hiding.folder / name for name in keep))
    return subprocess.run(
        command, cwd=hiding.folder / cwd, capture_output=True, text=True, check=False, timeout=60
    )


def test_only_what_is_kept_is_there_and_can_be_written_to(hiding: Hiding) -> None:
    done = run(
        hiding, f"ls {hiding.folder}; cat {hiding.folder}/ca.pem; echo made > new; id -u", "own", "ca.pem"
    )
    assert done.stdout == f"ca.pem\nown\nauthority{os.getuid()}\n"
    assert (hiding.folder / "own/deep/new").read_text() == "made\n"


@pytest.mark.parametrize(
    "script",
    [
        "cat ../../token",
        "cat {folder}/token",
        "umount {folder}; umount -l {folder}; cat {folder}/token",
        "cat /proc/{outside}/root{folder}/token /proc/{outside}/cwd/token",
        "cat /proc/{outside}/environ",
        "nsenter --target {outside} --mount cat {folder}/token",
        "unshare --user --map-root-user --mount sh -c 'umount {folder}; cat {folder}/token'",
    ],
)
def test_no_way_leads_back(hiding: Hiding, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWN", "geheim")
    outside = subprocess.Popen(["sleep", "60"], cwd=hiding.folder)
    try:
        monkeypatch.delenv("KNOWN")
        done = run(hiding, script.format(folder=hiding.folder, outside=outside.pid), "own")
    finally:
        outside.kill()
        outside.wait()
    assert "geheim" not in done.stdout
    assert done.returncode != 0


def test_a_command_whose_directory_is_gone_or_that_does_not_exist_is_told(hiding: Hiding) -> None:
    assert run(hiding, "true", "nowhere").returncode == REFUSED
    done = subprocess.run(
        hiding.wrap(["no-such-command"]), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == REFUSED
    assert "cannot start no-such-command" in done.stderr


def test_files_of_a_job_are_read_as_the_job_would_read_them(tmp_path: Path) -> None:
    box, own = tmp_path / "box", tmp_path / "box/own"
    own.mkdir(parents=True)
    (box / "token").write_text("geheim")
    (own / "real").write_text("mine")
    (own / "link").symlink_to("real")
    (own / "out").symlink_to("../token")
    os.mkfifo(own / "pipe")
    with opened(own / "link", own, box) as file:
        assert file.read() == b"mine"
    for name in ("out", "pipe", "../token", "none"):
        with pytest.raises(StepFailedError):
            opened(own / name, own, box)
    assert [read_plain(own / name, 3) for name in ("real", "link", "out", "pipe", "none")] == [
        b"min",
        *[b""] * 4,
    ]


def test_a_hostile_job_comes_by_nothing_of_the_sandbox(ci: Ci) -> None:
    """Each step tries another way to the token; a job that needs it reads all that the first one left."""
    box = ci.sandbox.directory
    if not hiding_of(box).works:
        pytest.skip("this machine allows no user namespaces")
    run = ci.ran(
        ci=f"""
        on: push
        defaults: {{run: {{shell: 'bash {{0}}'}}}}
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - run: 'ls -A {box}; ls -A {box}/actions/work; cat {box}/token {box}/sandbox.json ../../../../../token; echo "has $(ls {box}/actions/work)"'
              - run: ln -sf {box}/token $GITHUB_PATH
              - run: 'echo "path $PATH"'
              - run: ln -sf {box}/token $GITHUB_ENV
                continue-on-error: true
              - run: ln -sf {box}/sandbox.json $GITHUB_STEP_SUMMARY; ln -sf {box}/token $GITHUB_OUTPUT
              - run: ln -s {box} here && mkdir -p d && ln -s {box}/token d/token
              - {{uses: actions/upload-artifact@v4, with: {{name: b, path: '{box}/token'}}, continue-on-error: true}}
              - {{uses: actions/upload-artifact@v4, with: {{name: c, path: d}}, continue-on-error: true}}
              - {{uses: actions/setup-python@v5, with: {{python-version-file: here/token}}, continue-on-error: true}}
              - {{uses: actions/setup-python@v5, with: {{python-version-file: '{box}/token'}}, continue-on-error: true}}
              - run: mkdir -p e && echo 1 > e/mine && ln -sf {box}/token $HOME/x
              - {{uses: actions/upload-artifact@v4, with: {{name: e, path: e}}}}
              - {{uses: actions/download-artifact@v4, with: {{name: e, path: here}}, continue-on-error: true}}
              - run: mkdir -p act && ln -s {box}/sandbox.json act/action.yml
              - uses: ./act
                continue-on-error: true
              - run: cat e/mine
        """
    )
    log = ci.log(run, "a")
    token = ci.addresses.token
    assert run.conclusion == "success", log
    assert token not in log
    assert "PRIVATE KEY" not in log
    assert not run.job("a").summary
    assert not (box / "mine").exists()
    names = ci.client.get(f"{ci.path}/actions/runs/{run.id}/artifacts").json["artifacts"]
    assert [each["name"] for each in names] == ["e"]
    assert f" has {run.job('a').id}\n" in log


def test_no_job_has_a_hand_in_the_python_of_later_ones(ci: Ci) -> None:
    if not hiding_of(ci.sandbox.directory).works:
        pytest.skip("this machine allows no user namespaces")
    run = ci.ran(
        ci="""
        on: push
        jobs:
          first:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/setup-python@v5
              - run: 'for each in $RUNNER_TEMP/../../pythons/*/lib/python*/site-packages; do echo "print(666)" > "$each/usercustomize.py"; done'
                continue-on-error: true
              - run: 'cd $pythonLocation/lib/python3*/site-packages && echo "print(666)" > sitecustomize.py && python -c 1'
          second:
            needs: first
            runs-on: ubuntu-latest
            steps: [{uses: actions/setup-python@v5}, {run: python -c 'print(7)'}]
        """
    )
    assert run.conclusion == "success", ci.everything(run)
    assert " 666\n" in ci.log(run, "first")
    assert " 666\n" not in ci.log(run, "second")
