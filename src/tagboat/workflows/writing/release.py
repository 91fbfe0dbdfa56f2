"""The release: checked, built, gathered, staged, tried, published, confirmed; each in a job with only its own rights.

Only the jobs that publish may write and have an identity. They check out no code and install from the short lock. What passes
between jobs is the Manifest with its files, as one artifact of this very run, and its digest as an output.
"""

from __future__ import annotations

from tagboat.config.model import Component, IndexTarget
from tagboat.workflows.writing import parts
from tagboat.workflows.writing.parts import Table
from tagboat.workflows.writing.project import (
    Project,
    environment_of,
    inert,
    literal,
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
_LEDGERS = """\
shopt -s nullglob
ledgers=()
for ledger in ledgers/*/ledger.jsonl; do ledgers+=(--ledger "$ledger"); done
"""
_ON = """\
tagboat {command} --repository "$GITHUB_REPOSITORY" --manifest release/manifest.json \\
  --manifest-digest "$MANIFEST_DIGEST" "${{ledgers[@]}}"
"""
_IDENTITY = Said("write", "gives the job an identity, by which the index knows the Trusted Publisher")
_OUTPUTS = ("adopted", "commit", "component", "tag", "version")
_TOLD = ("result", "cause", "remedy")


def release(project: Project) -> Table:
    """Return the workflow as a table."""
    jobs = {"check": _check(project), "build": _build(project), "gather": _gather(project)}
    if project.config.workflows.docs:
        jobs["docs"] = _docs(project)
    if _staged(project):
        jobs["stage"] = _stage(project)
        jobs["try"] = _try(project)
    jobs["publish"] = _publish(project)
    jobs["confirm"] = _confirm(project)
    if project.config.workflows.failure_issue:
        jobs["report"] = _report(project, list(jobs))
    tag = "${{ github.ref_name }}" if project.by_tag else "${{ inputs.tag }}"
    dry = "" if project.by_tag else "${{ inputs.dry-run && ' (dry run)' || '' }}"
    return {
        "name": "Release",
        "run-name": f"Release {tag}{dry}",
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


def _component(project: Project) -> str:
    """Return what the environment has as the component."""
    if not project.several:
        return project.config.components[0].name
    return "${{ needs.check.outputs.component }}" if project.by_tag else "${{ inputs.component }}"


def _wanted(project: Project) -> Table:
    tag = "${{ github.ref_name }}" if project.by_tag else "${{ inputs.tag }}"
    return {"COMPONENT": _component(project), "GH_TOKEN": "${{ github.token }}", "TAG": tag}


def _check(project: Project) -> Table:
    env = _wanted(project)
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
        "outputs": _outputs("check", [*_OUTPUTS, *_TOLD]),
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            _named("check", step),
            parts.keep(project, "checked", "checked"),
        ],
    }


def _outputs(step: str, names: list[str]) -> Table:
    return {name: f"${{{{ steps.{step}.outputs.{name} }}}}" for name in names}


def _named(name: str, step: Table) -> Table:
    return {"name": step["name"], "id": name, **{key: value for key, value in step.items() if key != "name"}}


def _build(project: Project) -> Table:
    tokens = project.tokens(reading=True)
    job: Table = {
        "name": "Build",
        "needs": ["check"],
        "if": parts.guard(project, "needs.check.outputs.adopted != 'true'"),
        "permissions": {"contents": parts.READS_CODE},
        "uses": parts.local(project.config.workflows.build),
        "with": {
            "component": _component(project),
            "commit": "${{ needs.check.outputs.commit }}",
            "tag": "${{ needs.check.outputs.tag }}",
        },
    }
    return {**job, "secrets": parts.secrets_of(tokens)} if tokens else job


def _gather(project: Project) -> Table:
    built = "(needs.build.result == 'success' || needs.check.outputs.adopted == 'true')"
    env = {**_wanted(project), **parts.reading(project)}
    return {
        "name": "Gather",
        "needs": ["check", "build"],
        "#": "Where the forge holds this very build already, nothing is built and its files are taken.",
        "if": parts.guard(project, "!cancelled()", "needs.check.result == 'success'", built),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 120,
        "permissions": {"contents": parts.READS},
        "outputs": _outputs("gather", ["manifest-digest", *_TOLD]),
        "steps": [
            *parts.setup(project, parts.BUILD_LOCK, project.pythons),
            parts.take(project, "checked", name="checked"),
            parts.take(
                project,
                "shards",
                pattern="shard~*",
                condition="${{ needs.check.outputs.adopted != 'true' }}",
            ),
            _named("gather", parts.script("Verify the shards and make the one Manifest", _GATHER, env)),
            parts.keep(project, "release", "release"),
        ],
    }


def _docs(project: Project) -> Table:
    env = {
        "COMMAND": words(project.config.workflows.docs),
        "RELEASE_COMPONENT": _component(project),
        "RELEASE_FILES": "${{ github.workspace }}/release",
        "RELEASE_VERSION": "${{ needs.check.outputs.version }}",
    }
    return {
        "name": "Documentation",
        "needs": ["check", "gather"],
        "if": parts.guard(project, "!cancelled()", "needs.gather.result == 'success'"),
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


def _stage(project: Project) -> Table:
    staged = _staged(project)
    only = _only(project, staged)
    indexes = {component.name: project.staging(component) for component in staged}
    before = ["gather", *_docs_first(project)]
    return {
        "name": "Stage",
        "needs": ["check", *before],
        "if": parts.guard(
            project,
            "!cancelled()",
            *_ended(before),
            *_wet(project),
            *only,
        ),
        **_publishing(project, indexes),
        "outputs": _outputs("stage", list(_TOLD)),
        "steps": _steps(
            project, "stage", "publish --phase stage", "Fill the draft and the staging index", publishes=True
        ),
    }


def _try(project: Project) -> Table:
    return {
        "name": "Try",
        "needs": ["check", "gather", "stage"],
        "if": parts.guard(project, "!cancelled()", *_ended(["stage"]), *_wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "permissions": {"contents": parts.READS},
        "outputs": _outputs("try", list(_TOLD)),
        "steps": _steps(project, "try", "confirm --phase stage", "Install what was staged"),
    }


def _publish(project: Project) -> Table:
    before = ["gather", *_docs_first(project)]
    staged = _staged(project)
    needs = ["check", *before, *(["stage", "try"] if staged else [])]
    ended = _ended(before)
    if len(staged) == len(project.config.components):
        ended += _ended(["try"])
    elif staged:
        ended.append(f"(needs.try.result == 'success' || !{_among(project, staged)})")
    indexes = {component.name: project.final(component) for component in project.config.components}
    return {
        "name": "Publish",
        "needs": needs,
        "if": parts.guard(project, "!cancelled()", *ended, *_wet(project)),
        **_publishing(project, indexes),
        "outputs": _outputs("publish", ["release_created", "tag_name", "html_url", *_TOLD]),
        "steps": _steps(
            project, "publish", "publish --phase publish", "Publish the files of the Manifest", publishes=True
        ),
    }


def _confirm(project: Project) -> Table:
    return {
        "name": "Confirm",
        "needs": ["check", "gather", "publish"],
        "if": parts.guard(project, "!cancelled()", *_ended(["publish"]), *_wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "permissions": {"contents": parts.READS},
        "outputs": _outputs("confirm", list(_TOLD)),
        "steps": _steps(project, "confirm", "confirm", "Find every file, and install it"),
    }


def _report(project: Project, jobs: list[str]) -> Table:
    env = {**_wanted(project), "NEEDS": "${{ toJSON(needs) }}"}
    return {
        "name": "Report",
        "needs": jobs,
        "#": "It opens or updates one issue for a release that failed; a later success closes it.",
        "if": parts.guard(project, "!cancelled()", *_wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 15,
        "permissions": {
            "contents": parts.READS,
            "issues": Said("write", "opens, updates and closes the one issue about this release"),
        },
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            parts.script(
                "Say how the release ended",
                'set -euo pipefail\ntagboat report --repository "$GITHUB_REPOSITORY" --component "$COMPONENT" --tag "$COMPONENT=$TAG"\n',
                env,
            ),
        ],
    }


def _publishing(project: Project, indexes: dict[str, list[IndexTarget]]) -> Table:
    return {
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "environment": _environment(
            project, {name: environment_of(found[0]) for name, found in indexes.items()}
        ),
        "permissions": {
            "actions": Said("read", "reads who approved the environment"),
            "contents": Said("write", "fills the draft release and makes it public"),
            "id-token": _IDENTITY,
        },
    }


def _environment(project: Project, names: dict[str, str]) -> str:
    if len(set(names.values())) == 1:
        return inert(next(iter(names.values())))
    *some, last = names.items()
    terms = [f"{_chosen(project)} == {literal(name)} && {literal(found)}" for name, found in some]
    return f"${{{{ {' || '.join([*terms, literal(last[1])])} }}}}"


def _steps(project: Project, job: str, command: str, name: str, *, publishes: bool = False) -> list[Table]:
    """Return the steps of a job that goes on from the Manifest."""
    lock = parts.PUBLISH_LOCK if publishes else parts.BUILD_LOCK
    env = {
        "GH_TOKEN": "${{ github.token }}",
        "MANIFEST_DIGEST": "${{ needs.gather.outputs.manifest-digest }}",
        **(parts.secrets_of(project.tokens(reading=False)) if publishes else parts.reading(project)),
    }
    text = f"set -euo pipefail\n{_LEDGERS}{_ON.format(command=command)}"
    return [
        *parts.setup(project, lock, [] if publishes else project.pythons),
        parts.take(project, "release", name="release"),
        parts.take(project, "ledgers", pattern="ledger~*"),
        _named(job, parts.script(name, text, env)),
        parts.keep(project, f"ledger~{job}", "release/ledger.jsonl", always=True),
    ]


def _staged(project: Project) -> list[Component]:
    return [component for component in project.config.components if project.staging(component)]


def _only(project: Project, components: list[Component]) -> list[str]:
    return [] if len(components) == len(project.config.components) else [_among(project, components)]


def _chosen(project: Project) -> str:
    return "needs.check.outputs.component" if project.by_tag else "inputs.component"


def _among(project: Project, components: list[Component]) -> str:
    terms = [f"{_chosen(project)} == {literal(component.name)}" for component in components]
    return f"({' || '.join(terms)})"


def _docs_first(project: Project) -> list[str]:
    return ["docs"] if project.config.workflows.docs else []


def _wet(project: Project) -> list[str]:
    return [] if project.by_tag else ["!inputs.dry-run"]


def _ended(jobs: list[str]) -> list[str]:
    """Return what asks whether jobs succeeded; a job that was skipped before them does not count."""
    return [f"needs.{job}.result == 'success'" for job in jobs]
