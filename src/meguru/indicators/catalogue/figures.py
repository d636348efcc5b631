"""Figures as they were given, brought to what a set asks for: unit, sign, range."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from meguru.errors import DimensionError, MissingUnitError, MissingValueError, RangeError, WrongTypeError
from meguru.indicators.catalogue.definitions import Variable, Words
from meguru.indicators.value import Value, shown_unit, value_of
from meguru.quantity import describe_dimension, dimension_of
from meguru.quantity.formula import Value as Number
from meguru.quantity.known_units import Dimension
from meguru.quantity.units import size_of

CURRENCY = re.compile("[A-Z]{3}")
DEFAULT_CURRENCY = "JPY"
OR = "|"  # between the units of which a figure may have any, as a weight by mass or by money
ROUNDING = 1e-12  # a share of 1.0000000000000002 is 1


@dataclass(frozen=True, slots=True)
class Given:
    """One figure, or one column, as it was given.

    Attributes
    ----------
    value
        Numbers (sample or 1, year or 1), of a column (row, sample or 1, year or 1).
    unit
        Whether a unit was written; without one the number is plain.
    quality
        From 0 to 1; None if nothing is said.
    place
        Where it stands.
    rows
        Numbers of the rows of a column in their sheet.
    empty
        Of a column the rows (row,) in which nothing stands; another number that is NaN is undefined.
    written
        The unit as it was written.
    doubts
        What is probably not meant, though it can be read.
    answer
        Whether yes or no stood there, or in any cell.
    not_applicable
        In place of a number, why the indicator of this name does not apply.
    """

    value: Value
    unit: bool
    place: str
    quality: float | None = None
    rows: tuple[int, ...] = ()
    empty: NDArray[np.bool_] | None = None
    written: str = ""
    doubts: tuple[Words, ...] = ()
    answer: bool = False
    not_applicable: str = ""

    def row(self, wrong: NDArray[np.bool_]) -> str:
        """The place with the first row that is wrong."""
        if not self.rows:
            return self.place
        first = int(np.flatnonzero(wrong.reshape(len(self.rows), -1).any(axis=1))[0])
        return f"{self.place}, row {self.rows[first]}"


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is known of one subject, in one year or in several.

    Attributes
    ----------
    given
        Variable, step or ``table.column`` → what was given.
    years
        Along the last axis, of one subject.
    each
        Subject and year along the last axis, of several; the rows of a table then stand one after the other.
    starts
        Table → first row of each of them.
    not_applicable
        Id of an indicator → why it does not apply.
    """

    given: dict[str, Given]
    subject: str = ""
    year: int | None = None
    place: str = ""
    level: str | None = None
    goods: str | None = None
    scenario: str = ""
    years: tuple[int, ...] = field(default=())
    each: tuple[tuple[str, int | None], ...] = ()
    starts: Mapping[str, NDArray[np.intp]] = field(default_factory=dict)
    not_applicable: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> tuple[tuple[str, int | None], ...]:
        """Subject and year of each value."""
        if self.each:
            return self.each
        return tuple((self.subject, year) for year in self.years or (self.year,))

    def table(self, name: str) -> list[str]:
        """Columns given of a table."""
        return [key for key in self.given if key.startswith(f"{name}.")]

    @property
    def currency(self) -> str:
        """The currency of the money among the figures; JPY if there is none.

        Raises
        ------
        DimensionError
            There are two: there are no exchange rates.
        """
        found = {
            base
            for one in self.given.values()
            for base, _ in one.value.number.dimension or ()
            if CURRENCY.fullmatch(base)
        }
        if len(found) > 1:
            raise DimensionError(
                "two currencies in one table",
                place=self.place or None,
                found=" and ".join(sorted(found)),
                expected="one currency",
            )
        return found.pop() if found else DEFAULT_CURRENCY


def told_apart(given: Mapping[str, Given]) -> tuple[dict[str, Given], dict[str, str]]:
    """Figures, and what is said not to be applicable with the reasons."""
    numbers = {name: one for name, one in given.items() if not one.not_applicable}
    return numbers, {name: one.not_applicable for name, one in given.items() if one.not_applicable}


def plain_figure(number: float, unit: str, place: str, quality: float | None = None) -> Given:
    """One number; a zero without unit is zero of anything."""
    value = value_of(np.full((1, 1), number), unit)
    if number == 0 and not unit:
        value = Value(Number(value.array, None))
    return Given(value, bool(unit), place, quality, written=unit)


def column_figure(
    numbers: NDArray[np.float64], unit: str, place: str, rows: tuple[int, ...], quality: float | None = None
) -> Given:
    """A column of numbers in one unit.

    Raises
    ------
    RangeError
        A number that is infinite.
    """
    value = value_of(numbers.reshape(-1, 1, 1), unit)
    given = Given(value, bool(unit), place, quality, rows, np.isnan(numbers), unit)
    if np.isinf(numbers).any():
        raise RangeError("not a finite number", place=given.row(np.isinf(numbers)), expected="a number")
    return given


def fitted(given: Given, variable: Variable) -> tuple[Value, bool]:
    """The numbers for a variable, and whether empty cells were filled by its default.

    Raises
    ------
    MissingUnitError, DimensionError
        The unit is missing, or not of the dimension wanted.
    MissingValueError
        A cell is empty, and the variable has no default.
    RangeError
        A negative amount, a share outside 0 to 1.
    WrongTypeError
        Yes or no for something that is not asked so.
    """
    if given.answer and variable.kind != "flag":
        raise WrongTypeError(
            "yes or no for a number", place=given.place, found="yes or no", expected=_wanted(variable)
        )
    variable = _of_its_unit(given, variable)
    number = _of_dimension(given, variable)
    filled = given.empty is not None and bool(given.empty.any())
    if filled:
        assert given.empty is not None
        if variable.default is None:
            raise MissingValueError(
                "an empty cell", place=given.row(given.empty), found="nothing", expected=_wanted(variable)
            )
        default = variable.default * size_of(variable.unit)
        array = np.where(given.empty[:, None, None], default, number.array)
        number = Number(array, number.dimension)
    _check_range(number, given, variable)
    return Value(number), filled


def _of_its_unit(given: Given, variable: Variable) -> Variable:
    """The variable in that of its units that fits what was given; in the first where none does."""
    units = variable.unit.split(OR)
    if len(units) == 1:
        return variable
    fitting = [unit for unit in units if dimension_of(unit) == given.value.number.dimension]
    return replace(variable, unit=(fitting or units)[0])


def _of_dimension(given: Given, variable: Variable) -> Number:
    number = given.value.number
    wanted = dimension_of(variable.unit)
    if number.dimension is None or number.dimension == wanted:
        return Number(number.array, wanted)
    if variable.kind == "amount" and number.dimension == _per_year(wanted):
        return Number(number.array * size_of("year"), wanted)  # what flows in a year is an amount of the year
    if not given.unit:
        raise MissingUnitError("the unit is missing", place=given.place, expected=_wanted(variable))
    raise DimensionError(
        "wrong dimension",
        place=given.place,
        found=given.written or shown_unit(number.dimension) or "a plain number",
        expected=_wanted(variable),
    )


def _per_year(dimension: Dimension) -> Dimension:
    exponents = dict(dimension)
    exponents["time"] = exponents.get("time", 0.0) - 1.0
    return tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))


def _wanted(variable: Variable) -> str:
    return f"{variable.name.en}: {describe_dimension('' if variable.unit == '1' else variable.unit)}"


def _check_range(number: Number, given: Given, variable: Variable) -> None:
    array = number.array
    known = np.nan_to_num(array)
    if not variable.negative and (known < 0).any():
        raise RangeError(
            f"negative {variable.name.en}",
            place=given.row(known < 0),
            found=_as_written(float(known.min()), given, variable),
            expected="0 or more",
        )
    if variable.kind == "share" and (known > 1 + ROUNDING).any():
        raise RangeError(
            f"{variable.name.en} above 1",
            place=given.row(known > 1 + ROUNDING),
            found=_as_written(float(known.max()), given, variable),
            expected="a share from 0 to 1",
            hint=None if given.unit else "Write '40 %', or [%] behind the column's title.",
        )
    if variable.kind == "flag" and not np.isin(known, (0.0, 1.0)).all():
        wrong = ~np.isin(known, (0.0, 1.0))
        raise RangeError(
            f"{variable.name.en} is neither yes nor no",
            place=given.row(wrong),
            found=_as_written(float(known[wrong][0]), given, variable),
            expected="yes or no, or 1 or 0",
        )


def _as_written(number: float, given: Given, variable: Variable) -> str:
    """A number in the unit in which it was given."""
    written = given.written
    unit = written if written and dimension_of(written) == dimension_of(variable.unit) else variable.unit
    return f"{number / size_of(unit):.6g} {'' if unit == '1' else unit}".strip()
