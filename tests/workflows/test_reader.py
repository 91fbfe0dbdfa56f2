import json
from textwrap import dedent

import pytest

from tagboat.errors import ConfigError
from tagboat.workflows.model import Text, Workflow
from tagboat.workflows.reader import read_workflow

FILE = ".github/workflows/release.yml"


def read(text: str) -> Workflow:
    return read_workflow(FILE, dedent(text).encode())


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return caught.value.cause


WHOLE = """\
name: Release
on:
  push:
    branches: [main, '1.x']
    tags: v*
  workflow_dispatch:
    inputs:
      component:
        type: choice
        required: true
        options: [core, extras]
      dry-run: { type: boolean, default: true }
permissions: {}
concurrency:
  group: release-${{ inputs.tag }}
  cancel-in-progress: false
defaults: { run: { shell: bash } }
env: { A: 3.10 }
jobs:
  build:
    name: Build ${{ matrix.python }}
    runs-on: [self-hosted, gpu]
    strategy:
      fail-fast: false
      matrix:
        python: ['3.11', 3.12]
        os: ${{ fromJSON(needs.a.outputs.os) }}
        include:
          - python: '3.13'
            gpu: true
    outputs: { digest: '${{ steps.x.outputs.digest }}' }
    services:
      db: { image: postgres }
    container: debian
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - id: x
        if: success()
        run: |
          echo
        shell: bash
        working-directory: here
        env:
          B: two
  publish:
    needs: build
    if: ${{ !inputs.dry-run }}
    uses: ./.github/workflows/other.yml
    with: { tag: '${{ inputs.tag }}' }
    secrets: inherit
    permissions: write-all
    environment:
      name: pypi
      url: https://index.example
    sparkle: yes
"""


def test_a_whole_workflow_is_read() -> None:
    workflow = read(WHOLE)
    assert (workflow.name, workflow.file) == ("Release", FILE)
    push, dispatch = workflow.triggers
    assert (push.branches, push.tags) == (("main", "1.x"), ("v*",))
    assert [(i.name, i.kind, i.required, i.default, i.options) for i in dispatch.inputs] == [
        ("component", "choice", True, None, ("core", "extras")),
        ("dry-run", "boolean", False, True, ()),
    ]
    assert workflow.permissions is not None
    assert workflow.permissions.of("contents") == "none"
    assert workflow.concurrency is not None
    assert workflow.concurrency.cancel_in_progress == "false"
    assert (workflow.shell, workflow.env) == ("bash", {"A": "3.1"})
    build, publish = workflow.jobs
    assert (build.labels, build.fail_fast, build.timeout_minutes) == (("self-hosted", "gpu"), "false", "10")
    assert build.matrix is not None
    assert build.matrix.axes == {"python": ("3.11", 3.12), "os": "${{ fromJSON(needs.a.outputs.os) }}"}
    assert build.matrix.include == ({"python": "3.13", "gpu": True},)
    assert [(c.name, c.image) for c in (*build.services, build.container) if c] == [
        ("db", "postgres"),
        ("container", "debian"),
    ]
    checkout, run = build.steps
    assert (checkout.uses, checkout.inputs) == ("actions/checkout@v5", {"persist-credentials": "false"})
    assert (run.id, run.condition, run.run, run.env) == ("x", "success()", "echo\n", {"B": "two"})
    assert (publish.needs, publish.condition) == (("build",), "${{ !inputs.dry-run }}")
    assert publish.inherits_secrets
    assert workflow.permission(publish, "id-token") == "write"
    assert workflow.permission(build, "id-token") == "none"
    assert publish.environment is not None
    assert publish.environment.name == "pypi"
    assert workflow.unread == ("jobs.publish.sparkle",)


def test_every_element_has_its_line() -> None:
    lines = WHOLE.splitlines()
    workflow = read(WHOLE)

    def at(text: Text) -> str:
        return lines[text.line - 1].strip()

    assert at(workflow.triggers[0].name) == "push:"
    assert at(workflow.triggers[0].tags[0]) == "tags: v*"
    assert at(workflow.jobs[0].id) == "build:"
    assert at(workflow.jobs[0].steps[1].env["B"]) == "B: two"
    assert at(workflow.jobs[0].steps[0].inputs["persist-credentials"]) == "persist-credentials: false"
    assert lines[workflow.jobs[0].steps[1].line - 1].strip() == "- id: x"
    assert at(workflow.unread[0]) == "sparkle: yes"


@pytest.mark.parametrize("on", ["push", "[push, pull_request]", "{push: , pull_request: }", "'push'"])
def test_what_starts_a_workflow_has_three_forms(on: str) -> None:
    workflow = read(f"on: {on}\njobs: {{a: {{runs-on: x, steps: [{{run: y}}]}}}}")
    assert workflow.trigger("push") is not None


def test_times_are_read() -> None:
    workflow = read("on: {schedule: [{cron: '1 2 * * *'}]}\njobs: {a: {runs-on: x, steps: [{run: y}]}}")
    assert workflow.triggers[0].cron == ("1 2 * * *",)


def test_all_mistakes_are_told_at_once_with_their_lines() -> None:
    said = refused("""\
        on:
        permissions: all
        jobs:
          1st:
            needs: nobody
            steps:
              - run: a
                uses: b
              - name: neither
        """)
    assert [row.partition(": ")[0] for row in said.splitlines()[1:]] == [
        f"{FILE}:{line}" for line in (1, 2, 4, 4, 5, 7, 9)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a table with 'on' and 'jobs'"),
        ("[]", "must be a table with 'on' and 'jobs'"),
        ("on: push\non: push", ":2: the key 'on' stands twice"),
        ("a: &a [*a]", "would hold itself"),
        ("a: *b", "names no anchor"),
        ("on: push\n---\non: push", ":3: a second document"),
        ("a: [", "not YAML"),
        ("[a]: b", "a key must be a text"),
        ("[" * 60 + "]" * 60, "nested too deeply"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{run: y}], needs: a}}", "waits for itself"),
        ("on: push\njobs: {a: {uses: x, runs-on: y}}", "both 'uses' and"),
        ("on: push\njobs: 3", "jobs must be a table"),
        (
            "on: push\njobs: {a: {runs-on: x, strategy: {matrix: {a: 1}}, steps: [{run: y}]}}",
            "must be a list",
        ),
    ],
)
def test_what_is_no_workflow_is_refused_with_its_place(text: str, said: str) -> None:
    assert said in refused(text)


def test_aliases_are_followed_and_cannot_blow_up() -> None:
    workflow = read("on: push\njobs: {a: &a {runs-on: x, steps: [{run: y}]}, b: *a}")
    assert workflow.jobs[1].steps[0].run == "y"
    rows = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    rows += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "values, with every alias followed" in refused("\n".join(rows))
    rows = ["on: push", "jobs:", "  a:", "    runs-on: x", f"    steps: [{{run: &a {'x' * 500_000}}}, "]
    assert "letters, with every alias followed" in refused("\n".join(rows) + "{run: *a}, " * 9 + "]")


def test_a_long_chain_of_needs_is_read_at_once_and_a_circle_is_named_where_it_is() -> None:
    row = "  j{}: {{needs: [j{}], runs-on: x, steps: [{{run: x}}]}}\n"
    rows = ["on: push\njobs:\n", *(row.format(n, n + 1) for n in range(2000))]
    assert len(read("".join(rows) + "  j2000: {runs-on: x, steps: [{run: x}]}\n").jobs) == 2001
    assert refused("".join(rows) + row.format(2000, 1999)).startswith(
        f"{FILE}:2002: jobs.j1999 waits for itself"
    )


def test_a_long_or_odd_name_is_shortened_wherever_it_is_told() -> None:
    odd = json.dumps("a\x1b" * 50_000)
    said = refused(
        f"on: {{{odd}: {{inputs: {{a: 1, b: 2}}}}}}\njobs: {{a: {{runs-on: x, steps: [{{run: y}}]}}}}"
    )
    assert said.isprintable() or said.replace("\n", "").isprintable()
    assert len(said) < 1000
