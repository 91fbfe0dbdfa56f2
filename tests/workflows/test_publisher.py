from __future__ import annotations

import pytest

from tagboat.core.publisher import Publisher
from tagboat.workflows.publisher import mismatches

RIGHT = """\
name: Publish
on:
  push:
    tags: ["v*"]
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: python -m build
  publish-to-pypi:
    needs: build
    runs-on: ubuntu-latest
    environment: {name: pypi, url: "https://example.invalid/p"}
    permissions:
      id-token: write
    steps:
      - uses: actions/download-artifact@v4
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          attestations: true
"""
PUBLISHER = Publisher("acme", "demo", "publish.yml", "pypi")


def said(
    text: str | None,
    publisher: Publisher = PUBLISHER,
    repository: str = "acme/demo",
    tags: tuple[str, ...] = ("v{version}",),
) -> list[str]:
    data = None if text is None else text.encode()
    return [found.said for found in mismatches(publisher, data, repository, tags)]


def test_a_workflow_that_fits_is_not_mentioned() -> None:
    assert said(RIGHT) == []


@pytest.mark.parametrize(
    "command", ["tagboat publish", "uv publish", "pdm publish --no-build", "maturin upload dist/*"]
)
def test_each_tool_that_knows_identities_publishes_by_one(command: str) -> None:
    text = RIGHT.replace("uses: pypa/gh-action-pypi-publish@release/v1", f"run: {command}")
    assert said(text.replace("        with:\n          attestations: true\n", "")) == []


def test_upper_and_lower_case_of_owner_and_environment_do_not_count_and_of_the_name_do() -> None:
    assert said(RIGHT.replace("pypi,", "PyPI,"), repository="Acme/demo") == []
    assert said(RIGHT, repository="acme/Demo") == [
        "the workflow runs in acme/Demo, and the publisher names acme/demo"
    ]


def test_an_identity_of_the_whole_workflow_is_one_of_the_job() -> None:
    text = RIGHT.replace("    permissions:\n      id-token: write\n", "")
    assert said(text.replace("permissions:\n  contents: read", "permissions: write-all")) == []
    assert said(text.replace("contents: read", "id-token: write")) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("on:\n", "on: [\n", "not YAML"),
        ('tags: ["v*"]', "branches: [main]", "no tag starts it"),
        ('["v*"]', '["v*", "nightly"]', "takes more than releases"),
        ('["v*"]', '["**"]', "takes more than releases"),
        ('["v*"]', '["version-*"]', "no tag pattern takes v*"),
        ("    tags:", "    branches: [main]\n    tags:", "a push to a branch starts it, too"),
        ("environment: {name: pypi,", "environment: {name: production,", "runs in production"),
        ('    environment: {name: pypi, url: "https://example.invalid/p"}\n', "", "runs in no environment"),
        ("id-token: write", "id-token: read", "gets no identity"),
        ("uses: pypa/gh-action-pypi-publish@release/v1", "uses: other/action@v1", "no step that publishes"),
        (
            "uses: pypa/gh-action-pypi-publish@release/v1",
            "run: 'x # tagboat publish'",
            "no step that publishes",
        ),
        ("attestations: true", "password: ${{ secrets.PYPI }}", "is given password"),
        ("attestations: true", "user: __token__", "is given user"),
        ("- uses: actions/download-artifact@v4", "- run: twine upload dist/*", "runs 'twine upload'"),
        (
            "- uses: actions/download-artifact@v4",
            "- run: |\n          twine \\\n            upload",
            "runs 'twine upload'",
        ),
        (
            "actions/download-artifact@v4",
            "fork/gh-action-pypi-publish@v1",
            "uses fork/gh-action-pypi-publish",
        ),
        ("name: Publish\n", "env: {TWINE_PASSWORD: x}\n", "TWINE_PASSWORD gives every job"),
        (
            "    needs: build\n",
            "    needs: build\n    env: {UV_PUBLISH_TOKEN: x}\n",
            "gives job publish-to-pypi",
        ),
        ("name: Publish\n", "env: {MATURIN_PYPI_TOKEN: x}\n", "MATURIN_PYPI_TOKEN gives every job"),
    ],
)
def test_each_thing_that_the_index_would_refuse_is_told(old: str, new: str, wanted: str) -> None:
    assert old in RIGHT
    (found,) = said(RIGHT.replace(old, new, 1))
    assert wanted in found
    assert "publish.yml" in found


def test_a_command_in_a_comment_is_none() -> None:
    assert said(RIGHT.replace("- uses: actions/download-artifact@v4", "- run: 'x # twine upload'")) == []


def test_a_workflow_that_is_not_there_is_told() -> None:
    assert said(None) == [".github/workflows/publish.yml is not there"]


def test_another_repository_is_told() -> None:
    assert said(RIGHT, repository="fork/demo") == [
        "the workflow runs in fork/demo, and the publisher names acme/demo"
    ]


def test_no_publishing_job_is_told() -> None:
    text = RIGHT.partition("  publish-to-pypi:")[0]
    assert said(text) == [".github/workflows/publish.yml: no job publishes"]


def test_all_mismatches_are_told_at_once() -> None:
    text = RIGHT.replace('["v*"]', '["*"]').replace("name: pypi", "name: other").replace(": write", ": none")
    assert len(said(text, repository="fork/demo")) == 4


def test_an_environment_that_no_file_tells_is_no_certain_mismatch() -> None:
    text = RIGHT.replace("name: pypi,", "name: '${{ inputs.where }}',")
    (found,) = mismatches(PUBLISHER, text.encode(), "acme/demo", ("v{version}",))
    assert not found.certain


def test_a_job_for_each_environment_is_judged_by_its_own_publisher() -> None:
    stage = RIGHT.partition("  publish-to-pypi:\n")[2].replace("name: pypi", "name: testpypi")
    text = f"{RIGHT}  stage:\n{stage.replace('id-token: write', 'contents: read')}"
    assert said(text) == []
    (found,) = said(text, Publisher("acme", "demo", "publish.yml", "testpypi"))
    assert "job stage gets no identity" in found


def test_a_workflow_for_people_needs_a_way_to_be_started() -> None:
    by_hand = RIGHT.replace('push:\n    tags: ["v*"]', "workflow_dispatch:")
    assert said(by_hand, tags=()) == []
    assert said(by_hand.replace("workflow_dispatch", "workflow_call"), tags=()) == [
        ".github/workflows/publish.yml: nobody can start it: 'on' has no workflow_dispatch"
    ]


def test_a_job_that_calls_another_file_is_told() -> None:
    before = RIGHT.partition("    steps:\n      - uses: actions/download")[0].replace(
        "    runs-on: ubuntu-latest\n    env", "    env"
    )
    (found,) = said(before + "    uses: ./.github/workflows/upload.yml\n")
    assert "the index would see that file's name" in found


def test_tagboat_s_own_publishing_is_known() -> None:
    assert (
        said(
            RIGHT.replace("uses: pypa/gh-action-pypi-publish@release/v1", "run: tagboat publish").replace(
                "with:", "env:"
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("tags", "start", "told"),
    [
        (("v{version}",), "  schedule: [{cron: '1 2 * * *'}]\n", "schedule"),
        (("v{version}",), "  pull_request:\n", "pull_request"),
        (("v{version}",), "  workflow_dispatch:\n", ""),
        ((), "  workflow_dispatch:\n", "push"),
    ],
)
def test_whatever_else_starts_the_workflow_is_told_and_may_be_kept_from_publishing(
    tags: tuple[str, ...], start: str, told: str
) -> None:
    text = RIGHT.replace("on:\n", f"on:\n{start}")
    found = mismatches(PUBLISHER, text.encode(), "acme/demo", tags)
    assert [(one.certain, one.said.split()[1:]) for one in found] == (
        [(False, [told, "starts", "it,", "too"])] if told else []
    )


@pytest.mark.parametrize(
    ("environment", "fits"),
    [
        ("${{ inputs.component == 'demo' && 'pypi' || 'own' }}", True),
        ("${{ inputs.component == 'demo' && 'testpypi' || 'own' }}", False),
        ("${{ inputs.environment }}", False),
    ],
)
def test_an_environment_by_expression_fits_where_it_names_the_one_that_is_meant(
    environment: str, fits: bool
) -> None:
    text = RIGHT.replace('{name: pypi, url: "https://example.invalid/p"}', f'"{environment}"')
    assert text != RIGHT
    assert (said(text) == []) == fits


def test_an_environment_with_a_quote_is_found_in_an_expression() -> None:
    where = "\"${{ inputs.a && 'pete''s' || 'own' }}\""
    text = RIGHT.replace('{name: pypi, url: "https://example.invalid/p"}', where)
    assert said(text, Publisher("acme", "demo", "publish.yml", "pete's")) == []


def test_a_private_indexs_token_is_no_credential_beside_the_identity() -> None:
    text = RIGHT.replace(
        "    steps:\n      - uses", "    env: {TAGBOAT_OWN_TOKEN: x}\n    steps:\n      - uses"
    )
    assert text != RIGHT
    assert said(text) == []
    assert "TAGBOAT_PYPI_TOKEN gives job" in str(said(text.replace("OWN", "PYPI")))
