"""Formulas over named numbers with units; dimensions are checked at every step."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import DimensionError, FormulaError, MeguruError, UnknownNameError, did_you_mean
from meguru.expression import evaluate, parse
from meguru.quantity.known_units import Dimension
from meguru.quantity.units import NONE, describe_dimension, dimension_of, size_of

Array = NDArray[np.float64]
COMPARISONS: dict[str, Callable[[Array, Array], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


@dataclass(frozen=True, slots=True)
class Value:
    """Numbers in root units with their dimension; None for a literal zero, which is zero of any dimension."""

    array: Array
    dimension: Dimension | None


def evaluate_formula(text: str, declared: str, unit: str, names: Mapping[str, tuple[Array, str]]) -> Array:
    """The numbers of a formula in a unit.

    Parameters
    ----------
    text, declared
        The formula, and the unit that its result is declared to have; ``""`` if none is.
    unit
        The unit wanted.
    names
        Array (sample or 1, time or 1) and unit by name.

    Returns
    -------
    (sample or 1, time or 1)

    Raises
    ------
    UnknownNameError
        The formula refers to a name that is not there.
    DimensionError
        Numbers of different dimensions are added or compared, or the result has another one than wanted.
    FormulaError
        The result is not a number: division by zero, overflow.
    """
    folded = {unicodedata.normalize("NFKC", name): entry for name, entry in names.items()}

    def look_up(name: str) -> Value:
        if name not in folded:
            raise UnknownNameError(f"unknown name in '{text}'", found=name, hint=did_you_mean(name, names))
        array, own = folded[name]
        return Value(np.atleast_2d(np.asarray(array, dtype=np.float64)) * size_of(own), dimension_of(own))

    try:
        result = evaluate(parse(text), look_up, FUNCTIONS, Operations())
    except MeguruError as error:
        error.hint = error.hint or f"See the formula '{text}'."
        raise
    for wanted in (declared, unit) if declared else (unit,):
        if result.dimension is not None and result.dimension != dimension_of(wanted):
            expected = describe_dimension(wanted)
            alone = folded.get(unicodedata.normalize("NFKC", text).strip())  # a name as it is written
            found = _words(result.dimension) if alone is None else alone[1]
            raise DimensionError(f"wrong dimension of '{text}'", found=found, expected=expected)
    if not np.isfinite(result.array).all():
        raise FormulaError(
            f"'{text}' gives no number",
            found="infinite or undefined",
            expected="a number in every year",
            hint="A division by zero, a root of a negative number or an overflow.",
        )
    return np.atleast_2d(result.array / size_of(unit))


def _words(dimension: Dimension) -> str:
    return (
        "·".join(f"{name}^{exponent:g}" if exponent != 1 else name for name, exponent in dimension)
        or "a plain number"
    )


def _number_or_nan(array: Any) -> Array:
    """Infinite becomes undefined, so that 1 / (1 / 0) is not zero and min(1, 1 / 0) not one."""
    return np.where(np.isfinite(array), array, np.nan)


def _common_dimension(values: tuple[Value, ...], what: str) -> Dimension | None:
    """The dimension that all share; zero fits any."""
    found = [value.dimension for value in values if value.dimension is not None]
    for dimension in found[1:]:
        if dimension != found[0]:
            raise DimensionError(
                f"different dimensions in '{what}'",
                found=f"{_words(found[0])} and {_words(dimension)}",
                expected="numbers of the same dimension",
            )
    return found[0] if found else None


def _combined(left: Dimension | None, right: Dimension | None, sign: int) -> Dimension:
    total = dict(left or NONE)
    for name, exponent in right or NONE:
        total[name] = round(total.get(name, 0.0) + sign * exponent, 9)
    return tuple(sorted((name, exponent) for name, exponent in total.items() if exponent))


class Operations:
    """Arithmetic on numbers with dimension, for :func:`meguru.expression.evaluate`."""

    def number(self, number: float) -> Value:
        return Value(np.full((1, 1), number), None if number == 0 else NONE)

    def operate(self, operator: str, operands: tuple[Value, ...]) -> Value:
        with np.errstate(all="ignore"):
            if operator == "neg":
                return Value(-operands[0].array, operands[0].dimension)
            left, right = operands
            if operator in COMPARISONS:
                return _compare(operator, left, right)
            if operator == "**":
                return _power(left, float(right.array.item()))
            if operator in "+-":
                dimension = _common_dimension(operands, operator)
                total = left.array + right.array if operator == "+" else left.array - right.array
                return Value(_number_or_nan(total), dimension)
            dimension = _combined(left.dimension, right.dimension, 1 if operator == "*" else -1)
            found = left.array * right.array if operator == "*" else left.array / right.array
            return Value(_number_or_nan(found), dimension)

    def choose(self, condition: Value, then: Value, otherwise: Value) -> Value:
        if condition.dimension not in (None, NONE) or np.isnan(condition.array).any():
            raise FormulaError(
                "a condition is not a comparison of numbers", expected="as 'a if b > 0 else c'"
            )
        dimension = _common_dimension((then, otherwise), "if else")
        return Value(np.where(condition.array != 0, then.array, otherwise.array), dimension)


def _compare(operator: str, left: Value, right: Value) -> Value:
    _common_dimension((left, right), operator)
    if np.isnan(left.array).any() or np.isnan(right.array).any():
        raise FormulaError(f"no number beside '{operator}'", hint="A division by zero, or an overflow.")
    return Value(COMPARISONS[operator](left.array, right.array).astype(np.float64), NONE)


def _power(base: Value, exponent: float) -> Value:
    dimension = tuple(
        (name, round(power * exponent, 9)) for name, power in base.dimension or NONE if exponent
    )
    found = np.where(np.isnan(base.array), np.nan, np.power(base.array, exponent))
    return Value(_number_or_nan(found), dimension)


def _plain(values: tuple[Any, ...], name: str, count: int | None) -> tuple[Value, ...]:
    """The arguments of a function, if they are numbers and as many as wanted; None: at least one."""
    if any(not isinstance(value, Value) for value in values) or (
        len(values) != count if count else not values
    ):
        raise FormulaError(f"wrong arguments of {name}()", expected=f"{count or 'one or more'} number(s)")
    return values


def _extreme(name: str, reduce: Callable[[Array, Array], Array]) -> Callable[..., Value]:
    def function(*values: Any, **keywords: Any) -> Value:
        given = _plain((*values, *keywords), name, None)
        dimension = _common_dimension(given, name)
        found = given[0].array
        for value in given[1:]:
            found = reduce(found, value.array)
        return Value(found, dimension)

    return function


def _one(name: str, apply: Callable[[Array], Array], *, power: float | None = None) -> Callable[..., Value]:
    """A function of one number; of any dimension if ``power`` says what becomes of it."""

    def function(*values: Any, **keywords: Any) -> Value:
        (value,) = _plain((*values, *keywords), name, 1)
        dimension: Dimension = NONE
        if power is not None:
            dimension = tuple((one, round(exponent * power, 9)) for one, exponent in value.dimension or NONE)
        elif value.dimension not in (None, NONE):
            raise DimensionError(
                f"{name}() of a number with dimension", found=_words(value.dimension or NONE)
            )
        with np.errstate(all="ignore"):
            return Value(_number_or_nan(apply(value.array)), dimension)

    return function


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "min": _extreme("min", np.minimum),
    "max": _extreme("max", np.maximum),
    "abs": _one("abs", np.abs, power=1.0),
    "sqrt": _one("sqrt", np.sqrt, power=0.5),
    "exp": _one("exp", np.exp),
    "log": _one("log", np.log),
}
