"""How quantities that are more than a constant become arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meguru.quantity.distribution import Distribution
from meguru.quantity.series import SLACK, interpolate_series
from meguru.quantity.units import factor

if TYPE_CHECKING:
    from meguru.quantity.quantity import Quantity

Array = NDArray[np.float64]
Draw = Callable[[Distribution], Array]
Names = Mapping[str, tuple[Array, str]]


def evaluate_general(
    quantity: Quantity, unit: str, years: Array, draw: Draw | None, names: Names | None
) -> Array:
    """Any quantity as an array (sample or 1, time or 1), as :meth:`Quantity.evaluate`."""
    if quantity.since:
        return _by_period(quantity, unit, years, draw, names)
    if quantity.formula is not None:
        from meguru.quantity.formula import evaluate_formula

        return evaluate_formula(quantity.formula, quantity.unit, unit, names or {})
    times, by = factor(quantity.unit, unit)
    if quantity.distribution is not None:
        found = _samples(quantity.distribution, draw)
    elif quantity.values:
        series = quantity.years, quantity.values, quantity.interpolate, quantity.beyond
        found = interpolate_series(*series, years)[None, :]
    else:
        found = np.full((1, 1), quantity.value)
    if quantity.uncertain is not None:
        found = _samples(quantity.uncertain, draw) * found
    return found * times / by


def _samples(distribution: Distribution, draw: Draw | None) -> Array:
    """Samples of a distribution as a column (sample, 1); without draw its mean (1, 1)."""
    if draw is None:
        return np.array(((distribution.expected(),),))
    return np.asarray(draw(distribution), dtype=np.float64).reshape(-1, 1)


def _by_period(quantity: Quantity, unit: str, years: Array, draw: Draw | None, names: Names | None) -> Array:
    """Each quantity only for the years in which it holds, so that it need not cover the others."""
    import dataclasses

    periods = [(-np.inf, dataclasses.replace(quantity, since=())), *quantity.since]
    ends = [float(start) for start, _ in quantity.since] + [np.inf]
    found: list[tuple[NDArray[np.bool_], Array]] = []
    for (start, part), end in zip(periods, ends, strict=True):
        held = (years >= start - SLACK) & (years < end - SLACK)
        if held.any():
            there = _at(names, held) if names else None
            found.append((held, part.evaluate(unit, years[held], draw=draw, names=there)))
    samples = max((block.shape[0] for _, block in found), default=1)
    result = np.empty((samples, len(years)))
    for held, block in found:
        result[:, held] = block
    return result


def _at(names: Names, held: NDArray[np.bool_]) -> dict[str, tuple[Array, str]]:
    """The named numbers at some of the years."""
    there = {}
    for name, (array, unit) in names.items():
        rows = np.atleast_2d(array)
        there[name] = (rows[:, held] if rows.shape[1] > 1 else rows, unit)
    return there
