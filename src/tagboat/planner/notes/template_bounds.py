"""The part of Jinja2 that a template of notes may use, with a meter on everything that can grow.

Jinja2's sandbox keeps a template from Python; it does not keep it from looping for ever or filling the memory. So what
could grow unseen is refused when the template is read, and what may grow is counted while it runs.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tagboat.errors import ConfigError

_NODES: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign),
    *(
        nodes.Name,
        nodes.Const,
        nodes.Getattr,
        nodes.Getitem,
        nodes.Slice,
        nodes.Filter,
        nodes.Test,
        nodes.Keyword,
    ),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Mod, nodes.FloorDiv, nodes.Neg, nodes.Pos),
)
_LARGEST: Final = 1 << 53


@dataclass(frozen=True, slots=True)
class Limits:
    """What a template may cost.

    Attributes:
        piece: the longest template, and the longest text that it puts together on the way, in characters.
        text: the longest result, in characters.
        work: turns of loops and elements given to filters.
        filters: the filters that may be used.
    """

    piece: int
    text: int
    work: int
    filters: Collection[str]


class _RefusedError(TemplateError):
    """The template does what is not allowed, or too much of it."""


def render(
    file: str,
    template: str,
    variables: Mapping[str, Any],
    filters: Mapping[str, Callable[[str], str]],
    limits: Limits,
) -> str:
    """Return the text that a template makes.

    Args:
        file: the template's path, for messages.
        template: its text.
        variables: what it sees: texts, numbers, lists and mappings.
        filters: filters of our own.
        limits: what it may cost.

    Raises:
        ConfigError: it cannot be read, does what is not allowed, or makes too much.
    """
    if len(template) > limits.piece:
        raise ConfigError(f"{file} is longer than {limits.piece} characters", remedy="shorten the template")
    try:
        environment = _Environment(limits, filters)
        tree = environment.parse(template)
        _check(tree, limits)
        pieces: list[str] = []
        length = 0
        for piece in environment.from_string(_metered(tree)).generate(variables):
            length += len(piece)
            if length > limits.text:
                raise _RefusedError(f"it makes more than {limits.text} characters")
            pieces.append(piece)
    except TemplateSyntaxError as error:
        raise _mistake(file, error.lineno, error.message or "this is no template") from None
    except TemplateError as error:
        raise _mistake(file, _line(error), error.message or "it fails") from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise _mistake(file, _line(error), str(error)) from None
    except (RecursionError, SyntaxError, MemoryError):
        raise _mistake(file, 0, "it is nested too deeply") from None
    return "".join(pieces)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja2 without a loader, whose filters, loops and operators are counted."""

    intercepted_binops = frozenset(["+", "-", "%", "//"])
    intercepted_unops = frozenset(["+", "-"])

    def __init__(self, limits: Limits, filters: Mapping[str, Callable[[str], str]]) -> None:
        super().__init__(
            autoescape=False,
            finalize=self._shown,
            keep_trailing_newline=True,
            lstrip_blocks=True,
            optimized=False,
            trim_blocks=True,
            undefined=StrictUndefined,
        )
        self._limits = limits
        self._work = 0
        own = {"join": _joined, "replace": self._replaced, **filters}
        known = {name: self.filters[name] for name in limits.filters if name in self.filters} | own
        self.filters = {name: self._counting(function) for name, function in known.items()}
        self.filters["_loop"] = self._loop
        self.filters["_concat"] = self._concat
        self.globals = {}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate with whole numbers alone: with texts and lists they could double a text in one character."""
        return self._number(super().call_binop(context, operator, self._number(left), self._number(right)))

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        """Calculate with whole numbers alone."""
        return super().call_unop(context, operator, self._number(arg))

    def _number(self, value: Any) -> int:
        if not isinstance(value, int) or abs(value) > _LARGEST:
            raise _RefusedError(
                "it calculates with what is no whole number, or too large; texts are joined by ~"
            )
        return value

    def _shown(self, value: Any) -> Any:
        if isinstance(value, StrictUndefined | str | int):
            return self._bounded(value) if isinstance(value, str) else value
        raise _RefusedError(
            "it prints what is neither text nor number; the filter join makes a text of a list"
        )

    def _bounded(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > self._limits.piece:
            raise _RefusedError(f"it puts together a text of more than {self._limits.piece} characters")
        return value

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > self._limits.work:
            raise _RefusedError(f"it takes more than {self._limits.work} turns")

    def _counting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def counted(*arguments: Any, **options: Any) -> Any:
            self._spend(1 + sum(len(value) for value in arguments if isinstance(value, list | str)))
            result = function(*arguments, **options)
            if isinstance(result, str):
                return self._bounded(str(result))
            # A generator would do its work later, unseen.
            return (
                list(result)
                if isinstance(result, Iterable) and not isinstance(result, list | dict)
                else result
            )

        return counted

    def _loop(self, values: Any) -> list[Any]:
        if not isinstance(values, list | str):
            raise _RefusedError("it loops over what is no list")
        self._spend(1 + len(values))
        return list(values)

    def _concat(self, values: list[Any]) -> str:
        self._spend(len(values))
        return str(self._bounded(_joined([self._shown(value) for value in values])))

    def _replaced(self, text: str, old: str, new: str) -> str:
        text = str(self._shown(text))
        if len(text) + text.count(old) * len(new) > self._limits.piece:
            raise _RefusedError(f"it puts together a text of more than {self._limits.piece} characters")
        return text.replace(old, new)


def _joined(values: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    texts = [value[attribute] if attribute else value for value in values]
    if not all(isinstance(text, str | int) for text in texts):
        raise _RefusedError("it joins what is neither text nor number")
    return separator.join(map(str, texts))


def _check(tree: nodes.Template, limits: Limits) -> None:
    for node in tree.find_all(nodes.Node):
        refused = not isinstance(node, _NODES)
        name = type(node).__name__.lower()
        if isinstance(node, nodes.Filter):
            refused, name = node.name not in limits.filters, f"the filter {node.name}"
        elif isinstance(node, nodes.For) and node.recursive:
            refused, name = True, "a recursive loop"
        elif isinstance(node, nodes.Assign | nodes.For) and not isinstance(node.target, nodes.Name):
            refused, name = True, "more than one name on the left"
        if refused:
            raise TemplateSyntaxError(f"{name} is not allowed in a template of notes", node.lineno)


def _metered(tree: nodes.Template) -> nodes.Template:
    """Return the template with every loop and every ``~`` led through our meter."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = _through("_loop", loop.iter)  # type: ignore[arg-type] # what a loop runs over is an expression
    for node in [tree, *tree.find_all(nodes.Node)]:
        for field, value in list(node.iter_fields()):
            if isinstance(value, nodes.Concat):
                setattr(node, field, _through("_concat", nodes.List(value.nodes, lineno=value.lineno)))
            elif isinstance(value, list):
                value[:] = [
                    _through("_concat", nodes.List(item.nodes, lineno=item.lineno))
                    if isinstance(item, nodes.Concat)
                    else item
                    for item in value
                ]
    return tree


def _through(name: str, value: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno, environment=value.environment)


def _line(error: BaseException) -> int:
    """Return the template's line that an error came up in, or 0."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"
    ]
    return lines[-1] or 0 if lines else 0


def _mistake(file: str, line: int, said: str) -> ConfigError:
    place = f"{file}:{line}" if line else file
    return ConfigError(
        f"{place}: {said}", remedy="correct the template; docs/reference/notes.md says what it may use"
    )
