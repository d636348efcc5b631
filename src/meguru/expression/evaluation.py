"""Evaluate a formula with any kind of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from meguru.errors import FormulaError, did_you_mean
from meguru.expression.tree import Call, Choice, Expression, Name, Number, Operation, Text

T = TypeVar("T")


class Operations(Protocol[T]):
    """What must be known of a kind of numbers to calculate with them."""

    def number(self, number: float, /) -> T:
        """A number that is written in the formula."""

    def operate(self, operator: str, operands: tuple[T, ...], /) -> T:
        """``neg`` of one operand, or one of ``+ - * / ** < <= > >= == !=`` of two."""

    def choose(self, condition: T, then: T, otherwise: T, /) -> T:
        """``then if condition else otherwise``; both have been evaluated."""


def evaluate(
    expression: Expression,
    names: Callable[[str], T],
    functions: Mapping[str, Callable[..., T]],
    operations: Operations[T],
) -> T:
    """The value of a formula.

    Parameters
    ----------
    expression
        From :func:`meguru.expression.parse`.
    names
        Gives the value of a name, or raises.
    functions
        By name; called with values or texts, and with texts or plain numbers as keywords.
    operations
        Arithmetic.

    Raises
    ------
    FormulaError
        An unknown function.
    """

    def value(part: Expression) -> T:
        if isinstance(part, Number):
            return operations.number(part.value)
        if isinstance(part, Name):
            return names(part.name)
        if isinstance(part, Operation):
            return chain(part)
        if isinstance(part, Choice):
            return operations.choose(value(part.condition), value(part.then), value(part.otherwise))
        if isinstance(part, Call):
            return call(part)
        raise FormulaError("a text can only be an argument", found=part.value)

    def chain(last: Operation) -> T:
        """Operations side by side in a loop: a long sum is not deeply nested."""
        links = []
        first: Expression = last
        while isinstance(first, Operation):
            links.append(first)
            first = first.operands[0]
        result = value(first)
        for link in reversed(links):
            result = operations.operate(
                link.operator, (result, *(value(right) for right in link.operands[1:]))
            )
        return result

    def call(part: Call) -> T:
        if part.function not in functions:
            raise FormulaError(
                f"unknown function (column {part.column})",
                found=part.function,
                expected=sorted(functions),
                hint=did_you_mean(part.function, functions),
            )
        arguments = [one.value if isinstance(one, Text) else value(one) for one in part.arguments]
        return functions[part.function](*arguments, **dict(part.keywords))

    return value(expression)
