"""Quantities of a plant file as numbers in a unit."""

from __future__ import annotations

from meguru.errors import MissingValueError
from meguru.files.marks import where
from meguru.quantity import Quantity, convert
from meguru.reverse.meter.components import Plant


def number(plant: Plant, quantity: Quantity, unit: str, place: str) -> float:
    """The one number of a quantity in a unit.

    Raises
    ------
    ModelError
        It is a series, uncertain or a formula, or its unit is of another dimension.
    """
    file, line = where(plant, place)
    if quantity.value is None or quantity.since:
        raise MissingValueError("one number is needed here", file=file, line=line, place=place)
    try:
        return float(convert(quantity.value, quantity.unit, unit))
    except Exception as error:
        if hasattr(error, "at"):
            raise error.at(file=file, line=line, place=place) from None
        raise
