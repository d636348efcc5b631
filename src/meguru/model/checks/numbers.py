"""Checks of numbers that the engine does not see when a model is compiled: prices, fees, unit data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from meguru.errors import DimensionError, MeguruError, ModelError, RangeError
from meguru.model.checks.fault import fault, locate
from meguru.model.checks.measured import measured
from meguru.model.checks.time import start_of
from meguru.model.components import Model, UnitData
from meguru.quantity import Quantity, same_dimension

Array = NDArray[np.float64]
Range = tuple[float, float]
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
    "Transport": {
        "distance": NOT_NEGATIVE, "exchanges": NOT_NEGATIVE, "impacts": ANY, "cost": ANY,
        "cost_per_unit": ANY,
        "load": POSITIVE, "load_factor": (SMALLEST, 1.0), "trip_exchanges": NOT_NEGATIVE, "trip_impacts": ANY,
        "trip_cost": ANY, "fixed_exchanges": NOT_NEGATIVE, "fixed_impacts": ANY, "fixed_cost": ANY,
    },
}  # fmt: skip
HINTS = {
    "Fee": "Let payer and payee change places.",
    "exchanges": "Call an avoided burden 'credit: true'.",
    "fixed_exchanges": "Call an avoided burden 'credit: true'.",
}


class Evaluation:
    """Evaluates quantities of a model with the expected values of what is uncertain.

    Parameters
    ----------
    history
        Over all years simulated instead of those reported.
    """

    def __init__(self, model: Model, *, history: bool = False) -> None:
        self.model = model
        first = start_of(model) if history else model.time.first
        self.years = np.arange(first, model.time.last + 1, dtype=np.float64)
        self._names: dict[str, tuple[Array, str]] | None = None

    def array(self, quantity: Quantity, unit: str, place: str) -> Array:
        """(1, time or 1) in a unit; an error knows file and line."""
        uses_names = quantity.formula is not None or bool(quantity.since)
        try:
            return quantity.evaluate(
                unit, self.years, names=self.names() if uses_names else None, place=place
            )
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
    for place, quantity, key, owner, units in measured(model):
        kind = type(owner).__name__
        if key not in RANGES.get(kind, {}):
            continue
        try:
            values = evaluation.array_in_one_of(quantity, units, place)
        except ModelError as error:
            yield error
            continue
        low, high = RANGES[kind][key]
        if low == 0.0 and "exchanges" in key and isinstance(owner, UnitData) and owner.credit:
            low = -math.inf
        wrong = values[(values < low) | (values > high)]
        if wrong.size:
            yield fault(
                RangeError,
                model,
                place,
                "outside what is possible",
                found=float(wrong[0]),
                expected=_bounds(low, high),
                hint=HINTS.get(kind) or HINTS.get(key),
            )


def _bounds(low: float, high: float) -> str:
    below = "above 0" if low == SMALLEST else f"at least {low:g}"
    return below if math.isinf(high) else f"{below}, at most {high:g}"
