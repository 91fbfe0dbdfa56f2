"""The jobs of a release that go on from the Manifest: stage, try, publish, confirm, and the report.

The first job that may write goes on with the build in the draft, where there is one (``--prefer-draft``): a token that may only
read sees no draft. So its folder and its Manifest's digest are what the jobs after it get. The folder never passes
through ``try``, which runs the project's code; of that job's doing only the ledger goes on.
"""

from __future__ import annotations

from collections.abc import Iterable

from tagboat.config.model import Component, IndexTarget
from tagboat.workflows.writing import parts
from tagboat.workflows.writing.parts import Table
from tagboat.workflows.writing.project import Project, environment_of, inert, literal
from tagboat.workflows.writing.yaml_text import Said

_GO_ON = """\
set -euo pipefail
tagboat {command} --repository "$GITHUB_REPOSITORY" --manifest release/manifest.json \\
  --manifest-digest "$MANIFEST_DIGEST"
"""
_GO_ON_AFTER_TRY = """\
set -euo pipefail
ledgers=()
if [ -f tried/ledger.jsonl ]; then ledgers=(--ledger tried/ledger.jsonl); fi
tagboat {command} --repository "$GITHUB_REPOSITORY" --manifest release/manifest.json \\
  --manifest-digest "$MANIFEST_DIGEST" "${{ledgers[@]}}"
"""
_REPORT = """\
set -euo pipefail
tagboat report --repository "$GITHUB_REPOSITORY" --component "$COMPONENT" --tag "$TAG"
"""
_FOLDER = "release"
_DIGEST = "manifest-digest"
_STAGED, _PUBLISHED = (f"needs.{job}.outputs.{_DIGEST}" for job in ("stage", "publish"))
_CLAIMED = ("releases_created", "paths_released")
_CLAIMED_BY_ROOT = ("release_created", "tag_name", "html_url")
"""Outputs that release-please has, too; the second ones for a project in the root."""


def jobs(project: Project) -> Table:
    """Return the jobs after ``gather`` and the documentation."""
    before = [*parts.gathering(project), *(["docs"] if project.config.workflows.docs else [])]
    found: Table = {}
    if _staged(project):
        found = {"stage": _stage(project, before), "try": _try(project)}
    return {**found, "publish": _publish(project, before), "confirm": _confirm(project)}


def _stage(project: Project, before: list[str]) -> Table:
    staged = _staged(project)
    only = [] if _all_staged(project) else [_among(project, staged)]
    rights = {
        "contents": Said("write", "fills the draft release"),
        "id-token": Said(
            "write", "gives the job an identity, by which the staging index knows the Trusted Publisher"
        ),
    }
    text = _GO_ON.format(command="publish --phase stage --prefer-draft")
    return {
        "name": "Stage",
        "needs": ["check", *before],
        "if": parts.guard(project, *_ready(project), *parts.wet(project), *only),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "environment": _environment(project, {one.name: project.staging(one) for one in staged}),
        "permissions": rights,
        "outputs": parts.outputs("stage", [_DIGEST, *parts.TOLD]),
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            parts.take(project, _FOLDER, name="release"),
            parts.named(
                "stage",
                _script(
                    project, "Fill the draft and the staging index", text, _gathered(project), writes=True
                ),
            ),
            parts.keep(project, "staged", _FOLDER, always=True),
        ],
    }


def _try(project: Project) -> Table:
    text = _GO_ON.format(command="confirm --phase stage")
    return {
        "name": "Try",
        "needs": ["check", "stage"],
        "if": parts.guard(project, *_after("stage"), *parts.wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "permissions": {"contents": parts.READS},
        "outputs": parts.outputs("try", parts.TOLD),
        "steps": [
            *parts.setup(project, parts.BUILD_LOCK, project.pythons),
            parts.take(project, _FOLDER, name="staged"),
            parts.named("try", _script(project, "Install what was staged", text, _STAGED)),
            parts.keep(project, "tried", f"{_FOLDER}/ledger.jsonl", always=True),
        ],
    }


def _publish(project: Project, before: list[str]) -> Table:
    staged, whole = _staged(project), _all_staged(project)
    ended = _after("try") if whole else _ready(project)
    if staged and not whole:
        ended.append(f"(needs.try.result == 'success' || !{_among(project, staged)})")
    rights = {
        "actions": Said("read", "looks who approved the environment"),
        "contents": Said("write", "makes the release public"),
        "id-token": Said(
            "write", "gives the job an identity, by which the index knows the Trusted Publisher"
        ),
    }
    command = "publish --phase publish" + ("" if whole else " --prefer-draft")
    text = (_GO_ON_AFTER_TRY if staged else _GO_ON).format(command=command)
    root = not project.several and project.config.components[0].path == "."
    said = [_DIGEST, *_CLAIMED, *(_CLAIMED_BY_ROOT if root else ()), *parts.TOLD]
    gathered = _gathered(project)
    digest = _STAGED if whole else f"{_STAGED} || {gathered}" if staged else gathered
    return {
        "name": "Publish",
        "needs": ["check", *before, *(["stage", "try"] if staged else [])],
        "if": parts.guard(project, *ended, *parts.wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "environment": _environment(
            project, {one.name: project.final(one) for one in project.config.components}
        ),
        "permissions": rights,
        "outputs": parts.outputs("publish", said),
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            *_taken(project),
            parts.named(
                "publish", _script(project, "Publish the files of the Manifest", text, digest, writes=True)
            ),
            parts.keep(project, "published", _FOLDER, always=True),
        ],
    }


def _taken(project: Project) -> list[Table]:
    """Return the steps that get what ``publish`` goes on from."""
    if not _staged(project):
        return [parts.take(project, _FOLDER, name="release")]
    if _all_staged(project):
        return [parts.take(project, _FOLDER, name="staged"), parts.take(project, "tried", name="tried")]
    tried = "needs.try.result == 'success'"
    return [
        parts.take(project, _FOLDER, name=f"${{{{ {tried} && 'staged' || 'release' }}}}"),
        parts.take(project, "tried", name="tried", condition=f"${{{{ {tried} }}}}"),
    ]


def _confirm(project: Project) -> Table:
    return {
        "name": "Confirm",
        "needs": ["check", "publish"],
        "if": parts.guard(project, *_after("publish"), *parts.wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 60,
        "permissions": {"contents": parts.READS},
        "outputs": parts.outputs("confirm", parts.TOLD),
        "steps": [
            *parts.setup(project, parts.BUILD_LOCK, project.pythons),
            parts.take(project, _FOLDER, name="published"),
            parts.named(
                "confirm",
                _script(
                    project, "Find every file, and install it", _GO_ON.format(command="confirm"), _PUBLISHED
                ),
            ),
            parts.keep(project, "confirmed", f"{_FOLDER}/ledger.jsonl", always=True),
        ],
    }


def report(project: Project, before: list[str]) -> Table:
    """Return the job that keeps the one issue about a release that failed.

    Args:
        project: the project.
        before: all other jobs.
    """
    env = {**parts.wanted(project), "TAGBOAT_NEEDS": "${{ toJSON(needs) }}"}
    return {
        "name": "Report",
        "needs": before,
        "#": "It opens or updates one issue for a release that failed or was cancelled; a later success closes it.",
        "if": parts.guard(project, "always()", *parts.wet(project)),
        "runs-on": parts.RUNNER,
        "timeout-minutes": 15,
        "permissions": {
            "contents": Said("read", "reads the lock through the forge"),
            "issues": Said("write", "opens, updates and closes the one issue about this release"),
        },
        "steps": [
            *parts.setup(project, parts.PUBLISH_LOCK),
            parts.script("Say how the release ended", _REPORT, env),
        ],
    }


def _script(project: Project, name: str, text: str, digest: str, *, writes: bool = False) -> Table:
    env = {
        "GH_TOKEN": "${{ github.token }}",
        "MANIFEST_DIGEST": f"${{{{ {digest} }}}}",
        **(parts.secrets_of(project.tokens(reading=False)) if writes else parts.reading(project)),
    }
    return parts.script(name, text, env)


def _environment(project: Project, indexes: dict[str, list[IndexTarget]]) -> str:
    """Return the environment of a job that publishes for each of these components."""
    names = {component: environment_of(found[0]) for component, found in indexes.items()}
    if len(set(names.values())) == 1:
        return inert(next(iter(names.values())))
    *some, last = names.items()
    terms = [f"{project.chosen} == {literal(name)} && {literal(found)}" for name, found in some]
    return f"${{{{ {' || '.join([*terms, literal(last[1])])} }}}}"


def _staged(project: Project) -> list[Component]:
    return [component for component in project.config.components if project.staging(component)]


def _all_staged(project: Project) -> bool:
    return len(_staged(project)) == len(project.config.components)


def _among(project: Project, components: Iterable[Component]) -> str:
    return f"({' || '.join(f'{project.chosen} == {literal(one.name)}' for one in components)})"


def _after(job: str) -> list[str]:
    """Return what asks whether a job succeeded; one that was skipped before it does not count."""
    return ["!cancelled()", f"needs.{job}.result == 'success'"]


def _ready(project: Project) -> list[str]:
    """Return what asks whether there are files, and the documentation where it is built."""
    docs = ["needs.docs.result == 'success'"] if project.config.workflows.docs else []
    return ["!cancelled()", parts.gathered(project), *docs]


def _gathered(project: Project) -> str:
    return " || ".join(f"needs.{job}.outputs.{_DIGEST}" for job in parts.gathering(project))
