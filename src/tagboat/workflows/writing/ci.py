"""CI: pull requests and the branches that are released from are tested and built; a tag starts nothing here."""

from __future__ import annotations

from tagboat.workflows.writing import parts
from tagboat.workflows.writing.parts import Table
from tagboat.workflows.writing.project import Project, branch_pattern, inert, words

_GATE = """\
import json, os, sys
results = {job: need["result"] for job, need in json.loads(os.environ["NEEDS"]).items()}
print("\\n".join(f"{job}: {result}" for job, result in results.items()))
sys.exit(any(result != "success" for result in results.values()))
"""


def ci(project: Project) -> Table:
    """Return the workflow as a table."""
    workflows = project.config.workflows
    jobs: Table = {}
    if workflows.test:
        jobs["test"] = _test(project)
    jobs["build"] = _build(project)
    jobs["gate"] = _gate(list(jobs), project)
    return {
        "name": "CI",
        "on": {
            "pull_request": None,
            "push": {"branches": [branch_pattern(branch) for branch in project.branches]},
        },
        "permissions": {},
        "concurrency": {
            "group": "ci-${{ github.event.pull_request.number || github.sha }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "jobs": jobs,
    }


def _test(project: Project) -> Table:
    return {
        "name": "Test on ${{ matrix.python }}",
        "if": parts.guard(project),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 120,
        "permissions": {"contents": parts.READS_CODE},
        "strategy": {"fail-fast": False, "matrix": {"python": [inert(python) for python in project.pythons]}},
        "steps": [
            parts.checkout(project),
            parts.uses(
                project,
                "actions/setup-python",
                {"python-version": "${{ matrix.python }}"},
                name="Set Python up",
            ),
            parts.python(
                "Run the project's tests",
                parts.RUN_COMMAND,
                {"COMMAND": words(project.config.workflows.test)},
            ),
        ],
    }


def _build(project: Project) -> Table:
    job: Table = {
        "name": "Build",
        "if": parts.guard(project),
        "permissions": {"contents": parts.READS_CODE},
        "uses": parts.local(project.config.workflows.build),
        "with": {"commit": "${{ github.sha }}"},
    }
    tokens = project.tokens(reading=True)
    return {**job, "secrets": parts.secrets_of(tokens)} if tokens else job


def _gate(jobs: list[str], project: Project) -> Table:
    return {
        "name": "CI is green",
        "#": "For the forge a skipped job counts as green, and a required check that is skipped is passed: not here.",
        "if": parts.guard(project, "always()"),
        "needs": jobs,
        "runs-on": parts.RUNNER,
        "timeout-minutes": 5,
        "permissions": {},
        "steps": [parts.python("Every job must have succeeded", _GATE, {"NEEDS": "${{ toJSON(needs) }}"})],
    }
