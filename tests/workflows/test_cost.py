from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tagboat.workflows.cost import Cost, cost
from tagboat.workflows.event import Event
from tagboat.workflows.model import Workflow
from tagboat.workflows.reader import read_workflow

CASES = Path(__file__).parent.parent / "cases" / "cost"
TAG = Event("push", "refs/tags/v1.0", "acme/demo")
MAIN = Event("push", "refs/heads/main", "acme/demo")


def files(**texts: str) -> dict[str, Workflow]:
    paths = {f".github/workflows/{name}.yml": dedent(text) for name, text in texts.items()}
    return {path: read_workflow(path, text.encode()) for path, text in paths.items()}


def pushed(jobs: str) -> dict[str, Workflow]:
    return files(ci=f"on: push\njobs:\n{indent(dedent(jobs), '  ')}")


def jobs(text: str, event: Event = MAIN, **assumed: int) -> dict[str, tuple[int, int | None]]:
    found = cost(pushed(text), event, assumed)
    return {count.job: (count.least, count.most) for count in found.counts}


def case(name: str, **assumed: int) -> Cost:
    texts = {path.stem: path.read_text() for path in (CASES / name).glob("*.yml")}
    return cost(
        files(**texts), TAG, {key.replace("__", "/").replace("_", "-"): n for key, n in assumed.items()}
    )


def test_a_tag_that_runs_everything_costs_the_recorded_seventy_seven_jobs() -> None:
    found = case(
        "tag-runs-everything",
        test_linux_64__test=18,
        test_linux_aarch64__test=16,
        test_windows__test=18,
    )
    assert (found.least, found.most, found.gpu) == (77, 77, 52)
    assert found.systems() == {"linux": 53, "windows": 24}


def test_a_matrix_made_at_run_time_is_unknown_and_named() -> None:
    found = case("tag-runs-everything")
    assert found.most is None
    why = {count.job: count.why for count in found.counts if count.why}
    assert (
        why["test-windows/test"]
        == "its matrix is made at run time; --assume test-windows/test=N says its size"
    )


PLAIN = "  a: {runs-on: ubuntu-latest, steps: [{run: x}]}\n"


@pytest.mark.parametrize(
    ("on", "tag", "main"),
    [
        ("push", 1, 1),
        ("{push: {branches: [main]}}", 0, 1),
        ("{push: {branches: ['**']}}", 0, 1),
        ("{push: {branches-ignore: [main]}}", 0, 0),
        ("{push: {tags: ['v*']}}", 1, 0),
        ("{push: {tags-ignore: ['v*']}}", 0, 0),
        ("{push: {branches: [main], tags: ['v*']}}", 1, 1),
        ("{push: {paths: [docs/**]}}", 1, 1),
        ("pull_request", 0, 0),
    ],
)
def test_a_push_starts_what_its_filters_let_through(on: str, tag: int, main: int) -> None:
    found = files(ci=f"on: {on}\njobs:\n{PLAIN}")
    assert (cost(found, TAG).least, cost(found, MAIN).least) == (tag, main)


def test_only_the_dispatched_file_is_started_with_its_inputs() -> None:
    text = """\
        on:
          workflow_dispatch:
            inputs:
              dry-run: {type: boolean, default: true}
        jobs:
          check: {runs-on: ubuntu-latest, steps: [{run: x}]}
          publish:
            needs: check
            if: ${{ !inputs.dry-run }}
            runs-on: ubuntu-latest
            steps: [{run: x}]
        """
    found = files(release=text, other=text)
    dry = Event("workflow_dispatch", "refs/heads/main", "acme/demo", "release.yml")
    wet = Event("workflow_dispatch", "refs/heads/main", "acme/demo", "release.yml", {"dry-run": False})
    assert (cost(found, dry).least, cost(found, wet).least) == (1, 2)


def test_what_needs_a_skipped_job_is_skipped_unless_it_asks() -> None:
    text = """\
          a: {if: false, runs-on: x, steps: [{run: x}]}
          b: {needs: a, runs-on: x, steps: [{run: x}]}
          c: {needs: b, if: always(), runs-on: x, steps: [{run: x}]}
          d: {needs: a, if: "needs.a.result == 'skipped'", runs-on: x, steps: [{run: x}]}
          e: {if: failure(), runs-on: x, steps: [{run: x}]}
        """
    assert jobs(text) == {"c": (1, 1)}


def test_an_if_that_depends_on_the_run_counts_as_possible() -> None:
    text = """\
          a: {runs-on: x, steps: [{run: x}]}
          b: {needs: a, if: "needs.a.outputs.go == 'yes'", runs-on: x, steps: [{run: x}]}
          c: {needs: b, runs-on: x, steps: [{run: x}]}
        """
    assert jobs(text) == {"a": (1, 1), "b": (0, 1), "c": (0, 1)}


def test_a_matrix_multiplies_excludes_and_includes() -> None:
    text = """\
          a:
            runs-on: ${{ matrix.os }}
            strategy:
              matrix:
                os: [ubuntu-latest, windows-latest]
                python: ["3.11", "3.12", "3.13"]
                exclude: [{os: windows-latest, python: "3.11"}]
                include:
                  - {os: ubuntu-latest, python: "3.13", extra: "yes"}
                  - {os: macos-latest, python: "3.13"}
            steps: [{run: x}]
        """
    found = cost(pushed(text), MAIN)
    assert found.systems() == {"linux": 3, "windows": 2, "macos": 1}


def test_a_number_that_is_assumed_counts_for_a_matrix_of_the_run() -> None:
    text = "  a: {runs-on: x, strategy: {matrix: '${{ fromJSON(vars.M) }}'}, steps: [{run: x}]}\n"
    assert jobs(text) == {"a": (1, None)}
    assert jobs(text, a=7) == {"a": (7, 7)}


def test_a_workflow_of_another_repository_is_counted_once_and_said_to_be_open() -> None:
    text = "  a: {uses: other/repo/.github/workflows/x.yml@main}\n"
    assert jobs(text) == {"a": (1, None)}


def test_workflows_that_call_each_other_without_end_are_cut() -> None:
    text = "on: {push: , workflow_call: }\njobs:\n  again: {uses: ./.github/workflows/ci.yml}\n"
    assert cost(files(ci=text), MAIN).most is None


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("exclude: [{a0: 9}, {a1: 1, a2: 2}]", 256),
        (f"exclude: [{'{a0: 9}, ' * 100}]", 256),
        (f"exclude: [{'{a0: 9}, ' * 9000}]", None),
        (f"exclude: [{', '.join(f'{{a0: {n}}}' for n in range(1, 5))}]", 0),
        (f"include: [{', '.join(f'{{b{n}: 1}}' for n in range(9000))}]", None),
        (f"include: [{', '.join(f'{{a0: {n}}}' for n in range(10, 20))}]", 256),
    ],
)
def test_a_matrix_beyond_all_measure_is_counted_or_left_to_the_run(more: str, wanted: int | None) -> None:
    axes = ", ".join(f"a{n}: [1, 2, 3, 4]" for n in range(8))
    found = jobs(f"a: {{runs-on: x, strategy: {{matrix: {{{axes}, {more}}}}}, steps: [{{run: x}}]}}")
    assert found.get("a", (0, 0)) == ((1, None) if wanted is None else (wanted, wanted))
