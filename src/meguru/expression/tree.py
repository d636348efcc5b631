"""What a formula is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A text; stands only as an argument of a call."""

    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name, dotted or not. Columns count from 1 and are for messages: they do not make trees different."""

    name: str
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function by its name; keywords are texts and numbers."""

    function: str
    arguments: tuple[Expression, ...] = ()
    keywords: tuple[tuple[str, str | float], ...] = ()
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """``neg`` of one operand, or one of ``+ - * / ** < <= > >= == !=`` of two.

    The right operand of ``**`` is a :class:`Number`.
    """

    operator: str
    operands: tuple[Expression, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """``then if condition else otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression
    column: int = field(default=1, compare=False)


Expression = Number | Text | Name | Call | Operation | Choice


def parts_of(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Call):
            waiting.extend(part.arguments)
        elif isinstance(part, Operation):
            waiting.extend(part.operands)
        elif isinstance(part, Choice):
            waiting.extend((part.condition, part.then, part.otherwise))


def names_in(expression: Expression) -> set[str]:
    """All names that the formula refers to; functions are not among them."""
    return {part.name for part in parts_of(expression) if isinstance(part, Name)}


def calls_in(expression: Expression) -> list[Call]:
    """All calls in the formula, in the order in which they stand."""
    return sorted(
        (part for part in parts_of(expression) if isinstance(part, Call)), key=lambda call: call.column
    )
