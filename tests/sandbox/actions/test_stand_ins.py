"""The stand-ins that need a forge or an index: checkout and publishing."""

from __future__ import annotations

import subprocess
import sys
from textwrap import indent
from typing import Any

import pytest
from ci_world import Ci

from tagboat.sandbox import trust
from tagboat.sandbox.actions.stand_ins import exchange


def test_checkout_fetches_what_is_asked_for(ci: Ci) -> None:
    ci.git("tag", "-a", "v1", "-m", "one")
    ci.commit("second")
    ci.push("main", "v1")
    run = ci.ran(
        ci="""
        on: push
        jobs:
          plain:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: |
                  test "$(git rev-parse HEAD)" = "$GITHUB_SHA" && test "$(git branch --show-current)" = main
                  echo "commits $(git rev-list --count HEAD), tags $(git tag | wc -l)"
                  git config --get-regexp extraheader && git ls-remote -q origin >/dev/null && echo kept
          whole:
            runs-on: ubuntu-latest
            steps:
              - {uses: actions/checkout@v4, with: {fetch-depth: 0, path: sub, persist-credentials: false}}
              - {run: 'echo "commits $(git rev-list --count HEAD) $(git describe)"; git config --get-regexp extraheader || echo forgotten', working-directory: sub}
          tag:
            runs-on: ubuntu-latest
            steps:
              - {uses: actions/checkout@v4, with: {ref: v1, sparse-checkout: src}}
              - run: 'git cat-file -t refs/tags/v1; ls; git rev-list --count HEAD'
          gone:
            runs-on: ubuntu-latest
            steps: [{uses: actions/checkout@v4, with: {ref: nowhere}}]
          out:
            runs-on: ubuntu-latest
            steps: [{uses: actions/checkout@v4, with: {path: ../../../x}}]
          none:
            runs-on: ubuntu-latest
            permissions: {}
            steps: [{uses: actions/checkout@v4}]
        """
    )
    logs = {job.name: ci.log(run, job.name) for job in run.jobs}
    assert "commits 1, tags 0" in logs["plain"]
    assert " kept\n" in logs["plain"]
    assert "Post actions/checkout" not in logs["plain"]
    assert "commits 3 v1-2-g" in logs["whole"]
    assert " forgotten\n" in logs["whole"]
    assert " tag\n" in logs["tag"]
    assert "src\n" in logs["tag"]
    assert "A branch or tag with the name 'nowhere' could not be found" in logs["gone"]
    assert "is not under" in logs["out"]
    assert ci.states(run)["none"] == "success"  # the repository is public
    assert all("AUTHORIZATION: basic ***" in logs[name] for name in ("plain", "whole", "tag"))
    jobs: list[Any] = ci.client.get(f"{ci.path}/actions/runs/{run.id}/jobs").json["jobs"]
    steps = [step["name"] for step in next(job for job in jobs if job["name"] == "plain")["steps"]]
    assert steps[-2:] == ["Post actions/checkout", "Complete job"]


MAKE = """
import pathlib, zipfile
pathlib.Path("dist").mkdir()
info = "ci_boat-1.0.dist-info/"
tags = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
with zipfile.ZipFile("dist/ci_boat-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("ci_boat.py", "")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: ci-boat\\nVersion: 1.0\\nSummary: tiny\\n")
    wheel.writestr(info + "WHEEL", tags)
    names = ["ci_boat.py", *(info + name for name in ("METADATA", "WHEEL", "RECORD"))]
    wheel.writestr(info + "RECORD", "".join(name + ",,\\n" for name in names))
"""


@pytest.mark.slow
def test_distributions_are_published_by_unmodified_twine_and_the_jobs_own_identity(ci: Ci) -> None:
    publisher = trust.PublisherOrder(ci.repository, "ci.yml", environment="pypi")
    trust.add_publisher(ci.addresses, "pypi", "ci-boat", publisher, pending=True)
    steps = f"""
    runs-on: ubuntu-latest
    steps:
      - shell: python
        run: |{indent(MAKE, "          ")}
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: {{print-hash: true}}
"""
    run = ci.ran(
        ci="on: push\npermissions: {}\njobs:\n  publish:\n    environment: pypi\n    permissions: {id-token: write}"
        + steps
        + "  stranger:\n    permissions: {id-token: write}"
        + steps
        + "  without:\n    environment: pypi\n"
        + steps.lstrip("\n")
    )
    assert ci.states(run) == {"publish": "success", "stranger": "failure", "without": "failure"}, (
        ci.everything(run)
    )
    log = ci.log(run, "publish")
    assert "twine upload --repository-url" in log
    assert "SHA256 " in log
    assert "attestations are not covered by this stand-in" in log
    assert "`invalid-publisher`" in ci.log(run, "stranger")
    assert "this job has no `id-token: write` permission" in ci.log(run, "without")
    assert "Asking" in log
    assert trust.origin_of(ci.addresses, "pypi", "ci_boat-1.0-py3-none-any.whl") is not None


@pytest.mark.parametrize(
    ("place", "said"),
    [("/github/.well-known/openid-configuration?x=1", "has no 'value'"), ("/token/999?x=1", "answered 401")],
)
def test_an_exchange_that_fails_says_why_and_gives_no_token(ci: Ci, place: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-I", exchange.__file__, ci.addresses.pypi.upload],
        env={
            "SSL_CERT_FILE": ci.addresses.ca,
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{ci.addresses.identity}{place}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
        },
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (exchange.FAILED, "")
    assert done.stderr.startswith("Trusted publishing exchange failure:")
    assert said in done.stderr


def test_artifacts_take_old_files_and_leave_out_what_is_none(ci: Ci) -> None:
    run = ci.ran(
        ci="""
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - run: mkdir d && echo old > d/old && touch -d 1970-01-02 d/old && mkfifo d/pipe && ln -s nowhere d/link
              - {uses: actions/upload-artifact@v4, with: {name: d, path: 'd/[k-p]*'}}
              - {uses: actions/download-artifact@v4, with: {name: d, path: e}}
              - run: test "$(ls e)" = old && cat e/old
              - {uses: actions/upload-artifact@v4, with: {name: x, path: 'd/[z-a]'}, continue-on-error: true}
        """
    )
    assert run.conclusion == "success", ci.everything(run)
    assert "there will be 1 file(s) uploaded" in ci.log(run, "a")
    assert "the pattern d/[z-a] is none" in ci.log(run, "a")
