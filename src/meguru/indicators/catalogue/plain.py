"""Figures from what stands in a dict, a cell or a column: numbers, texts with units, mappings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import MeguruError, MissingValueError, WrongTypeError
from meguru.indicators.catalogue.figures import Given, column_figure, plain_figure
from meguru.quantity import Quantity, read_quantity
from meguru.quantity.units import factor

TITLE = re.compile(r"^(?P<name>.*?)\s*[\[(（](?P<unit>[^\])）]*)[\])）]\s*$")
FLAGS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "はい": 1.0, "いいえ": 0.0, "○": 1.0, "×": 0.0}


def title_of(text: str) -> tuple[str, str]:
    """Name and unit of a column: ``mass [kg]`` → ``mass``, ``kg``."""
    found = TITLE.match(text.strip())
    return (found["name"], found["unit"].strip()) if found else (text.strip(), "")


def figure(value: Any, place: str, unit: str = "") -> Given:
    """One figure: a number, a text with unit, a mapping with value, unit and quality, yes or no.

    Raises
    ------
    WrongTypeError
        It is none of these.
    """
    number, own, quality = _one(value, place)
    return plain_figure(number, own or unit, place, quality)


def _one(value: Any, place: str) -> tuple[float, str, float | None]:
    """Number, unit and quality of what was given."""
    if isinstance(value, (bool, np.bool_)):
        return float(value), "", None
    if isinstance(value, (int, float, np.number)):
        return float(value), "", None
    if isinstance(value, str) and value.strip().casefold() in FLAGS:
        return FLAGS[value.strip().casefold()], "", None
    if value is None:
        raise MissingValueError("no value", place=place, found="nothing", expected="a number")
    try:
        quantity = value if isinstance(value, Quantity) else read_quantity(value)
    except MeguruError as error:
        raise error.at(place=place) from None
    if quantity.value is None:
        raise WrongTypeError("not one number", place=place, found=value, expected="a number, as '12 kg'")
    return quantity.value, quantity.unit, quantity.quality


def column(
    values: Iterable[Any],
    unit: str,
    place: str,
    rows: tuple[int, ...],
    qualities: NDArray[np.float64] | None = None,
) -> Given:
    """A column of figures in one unit; empty cells become NaN.

    Cells may be numbers in the unit of the column, or texts with a unit of their own.
    """
    array = np.asarray(values)
    quality = None
    if qualities is not None and not np.isnan(qualities).all():
        quality = float(np.nanmin(qualities))
    if array.dtype.kind in "iufb":
        return column_figure(array.astype(np.float64), unit, place, rows, quality)
    numbers, common = _mixed(array.tolist(), unit, place, rows)
    return column_figure(numbers, common, place, rows, quality)


def _mixed(cells: list[Any], unit: str, place: str, rows: tuple[int, ...]) -> tuple[NDArray[np.float64], str]:
    """Cells of any kind as numbers in one unit, that of the column or of the first cell that has one."""
    known: dict[Any, tuple[float, str]] = {}
    found = []
    for row, cell in zip(rows, cells, strict=True):
        if is_empty(cell):
            found.append((np.nan, ""))
            continue
        key = cell if isinstance(cell, (str, int, float)) else None
        if key is None or key not in known:
            number, own, _ = _one(cell, f"{place}, row {row}")
            known[key] = (number, own)
        found.append(known[key])
    units = list(dict.fromkeys(own for _, own in found if own))
    common = unit or (units[0] if units else "")
    factors = {"": (1.0, 1.0)}
    for own in units:
        try:
            factors[own] = factor(own, common)
        except MeguruError as error:
            raise error.at(place=place) from None
    if not unit and common:
        for row, (number, own) in zip(rows, found, strict=True):
            if not own and number and not np.isnan(number):
                raise WrongTypeError(
                    "a number without unit among others with unit",
                    place=f"{place}, row {row}",
                    found=number,
                    expected=f"as '12 {common}', or [{common}] behind the column's title",
                )
    return np.array([number * factors[own][0] / factors[own][1] for number, own in found]), common


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return True
    return not isinstance(cell, (str, Mapping, Quantity)) and bool(cell != cell)
