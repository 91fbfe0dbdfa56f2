"""A plain release workflow from one end to the other, on a real sandbox."""

from __future__ import annotations

import io
import zipfile

import pytest
from ci_world import Ci

from tagboat.sandbox import workflows

RELEASE = """
name: Release
run-name: Release ${{ inputs.tag }}
on:
  workflow_dispatch:
    inputs:
      tag: {type: string, required: true}
      dry-run: {type: boolean, default: true}
permissions: {}
concurrency: {group: 'release-${{ inputs.tag }}', cancel-in-progress: false}
jobs:
  check:
    runs-on: ubuntu-latest
    permissions: {contents: read}
    outputs: {version: '${{ steps.v.outputs.version }}'}
    steps:
      - uses: actions/checkout@v4
        with: {ref: '${{ inputs.tag }}', fetch-depth: 0}
      - id: v
        run: |
          git describe --tags
          echo "version=${TAG#v}" >> "$GITHUB_OUTPUT"
        env: {TAG: '${{ inputs.tag }}'}
  build:
    needs: check
    permissions: {contents: read}
    strategy: {matrix: {shard: [linux, mac]}}
    uses: ./.github/workflows/build.yml
    with: {shard: '${{ matrix.shard }}', version: '${{ needs.check.outputs.version }}'}
  gather:
    needs: [check, build]
    runs-on: ubuntu-24.04
    permissions: {contents: read}
    steps:
      - uses: actions/download-artifact@v4
        with: {pattern: shard-*, merge-multiple: true, path: dist}
      - run: ls dist && test "$(ls dist | wc -l)" = 2 && test -z "${ACTIONS_ID_TOKEN_REQUEST_URL:-}"
      - uses: actions/upload-artifact@v4
        with: {name: release, path: dist/, if-no-files-found: error}
  publish:
    needs: gather
    if: ${{ !inputs.dry-run }}
    runs-on: ubuntu-latest
    environment: pypi
    permissions: {contents: write, id-token: write}
    steps:
      - uses: actions/download-artifact@v4
        with: {name: release, path: dist}
      - env: {GH_TOKEN: '${{ github.token }}'}
        run: |
          curl -sS -f "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=pypi" \\
            -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" | grep -c value
          curl -sS -f -X POST "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/releases" \\
            -H "Authorization: Bearer $GH_TOKEN" -d '{"tag_name": "${{ inputs.tag }}"}' | grep -o '"tag_name": "[^"]*"'
          echo "token is ${{ secrets.GITHUB_TOKEN }}"
  report:
    needs: [check, build, gather, publish]
    if: failure()
    runs-on: ubuntu-latest
    steps: [{run: 'true'}]
"""

BUILD = """
name: Build
on:
  workflow_call:
    inputs:
      shard: {type: string, required: true}
      version: {type: string, required: true}
jobs:
  wheel:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: mkdir dist && echo "$VERSION" > "dist/demo-$VERSION-${{ inputs.shard }}.whl"
        env: {VERSION: '${{ inputs.version }}'}
      - uses: actions/upload-artifact@v4
        with: {name: 'shard-${{ inputs.shard }}', path: dist/*.whl}
"""


@pytest.fixture
def tagged(ci: Ci) -> Ci:
    ci.push_workflows(release=RELEASE, build=BUILD)
    ci.git("tag", "-a", "v1.2", "-m", "v1.2")
    ci.push("v1.2")
    assert ci.runs() == []
    return ci


def test_a_dry_run_goes_everywhere_but_out(tagged: Ci) -> None:
    run = tagged.dispatch("release", {"tag": "v1.2"})
    assert run.conclusion == "success", tagged.everything(run)
    assert tagged.states(run) == {
        "check": "success",
        "build (linux) / wheel": "success",
        "build (mac) / wheel": "success",
        "gather": "success",
        "publish": "skipped",
        "report": "skipped",
    }
    assert run.title == "Release v1.2"
    place = f"{tagged.path}/actions/runs/{run.id}"
    artifacts = tagged.client.get(f"{place}/artifacts").json["artifacts"]
    assert sorted(each["name"] for each in artifacts) == ["release", "shard-linux", "shard-mac"]
    release = next(each for each in artifacts if each["name"] == "release")
    redirect = tagged.client.get(f"{tagged.path}/actions/artifacts/{release['id']}/zip")
    assert redirect.status == 302
    body = tagged.client.send("GET", redirect.headers["Location"].removeprefix(tagged.addresses.forge)).body
    names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert sorted(names) == ["demo-1.2-linux.whl", "demo-1.2-mac.whl"]


def test_a_release_waits_for_its_approval_and_then_publishes(tagged: Ci) -> None:
    workflows.set_environment(
        tagged.addresses, tagged.repository, "pypi", reviewers=["tagboat"], refs=["main"]
    )
    run = tagged.dispatch("release", {"tag": "v1.2", "dry-run": "false"})
    assert (run.status, run.waits_for) == ("waiting", ("pypi",))
    place = f"{tagged.path}/actions/runs/{run.id}"
    (pending,) = tagged.client.get(f"{place}/pending_deployments").json
    assert pending["current_user_can_approve"]
    told = {"environment_ids": [pending["environment"]["id"]], "state": "approved", "comment": "ship it"}
    assert tagged.client.post(f"{place}/pending_deployments", told).status == 200
    run = tagged.wait(run.id, "completed")
    assert run.conclusion == "success", tagged.everything(run)
    (approval,) = tagged.client.get(f"{place}/approvals").json
    assert (approval["user"]["login"], approval["state"], approval["comment"]) == (
        "tagboat",
        "approved",
        "ship it",
    )
    log = tagged.log(run, "publish")
    assert '"tag_name": "v1.2"' in log
    assert "token is ***" in log
    assert "id-token: write" in log
    assert run.job("publish").permissions == {"contents": "write", "id-token": "write"}
    assert (
        tagged.client.get(f"{tagged.path}/releases/tags/v1.2").json["author"]["login"]
        == "github-actions[bot]"
    )
