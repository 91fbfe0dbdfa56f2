"""What is released: the components and versions that ``--tag T``, ``--tag COMPONENT=TAG`` and ``--component C`` ask for.

Each way of asking wrongly has its own answer:

- an odd tag, which git could not even hold (traversal, blanks, a leading dash);
- a tag of no component's grammar, and a tag that another component's grammar reads;
- a component that does not exist;
- a tag that may be of several components; two tags for one component; a component without a tag;
- a version with a local part, which no index takes (PEP 440).
"""

from __future__ import annotations

from collections.abc import Sequence

from packaging.version import Version

from tagboat.config.mistakes import near
from tagboat.config.model import Component, Config
from tagboat.config.order import publishing_order
from tagboat.core.record import Record
from tagboat.core.tag import TagGrammar, odd_tag
from tagboat.errors import UsageError


class Selected(Record):
    """One component with the version that its tag names."""

    component: Component
    version: Version
    tag: str


def select(config: Config, tags: Sequence[str], components: Sequence[str] = ()) -> list[Selected]:
    """Return what is to be released, each component after those that it needs.

    Args:
        config: the project's configuration.
        tags: each ``TAG`` or ``COMPONENT=TAG``.
        components: the names given by ``--component``; with them, every tag must be of one of them.

    Raises:
        UsageError: the request does not fit the configuration.
    """
    if not tags:
        raise UsageError(
            "no tag was given", remedy="say --tag TAG, or --tag COMPONENT=TAG for one of several components"
        )
    wanted = [component_of(config, name) for name in components] or list(config.components)
    chosen: dict[str, Selected] = {}
    for text in tags:
        found = _one(config, text, wanted)
        earlier = chosen.setdefault(found.component.name, found)
        if earlier.tag != found.tag:
            raise UsageError(
                f"two tags for the component {found.component.name}: {earlier.tag} and {found.tag}",
                remedy="release one version of a component at a time",
            )
    for name in components:
        if name not in chosen:
            raise UsageError(f"no tag for the component {name}", remedy=f"add --tag {name}=TAG")
    return [chosen[component.name] for component in publishing_order(config, chosen)]


def component_of(config: Config, name: str) -> Component:
    """Return the component of this name.

    Raises:
        UsageError: there is none; the near one is named.
    """
    names = [component.name for component in config.components]
    if name not in names:
        raise UsageError(
            f"there is no component {name!a}{near(name, names)}",
            remedy=f"the components are: {', '.join(names) or 'none'}",
        )
    return config.component(name)


def read_tag(component: Component, tag: str) -> Version:
    """Return the version that ``tag`` names for this component.

    Raises:
        UsageError: it names none, or one that no index takes.
    """
    refuse_odd(tag)
    version = TagGrammar(component.tag).version(tag)
    if version is None:
        raise UsageError(
            f"the tag {tag} is not of the form {component.tag}, which the component {component.name} has",
            remedy=f"give a tag such as {_example(component)}",
        )
    if version.local:
        raise UsageError(
            f"the tag {tag} names {version}, and a version with a local part (+{version.local}) cannot be published",
            remedy="tag a version without '+'",
        )
    return version


def _one(config: Config, text: str, wanted: Sequence[Component]) -> Selected:
    named = _named(config, text)
    if named is None:
        return _by_grammar(config, text, wanted)
    component, tag = named
    if component not in wanted:
        names = ", ".join(other.name for other in wanted)
        raise UsageError(
            f"the tag {tag} is given for {component.name}, and --component asks for {names}",
            remedy=f"leave out --component, or add --component {component.name}",
        )
    refuse_odd(tag)
    if TagGrammar(component.tag).version(tag) is None:
        _refuse_other(config, component.name, tag)
    return Selected(component, read_tag(component, tag), tag)


def _named(config: Config, text: str) -> tuple[Component, str] | None:
    """Split ``COMPONENT=TAG``; git allows '=' in a tag, so a whole text that a grammar reads stays one."""
    name, equals, tag = text.partition("=")
    if not equals or _readers(config.components, text):
        return None
    return component_of(config, name), tag


def _by_grammar(config: Config, tag: str, wanted: Sequence[Component]) -> Selected:
    refuse_odd(tag)
    readers = _readers(wanted, tag)
    if len(readers) > 1:
        names = [component.name for component in readers]
        raise UsageError(
            f"the tag {tag} may be of {' or of '.join(names)}",
            remedy=f"say which, as in --tag {names[0]}={tag}",
        )
    if readers:
        return Selected(readers[0], read_tag(readers[0], tag), tag)
    if len(wanted) == 1:
        _refuse_other(config, wanted[0].name, tag)
        return Selected(wanted[0], read_tag(wanted[0], tag), tag)
    forms = ", ".join(f"{component.tag} ({component.name})" for component in wanted)
    raise UsageError(
        f"the tag {tag} is of no component; the forms are: {forms}",
        remedy=f"give a tag such as {_example(wanted[0])}" if wanted else "configure a component",
    )


def _readers(components: Sequence[Component], tag: str) -> list[Component]:
    return [component for component in components if TagGrammar(component.tag).version(tag) is not None]


def refuse_odd(tag: str) -> None:
    """Refuse what cannot be a tag's short name.

    Raises:
        UsageError: it is odd, or a full ref name.
    """
    odd = odd_tag(tag)
    if odd:
        raise UsageError(
            f"{ascii(tag)[:100]} cannot be a tag: {odd}", remedy="give the name of an existing tag"
        )
    if tag.startswith("refs/"):
        raise UsageError(f"{tag} is a full ref name", remedy="give the tag's short name, without refs/tags/")


def _refuse_other(config: Config, name: str, tag: str) -> None:
    others = [component.name for component in _readers(config.components, tag) if component.name != name]
    if others:
        raise UsageError(
            f"the tag {tag} is of the component {' or '.join(others)}, not of {name}",
            remedy=f"say --tag {others[0]}={tag}, or give a tag of {name} such as {_example(config.component(name))}",
        )


def _example(component: Component) -> str:
    return component.tag.replace("{version}", "1.2.3")
