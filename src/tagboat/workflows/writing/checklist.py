"""The release checklist of a component, with the commands of this very project."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from tagboat.config.model import Component
from tagboat.workflows.writing.project import Project, environment_of

_VERSION = "1.2.3"


def checklist(project: Project, component: Component) -> str:
    """Return the page."""
    lines = [
        f"# Releasing {component.name}",
        "",
        f"Here for version {_VERSION}; put the real one in its place.",
        "",
    ]
    for place, (title, rows) in enumerate(_items(project, component), 1):
        head = f"{place}. "
        lines += [f"{head}[ ] {title}", *(f"{' ' * len(head)}{row}".rstrip() for row in rows), ""]
    return "\n".join(lines)


def file_name(project: Project, component: Component) -> str:
    """Return the page's file."""
    return f"RELEASE-{component.name}.md" if project.several else "RELEASE.md"


def _items(project: Project, component: Component) -> Iterator[tuple[str, list[str]]]:
    tag, one = _tag(component), f" --component {quote(component.name)}" if project.several else ""
    yield "See what would be released, and why.", _console(f"tagboat plan{one}")
    if component.notes:
        yield f"The notes are written: {_code(component.notes.replace('{version}', _VERSION))}.", []
    branches = list(component.lines.items()) or [(project.branch, "")]
    said = " or ".join(_code(branch) + (f" (for {_code(line)})" if line else "") for branch, line in branches)
    checks = " and ".join(map(_code, component.checks or (project.config.workflows.ci,)))
    yield f"The commit is on {said}, and {checks} is green there, with nothing skipped.", []
    given = f"--tag {quote(f'{component.name}={tag}' if project.several else tag)}"
    yield "Rehearse it on this machine; nothing can leave it.", _console(f"tagboat rehearse .{one}")
    if project.receives:
        yield from _handing_over(f"{given}{one} --commit HEAD")
    else:
        yield from _tagging(project, component, f"{given}{one}")
    for index in [*project.staging(component)[:1], *project.final(component)[:1]]:
        yield f"Approve the environment {_code(environment_of(index))}, where it asks for approval.", []
    yield "The job *Confirm* is green: every file was found by its digest, and installed.", []
    yield (
        "Look at it from outside, with the Manifest that is an asset of the release.",
        _console(
            f"gh release download {quote(tag)} --repo {project.repository} --pattern tagboat-manifest.json",
            "tagboat verify tagboat-manifest.json --repo .",
        ),
    )
    yield _where_it_stopped(project)


def _handing_over(words: str) -> Iterator[tuple[str, list[str]]]:
    yield "Ask every guard; nothing is changed.", _console(f"tagboat check {words}")
    yield (
        "Hand it over: it is built and verified here, then the tag is made and the workflow started. **This publishes.**",
        _console(f"tagboat release {words}"),
    )


def _tagging(project: Project, component: Component, words: str) -> Iterator[tuple[str, list[str]]]:
    tag = _tag(component)
    push = f"git push origin {quote(f'refs/tags/{tag}')}"
    make = f"git tag --sign --message {quote(f'{component.name} {_VERSION}')} {quote(tag)} COMMIT"
    if project.by_tag:
        yield "Ask every guard, as the workflow will.", _console(make, f"tagboat check {words}")
        yield "Push the tag. **This starts the release.**", _console(push)
    else:
        yield "Make the tag, and push it. No workflow starts by that.", _console(make, push)
        yield (
            "Try it without any right to write: check, build, gather.",
            _console(_dispatch(project, component, dry=True)),
        )
        yield "Release it. **This publishes.**", _console(_dispatch(project, component, dry=False))


def _where_it_stopped(project: Project) -> tuple[str, list[str]]:
    told = "Where it stopped: "
    if project.receives:
        said = "the command says the cause and the remedy. What is done is found, and failed jobs run again."
        return f"{told}{said}", _console("tagboat resume --rerun")
    return (
        f"{told}the job's summary says the cause and the remedy. Then re-run the failed jobs: what is done is found.",
        [],
    )


def _dispatch(project: Project, component: Component, *, dry: bool) -> str:
    fields = {"component": component.name, "tag": _tag(component), "dry-run": "true" if dry else "false"}
    given = " ".join(f"--field {quote(f'{name}={value}')}" for name, value in fields.items())
    return f"gh workflow run {project.config.workflows.release} --repo {project.repository} {given}"


def _tag(component: Component) -> str:
    return component.tag.replace("{version}", _VERSION)


def _console(*commands: str) -> list[str]:
    return ["", "```console", *(f"$ {command}" for command in commands), "```"]


def _code(text: str) -> str:
    """Return a text as code of Markdown, whatever it holds."""
    shown = text if text.isprintable() else ascii(text)
    ticks = "`"
    while ticks in shown:
        ticks += "`"
    gap = " " if "`" in shown else ""
    return f"{ticks}{gap}{shown}{gap}{ticks}"
