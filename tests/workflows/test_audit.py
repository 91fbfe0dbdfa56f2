from __future__ import annotations

import json
from textwrap import dedent

import pytest
from audit_cases import FOLDER, NAMES, judged, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from written_cases import NAMES as WRITTEN
from written_cases import project, written

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.rules import RULES, audit

FILE = ".github/workflows/release.yml"


def found(text: str | bytes) -> set[str]:
    data = text if isinstance(text, bytes) else dedent(text).encode()
    return {flaw.code for flaw in audit({FILE: data}, FILE, ["v1.0.0"], "acme/demo")}


@pytest.mark.parametrize("name", NAMES)
def test_each_flaw_is_found_where_it_stands_and_nothing_else(name: str) -> None:
    assert rows(judged(name)) == json.loads((FOLDER / name / "expected.json").read_text())


def test_every_code_of_a_rule_is_in_some_case() -> None:
    seen = {flaw.code for name in NAMES for flaw in judged(name)}
    assert len(seen) >= len(RULES)


@pytest.mark.parametrize("name", WRITTEN)
def test_in_what_tagboat_writes_nothing_is_found(name: str) -> None:
    config = project(name).config
    files = {path: text.encode() for path, text in written(name).items() if "/workflows/" in path}
    tags = [component.tag.replace("{version}", "1.0.0") for component in config.components]
    release = f".github/workflows/{config.workflows.release}"
    assert audit(files, release, tags, config.repository) == []


def publishing(job: str = "", top: str = "", before: str = "") -> str:
    return f"""\
on: {{push: {{tags: ["v*"]}}}}
{top or "concurrency: release"}
jobs:
  {before or "build: {runs-on: x, steps: [{run: uv build}]}"}
  publish:
    {job or "needs: [build]"}
    runs-on: x
    environment: pypi
    steps:
      - run: tagboat publish
"""


GUARDED = "needs: [build]\n    if: github.repository == 'acme/demo'"


@pytest.mark.parametrize(
    ("condition", "gate"),
    [
        ("success()", False),
        ("always()", True),
        ("${{ !cancelled() }}", True),
        ("failure()", True),
        ("always() && needs.build.result == 'success'", False),
        ("always() && contains(needs.*.result, 'failure')", False),
    ],
)
def test_a_publishing_job_must_not_start_whatever_happened(condition: str, gate: bool) -> None:
    text = publishing(f'needs: [build]\n    if: "{condition}"')
    assert ("publish-without-gate" in found(text)) == gate


@pytest.mark.parametrize(
    ("said", "cancelled"),
    [
        ("false", False),
        ("true", True),
        ("${{ github.event_name == 'pull_request' }}", False),
        ("${{ github.event_name != 'pull_request' }}", True),
        ("${{ inputs.anything }}", True),
        ("${{ startsWith(github.ref_type, 'branch') }}", False),
        ("${{ no expression", True),
    ],
)
def test_cancelling_is_judged_by_what_it_comes_to_for_a_release(said: str, cancelled: bool) -> None:
    text = publishing(GUARDED, f"concurrency: {{group: a, cancel-in-progress: {json.dumps(said)}}}")
    assert ("release-cancelled" in found(text)) == cancelled


@pytest.mark.parametrize(
    ("command", "swallows"),
    [
        ("twine check dist/* || true", True),
        ("twine check dist/* ||:", True),
        ("twine check dist/* || exit 0", True),
        ("set +e\ntwine check dist/*", True),
        ("twine check dist/* || true-or-false", False),
        ("twine check dist/* || exit 1", False),
        ("set -e\ntwine check dist/*", False),
        ("# twine check dist/* || true", False),
    ],
)
def test_a_command_that_cannot_fail_before_a_release_is_named(command: str, swallows: bool) -> None:
    step = json.dumps({"run": command})
    text = publishing(GUARDED, before=f"build: {{runs-on: x, steps: [{step}]}}")
    assert ("gate-cannot-fail" in found(text)) == swallows


@pytest.mark.parametrize(
    ("command", "holds"),
    [
        ("twine upload -p $TOKEN dist/*", True),
        ("twine upload \\\n  -p '${{ secrets.T }}' dist/*", True),
        ("mkdir -p $DIST\ntwine upload dist/*", False),
        ("mkdir -p $DIST && twine upload dist/*", False),
        ("twine upload dist/*; mkdir -p $DIST", False),
        ("uv publish --token $TOKEN", True),
        ("uv publish --token-file x", False),
    ],
)
def test_only_an_option_of_a_publishing_command_hands_it_a_secret(command: str, holds: bool) -> None:
    text = publishing(GUARDED).replace("run: tagboat publish", f"run: {json.dumps(command)}")
    assert ("workflow-lasting-secret" in found(text)) == holds


@pytest.mark.parametrize(
    ("step", "crosses"),
    [
        ({"uses": "actions/download-artifact@v4", "with": {"run-id": "${{ inputs.run }}"}}, True),
        ({"uses": "actions/download-artifact@v4", "with": {"run-id": "${{ github.run_id }}"}}, False),
        (
            {
                "uses": "actions/download-artifact@v4",
                "with": {"run-id": "${{ inputs.run || github.run_id }}"},
            },
            True,
        ),
        ({"run": "gh run download $RUN"}, True),
        ({"run": "gh run view $GITHUB_RUN_ID"}, False),
        ({"run": "gh api repos/a/b/actions/runs/${{ github.run_id }}/jobs"}, False),
        ({"run": "gh api \\\n  repos/a/b/actions/runs/1/jobs"}, True),
        ({"run": "gh run view $GITHUB_RUN_ID\ngh run list"}, True),
    ],
)
def test_looking_at_its_own_run_crosses_nothing(step: dict[str, object], crosses: bool) -> None:
    text = publishing(GUARDED).replace("- run: tagboat publish", f"- {json.dumps(step)}")
    assert ("cross-run-artifact" in found(text)) == crosses


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("pip install -r requirements.txt", True),
        ("pip install \\\n  -r requirements.txt", True),
        ("pip install \\\n  --require-hashes -r $RUNNER_TEMP/lock.txt", False),
        ("./scripts/go", True),
        ("\n\n  ./go", True),
    ],
)
def test_what_a_publishing_job_installs_is_the_project_s_unless_its_hash_is_known(
    command: str, runs: bool
) -> None:
    text = publishing(GUARDED).replace(
        "- run: tagboat", f"- run: {json.dumps(command)}\n      - run: tagboat"
    )
    assert ("publish-runs-code" in found(text)) == runs


@pytest.mark.parametrize(
    ("uses", "pinned"),
    [
        ("./.github/actions/own", True),
        ("a/b@" + "0f" * 20, True),
        ("docker://image@sha256:" + "0f" * 32, True),
        ("a/b@v1", False),
        ("a/b", False),
        ("docker://image:1", False),
        ("a/b@" + "0f" * 19, False),
    ],
)
def test_only_a_full_commit_or_digest_pins(uses: str, pinned: bool) -> None:
    text = f"on: push\njobs:\n  a: {{runs-on: x, steps: [{{uses: '{uses}'}}]}}\n"
    assert ("unpinned-action" in found(text)) != pinned


@pytest.mark.parametrize(
    ("expression", "injects"),
    [
        ("github.event.issue.title", True),
        ("github['event'].issue.title", False),  # zizmor sees it; ours reads plain words
        ("inputs.tag", True),
        ("github.head_ref || github.ref_name", True),
        ("steps.a.outputs.b", True),
        ("github.sha", False),
        ("github.event.pull_request.number", False),
        ("github.event_name == 'push'", False),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("secrets.TOKEN", False),
        ("matrix.python", False),
    ],
)
def test_a_strangers_text_in_a_script_is_named(expression: str, injects: bool) -> None:
    text = f"""\
        on: push
        jobs:
          a:
            runs-on: x
            strategy: {{matrix: {{python: ["3.11"]}}}}
            steps: [{{run: "echo ${{{{ {expression} }}}}"}}]
        """
    assert ("script-injection" in found(text)) == injects


def test_a_matrix_that_a_job_makes_is_a_strangers_text() -> None:
    text = """\
        on: push
        jobs:
          a:
            runs-on: x
            strategy: {matrix: "${{ fromJSON(needs.b.outputs.m) }}"}
            steps: [{run: "echo ${{ matrix.python }}"}]
        """
    assert "script-injection" in found(text)


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_judged() -> None:
    other = ".github/workflows/other.yml"
    files = {FILE: b"jobs: [", other: b"on: push\njobs:\n  a: {runs-on: x, steps: [{uses: a/b@v1}]}\n"}
    flaws = {flaw.code: flaw for flaw in audit(files, FILE, ["v1.0.0"], "acme/demo")}
    assert flaws["workflow-unreadable"].file == FILE
    assert flaws["workflow-unreadable"].verdict is Verdict.FAIL
    assert flaws["unpinned-action"].file == other


def test_an_expression_that_is_none_spoils_its_own_file_alone() -> None:
    other = ".github/workflows/other.yml"
    bad = b"on: push\njobs:\n  a: {runs-on: x, if: 'a b', steps: [{run: x}]}\n"
    files = {FILE: bad, other: b"on: push\njobs:\n  a: {runs-on: x, steps: [{run: x}]}\n"}
    flaws = audit(files, "", ["v1.0.0"], "acme/demo")
    assert [(flaw.file, flaw.line, flaw.code) for flaw in flaws] == [
        (FILE, 3, "workflow-unreadable"),
        (other, 1, "tag-starts-ci"),
    ]


@pytest.mark.parametrize(
    ("step", "bad"),
    [
        ("run: 'echo ${{ foo( }}'", True),
        ("run: 'echo ${{ }}'", True),
        ("run: 'echo # ${{ a b }}'", True),
        ("{uses: a/b@v1, with: {x: '${{ a. }}'}}", True),
        ("{run: x, env: {A: '${{ a'}}", True),
        ("{run: x, if: 'a b'}", True),
        ("{run: x, if: 'always() && !cancelled()'}", False),
        ("{run: x, if: ''}", False),
        ("run: 'echo a b ${{ format(''{0}'', github.ref) }}'", False),
    ],
)
def test_a_step_whose_expression_is_none_is_told(step: str, bad: bool) -> None:
    step = step if step.startswith("{") else f"{{{step}}}"
    text = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {step}\n"
    flaws = audit({FILE: text.encode()}, "", ["v1.0.0"], "acme/demo")
    assert [(f.line, f.verdict) for f in flaws if f.code == "workflow-unreadable"] == [
        (6, Verdict.FAIL)
    ] * bad


def test_an_expression_of_a_called_file_is_told_where_it_stands() -> None:
    called = ".github/workflows/called.yml"
    files = {
        FILE: f"on: push\njobs:\n  a: {{uses: ./{called}}}\n".encode(),
        called: b"on: workflow_call\njobs:\n  b:\n    runs-on: x\n    if: ${{ a b }}\n    steps: [{run: x}]\n",
    }
    flaws = [flaw for flaw in audit(files, "", ["v1.0.0"], "acme/demo") if flaw.code == "workflow-unreadable"]
    assert [(flaw.file, flaw.line, flaw.reason) for flaw in flaws] == [
        (called, 5, "'b' is not expected in an expression")
    ]


def test_a_file_that_is_only_called_leaves_its_group_to_the_caller() -> None:
    alone = publishing(GUARDED, top="name: a")
    assert "release-twice" in found(alone)
    assert "release-twice" not in found(alone.replace('{push: {tags: ["v*"]}}', "workflow_call"))


@pytest.mark.parametrize(
    ("one", "other", "twice"),
    [("", "", True), ("working-directory: a", "", False), ("env: {A: b}", "env: {A: c}", False)],
)
def test_the_same_command_builds_the_same_only_in_the_same_place(one: str, other: str, twice: bool) -> None:
    build = "{{runs-on: x, steps: [{{run: uv build, {}}}]}}"
    text = publishing(
        "needs: [build, again]", before=f"build: {build.format(one)}\n  again: {build.format(other)}"
    )
    assert ("duplicate-build" in found(text)) == twice


def test_a_job_that_no_tag_starts_costs_a_tag_nothing() -> None:
    idle = "docs: {runs-on: x, if: \"github.ref_type == '%s'\", steps: [{run: x}]}"
    build = "\n  build: {runs-on: x, steps: [{run: uv build}]}"
    assert "tag-starts-more" in found(publishing(before=idle % "tag" + build))
    assert "tag-starts-more" not in found(publishing(before=idle % "branch" + build))


def test_what_a_called_workflow_calls_is_part_of_the_release() -> None:
    call = "on: workflow_call\njobs: {{a: {{uses: ./.github/workflows/{}.yml}}}}\n"
    files = {f".github/workflows/{name}.yml": call.format(called) for name, called in ("bc", "cd", "xd")}
    files[".github/workflows/d.yml"] = "on: workflow_call\njobs: {a: {runs-on: x, steps: [{uses: a/b@v1}]}}\n"
    files[FILE] = publishing(before="build: {uses: ./.github/workflows/b.yml}")
    flaws = audit({path: text.encode() for path, text in files.items()}, FILE, [], "acme/demo")
    assert [flaw.verdict for flaw in flaws if flaw.code == "unpinned-action"] == [Verdict.FAIL]


PIECES = st.sampled_from(
    [
        "on: push\n",
        "on: {push: {tags: ['v*']}}\n",
        "jobs:\n",
        "  a:\n",
        "  b:\n    needs: [a]\n",
        "    runs-on: x\n",
        "    steps:\n",
        "      - run: twine upload || true\n",
        "      - uses: a/b@v1\n",
        "    if: always()\n",
        "      - run: echo ${{ inputs.a }}\n",
        "    uses: ./.github/workflows/release.yml\n",
        "    if: ${{ (\n",
        "    strategy: {matrix: {a: [1, 2], b: '${{ fromJSON(x) }}'}}\n",
        "concurrency: {group: a, cancel-in-progress: x}\n",
        "    secrets: inherit\n",
        "    environment: pypi\n",
        "    continue-on-error: true\n",
        "\t",
        "'",
        "&a [*a]\n",
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(PIECES | st.text(max_size=20), max_size=25), st.binary(max_size=80))
def test_any_text_is_judged_or_said_to_be_unreadable(pieces: list[str], data: bytes) -> None:
    for text in ("".join(pieces).encode("utf-8", "surrogatepass"), data):
        for flaw in audit({FILE: text}, FILE, ["v1.0.0"], "acme/demo"):
            assert flaw.reason
            assert flaw.remedy
            assert flaw.line <= text.count(b"\n") + text.count(b"\r") + 2


@pytest.mark.parametrize(
    "run",
    [
        "pip install " + "a " * 50_000,
        "x" * 200_000,
        "gh api " * 30_000,
        "inputs." * 20_000,
        "|| " * 60_000,
        "\n" * 200_000,
    ],
)
def test_a_long_script_is_judged_at_once(run: str) -> None:
    text = json.dumps(
        {
            "on": {"push": {"tags": ["v*"]}},
            "jobs": {
                "a": {"runs-on": "x", "steps": [{"run": run + "${{ inputs.a }}"}, {"run": "uv publish"}]}
            },
        }
    )
    assert "release-twice" in found(text)


def test_a_long_chain_of_publishing_jobs_and_files_that_call_each_other_come_to_an_end() -> None:
    chain = "".join(
        f"  j{n}: {{needs: [{f'j{n - 1}' if n else ''}], runs-on: x, steps: [{{run: uv publish}}]}}\n"
        for n in range(400)
    )
    calls = "".join(f"  j{n}: {{uses: ./.github/workflows/%s.yml}}\n" for n in range(6))
    files = {FILE: f"on: push\njobs:\n{chain}".encode()}
    for name, called in ("ab", "bc", "ca"):
        text = f"on: {{push: , workflow_call: }}\njobs:\n{calls.replace('%s', called)}"
        files[f".github/workflows/{name}.yml"] = text.encode()
    flaws = audit(files, FILE, ["v1.0.0"], "acme/demo")
    assert sum(flaw.code == "publish-in-forks" for flaw in flaws) == 400
