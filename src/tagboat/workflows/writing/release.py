"""The release: checked, built, gathered, staged, tried, published, confirmed; each in a job with only its own rights.

Only the jobs that publish may write and have an identity. They check out no code and install from the short lock. What passes
between jobs is the Manifest with its files, as one artifact of this very run, and its digest as an output.
"""

from __future__ import annotations

from tagboat.workflows.run_name import run_name
from tagboat.workflows.writing import parts, publishing
from tagboat.workflows.writing.parts import Table
from tagboat.workflows.writing.project import (
    Project,
    tag_pattern,
    words,
)
from tagboat.workflows.writing.yaml_text import Said

_CHECK = """\
set -euo pipefail
tagboat check --repository "$GITHUB_REPOSITORY" {what} --out checked
"""
_GATHER = """\
set -euo pipefail
shopt -s nullglob
folders=()
for record in shards/*/shard.json shards/*/*/shard.json; do folders+=("${record%/shard.json}"); done
tagboat gather "${folders[@]}" --repository "$GITHUB_REPOSITORY" --component "$COMPONENT" --tag "$COMPONENT=$TAG" \\
  --ledger checked/ledger.jsonl --out release
"""
_RECEIVE = """\
set -euo pipefail
tagboat gather --handed-over --repository "$GITHUB_REPOSITORY" --component "$COMPONENT" --tag "$COMPONENT=$TAG" \\
  --ledger checked/ledger.jsonl --out release
"""
_HANDED_OVER, _NOT_HANDED_OVER = (f"needs.check.outputs.handed-over {sign} 'true'" for sign in ("==", "!="))
_OUTPUTS = ("adopted", "commit", "component", "tag", "version")


def release(project: Project) -> Table:
    """Return the workflow as a table."""
    jobs = {"check": _check(project), "build": _build(project), "gather": _gather(project)}
    if project.receives:
        jobs["receive"] = _receive(project)
    if project.config.workflows.docs:
        jobs["docs"] = _docs(project)
    jobs |= publishing.jobs(project)
    if project.config.workflows.failure_issue:
        jobs["report"] = publishing.report(project, list(jobs))
    tag = project.tag_given
    return {
        "name": "Release",
        "run-name": run_name(tag, dry="" if project.by_tag else "inputs.dry-run"),
        "on": _on(project),
        "permissions": {},
        "concurrency": {"group": f"release-{tag}", "cancel-in-progress": False},
        "jobs": jobs,
    }


def _on(project: Project) -> Table:
    components = project.config.components
    if project.by_tag:
        return {"push": {"tags": [tag_pattern(component.tag) for component in components]}}
    names = [component.name for component in components]
    return {
        "workflow_dispatch": {
            "inputs": {
                "component": {
                    "description": "What is released",
                    "type": "choice",
                    "options": names,
                    "default": names[0],
                    "required": True,
                },
                "tag": {"description": "Its tag, which must exist", "type": "string", "required": True},
                "dry-run": {
                    "description": "Check, build and gather only; nothing is written anywhere",
                    "type": "boolean",
                    "default": True,
                },
            }
        }
    }


def _check(project: Project) -> Table:
    env = parts.wanted(project)
    what = '--component "$COMPONENT" --tag "$COMPONENT=$TAG"'
    if project.by_tag and project.several:
        del env["COMPONENT"]
        what = '--tag "$TAG"'
    step = {**parts.script("Ask every guard of the tag", _CHECK.format(what=what), env)}
    return {
        "name": "Check",
        "if": parts.guard(project),
        "runs-on": parts.RUNNER,
        "timeout-minutes": min(30 + project.config.policy.ci_wait // 60, 350),
        "permissions": {
            "actions": Said("read", "looks how CI ended on the commit"),
            "checks": Said("read", "looks how each of its jobs ended"),
            "contents": parts.READS,
        },
        "outputs": parts.outputs(
            "check", [*_OUTPUTS, *(["handed-over"] if project.receives else []), *parts.TOLD]
        ),
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            parts.named("check", step),
            parts.keep(project, "checked", "checked"),
        ],
    }


def _build(project: Project) -> Table:
    tokens = project.tokens(reading=True)
    job: Table = {
        "name": "Build",
        "needs": ["check"],
        "if": parts.guard(project, "needs.check.outputs.adopted != 'true'", *_built_here(project)),
        "permissions": {"contents": parts.READS_CODE},
        "uses": parts.local(project.config.workflows.build),
        "with": {
            "component": project.component_given,
            "commit": "${{ needs.check.outputs.commit }}",
            "tag": "${{ needs.check.outputs.tag }}",
        },
    }
    return {**job, "secrets": parts.secrets_of(tokens)} if tokens else job


def _gather(project: Project) -> Table:
    built = "(needs.build.result == 'success' || needs.check.outputs.adopted == 'true')"
    env = {**parts.wanted(project), **parts.reading(project)}
    return {
        "name": "Gather",
        "needs": ["check", "build"],
        "#": "Where the forge holds this very build already, nothing is built and its files are taken.",
        "if": parts.guard(project, "!cancelled()", "needs.check.result == 'success'", built),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 120,
        "permissions": {"contents": parts.READS},
        "outputs": parts.outputs("gather", ["manifest-digest", *parts.TOLD]),
        "steps": [
            *parts.setup(project, parts.BUILD_LOCK, project.pythons),
            parts.take(project, "checked", name="checked"),
            parts.take(
                project,
                "shards",
                pattern="shard~*",
                condition="${{ needs.check.outputs.adopted != 'true' }}",
            ),
            parts.named("gather", parts.script("Verify the shards and make the one Manifest", _GATHER, env)),
            parts.keep(project, "release", "release"),
        ],
    }


def _receive(project: Project) -> Table:
    """Return the job that takes the draft's files: only a token that may write sees a draft, so no project code runs in it."""
    return {
        "name": "Receive",
        "needs": ["check"],
        "#": "Where the tag hands a finished build over, nothing is built and its files are taken from the draft.",
        "if": parts.guard(project, _HANDED_OVER, *parts.wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "permissions": {"contents": Said("write", "sees the draft release; it changes nothing")},
        "outputs": parts.outputs("receive", ["manifest-digest", *parts.TOLD]),
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            parts.take(project, "checked", name="checked"),
            parts.named(
                "receive",
                parts.script("Take the build that was handed over", _RECEIVE, parts.wanted(project)),
            ),
            parts.keep(project, "release", "release"),
        ],
    }


def _built_here(project: Project) -> list[str]:
    """Return what keeps from building what was handed over; a dry run may not write, so it sees no draft and builds."""
    if not project.receives:
        return []
    return [_NOT_HANDED_OVER if project.by_tag else f"({_NOT_HANDED_OVER} || inputs.dry-run)"]


def _docs(project: Project) -> Table:
    env = {
        "COMMAND": words(project.config.workflows.docs),
        "RELEASE_COMPONENT": project.component_given,
        "RELEASE_FILES": "${{ github.workspace }}/release",
        "RELEASE_VERSION": "${{ needs.check.outputs.version }}",
    }
    return {
        "name": "Documentation",
        "needs": ["check", *parts.gathering(project)],
        "if": parts.guard(project, "!cancelled()", parts.gathered(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 120,
        "permissions": {"contents": parts.READS_CODE},
        "steps": [
            parts.checkout(project, "${{ needs.check.outputs.commit }}"),
            parts.uses(
                project,
                "actions/setup-python",
                {"python-version": project.config.workflows.python},
                name="Set Python up",
            ),
            parts.take(project, "release", name="release"),
            parts.python("Build the documentation by the project's command", parts.RUN_COMMAND, env),
        ],
    }
