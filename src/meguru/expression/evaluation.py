"""Evaluate a formula with any kind of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

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
    return _Evaluation(names, functions, operations).value(expression)


@dataclass(frozen=True, slots=True)
class _Evaluation(Generic[T]):
    """What the parts of one formula are evaluated with."""

    names: Callable[[str], T]
    functions: Mapping[str, Callable[..., T]]
    operations: Operations[T]

    def value(self, part: Expression) -> T:
        if isinstance(part, Number):
            return self.operations.number(part.value)
        if isinstance(part, Name):
            return self.names(part.name)
        if isinstance(part, Operation):
            return self.chain(part)
        if isinstance(part, Choice):
            condition, then, otherwise = map(self.value, (part.condition, part.then, part.otherwise))
            return self.operations.choose(condition, then, otherwise)
        if isinstance(part, Call):
            return self.call(part)
        raise FormulaError("a text can only be an argument", found=part.value)

    def chain(self, last: Operation) -> T:
        """Operations side by side in a loop: a long sum is not deeply nested."""
        links = []
        first: Expression = last
        while isinstance(first, Operation):
            links.append(first)
            first = first.operands[0]
        result = self.value(first)
        for link in reversed(links):
            operands = (result, *map(self.value, link.operands[1:]))
            result = self.operations.operate(link.operator, operands)
        return result

    def call(self, part: Call) -> T:
        if part.function not in self.functions:
            raise FormulaError(
                f"unknown function (column {part.column})",
                found=part.function,
                expected=sorted(self.functions),
                hint=did_you_mean(part.function, self.functions),
            )
        arguments = [one.value if isinstance(one, Text) else self.value(one) for one in part.arguments]
        return self.functions[part.function](*arguments, **dict(part.keywords))
