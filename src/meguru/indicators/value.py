"""Values of indicators: numbers with dimension that remember what was divided by what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import DimensionError, FormulaError
from meguru.quantity import convert, describe_dimension, dimension_of
from meguru.quantity.formula import FUNCTIONS as PLAIN_FUNCTIONS
from meguru.quantity.formula import Operations as PlainOperations
from meguru.quantity.formula import Value as Number
from meguru.quantity.known_units import Dimension
from meguru.quantity.units import NONE, size_of

Array = NDArray[np.float64]
PLAIN = PlainOperations()
CANCELLED = 1e-12  # what a sum or difference leaves of its terms below this is rounding
ENERGY: Dimension = (("length", 2.0), ("mass", 1.0), ("time", -2.0))
UNITS_SHOWN = {"mass": "kg", "time": "year", "length": "km"}
AREA_AND_VOLUME = {2.0: "m2", 3.0: "m3"}


@dataclass(frozen=True, slots=True)
class Value:
    """Numbers (sample or 1, year or 1) in root units, NaN where undefined.

    Attributes
    ----------
    number
        Array and dimension; dimension None is a zero of any dimension.
    top, bottom
        Numerator and denominator of the outermost division; None where nothing is divided.
    written
        Whether it is a number as it stands in a formula.
    """

    number: Number
    top: Number | None = None
    bottom: Number | None = None
    written: bool = False

    @property
    def array(self) -> Array:
        """The numbers."""
        return self.number.array


def value_of(array: Array, unit: str) -> Value:
    """Numbers (sample or 1, year or 1) in a unit."""
    return Value(Number(array * size_of(unit), dimension_of(unit)))


def zero() -> Value:
    """Zero of any dimension."""
    return Value(Number(np.zeros((1, 1)), None))


class Operations:
    """Arithmetic for :func:`meguru.expression.evaluate`; what is divided by zero is undefined."""

    def number(self, number: float) -> Value:
        """A number as written."""
        return Value(PLAIN.number(number), written=True)

    def operate(self, operator: str, operands: tuple[Value, ...]) -> Value:
        """One of the operators of formulas."""
        result = _plain(operator, *(value.number for value in operands))
        if operator == "neg":
            (only,) = operands
            return Value(result, only.top and _plain("neg", only.top), only.bottom, only.written)
        left, right = operands
        if operator == "/" and not (right.written and left.bottom):
            return Value(result, left.number, right.number)
        if operator in "+-*/":
            return Value(result, *_pair(operator, left, right), written=left.written and right.written)
        return Value(result)

    def choose(self, condition: Value, then: Value, otherwise: Value) -> Value:
        """One or the other; undefined where the condition is."""
        known = Number(np.nan_to_num(condition.array), condition.number.dimension)
        chosen = PLAIN.choose(known, then.number, otherwise.number)
        return Value(_undefined_where(chosen, np.isnan(condition.array)))


def _plain(operator: str, *numbers: Number) -> Number:
    """The operation on the numbers alone; NaN stays NaN, and what cancels but for rounding is zero."""
    if operator in ("<", "<=", ">", ">=", "==", "!="):
        unknown = np.isnan(numbers[0].array) | np.isnan(numbers[1].array)
        return _undefined_where(
            PLAIN.operate(operator, tuple(Number(np.nan_to_num(n.array), n.dimension) for n in numbers)),
            unknown,
        )
    result = PLAIN.operate(operator, numbers)
    if operator in "+-":
        terms = np.abs(numbers[0].array) + np.abs(numbers[1].array)
        return Number(
            np.where(np.abs(result.array) <= CANCELLED * terms, 0.0, result.array), result.dimension
        )
    return result


def _undefined_where(number: Number, unknown: Any) -> Number:
    return Number(np.where(unknown, np.nan, number.array), number.dimension)


def _pair(operator: str, left: Value, right: Value) -> tuple[Number | None, Number | None]:
    """Numerator and denominator of a division that a written number is added to or multiplied with."""
    ratio, other = (left, right) if right.written else (right, left)
    if not other.written or ratio.top is None or ratio.bottom is None:
        return None, None
    if operator in "*/":
        return _plain(
            operator, *((ratio.top, other.number) if ratio is left else (other.number, ratio.top))
        ), ratio.bottom
    whole = _plain("*", other.number, ratio.bottom)
    terms = (ratio.top, whole) if ratio is left else (whole, ratio.top)
    return _plain(operator, *terms), ratio.bottom


def plain_function(name: str) -> Callable[..., Value]:
    """``min``, ``max``, ``abs``, ``sqrt``, ``exp`` or ``log`` on values."""

    def function(*values: Any, **keywords: Any) -> Value:
        if keywords or any(not isinstance(value, Value) for value in values):
            raise FormulaError(f"wrong arguments of {name}()", expected="numbers")
        return Value(PLAIN_FUNCTIONS[name](*(value.number for value in values)))

    return function


def in_unit(number: Number, unit: str) -> Array:
    """The numbers in a unit.

    Raises
    ------
    DimensionError
        They have another dimension.
    """
    wanted = dimension_of(unit)
    if number.dimension is not None and number.dimension != wanted:
        raise DimensionError(
            "the formula gives another dimension than the unit",
            found=shown_unit(number.dimension) or "a plain number",
            expected=describe_dimension(unit),
        )
    return number.array / size_of(unit)


def in_shown_unit(number: Number) -> tuple[Array, str]:
    """The numbers in a unit that people know, and that unit."""
    unit = shown_unit(number.dimension or NONE)
    return number.array / size_of(unit), unit


def shown_unit(dimension: Dimension) -> str:
    """A unit for a dimension: kg, kWh/year, JPY/piece; ``""`` for a plain number."""
    words: dict[str, float] = {}
    left = dict(dimension)
    for base, exponent in dimension:
        if base.endswith("e") and base[0].isupper():  # CO2e: an impact, counted by mass
            words[f"kg_{base}"] = exponent
            left = _without(left, ((base, 1.0), ("mass", 1.0)), exponent)
    power = left.get("length", 0.0) / 2.0
    if abs(power) == 1.0 and all(left.get(base, 0.0) * power * exponent > 0.0 for base, exponent in ENERGY):
        words["kWh"] = power
        left = _without(left, ENERGY, power)
    power = left.get("length", 0.0)
    if abs(power) in AREA_AND_VOLUME:
        words[AREA_AND_VOLUME[abs(power)]] = power / abs(power)
        del left["length"]
    words |= {UNITS_SHOWN.get(base, base): exponent for base, exponent in left.items() if exponent}
    above = [_power(word, exponent) for word, exponent in words.items() if exponent > 0.0]
    below = [_power(word, -exponent) for word, exponent in words.items() if exponent < 0.0]
    if not below:
        return "*".join(above)
    return f"{'*'.join(above) or '1'}/{below[0] if len(below) == 1 else '(' + '*'.join(below) + ')'}"


def _without(left: dict[str, float], bases: Dimension, power: float) -> dict[str, float]:
    taken = dict(bases)
    found = {base: left.get(base, 0.0) - power * taken.get(base, 0.0) for base in {**left, **taken}}
    return {base: exponent for base, exponent in found.items() if exponent}


def _power(word: str, exponent: float) -> str:
    return word if exponent == 1.0 else f"{word}**{exponent:g}"


def converted(value: float, unit: str, other: str) -> float:
    """One number in another unit."""
    return float(convert(value, unit, other))
