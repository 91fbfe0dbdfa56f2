"""All the files that ``tagboat init --workflows`` writes, and what to say about those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from tagboat.errors import ConfigError, RefusedError
from tagboat.workflows.audit.publishing import publishes
from tagboat.workflows.reader import read_workflow
from tagboat.workflows.writing import build, ci, dependabot, release
from tagboat.workflows.writing.checklist import checklist, file_name
from tagboat.workflows.writing.mark import is_ours, marked
from tagboat.workflows.writing.pins import newest
from tagboat.workflows.writing.project import Project, check
from tagboat.workflows.writing.yaml_text import rendered

FOLDER = ".github/workflows/"


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be written.

    Attributes:
        files: path to text.
        notes: what people have to do themselves.
    """

    files: Mapping[str, str]
    notes: tuple[str, ...] = ()


def write(project: Project, found: Mapping[str, bytes]) -> Written:
    """Return the text of every file, but the locks.

    Args:
        project: what it is written from.
        found: path to bytes: the workflows and the other files of these names that exist.

    Raises:
        ConfigError: no workflow can be written for this configuration.
        RefusedError: another workflow publishes already, under a name that the index trusts.
    """
    check(project)
    _keep_trusted_name(project, found)
    names = project.config.workflows
    files = {}
    for name, make in ((names.ci, ci.ci), (names.build, build.build), (names.release, release.release)):
        there = found.get(f"{FOLDER}{name}", b"").decode("utf-8", "replace")
        table = make(replace(project, pins=newest(there)))
        files[f"{FOLDER}{name}"] = marked(rendered(table))
    for component in project.config.components:
        files[file_name(project, component)] = marked(checklist(project, component), markdown=True)
    note = dependabot.renovate_note(found)
    if not note:
        text, note = dependabot.dependabot(found.get(dependabot.FILE))
        if text is not None:
            files[dependabot.FILE] = text
    return Written(files, (note,) if note else ())


def publishers(found: Mapping[str, bytes]) -> list[str]:
    """Return the names of the workflows that publish Python packages and are not ours."""
    names = []
    for path, data in sorted(found.items()):
        name = path.removeprefix(FOLDER)
        if path.startswith(FOLDER) and "/" not in name and not is_ours(data.decode("utf-8", "replace")):
            with suppress(ConfigError):
                if any(publishes(step) for job in read_workflow(path, data).jobs for step in job.steps):
                    names.append(name)
    return names


def _keep_trusted_name(project: Project, found: Mapping[str, bytes]) -> None:
    release_file = project.config.workflows.release
    others = [name for name in publishers(found) if name != release_file]
    if others and f"{FOLDER}{release_file}" not in found:
        raise RefusedError(
            f"{FOLDER}{others[0]} publishes already, and a Trusted Publisher knows a workflow by its file's name",
            remedy=f'keep the name: say release = "{others[0]}" in [tool.tagboat.workflows]; or remove that file first',
        )
