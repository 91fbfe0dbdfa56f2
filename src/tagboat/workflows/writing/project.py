"""What workflow files are written from, and how a project's own texts go into them.

A project's text (a name, command, branch, label) reaches a job only as a quoted YAML value, which a step reads from its
environment. No script holds one, and none is evaluated: :func:`inert` takes the meaning from ``${{``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tagboat.config.model import Component, Config, IndexTarget, Shard
from tagboat.config.privacy import token_variable
from tagboat.errors import ConfigError
from tagboat.workflows.writing.pins import PINS, Pin

_FOREIGN = re.compile(r"windows|macos", re.IGNORECASE)
_KNOWN = ("pypi", "testpypi")


@dataclass(frozen=True, slots=True)
class Project:
    """A project whose workflows are written.

    Attributes:
        config: its configuration.
        repository: ``owner/name`` on the forge.
        branch: its default branch.
        pins: the commit of each action.
    """

    config: Config
    repository: str
    branch: str
    pins: Mapping[str, Pin] = field(default_factory=lambda: PINS)

    @property
    def by_tag(self) -> bool:
        """Whether a pushed tag starts a release."""
        return self.config.workflows.trigger == "tag"

    @property
    def receives(self) -> bool:
        """Whether the tag may hand over a build that lies in the draft already."""
        return self.config.pipeline == "remote-release"

    @property
    def several(self) -> bool:
        """Whether there is more than one component."""
        return len(self.config.components) > 1

    @property
    def tag_given(self) -> str:
        """The tag that a release was started with, as the workflow writes it."""
        return "${{ github.ref_name }}" if self.by_tag else "${{ inputs.tag }}"

    @property
    def chosen(self) -> str:
        """The expression that is the component's name, in a job that needs ``check``."""
        return "needs.check.outputs.component" if self.by_tag else "inputs.component"

    @property
    def component_given(self) -> str:
        """The component that is released, as the workflow writes it."""
        return f"${{{{ {self.chosen} }}}}" if self.several else self.config.components[0].name

    @property
    def branches(self) -> list[str]:
        """The default branch, and those of the release lines."""
        lines = [branch for component in self.config.components for branch in component.lines]
        return list(dict.fromkeys([self.branch, *lines]))

    @property
    def pythons(self) -> list[str]:
        """The interpreters on which built files are installed and tests run; Tagboat's own where none is named."""
        named = {python for component in self.config.components for python in component.pythons}
        return sorted(named, key=_order) or [self.config.workflows.python]

    def staging(self, component: Component) -> list[IndexTarget]:
        """Return the staging indexes of a component."""
        return [index for index in self._targets(component) if index.staging]

    def final(self, component: Component) -> list[IndexTarget]:
        """Return the final indexes of a component."""
        return [index for index in self._targets(component) if not index.staging]

    def _targets(self, component: Component) -> list[IndexTarget]:
        return [self.config.index(name) for name in component.targets]

    def tokens(self, *, reading: bool) -> list[str]:
        """Return the variables of the tokens that jobs need.

        Args:
            reading: those that open a private index, for a job that only installs; else all that publish.
        """
        used = (index for component in self.config.components for index in self._targets(component))
        wanted = (index for index in used if (index.private if reading else index.name not in _KNOWN))
        return list(dict.fromkeys(token_variable(index.name) for index in wanted))


def made_here(component: Component) -> list[Shard]:
    """Return the shards that Tagboat builds itself."""
    return [shard for shard in component.shards if shard.builder != "adopt"]


def made_elsewhere(component: Component) -> list[Shard]:
    """Return the shards that a job of the project's own fills."""
    return [shard for shard in component.shards if shard.builder == "adopt"]


def environment_of(index: IndexTarget) -> str:
    """Return the forge's environment that publishes to an index."""
    return index.environment or index.name


def check(project: Project) -> None:
    """Refuse what no workflow can be written for.

    Raises:
        ConfigError: with every reason.
    """
    reasons = list(_reasons(project))
    if reasons:
        cause = reasons[0] if len(reasons) == 1 else f"{len(reasons)} mistakes:\n" + "\n".join(reasons)
        raise ConfigError(
            f"{project.config.source}: {cause}", remedy="correct the configuration, then write the workflows"
        )


def _reasons(project: Project) -> Iterator[str]:
    if not project.config.components:
        yield "there is no component to release"
    if not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)(\.\d+)?", project.config.workflows.python):
        yield f"Tagboat runs on CPython 3.11 or newer, and workflows.python is {project.config.workflows.python}"
    for component in project.config.components:
        yield from _shard_reasons(component)
        for kind, indexes in (("staging", project.staging(component)), ("final", project.final(component))):
            names = sorted({environment_of(index) for index in indexes})
            if len(names) > 1:
                yield (
                    f"{component.name} goes to several {kind} indexes in one job, and a job has one environment, not "
                    f"{' and '.join(map(ascii, names))}: give the indexes the same 'environment'"
                )
        if not project.final(component):
            yield f"{component.name} goes to no final index: a release would never end"
    if project.by_tag:
        yield from _shared_tags(project.config.components)


def _shard_reasons(component: Component) -> Iterator[str]:
    for shard in component.shards:
        name = f"the shard {component.name}/{shard.name}"
        if shard.builder == "adopt" and not shard.command:
            yield f"{name} adopts files, and nothing fills its folder in CI: give it a 'command'"
        if shard.builder != "adopt" and _FOREIGN.search(shard.runner):
            yield (
                f"{name} is built by Tagboat itself, which runs on Linux, and its runner is {shard.runner[:80]!a}: say "
                'builder = "adopt" and a command'
            )


def _shared_tags(components: Iterable[Component]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for component in components:
        first = owners.setdefault(component.tag, component.name)
        if first != component.name:
            yield (
                f"a pushed tag {component.tag} may be of {first} or of {component.name}: "
                'give each its own form, or say trigger = "dispatch"'
            )


def inert(text: str) -> str:
    """Return a text as a workflow's value that the forge evaluates to just this text."""
    return text.replace("${{", "${{ '${{' }}")


def branch_pattern(branch: str) -> str:
    """Return the filter that a branch passes; filters have no expressions, so what begins one is left open."""
    pattern = _filter(branch)
    return f"\\{pattern}" if pattern.startswith("!") else pattern


def tag_pattern(grammar: str) -> str:
    """Return the filter that a component's tags pass: a version begins with a digit."""
    prefix, _, suffix = grammar.partition("{version}")
    return f"{branch_pattern(prefix)}[0-9]*{_filter(suffix)}"


def _filter(text: str) -> str:
    return re.sub(r"[+\\]", r"\\\g<0>", text).replace("${{", "*")


def words(command: Iterable[str]) -> str:
    """Return a command as the JSON list that :data:`RUN_COMMAND` reads from the environment."""
    return inert(json.dumps(list(command), ensure_ascii=False))


def literal(text: str) -> str:
    """Return a text as a literal of the forge's expressions."""
    return "'" + text.replace("'", "''") + "'"


def _order(python: str) -> tuple[bool, list[int], str]:
    return python.startswith("pypy"), [int(part) for part in re.findall(r"\d+", python)], python
