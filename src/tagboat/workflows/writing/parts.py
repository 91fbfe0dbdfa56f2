"""Steps and settings that several of the generated jobs have in common.

Scripts are ours alone: what a project says comes to them through the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tagboat.workflows.writing.project import Project, inert, literal
from tagboat.workflows.writing.yaml_text import Said, Script

Table = dict[str, Any]

BUILD_LOCK = ".github/tagboat/build.txt"
PUBLISH_LOCK = ".github/tagboat/publish.txt"
RUNNER = "ubuntu-latest"
"""Tagboat's locks are made for Linux."""

READS = Said("read", "reads the lock, the tag and the configuration through the forge")
READS_CODE = Said("read", "checks the commit out")
INSTALL = Script("""\
set -euo pipefail
printf 'header = "Authorization: Bearer %s"\\n' "$GH_TOKEN" |
  curl --config - --fail --silent --show-error --proto '=https' --max-time 60 --retry 3 \\
    --header 'Accept: application/vnd.github.raw+json' --output "$RUNNER_TEMP/tagboat.txt" \\
    "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/contents/$LOCK?ref=$GITHUB_WORKFLOW_SHA"
python -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: --no-compile \\
  -r "$RUNNER_TEMP/tagboat.txt"
""")
RUN_COMMAND = Script("""\
import json, os, shutil, subprocess, sys
program, *arguments = json.loads(os.environ["COMMAND"])
sys.exit(subprocess.run([shutil.which(program) or program, *arguments]).returncode)
""")
"""Runs the project's command without a shell, whatever the machine."""


def uses(
    project: Project, action: str, inputs: Mapping[str, Any], *, name: str = "", condition: str = ""
) -> Table:
    """Return a step that uses a pinned action."""
    pin = project.pins[action]
    step: Table = {"name": name} if name else {}
    if condition:
        step["if"] = condition
    return {**step, "uses": Said(f"{action}@{pin.commit}", pin.version), "with": dict(inputs)}


def script(name: str, text: str, env: Mapping[str, Any]) -> Table:
    """Return a step that runs a script of ours in bash."""
    return {"name": name, "shell": "bash", "env": dict(env), "run": Script(text)}


def python(name: str, text: str, env: Mapping[str, Any]) -> Table:
    """Return a step that runs a script of ours in Python, which every machine has alike."""
    return {**script(name, text, env), "shell": "python"}


def local(file: str) -> Said:
    """Return the workflow of this repository that a job calls."""
    return Said(
        f"./.github/workflows/{file}", "zizmor: ignore[self-repository] the spelling that every tool knows"
    )


def checkout(project: Project, ref: str = "") -> Table:
    """Return the step that checks a commit out, with all tags and without a credential left behind."""
    where = {"ref": ref} if ref else {}
    return uses(
        project,
        "actions/checkout",
        {**where, "fetch-depth": 0, "persist-credentials": False},
        name="Check out",
    )


def setup(project: Project, lock: str, pythons: Iterable[str] = ()) -> list[Table]:
    """Return the steps that install Tagboat from a lock, on its own interpreter; the others are there beside it."""
    own = project.config.workflows.python
    wanted = [python for python in dict.fromkeys(pythons) if python != own]
    env = {"GH_TOKEN": "${{ github.token }}", "LOCK": lock}
    return [
        uses(
            project,
            "actions/setup-python",
            {"python-version": versions([*wanted, own])},
            name="Set Python up",
        ),
        script("Install Tagboat, every file by its hash", INSTALL, env),
    ]


def versions(pythons: list[str]) -> str:
    """Return what setup-python is given; the last one is what ``python`` starts."""
    return pythons[0] if len(pythons) == 1 else Script("\n".join(pythons) + "\n")


def keep(project: Project, name: str, path: str, *, always: bool = False) -> Table:
    """Return the step that hands files on to later jobs of this run; a second attempt replaces them."""
    inputs = {
        "name": name,
        "path": path,
        "if-no-files-found": "error",
        "overwrite": True,
        "retention-days": 30,
    }
    if always:
        inputs["if-no-files-found"] = "ignore"
    return uses(
        project,
        "actions/upload-artifact",
        inputs,
        name=f"Hand on {path}",
        condition="${{ !cancelled() }}" if always else "",
    )


def take(project: Project, path: str, *, name: str = "", pattern: str = "", condition: str = "") -> Table:
    """Return the step that gets files of earlier jobs of this run."""
    which = {"name": name} if name else {"pattern": pattern}
    return uses(
        project,
        "actions/download-artifact",
        {**which, "path": path},
        name=f"Take {path}",
        condition=condition,
    )


def guard(project: Project, *more: str) -> str:
    """Return an ``if`` that never holds in a fork."""
    return "${{ " + " && ".join([*more, f"github.repository == {literal(project.repository)}"]) + " }}"


def wet(project: Project) -> list[str]:
    """Return what keeps a dry run from a job that may write."""
    return [] if project.by_tag else ["!inputs.dry-run"]


def gathering(project: Project) -> list[str]:
    """Return the jobs of which one hands the Manifest and its files on."""
    return ["gather", "receive"] if project.receives else ["gather"]


def gathered(project: Project) -> str:
    """Return what asks whether one of them did."""
    asked = " || ".join(f"needs.{job}.result == 'success'" for job in gathering(project))
    return f"({asked})" if project.receives else asked


def wanted(project: Project) -> Table:
    """Return the environment that says what is released."""
    return {
        "COMPONENT": project.component_given,
        "GH_TOKEN": "${{ github.token }}",
        "TAG": project.tag_given,
    }


TOLD = ("result", "cause", "remedy")
"""What every command says to the jobs that follow."""


def outputs(step: str, names: Iterable[str]) -> Table:
    """Return a job's outputs: those of one of its steps."""
    return {name: f"${{{{ steps.{step}.outputs.{name} }}}}" for name in names}


def named(name: str, step: Table) -> Table:
    """Return a step with an id."""
    return {"name": step["name"], "id": name, **{key: value for key, value in step.items() if key != "name"}}


def secrets_of(names: Iterable[str]) -> Table:
    """Return the environment that holds tokens of indexes."""
    return {name: f"${{{{ secrets.{name} }}}}" for name in names}


def reading(project: Project) -> Table:
    """Return the environment that opens private indexes, in a job that publishes nothing."""
    said = "zizmor: ignore[secrets-outside-env] opens the private index"
    return {name: Said(value, said) for name, value in secrets_of(project.tokens(reading=True)).items()}


def matrix_entry(**values: str) -> Table:
    """Return one entry of a matrix; its texts mean nothing to the forge."""
    return {key: inert(value) for key, value in values.items()}
