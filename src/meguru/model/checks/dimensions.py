"""Check of dimensions: every quantity is given in a unit that its declaration allows."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import DimensionError, MissingUnitError, ModelError, UnitError
from meguru.files.marks import locate
from meguru.model.checks.fault import fault
from meguru.model.checks.measured import measured
from meguru.model.components import Model
from meguru.quantity import Quantity, describe_dimension, same_dimension


def dimensions(model: Model) -> Iterator[ModelError]:
    """Numbers are given in a unit of the dimension declared; formulas are where they are evaluated."""
    for place, quantity, _, _, units in measured(model):
        for year, one in ((None, quantity), *quantity.since):
            if not units or (one.formula is not None and not one.unit):
                continue
            try:
                yield from _wrong(model, place if year is None else f"{place}.since.{year}", one, units)
            except UnitError as error:
                yield locate(model, error.at(place=place))


def _wrong(model: Model, place: str, quantity: Quantity, units: tuple[str, ...]) -> Iterator[ModelError]:
    if any(same_dimension(quantity.unit, unit) for unit in units):
        return
    expected = " or ".join(dict.fromkeys(describe_dimension(unit) for unit in units))
    if quantity.unit == "":
        yield fault(
            MissingUnitError,
            model,
            place,
            "the unit is missing",
            found=number_of(quantity),
            expected=expected,
        )
    else:
        yield fault(
            DimensionError,
            model,
            place,
            "wrong dimension",
            inside="unit",
            found=f"{number_of(quantity)} {quantity.unit}",
            expected=expected,
        )


def number_of(quantity: Quantity) -> str:
    """The number as it stands, for a message."""
    if quantity.value is not None:
        return f"{quantity.value:g}"
    if quantity.values:
        return f"a series from {quantity.values[0]:g}"
    return f"= {quantity.formula}" if quantity.formula is not None else "a distribution"
