"""Equations of a system dynamics model as sums of products of its stocks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from meguru.errors import FormulaError
from meguru.expression import Call, Choice, Expression, Name, Number, Operation, Text, parse


class Symbol(NamedTuple):
    """A stock, read some time ago."""

    name: str
    lag: float = 0.0


Polynomial = dict[tuple[Symbol, ...], float]  # sorted symbols of a product → its factor; () is a constant

HIGHEST = 8  # of a power that is multiplied out
FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp, "ln": math.log, "log10": math.log10, "sqrt": math.sqrt, "abs": abs, "min": min,
    "max": max, "sin": math.sin, "cos": math.cos, "tan": math.tan, "arctan": math.atan, "pi": lambda: math.pi,
}  # fmt: skip
DELAYS = ("delay fixed", "delay")

_NUMBER = r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
_QUOTED = r'"(?P<quoted>(?:[^"\\]|\\.)*)"'
_WORD = r"(?P<word>[^\W\d][\w$'’.]*{more})"
_REST = r"(?P<logic>:[A-Za-z ]+:)|(?P<sign><>|<=|>=|[-+*/^(),=<>])|(?P<odd>\S)"
_TOKENS = {
    spaced: re.compile(rf"\s*(?:{'|'.join((_NUMBER, _QUOTED, _WORD.format(more=more), _REST))})")
    for spaced, more in ((True, r"(?:[^\S\n]+[\w$'’.]+)*"), (False, ""))
}  # whether names without quotes may hold spaces
_SIGNS = {"^": "**", "=": "==", "<>": "!="}
_KEYWORDS = frozenset(("if", "then", "else", "and", "or", "not", "mod"))


class NotExpressible(Exception):
    """Something that no node or edge says; the message names the construct."""


def canonical(name: str) -> str:
    """A name as it compares in both languages: letter case, underscores and runs of spaces do not count."""
    return " ".join(name.replace("_", " ").split()).casefold()


def unescaped(text: str) -> str:
    """A name as it stands in quotes, or in the attribute of an element, without its backslashes."""
    return re.sub(r"\\(.)", lambda found: " " if found[1] in "nr" else found[1], text)


def read_equation(text: str, *, spaced: bool) -> Expression:
    """An equation of Vensim or XMILE as a formula over canonical names.

    Parameters
    ----------
    spaced
        Whether names may hold spaces without standing in quotes, as in Vensim.

    Raises
    ------
    NotExpressible
        It has something that our formulas do not have; the message names it.
    """
    names: dict[str, str] = {}  # canonical name → what stands for it
    parts: list[str] = []
    for token in _TOKENS[spaced].finditer(text.strip()):
        quoted, word = token["quoted"], token["word"]
        if word and not spaced and word.casefold() in _KEYWORDS:
            raise NotExpressible(f"'{word.upper()}'")
        if quoted is not None or word:
            name = canonical(word or unescaped(quoted))
            parts.append(names.setdefault(name, f"v{len(names)}"))
        elif token["number"]:
            parts.append(repr(float(token["number"])))
        elif token["sign"]:
            parts.append(_SIGNS.get(token["sign"], token["sign"]))
        else:
            raise NotExpressible(f"'{token['logic'] or token['odd']}'")
    try:
        return _renamed(parse(" ".join(parts)), {short: name for name, short in names.items()})
    except FormulaError as error:
        raise NotExpressible(f"'{text.strip()}', {error.message}") from error


def _renamed(expression: Expression, names: dict[str, str]) -> Expression:
    if isinstance(expression, Name):
        return Name(names[expression.name])
    if isinstance(expression, Call):
        function = names[expression.function]
        return Call(function, tuple(_renamed(one, names) for one in expression.arguments))
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(_renamed(one, names) for one in expression.operands))
    return expression


def summands(expression: Expression, sign: float = 1.0) -> Iterator[tuple[float, Expression]]:
    """The terms of a sum, each with its sign."""
    if isinstance(expression, Operation) and expression.operator in ("+", "-"):
        left, right = expression.operands
        yield from summands(left, sign)
        yield from summands(right, sign if expression.operator == "+" else -sign)
    elif isinstance(expression, Operation) and expression.operator == "neg":
        yield from summands(expression.operands[0], -sign)
    else:
        yield sign, expression


class Algebra:
    """Multiplies equations out over the stocks.

    Parameters
    ----------
    look_up
        The polynomial of a name; raises NotExpressible for one that has none.
    starts
        The start value of a stock by its name, for delays.
    """

    def __init__(
        self, look_up: Callable[[str], Polynomial], start_of: Callable[[str], float] | None = None
    ) -> None:
        self.look_up = look_up
        self.start_of = start_of

    def polynomial(self, expression: Expression) -> Polynomial:
        """A formula as a sum of products of stocks."""
        if isinstance(expression, Number):
            return {(): expression.value}
        if isinstance(expression, Name):
            return self.look_up(expression.name)
        if isinstance(expression, Call):
            return self._call(expression)
        if isinstance(expression, Operation):
            return self._operation(expression)
        if isinstance(expression, (Choice, Text)):
            raise NotExpressible("a choice between two values")

    def constant(self, expression: Expression) -> float:
        """The value of a formula without stocks."""
        value = self.polynomial(expression)
        if any(symbols for symbols in value):
            raise NotExpressible("a value that changes where a constant is needed")
        return value.get((), 0.0)

    def _operation(self, operation: Operation) -> Polynomial:
        operator = operation.operator
        if operator == "neg":
            return scaled(self.polynomial(operation.operands[0]), -1.0)
        left, right = (self.polynomial(one) for one in operation.operands)
        if operator == "+":
            return added(left, right)
        if operator == "-":
            return added(left, scaled(right, -1.0))
        if operator == "*":
            return multiplied(left, right)
        if any(symbols for symbols in right):
            what = "a division by a value that changes" if operator == "/" else f"the operator '{operator}'"
            raise NotExpressible(what)
        return self._by_constant(operator, left, right.get((), 0.0))

    def _by_constant(self, operator: str, left: Polynomial, right: float) -> Polynomial:
        if operator == "/":
            if right == 0.0:
                raise NotExpressible("a division by 0")
            return {symbols: factor / right for symbols, factor in left.items()}
        if operator == "**" and not any(symbols for symbols in left):
            try:
                value = left.get((), 0.0) ** right
            except (ZeroDivisionError, OverflowError):
                value = math.nan
            if isinstance(value, complex) or not math.isfinite(value):
                raise NotExpressible("a power without a value")
            return {(): value}
        if operator == "**" and right.is_integer() and 0 <= right <= HIGHEST:
            power: Polynomial = {(): 1.0}
            for _ in range(int(right)):
                power = multiplied(power, left)
            return power
        raise NotExpressible(f"the operator '{operator}'")

    def _call(self, call: Call) -> Polynomial:
        if call.function in DELAYS and len(call.arguments) in (2, 3):
            return self._delayed(call)
        function = FUNCTIONS.get(call.function)
        if function is None:
            raise NotExpressible(f"the function {call.function.upper()}")
        try:
            values = [self.constant(one) for one in call.arguments]
        except NotExpressible as error:
            raise NotExpressible(f"the function {call.function.upper()} of {error}") from error
        try:
            return {(): float(function(*values))}
        except (ValueError, TypeError, OverflowError) as error:
            raise NotExpressible(f"the function {call.function.upper()} without a value") from error

    def _delayed(self, call: Call) -> Polynomial:
        """A fixed delay: an edge that reads the past. Before the first step it reads the start value."""
        name = call.function.upper()
        delayed, lag = self.polynomial(call.arguments[0]), self.constant(call.arguments[1])
        if lag < 0.0 or self.start_of is None:
            raise NotExpressible(f"the function {name} here")
        before = sum(
            factor * math.prod(self.start_of(symbol.name) for symbol in symbols)
            for symbols, factor in delayed.items()
        )
        given = self.constant(call.arguments[2]) if len(call.arguments) > 2 else before
        if not math.isclose(given, before, rel_tol=1e-12, abs_tol=1e-12):
            raise NotExpressible(f"the function {name} that begins with another value than its input")
        return {
            tuple(Symbol(symbol.name, symbol.lag + lag) for symbol in symbols): factor
            for symbols, factor in delayed.items()
        }


def added(left: Polynomial, right: Polynomial) -> Polynomial:
    """Sum; what cancels out is gone."""
    total = dict(left)
    for symbols, factor in right.items():
        total[symbols] = total.get(symbols, 0.0) + factor
    return {symbols: factor for symbols, factor in total.items() if factor != 0.0}


def scaled(polynomial: Polynomial, by: float) -> Polynomial:
    """Times a number."""
    return {symbols: factor * by for symbols, factor in polynomial.items()}


def multiplied(left: Polynomial, right: Polynomial) -> Polynomial:
    """Product, multiplied out."""
    total: Polynomial = {}
    for (a, x), (b, y) in product(left.items(), right.items()):
        symbols = tuple(sorted((*a, *b)))
        total[symbols] = total.get(symbols, 0.0) + x * y
    return total
