"""One workflow file while it is read: values of the expected kinds, and everything that is wrong, with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.document import Node
from tagboat.sandbox.actions.expressions import check, expressions_of, text, unwrapped
from tagboat.sandbox.actions.workflow.places import CONTEXTS, FUNCTIONS

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KINDS: Final = {dict: "a mapping", list: "a sequence"}


class Sheet:
    """Collects ``mistakes`` (GitHub would refuse the file) and what is ``beyond`` this sandbox (GitHub would not)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mistakes: list[str] = []
        self.beyond: list[str] = []

    def wrong(self, node: Node, what: str) -> None:
        """Note a mistake."""
        self.mistakes.append(f"{self.path}:{node.line}: {what}")

    def foreign(self, node: Node, what: str) -> None:
        """Note what is right on GitHub and has no counterpart here."""
        self.beyond.append(f"{self.path}:{node.line}: {what}: not in this sandbox")

    def settle(self) -> None:
        """End the reading.

        Raises:
            InvalidError: Something was wrong or beyond; all of it is told at once.
        """
        if self.mistakes or self.beyond:
            remedy = (
                "correct the workflow"
                if self.mistakes
                else "take out of the workflow what has no stand-in here"
            )
            raise InvalidError("\n".join([*self.mistakes, *self.beyond]), remedy=remedy)

    def fields(self, node: Node, known: Collection[str], *, foreign: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping that are known; the others are noted."""
        if not isinstance(node.value, dict):
            self.wrong(node, "A mapping was expected")
            return {}
        for name, value in node.entries.items():
            if name in foreign:
                self.foreign(value, f"'{name}'")
            elif name not in known:
                self.wrong(value, f"Unexpected value '{name}'")
        return {name: value for name, value in node.entries.items() if name in known}

    def mapping(self, node: Node | None, place: str) -> dict[str, object]:
        """A mapping from names to scalars, as in ``env`` and ``with``."""
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self.wrong(node, "A mapping was expected")
            return {}
        return {name: self.text(value, place) for name, value in node.entries.items()}

    def text(self, node: Node, place: str = "") -> str:
        """A scalar as a string, its expressions checked for this place; without a place there may be none."""
        if isinstance(node.value, dict | list):
            self.wrong(node, f"A scalar was expected, not {_KINDS[type(node.value)]}")
            return ""
        value = text(node.value)
        self.checked(node, value, place)
        return value

    def maybe(self, fields: Mapping[str, Node], name: str, place: str = "") -> str | None:
        """A scalar that may be absent."""
        return self.text(fields[name], place) if name in fields else None

    def condition(self, fields: Mapping[str, Node], place: str) -> str | None:
        """An ``if``, which is an expression with or without ``${{ }}``."""
        node = fields.get("if")
        if node is None:
            return None
        if isinstance(node.value, dict | list):
            self.wrong(node, "A scalar was expected")
            return None
        value = text(node.value)
        try:
            source = unwrapped(value) if value.strip() else "success()"
        except InvalidError as problem:
            self.wrong(node, problem.cause)
            return value
        for problem_text in check(source, CONTEXTS[place], FUNCTIONS.get(place, ()), bare=True):
            self.wrong(node, problem_text)
        return value

    def plain(self, node: Node, place: str) -> object:
        """A value of any shape with all its strings checked; for what an expression may stand for as a whole."""
        if isinstance(node.value, dict):
            return {name: self.plain(value, place) for name, value in node.entries.items()}
        if isinstance(node.value, list):
            return [self.plain(value, place) for value in node.items]
        if isinstance(node.value, str):
            self.checked(node, node.value, place)
        return node.value

    def either(self, node: Node, place: str, kinds: tuple[type, ...], expected: str) -> object:
        """A scalar of these kinds, or an expression that will give one."""
        if isinstance(node.value, str) and "${{" in node.value:
            self.checked(node, node.value, place)
        elif not isinstance(node.value, kinds):
            self.wrong(node, f"{expected} was expected")
        return node.value

    def texts(self, node: Node, place: str = "") -> tuple[str, ...]:
        """One string or a list of them."""
        if isinstance(node.value, list):
            return tuple(self.text(item, place) for item in node.items)
        return (self.text(node, place),)

    def checked(self, node: Node, value: str, place: str) -> None:
        """Note what is wrong with the expressions of a string."""
        if place:
            for problem in check(value, CONTEXTS[place], FUNCTIONS.get(place, ())):
                self.wrong(node, problem)
            return
        try:
            dynamic = bool(expressions_of(value))
        except InvalidError:
            dynamic = True
        if dynamic:
            self.wrong(node, f"No expression may stand here: {value}")

    def identifier(self, node: Node, name: str, what: str) -> None:
        """Note a name that is none."""
        if not NAME.fullmatch(name):
            self.wrong(
                node,
                f"The {what} '{name}' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. "
                "IDs must start with a letter or '_' and must be less than 100 characters.",
            )
