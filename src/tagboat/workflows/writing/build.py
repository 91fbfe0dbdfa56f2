"""The reusable build: a job for each shard, called by CI for a commit and by the release for a tag.

A shard that Tagboat builds needs no checkout: Tagboat reads the commit through the forge. One that the project's own command
fills gets the commit's files on its own machine and no token; Tagboat then adopts what it left, on Linux.
"""

from __future__ import annotations

import json

from tagboat.config.model import Component
from tagboat.workflows.writing import parts
from tagboat.workflows.writing.parts import Table
from tagboat.workflows.writing.project import Project, inert, literal, made_elsewhere, made_here, words

_BUILD = """\
set -euo pipefail
if [ -n "$TAG" ]; then what=(--tag "$COMPONENT=$TAG"); else what=(--commit "$COMMIT"); fi
tagboat build --repository "$GITHUB_REPOSITORY" --component "$COMPONENT" "${what[@]}" \\
  --shard "$COMPONENT/$SHARD" --out shard
"""
_ADOPT = """\
set -euo pipefail
if [ -n "$TAG" ]; then what=(--tag "$COMPONENT=$TAG"); else what=(--commit "$COMMIT"); fi
for shard in $SHARDS; do
  tagboat build --repository "$GITHUB_REPOSITORY" --component "$COMPONENT" "${what[@]}" \\
    --shard "$COMPONENT/$shard" --from "filled/filled~$COMPONENT~$shard" --out "adopted/$shard"
done
"""
_FILL = """\
import json, os, shutil, subprocess, sys
out = os.environ["OUT"]
os.makedirs(out, exist_ok=True)
program, *arguments = [word.replace("{out}", out) for word in json.loads(os.environ["COMMAND"])]
environment = os.environ | json.loads(os.environ["VARIABLES"])
sys.exit(subprocess.run([shutil.which(program) or program, *arguments], env=environment).returncode)
"""
_HOUR = 60


def build(project: Project) -> Table:
    """Return the workflow as a table."""
    tokens = project.tokens(reading=True)
    call: Table = {
        "inputs": {
            "component": {
                "description": "The component to build; all of them without one",
                "type": "string",
                "default": "",
            },
            "tag": {
                "description": "The tag of the release; none builds the commit as it is",
                "type": "string",
                "default": "",
            },
            "commit": {"description": "The commit to build", "type": "string", "required": True},
        }
    }
    if tokens:
        call["secrets"] = {
            name: {"description": "Opens a private index", "required": False} for name in tokens
        }
    jobs: Table = {}
    for place, component in enumerate(project.config.components):
        jobs |= _jobs(project, component, job_ids(project)[place])
    return {
        "name": "Build",
        "on": {"workflow_call": call},
        "permissions": {},
        "jobs": jobs,
    }


def job_ids(project: Project) -> list[str]:
    """Return a job's name for each component; two never share one."""
    taken: set[str] = set()
    names = []
    for component in project.config.components:
        plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in component.name)
        name = base = (plain if plain[0].isalpha() else f"c-{plain}")[:80]
        turn = 2
        # A suffix of ours is no end of another component's job.
        while {name, f"{name}-fill", f"{name}-adopt"} & taken:
            name, turn = f"{base}-{turn}", turn + 1
        taken |= {name, f"{name}-fill", f"{name}-adopt"}
        names.append(name)
    return names


def _jobs(project: Project, component: Component, job: str) -> Table:
    asked = f"(inputs.component == '' || inputs.component == {literal(component.name)})"
    condition = parts.guard(project, asked) if project.several else parts.guard(project)
    jobs: Table = {}
    if made_here(component):
        jobs[job] = _built(project, component, condition)
    if made_elsewhere(component):
        jobs[f"{job}-fill"] = _filled(project, component, condition)
        jobs[f"{job}-adopt"] = _adopted(project, component, condition, f"{job}-fill")
    return jobs


def _what(component: Component) -> Table:
    return {
        "COMMIT": "${{ inputs.commit }}",
        "COMPONENT": component.name,
        "GH_TOKEN": "${{ github.token }}",
        "TAG": "${{ inputs.tag }}",
    }


def _built(project: Project, component: Component, condition: str) -> Table:
    rows = [
        parts.matrix_entry(
            shard=shard.name, runner=shard.runner, python=shard.python or project.config.workflows.python
        )
        for shard in made_here(component)
    ]
    env = {**_what(component), "SHARD": "${{ matrix.shard }}", **parts.reading(project)}
    return {
        "name": f"{component.name} / ${{{{ matrix.shard }}}}",
        "if": condition,
        "runs-on": "${{ matrix.runner }}",
        "timeout-minutes": 3 * _HOUR,
        "permissions": {"contents": parts.READS},
        "strategy": {"fail-fast": False, "matrix": {"include": rows}},
        "steps": [
            *parts.setup(project, parts.BUILD_LOCK, ["${{ matrix.python }}"]),
            parts.script("Build the shard from the commit", _BUILD, env),
            parts.keep(project, f"shard~{component.name}~${{{{ matrix.shard }}}}", "shard"),
        ],
    }


def _filled(project: Project, component: Component, condition: str) -> Table:
    rows = []
    for shard in made_elsewhere(component):
        row = parts.matrix_entry(
            shard=shard.name, runner=shard.runner, python=shard.python or project.config.workflows.python
        )
        row["command"] = words(shard.command)
        row["variables"] = inert(json.dumps(dict(shard.environment), ensure_ascii=False))
        rows.append(row)
    env = {
        "COMMAND": "${{ matrix.command }}",
        "OUT": "${{ github.workspace }}/filled",
        "VARIABLES": "${{ matrix.variables }}",
    }
    return {
        "name": f"{component.name} / fill ${{{{ matrix.shard }}}}",
        "if": condition,
        "runs-on": "${{ matrix.runner }}",
        "timeout-minutes": 5 * _HOUR,
        "permissions": {"contents": parts.READS_CODE},
        "strategy": {"fail-fast": False, "matrix": {"include": rows}},
        "steps": [
            parts.checkout(project, "${{ inputs.commit }}"),
            parts.uses(
                project,
                "actions/setup-python",
                {"python-version": "${{ matrix.python }}"},
                name="Set Python up",
            ),
            parts.python("Fill the folder by the project's command", _FILL, env),
            parts.keep(project, f"filled~{component.name}~${{{{ matrix.shard }}}}", "filled"),
        ],
    }


def _adopted(project: Project, component: Component, condition: str, fill: str) -> Table:
    names = " ".join(shard.name for shard in made_elsewhere(component))
    env = {**_what(component), "SHARDS": names, **parts.reading(project)}
    return {
        "name": f"{component.name} / adopt",
        "needs": [fill],
        "if": condition,
        "runs-on": parts.RUNNER,
        "timeout-minutes": _HOUR,
        "permissions": {"contents": parts.READS},
        "steps": [
            *parts.setup(project, parts.BUILD_LOCK, _pythons(component)),
            parts.take(project, "filled", pattern=f"filled~{component.name}~*"),
            parts.script("Adopt what the project's commands left", _ADOPT, env),
            parts.keep(project, f"shard~{component.name}~adopted~", "adopted"),
        ],
    }


def _pythons(component: Component) -> list[str]:
    return [shard.python for shard in made_elsewhere(component) if shard.python]
