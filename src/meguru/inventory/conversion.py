"""Units of a flow: by dimension, and by what is known of it, as its heating value or density."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from meguru.errors import DimensionError, LibraryError
from meguru.inventory.components import Flow
from meguru.quantity import Distribution, Quantity, convert, describe_dimension, same_dimension

SAME = 1e-6  # relative difference up to which two properties say the same


def in_flow_unit(flow: Flow, unit: str, *, place: str | None = None) -> float:
    """How many of its own units one other unit of a flow is: 1 GJ of petrol is 0.02994 kL.

    Units of the same dimension convert; others by the properties of the flow.

    Raises
    ------
    DimensionError
        Neither the units nor a property lead from one to the other.
    LibraryError
        Several properties do, and they differ: a gross and a net heating value.
    UnitError
        A unit is not known.
    """
    if same_dimension(unit, flow.unit):
        return float(convert(1.0, unit, flow.unit))
    leading = dict(_leading(flow, unit))
    if leading:
        least, most = min(leading.values()), max(leading.values())
        if most > least * (1.0 + SAME):
            raise LibraryError(
                "more than one property leads to this unit",
                place=place,
                found=", ".join(leading),
                expected=f"an amount in {flow.unit}, or one of them",
                hint="Give the amount in the flow's own unit, or keep only the property that is meant.",
            )
        return least
    known = "".join(f", {name} ({amount.unit})" for name, amount in flow.properties.items())
    raise DimensionError(
        "wrong dimension",
        place=place,
        found=unit,
        expected=f"{describe_dimension(flow.unit)}{known}",
        hint=f"A property of the flow, in ({unit})/({flow.unit}), would lead from one to the other.",
    )


def _leading(flow: Flow, unit: str) -> Iterator[tuple[str, float]]:
    """Properties that lead from a flow's own unit to another, and how many of its own one of that is."""
    own = f"({flow.unit})"
    for name, amount in flow.properties.items():
        if same_dimension(amount.unit, f"({unit})/{own}"):
            yield name, 1.0 / one_number(amount, f"({unit})/{own}", f"properties.{name}")
        elif same_dimension(amount.unit, f"{own}/({unit})"):
            yield name, one_number(amount, f"{own}/({unit})", f"properties.{name}")


def without_spread(quantity: Quantity) -> Quantity:
    """What a calculation takes where nothing is drawn: the amount as stated, not the mean of its spread.

    openLCA, EcoSpold and Brightway calculate so.
    """
    if quantity.distribution is not None and quantity.distribution.median is not None:
        return Quantity(quantity.distribution.median, quantity.unit)
    return replace(quantity, uncertain=None)


def one_number(quantity: Quantity, unit: str, place: str, year: float | None = None) -> float:
    """A quantity as one number: its mean where it is uncertain, its value of a year where it changes.

    Raises
    ------
    LibraryError
        It changes by year and no year is named.
    SeriesError
        The series does not hold the year.
    DimensionError, MissingUnitError, UnitError
        It can not be had in this unit.
    """
    if year is None:
        if quantity.values or quantity.since:
            years = quantity.years or tuple(float(start) for start, _ in quantity.since)
            raise LibraryError(
                "changes by year",
                place=place,
                found="no year",
                expected=f"a year, as {years[-1]:g}",
            )
        year = 0.0
    return float(quantity.evaluate(unit, np.array([year]), place=place)[0, 0])


def scaled(quantity: Quantity, times: float, unit: str, *, source: str | None = None) -> Quantity:
    """A quantity times a number, in another unit; a relative spread stays as it is."""
    distribution = quantity.distribution
    if distribution is not None:
        given = {
            name: number if name == "gsd" else number * times
            for name, number in distribution.parameters().items()
        }
        distribution = Distribution(distribution.form, **given)
    return replace(
        quantity,
        value=None if quantity.value is None else quantity.value * times,
        values=tuple(value * times for value in quantity.values),
        distribution=distribution,
        unit=unit,
        source=source or quantity.source,
        since=tuple((year, scaled(other, times, unit)) for year, other in quantity.since),
    )


def unit_per(above: str, below: str) -> str:
    """A unit per another, as people write it: ``kg_CO2e/kWh``, ``JPY/(t*km)``."""
    return f"{_one(above)}/{_one(below)}"


def _one(unit: str) -> str:
    """A unit that can stand on one side of a line."""
    return unit if re.fullmatch(r"[\w³²]+", unit) else f"({unit})"
