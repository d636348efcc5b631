"""Checks of numbers that the engine does not see when a model is compiled: prices, fees, unit data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from meguru.errors import DimensionError, MeguruError, ModelError, RangeError
from meguru.files.marks import locate
from meguru.model.checks.fault import fault
from meguru.model.checks.measured import Measured, measured
from meguru.model.checks.time import start_of
from meguru.model.components import Model, UnitData
from meguru.quantity import Distribution, Quantity, same_dimension

Array = NDArray[np.float64]
Range = tuple[float, float]
Draw = Callable[[Distribution], Array]
SMALLEST = 5e-324  # above zero

ANY: Range = (-math.inf, math.inf)
NOT_NEGATIVE: Range = (0.0, math.inf)
POSITIVE: Range = (SMALLEST, math.inf)

# Component → key → range. What is not listed here is evaluated, and its range checked, by the engine.
RANGES: dict[str, dict[str, Range]] = {
    "Money": {"discount_rate": (-1.0, math.inf)},
    "Exchange": {"factors": ANY, "price": ANY},
    "Item": {"mass": NOT_NEGATIVE},
    "Process": {"countries": (0.0, 1.0)},
    "UnitData": {
        "reference": POSITIVE, "exchanges": NOT_NEGATIVE, "impacts": ANY, "cost": ANY, "time": NOT_NEGATIVE,
        "fixed_exchanges": NOT_NEGATIVE, "fixed_impacts": ANY, "fixed_cost": ANY, "capital": NOT_NEGATIVE,
        "capital_life": POSITIVE,
    },
    "Route": {"price": ANY},
    "Fee": {"amount": NOT_NEGATIVE, "fixed": NOT_NEGATIVE},
    "Measure": {"amount": NOT_NEGATIVE},
    "Transport": {
        "distance": NOT_NEGATIVE, "exchanges": NOT_NEGATIVE, "impacts": ANY, "cost": ANY,
        "cost_per_unit": ANY,
        "load": POSITIVE, "load_factor": (SMALLEST, 1.0), "trip_exchanges": NOT_NEGATIVE, "trip_impacts": ANY,
        "trip_cost": ANY, "fixed_exchanges": NOT_NEGATIVE, "fixed_impacts": ANY, "fixed_cost": ANY,
    },
}  # fmt: skip
HINTS = {
    "Fee": "Let payer and payee change places.",
    "Measure": "Let owner and receiver change places.",
    "exchanges": "Call an avoided burden 'credit: true'.",
    "fixed_exchanges": "Call an avoided burden 'credit: true'.",
}


class Evaluation:
    """Evaluates quantities of a model with the expected values of what is uncertain.

    Parameters
    ----------
    history
        Over all years simulated instead of those reported.
    draw
        Gives for a place what draws the samples of its distribution, None for its expected value.
    values
        Sampled numbers that were given from outside: place → (sample,).
    """

    def __init__(
        self,
        model: Model,
        *,
        history: bool = False,
        draw: Callable[[str], Draw | None] = lambda place: None,
        values: Mapping[str, Array] = MappingProxyType({}),
    ) -> None:
        self.model = model
        self._draw = draw
        self._values = values
        first = start_of(model) if history else model.time.first
        self.years = np.arange(first, model.time.last + 1, dtype=np.float64)
        self._names: dict[str, tuple[Array, str]] | None = None

    def array(self, quantity: Quantity, unit: str, place: str) -> Array:
        """(sample or 1, time or 1) in a unit; an error knows file and line."""
        if place in self._values:
            times = Quantity(1.0, quantity.unit).evaluate(unit, self.years, place=place)
            return np.asarray(self._values[place], dtype=np.float64)[:, None] * times
        uses_names = quantity.formula is not None or bool(quantity.since)
        try:
            names = self.names() if uses_names else None
            return quantity.evaluate(unit, self.years, draw=self._draw(place), names=names, place=place)
        except MeguruError as error:
            locate(self.model, error)
            raise

    def array_in_one_of(self, quantity: Quantity, units: tuple[str, ...], place: str) -> Array:
        """The same in the first unit that fits; without units in its own."""
        fitting = [unit for unit in units if not quantity.unit or same_dimension(quantity.unit, unit)]
        failed: MeguruError | None = None
        for unit in fitting or units or (quantity.unit or "1",):
            try:
                return self.array(quantity, unit, place)
            except DimensionError as error:  # a formula, of another of the dimensions allowed
                failed = failed or error
        assert failed is not None
        raise failed

    def names(self) -> dict[str, tuple[Array, str]]:
        """The parameters that formulas refer to."""
        if self._names is None:
            self._names = {}
            given = self.model.parameters
            needs = {name: quantity.formula_names() for name, quantity in given.items()}
            for name in TopologicalSorter(needs).static_order():
                unit = given[name].unit or "1"
                self._names[name] = (self.array(given[name], unit, f"parameters.{name}"), unit)
        return self._names


def numbers(model: Model) -> Iterator[ModelError]:
    """Prices, fees and unit data have a value in every year reported, inside what is possible."""
    evaluation = Evaluation(model)
    for one in measured(model):
        limits = listed_range(one)
        if limits is None:
            continue
        place = one.place
        try:
            values = evaluation.array_in_one_of(one.quantity, one.units, place)
        except ModelError as error:
            yield error
            continue
        low, high = limits
        wrong = (values < low) | (values > high)
        if wrong.any():
            years = evaluation.years[np.flatnonzero(wrong.any(axis=0))]
            written = [year for year in years if year in one.quantity.years]
            yield fault(
                RangeError,
                model,
                place,
                "outside what is possible",
                inside=f"values.{[*written, *years][0]:g}",  # where it was written, rather than between
                found=float(values[wrong][0]),
                expected=shown_range(low, high),
                hint=HINTS.get(type(one.owner).__name__) or HINTS.get(one.key),
            )


def listed_range(one: Measured) -> Range | None:
    """The range of a quantity that the engine does not check; None for all others."""
    limits = RANGES.get(type(one.owner).__name__, {}).get(one.key)
    if (
        limits == NOT_NEGATIVE
        and "exchanges" in one.key
        and isinstance(one.owner, UnitData)
        and one.owner.credit
    ):
        return ANY
    return limits


def shown_range(low: float, high: float) -> str:
    """A range in words."""
    below = "above 0" if low == SMALLEST else f"at least {low:g}"
    return below if math.isinf(high) else f"{below}, at most {high:g}"
