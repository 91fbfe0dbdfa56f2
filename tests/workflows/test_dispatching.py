from __future__ import annotations

import pytest

from tagboat.workflows.dispatching import given, obstacles

PATH = ".github/workflows/release.yml"


def workflow(inputs: str) -> bytes:
    return f"""\
on:
  workflow_dispatch:
    inputs: {inputs}
jobs:
  publish: {{runs-on: x, steps: [{{run: tagboat publish}}]}}
""".encode()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ("{}", {}),
        ("{tag: {required: true}, who: {type: string}}", {"tag": "v1"}),
        (
            "{component: {type: choice, options: [core, demo]}, tag: {}, dry-run: {type: boolean, default: true}}",
            {"component": "demo", "tag": "v1", "dry-run": "false"},
        ),
    ],
)
def test_what_a_file_has_an_input_for_is_said(inputs: str, said: dict[str, str]) -> None:
    assert given(PATH, workflow(inputs), "demo", "v1") == said
    assert list(obstacles(PATH, workflow(inputs), "demo", "v1")) == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (
            "{component: {type: choice, options: [core]}}",
            f"{PATH}:3: 'demo' is no choice of its input component",
        ),
        (
            "{who: {required: true}}",
            f"{PATH}:3: it asks for who, and a release says only component, tag, dry-run",
        ),
    ],
)
def test_what_the_forge_would_refuse_is_named_with_its_line(inputs: str, said: str) -> None:
    assert list(obstacles(PATH, workflow(inputs), "demo", "v1")) == [said]


def test_a_required_input_with_a_default_needs_no_word() -> None:
    assert list(obstacles(PATH, workflow("{who: {required: true, default: me}}"), "demo", "v1")) == []
