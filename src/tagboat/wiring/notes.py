"""What a format of notes needs besides the changes: the template's text, or what towncrier makes of its fragments."""

from __future__ import annotations

from collections.abc import Callable

from tagboat.config.planning import Notes, Planning, Rules
from tagboat.config.project import Tree
from tagboat.core.proposal import Next
from tagboat.errors import ConfigError
from tagboat.planner.notes.heading import Heading


def given(tree: Tree) -> Callable[[Rules, Heading], str]:
    """Return what finds it in a commit's files.

    The function raises ConfigError for a template that is missing, and what
    :func:`tagboat.adapters.towncrier.rendered` raises.
    """

    def found(rules: Rules, heading: Heading) -> str:
        match rules.notes.format:
            case "template":
                return template(tree, rules.notes)
            case "towncrier":
                return _rendered(tree, rules, heading)
            case _:
                return ""

    return found


def template(tree: Tree, notes: Notes) -> str:
    """Return the text of the configured template; "" when the format needs none.

    Raises:
        ConfigError: it is missing or no UTF-8 text.
    """
    if notes.format != "template":
        return ""
    content = tree.get(notes.template)
    if content is None:
        raise ConfigError(
            f"the template {notes.template!r} of the notes is not in the repository",
            remedy="correct its path, relative to the root, or commit it",
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"the template {notes.template!r} is not UTF-8 text") from None


def with_marks(planning: Planning, tree: Tree) -> Planning:
    """Return the rules with the mark below which towncrier puts new notes."""
    if all(rules.notes.format != "towncrier" for rules in planning.components):
        return planning
    return planning._replace(components=tuple(_marked(rules, tree) for rules in planning.components))


def _marked(rules: Rules, tree: Tree) -> Rules:
    if rules.notes.format != "towncrier":
        return rules
    from tagboat.planner.notes.fragments import fragments  # noqa: PLC0415 - towncrier's projects only

    start = fragments(tree, rules.notes).start
    settings = {**rules.notes.settings, **({"start-string": start} if start else {})}
    return rules._replace(notes=rules.notes._replace(settings=settings))


def _rendered(tree: Tree, rules: Rules, heading: Heading) -> str:
    from tagboat.adapters.towncrier import rendered  # noqa: PLC0415 - towncrier's projects only
    from tagboat.planner.notes.fragments import fragments  # noqa: PLC0415

    found = fragments(tree, rules.notes)
    name = found.name or rules.distribution
    return rendered(found.files, found.config, name=name, version=heading.version, day=heading.date)


def with_waiting(tree: Tree, rules: Rules, next_: Next) -> Next:
    """Return the proposal with a word on fragments that wait while the commits ask for no release."""
    if next_.version or rules.notes.format != "towncrier":
        return next_
    from tagboat.planner.notes.fragments import fragments  # noqa: PLC0415 - towncrier's projects only

    count = len(fragments(tree, rules.notes).used)
    if not count:
        return next_
    wait = "1 fragment waits" if count == 1 else f"{count} fragments wait"
    hint = f"{wait}, and no commit asks for a release; --release-as patch, minor or major releases them"
    return next_._replace(warnings=(*next_.warnings, hint))
