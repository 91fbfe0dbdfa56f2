from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.errors import ConfigError
from tagboat.workflows.reader import read_workflow
from tagboat.workflows.recorded import read_names, sizes

CI = """\
on: push
jobs:
  plain: {runs-on: x, steps: [{run: x}]}
  test:
    runs-on: x
    strategy: {matrix: "${{ fromJSON(vars.M) }}"}
    steps: [{run: x}]
  gpu:
    name: Test linux
    uses: ./.github/workflows/gpu.yml
"""
GPU = """\
on: workflow_call
jobs:
  run:
    name: On ${{ matrix.gpu }} / ${{ matrix.driver }} now
    runs-on: x
    strategy: {matrix: "${{ fromJSON(vars.M) }}"}
    steps: [{run: x}]
"""
FILES = {
    f".github/workflows/{name}.yml": read_workflow(name, text.encode())
    for name, text in (("ci", CI), ("gpu", GPU))
}
NAMES = [
    "plain",
    "test (3.11, a)",
    "test (3.12, b)",
    "Test linux / On l4 / new now",
    "Test linux / On l4 / old now",
    "Test linux / On t4 / new now",
]


def test_a_recorded_runs_names_tell_how_large_each_matrix_was() -> None:
    found = sizes(FILES, NAMES)
    assert {key: found[key] for key in ("ci.yml:test", "ci.yml:gpu/run")} == {
        "ci.yml:test": 2,
        "ci.yml:gpu/run": 3,
    }


def test_a_number_that_differs_between_callers_is_left_out() -> None:
    text = CI.replace("name: Test linux", "name: Test ${{ matrix.os }}\n    strategy: {matrix: {os: [a, b]}}")
    files = {**FILES, ".github/workflows/ci.yml": read_workflow("ci", text.encode())}
    assert "ci.yml:gpu/run" not in sizes(files, [*NAMES, "Test mac / On m / 1 now"])


@pytest.mark.parametrize(
    "answer",
    [
        {"jobs": [{"name": "a"}, {"name": "b", "conclusion": "skipped"}]},
        [{"jobs": [{"name": "a"}]}],
        [{"name": "a"}],
        ["a"],
    ],
)
def test_every_form_of_the_forges_answer_is_read_and_skipped_jobs_do_not_count(answer: object) -> None:
    assert read_names("jobs.json", json.dumps(answer).encode()) == ("a",)


DEEP = b'{"jobs": [' * 700 + b"]}" * 700


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"[[[[",
        b'{"jobs": [1]}',
        b'{"jobs": 1}',
        b"\xff",
        b'{"jobs": [{"jobs": null}]}',
        DEEP,
    ],
)
def test_what_lists_no_job_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"jobs\.json"):
        read_names("jobs.json", data)


@given(st.lists(st.text("aA/ ()\n", max_size=600), max_size=4), st.text("a ${}'/", max_size=40))
def test_no_name_takes_long_or_ends_the_reading(names: list[str], own: str) -> None:
    text = GPU.replace("On ${{ matrix.gpu }} / ${{ matrix.driver }} now", json.dumps(own + "${{ a }}a" * 20))
    sizes({"x/gpu.yml": read_workflow("gpu", text.encode())}, names)


def test_files_that_call_each_other_come_to_an_end() -> None:
    file = ".github/workflows/a.yml"
    rows = "".join(f"  j{n}: {{uses: ./{file}}}\n" for n in range(400))
    files = {file: read_workflow(file, f"on: [push, workflow_call]\njobs:\n{rows}".encode())}
    assert sizes(files, ()) == {}
    assert sizes(files, ["j1"])["a.yml:j1"] == 1
