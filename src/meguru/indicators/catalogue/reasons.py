"""Why a value is undefined: the denominator that is zero, by the figures that it is made of."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import MissingValueError
from meguru.expression import Call, Choice, Expression, Operation, names_in, parse
from meguru.indicators.catalogue.arithmetic import is_column
from meguru.indicators.catalogue.definitions import Words
from meguru.indicators.catalogue.evaluation import Evaluation

NO_NUMBER = Words("a denominator within the formula is undefined", "式の中の分母が未定義")


def why_undefined(evaluation: Evaluation, formula: str, index: int) -> Words:
    """The outermost denominator that is zero at one place, followed through steps and what is not given."""
    for expression in _formulas(evaluation, formula):
        for bottom in _denominators(expression):
            if _is_zero(evaluation, bottom, index):
                names = sorted(names_in(bottom))
                return Words(
                    f"the denominator is zero: {_told(evaluation, names, 'en')}",
                    f"分母がゼロ：{_told(evaluation, names, 'ja')}",
                )
    return NO_NUMBER


def _formulas(evaluation: Evaluation, formula: str) -> Iterator[Expression]:
    """The formula, then those behind its names, level by level."""
    level, met = [formula], set[str]()
    while level:
        expressions = [parse(text) for text in level]
        yield from expressions
        names = [name for one in expressions for name in sorted(names_in(one)) if name not in met]
        met.update(names)
        level = [text for name in dict.fromkeys(names) if (text := _behind(evaluation, name))]


def _behind(evaluation: Evaluation, name: str) -> str | None:
    """The formula that stands for a name that is not given."""
    if name in evaluation.figures.given:
        return None
    step, variable = evaluation.held.steps.get(name), evaluation.held.variable(name)
    if step is not None:
        return step.formula
    return None if variable is None else variable.derived


def _denominators(expression: Expression) -> Iterator[Expression]:
    """What is divided by, from the outside in."""
    if isinstance(expression, Operation):
        if expression.operator == "/":
            yield expression.operands[1]
        parts: tuple[Expression, ...] = expression.operands
    elif isinstance(expression, Call):
        parts = expression.arguments
    elif isinstance(expression, Choice):
        parts = (expression.then, expression.otherwise)
    else:
        parts = ()
    for part in parts:
        yield from _denominators(part)


def _is_zero(evaluation: Evaluation, expression: Expression, index: int) -> bool:
    """Whether it is zero at one place in any sample; a row of a table alone makes nothing undefined."""
    try:
        value = evaluation.expression(expression).value
    except MissingValueError:
        return False
    if is_column(value):
        return False
    return bool((value.array[:, min(index, value.array.shape[1] - 1)] == 0).any())


def _told(evaluation: Evaluation, names: list[str], language: str) -> str:
    held = evaluation.held
    told = []
    for name in names:
        step, variable = held.steps.get(name), held.variable(name)
        words = step.name if step is not None else variable.name if variable is not None else None
        told.append(name if words is None else f"{name} ({words.of(language)})")
    return ", ".join(told)
