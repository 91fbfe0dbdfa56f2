"""A job that knows the services by their public names only, through the sandbox's proxy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_world import Ci, made

from tagboat.sandbox import workflows
from tagboat.sandbox.names import PublicIndex, PublicNames
from tagboat.sandbox.server import running_sandbox

NAMES = PublicNames(
    api="https://api.forge.example",
    uploads="https://uploads.forge.example",
    git="https://forge.example",
    indexes={
        "pypi": PublicIndex("https://upload.index.example/legacy/", "https://index.example/simple/"),
        "testpypi": PublicIndex("https://test.example/legacy/", "https://test.example/simple/"),
    },
    issuers={"github": "https://token.forge.example", "gitlab": "https://gitlab.example"},
)


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Ci]:
    with running_sandbox(tmp_path / "sandbox", public=NAMES) as sandbox:
        yield made(sandbox, "acme/demo", tmp_path, None)


def test_a_job_uses_the_public_names_and_reaches_nothing_else(named: Ci) -> None:
    named.push_workflows(
        ci="""
        on: push
        permissions: {contents: read, id-token: write}
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - env: {GH_TOKEN: '${{ github.token }}'}
                run: |
                  git remote get-url origin
                  curl -sSf -H "Authorization: Bearer $GH_TOKEN" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY" | grep -o '"clone_url": "[^"]*"'
                  curl -sSf "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=x" -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
                    | python3 -c 'import base64, json, sys; print(json.loads(base64.urlsafe_b64decode(json.load(sys.stdin)["value"].split(".")[1] + "==")))'
                  ! curl -sS https://elsewhere.example/
        """
    )
    (run,) = workflows.runs(named.addresses)
    run = named.wait(run.id)
    assert run.conclusion == "success", named.everything(run)
    log = named.log(run, "a")
    assert " https://forge.example/acme/demo\n" in log
    assert '"clone_url": "https://forge.example/acme/demo.git"' in log
    assert "'iss': 'https://token.forge.example'" in log
    assert "'job_workflow_ref': 'acme/demo/.github/workflows/ci.yml@refs/heads/main'" in log
