"""What an expression, an ``if`` or a text with ``${{ }}`` comes to, as far as files alone can tell.

Contexts are given by name. One that is not given is unknown; in one that is given, a missing member is null as on the
forge, unless it is an :class:`~tagboat.workflows.values.Open` one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tagboat.errors import ConfigError
from tagboat.workflows.expressions import LONGEST, Call, Index, Literal, Name, Operation, Tree, calls, parse
from tagboat.workflows.functions import Situation, Status, call, check, is_status, joined
from tagboat.workflows.values import UNKNOWN, Unknown, Value, equal, less, member, members, text, truth

Contexts = Mapping[str, Value]


class ExpressionError(ConfigError):
    """An expression of a file that is none.

    Attributes:
        said: what is wrong with it.
        file: where it stands.
        line: of it, or of the beginning of the job in which it is.
    """

    def __init__(self, file: str, line: int, error: ConfigError) -> None:
        super().__init__(f"{file}:{line}: {error.cause}", remedy=error.remedy)
        self.said, self.file, self.line = error.cause, file, line


@contextmanager
def placed(file: str, line: int) -> Iterator[None]:
    """Say the place of an expression that is none, where none is said yet.

    Raises:
        ExpressionError: what is evaluated here is no expression.
    """
    try:
        yield
    except ExpressionError:
        raise
    except ConfigError as error:
        raise ExpressionError(file, line, error) from error


def evaluate(expression: str, contexts: Contexts, status: Status | None = None) -> Value:
    """Return what an expression comes to, without the braces around it.

    Args:
        expression: its text.
        contexts: name to value.
        status: how all jobs or steps before ended; None when unknown.

    Raises:
        ConfigError: it is no expression.
    """
    return _of(parse(expression), contexts, Situation(status))


def condition(said: str, contexts: Contexts, status: Status | None = None) -> bool | None:
    """Return whether an ``if`` holds; None when that is unknown.

    Without a word about the status, ``success()`` is asked too. Text around the braces makes the whole a text, which is
    true whatever stands in it, as on the forge.

    Raises:
        ConfigError: it is no expression.
    """
    if not said.strip():
        return truth(call("success", (), Situation(status)))
    parts = list(split(said))
    trees = [parse(part) for part, inside in parts if inside]
    if len(parts) == 1 and parts[0][1]:
        value = _of(trees[0], contexts, Situation(status))
    elif trees:
        value = interpolate(said, contexts, status)
    else:
        trees = [parse(said)]
        value = _of(trees[0], contexts, Situation(status))
    if any(is_status(found.name) for tree in trees for found in calls(tree)):
        return truth(value)
    return truth(_and(call("success", (), Situation(status)), value))


def interpolate(said: str, contexts: Contexts, status: Status | None = None) -> Value:
    """Return what a text with ``${{ }}`` comes to; a text that is one expression keeps the kind of its value.

    Raises:
        ConfigError: what stands between the braces is no expression.
    """
    parts = list(split(said))
    values = [evaluate(part, contexts, status) if inside else part for part, inside in parts]
    if len(values) == 1:
        return values[0]
    if any(isinstance(value, Unknown) for value in values):
        known = any(not isinstance(value, Unknown) and text(value) for value in values)
        return Unknown(truth=True if known else None)
    return joined([text(value) for value in values])


def split(said: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, and whether each stood between ``${{`` and ``}}``.

    Raises:
        ConfigError: braces are not closed.
    """
    place, whole = 0, said.strip() if said.strip().startswith("${{") and said.strip().endswith("}}") else said
    while (start := whole.find("${{", place)) >= 0:
        if start > place:
            yield whole[place:start], False
        end = _end(whole, start + 3)
        yield whole[start + 3 : end], True
        place = end + 2
    if place < len(whole) or not whole:
        yield whole[place:], False


def _end(whole: str, place: int) -> int:
    """Return where the braces close; a ``}}`` in quotes does not close them."""
    last = place + LONGEST + 2
    while True:
        quote = whole.find("'", place, last)
        end = whole.find("}}", place, quote if quote >= 0 else last)
        if end >= 0:
            return end
        if quote < 0:
            raise ConfigError(
                f"an expression is not closed by }}}} within {LONGEST} letters", remedy="close it"
            )
        closing = whole.find("'", quote + 1, last)
        if closing < 0:
            raise ConfigError("a text in an expression is not closed by '", remedy="close it")
        place = closing + 1


def _of(tree: Tree, contexts: Contexts, situation: Situation) -> Value:
    match tree:
        case Literal(value):
            return value
        case Name(name):
            found = next((key for key in contexts if key.upper() == name.upper()), None)
            return UNKNOWN if found is None else contexts[found]
        case Index(inner, key):
            return _member(_of(inner, contexts, situation), key, contexts, situation)
        case Call(name, arguments):
            return call(name, [_of(argument, contexts, situation) for argument in arguments], situation)
        case Operation("&&" | "||" as sign, (one, other)):
            return _decided(sign, _of(one, contexts, situation), other, contexts, situation)
        case Operation(sign, sides):
            return _operation(sign, [_of(side, contexts, situation) for side in sides])


def _decided(sign: str, first: Value, other: Tree, contexts: Contexts, situation: Situation) -> Value:
    """Look at the second side as the forge does: only where the first one does not decide; often it would be a mistake there."""
    for found in calls(other):
        check(found.name, len(found.arguments))
    if truth(first) is (sign == "||"):
        return first
    try:
        second = _of(other, contexts, situation)
    except ConfigError:
        if truth(first) is not None:
            raise
        second = UNKNOWN
    return (_and if sign == "&&" else _or)(first, second)


def _member(value: Value, key: Tree | None, contexts: Contexts, situation: Situation) -> Value:
    return members(value) if key is None else member(value, _of(key, contexts, situation))


def _operation(sign: str, sides: list[Value]) -> Value:
    one, other = sides[0], sides[-1]
    if sign in {"<=", ">="}:
        return _or(_operation(sign[0], sides), _maybe(equal(one, other)))
    known = {
        "!": lambda: truth(one),
        "==": lambda: equal(one, other),
        "!=": lambda: equal(one, other),
        "<": lambda: less(one, other),
        ">": lambda: less(other, one),
    }[sign]()
    return _maybe(known, turned=sign in {"!", "!="})


def _maybe(known: bool | None, *, turned: bool = False) -> Value:
    return UNKNOWN if known is None else known != turned


def _and(one: Value, other: Value) -> Value:
    """The first side when it is false, else the other; either false side makes the whole false."""
    match truth(one):
        case True:
            return other
        case False:
            return one
        case None:
            return Unknown(truth=False) if truth(other) is False else UNKNOWN


def _or(one: Value, other: Value) -> Value:
    """The first side when it is true, else the other; either true side makes the whole true."""
    match truth(one):
        case True:
            return one
        case False:
            return other
        case None:
            return Unknown(truth=True) if truth(other) is True else UNKNOWN
