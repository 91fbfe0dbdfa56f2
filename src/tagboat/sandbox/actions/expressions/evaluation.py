"""Expressions with their contexts: checked where they stand, evaluated, and put into the strings around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.expressions.functions import ARITY, FUNCTIONS, STATUS
from tagboat.sandbox.actions.expressions.syntax import (
    MOST_DEPTH,
    Called,
    Every,
    Literal,
    Member,
    Name,
    Operation,
    Tree,
    parse,
    walk,
)
from tagboat.sandbox.actions.expressions.values import Value, equal, less, member, members, text, truthy


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may see: contexts by name, and functions that ask for more than their arguments."""

    contexts: Mapping[str, Value]
    functions: Mapping[str, Callable[..., Value]] = field(default_factory=dict)

    def also(self, **contexts: Value) -> Scope:
        """The same with more contexts."""
        return Scope({**self.contexts, **contexts}, self.functions)


_OPEN: Final = re.compile(r"\$\{\{")
_TOO_DEEP: Final = f"Exceeded max expression depth {MOST_DEPTH}"


def expressions_of(source: str) -> list[tuple[int, int, str]]:
    """Where ``${{ }}`` stand in a string, and what is in them; quoted braces do not close.

    Raises:
        InvalidError: One is not closed.
    """
    found: list[tuple[int, int, str]] = []
    position = 0
    while opened := _OPEN.search(source, position):
        end, quoted = opened.end(), False
        while end < len(source) and (quoted or not source.startswith("}}", end)):
            quoted ^= source[end] == "'"
            end += 1
        if end >= len(source):
            raise InvalidError(
                f"The expression is not closed. An unescaped ${{{{ sequence was found: {source}"
            )
        found.append((opened.start(), end + 2, source[opened.end() : end]))
        position = end + 2
    return found


def check(
    source: str, contexts: Collection[str], functions: Collection[str], *, bare: bool = False
) -> list[str]:
    """What is wrong with the expressions of a string at a place where these contexts and functions exist.

    ``bare``: the whole string is an expression, as in ``if``.
    """
    try:
        parts = [source] if bare else [each for _, _, each in expressions_of(source)]
        return [problem for part in parts for problem in _problems(part, contexts, functions)]
    except InvalidError as problem:
        return [problem.cause]
    except RecursionError:
        return [_TOO_DEEP]


def _problems(part: str, contexts: Collection[str], functions: Collection[str]) -> list[str]:
    found = []
    for tree in walk(parse(part)):
        if isinstance(tree, Name) and tree.name.lower() not in contexts:
            found.append(f"Unrecognized named-value: '{tree.name}' within expression: {part.strip()}")
        if isinstance(tree, Called):
            name = tree.name.lower()
            known = name in FUNCTIONS or name == "case" or name in functions
            least, most = ARITY.get(name, (0, 0))
            if not known:
                found.append(f"Unrecognized function: '{tree.name}' within expression: {part.strip()}")
            elif not least <= len(tree.arguments) <= most:
                found.append(
                    f"Wrong number of parameters for '{tree.name}' within expression: {part.strip()}"
                )
    return found


def evaluate(source: str, scope: Scope) -> Value:
    """The value of one expression, written without ``${{ }}``.

    Raises:
        InvalidError: It is no expression, or names what does not exist here.
    """
    try:
        return _value(parse(source), scope)
    except RecursionError as problem:
        raise InvalidError(_TOO_DEEP) from problem


def fill(source: str, scope: Scope) -> Value:
    """A string with its expressions evaluated; a string that is one expression keeps its value's kind."""
    parts = expressions_of(source)
    if len(parts) == 1 and parts[0][:2] == (0, len(source.rstrip())):
        return evaluate(parts[0][2], scope)
    made, position = "", 0
    for start, end, part in parts:
        made += source[position:start] + text(evaluate(part, scope))
        position = end
    return made + source[position:]


def fill_all(value: object, scope: Scope) -> Value:
    """A tree of plain data with every string filled, names included."""
    if isinstance(value, dict):
        return {text(fill(str(name), scope)): fill_all(item, scope) for name, item in value.items()}
    if isinstance(value, list):
        return [fill_all(item, scope) for item in value]
    if isinstance(value, str):
        return fill(value, scope)
    return value if isinstance(value, bool | int | float) else None


def unwrapped(condition: str) -> str:
    """The expression of an ``if``, which may stand in ``${{ }}`` or not."""
    stripped = condition.strip()
    parts = expressions_of(stripped)
    if len(parts) == 1 and parts[0][:2] == (0, len(stripped)):
        return parts[0][2]
    if parts:  # text around it makes a string, which is true; GitHub formats it all the same
        pieces, position = "", 0
        for number, (start, end, _) in enumerate(parts):
            pieces += _braces(stripped[position:start]) + f"{{{number}}}"
            position = end
        pieces += _braces(stripped[position:])
        return f"format('{pieces}', {', '.join(part for _, _, part in parts)})"
    return stripped


def holds(condition: str | None, scope: Scope) -> bool:
    """Whether an ``if`` is met; without a function that asks for the status, ``success()`` is meant, too."""
    source = unwrapped(condition) if condition and condition.strip() else "success()"
    try:
        tree = parse(source)
        asks = any(isinstance(each, Called) and each.name.lower() in STATUS for each in walk(tree))
        if not asks and not truthy(_called(Called("success", ()), scope)):
            return False
        return truthy(_value(tree, scope))
    except RecursionError as problem:
        raise InvalidError(_TOO_DEEP) from problem


def _braces(piece: str) -> str:
    return piece.replace("'", "''").replace("{", "{{").replace("}", "}}")


def _value(tree: Tree, scope: Scope) -> Value:
    if isinstance(tree, Literal):
        return tree.value
    if isinstance(tree, Name):
        found = {name.lower(): value for name, value in scope.contexts.items()}
        if tree.name.lower() not in found:
            raise InvalidError(f"Unrecognized named-value: '{tree.name}'")
        return found[tree.name.lower()]
    if isinstance(tree, Member):
        return member(_value(tree.of, scope), _value(tree.index, scope))
    if isinstance(tree, Every):
        return members(_value(tree.of, scope))
    if isinstance(tree, Called):
        return _called(tree, scope)
    return _operated(tree, scope)


def _operated(tree: Operation, scope: Scope) -> Value:
    left = _value(tree.operands[0], scope)
    if tree.operator in ("!", "!!"):
        return truthy(left) == (tree.operator == "!!")
    if tree.operator == "&&":
        return _value(tree.operands[1], scope) if truthy(left) else left
    if tree.operator == "||":
        return left if truthy(left) else _value(tree.operands[1], scope)
    right = _value(tree.operands[1], scope)
    same = equal(left, right)
    return {
        "==": same,
        "!=": not same,
        "<": less(left, right),
        "<=": less(left, right) or same,
        ">": less(right, left),
        ">=": less(right, left) or same,
    }[tree.operator]


def _called(tree: Called, scope: Scope) -> Value:
    name = tree.name.lower()
    if name == "case":
        return _case(tree, scope)
    special = scope.functions.get(name)
    if special is None and name not in FUNCTIONS:
        raise InvalidError(f"Unrecognized function: '{tree.name}'")
    least, most = ARITY[name]
    if not least <= len(tree.arguments) <= most:
        raise InvalidError(f"Wrong number of parameters for '{tree.name}'")
    given = [_value(argument, scope) for argument in tree.arguments]
    return special(*given) if special else FUNCTIONS[name][0](*given)


def _case(tree: Called, scope: Scope) -> Value:
    """Pairs of a predicate and a value, then a default; only what is chosen is evaluated."""
    if len(tree.arguments) % 2 == 0:
        raise InvalidError("case() takes pairs of a predicate and a value, and a default at the end")
    for predicate, value in zip(tree.arguments[:-1:2], tree.arguments[1::2], strict=True):
        if truthy(_value(predicate, scope)):
            return _value(value, scope)
    return _value(tree.arguments[-1], scope)
